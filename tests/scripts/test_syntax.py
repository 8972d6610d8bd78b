from __future__ import annotations

import pytest

from naftiko_runtime.scripts.model import Language, Script, Source
from naftiko_runtime.scripts.statements import count_statements
from naftiko_runtime.scripts.syntax import ScriptError, compile_script


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("js", "const x = 1\nresult = x // end"),
        ("javascript", "while (true) {}"),
        ("javascript", "throw new SyntaxError('mine')"),
        ("javascript", ""),
        ("python", "while True:\n    pass"),
        ("python", "# nothing"),
    ],
)
def test_a_script_is_read_without_being_run(language: str, text: str) -> None:
    script = compile_script(language, Source("a", text), [Source("b", text)])

    expected = Language.PYTHON if language == "python" else Language.JAVASCRIPT
    counted = count_statements(expected, text)
    assert script == Script(expected, Source("a", counted), (Source("b", counted),))


@pytest.mark.parametrize(
    ("language", "text", "line", "help_"),
    [
        ("python", "def f(_naftiko_left):\n    pass", 0, "use another name"),
        ("python", "\n_na\ufb01ko_naftiko = 1", 0, "use another name"),
        ("javascript", "let x = 1\nfor (using of []);", 2, "write it in another way, with older syntax"),
    ],
)
def test_what_can_not_be_counted_is_told(language: str, text: str, line: int, help_: str) -> None:
    with pytest.raises(ScriptError, match=r"the statements of `a\.x` can't be counted") as caught:
        compile_script(language, Source("a.x", text))

    assert (caught.value.source, caught.value.line, caught.value.help) == ("a.x", line, help_)


@pytest.mark.parametrize(
    ("language", "text", "line", "column"),
    [
        ("javascript", "let x = ;", 1, 9),
        ("javascript", "let x = 1\n\nlet x = 2", 3, None),
        ("javascript", "let x = 1\nif (x {", 2, None),
        ("javascript", "'\ud800'", 0, 0),
        ("python", "x = (", 1, 5),
        ("python", "x = 1\n  y = 2", 2, None),
        ("python", "x = '\x00'", 0, 0),
        ("python", "(" * 500, 1, None),
        ("python", "-" * 100_000 + "1", 0, 0),
    ],
)
def test_what_is_no_text_of_its_language_is_told_with_its_place(
    language: str, text: str, line: int, column: int | None
) -> None:
    with pytest.raises(ScriptError) as caught:
        compile_script(language, Source("total.x", text))

    assert (caught.value.source, caught.value.line) == ("total.x", line)
    assert column is None or caught.value.column == column
    assert str(caught.value).startswith(f"`total.x` is no {Language(language)}")


def test_a_dependency_is_read_too() -> None:
    with pytest.raises(ScriptError) as caught:
        compile_script("python", Source("a.py", "1"), [Source("b.py", "1"), Source("c.py", ")")])

    assert caught.value.source == "c.py"


@pytest.mark.parametrize("name", ["groovy", "cobol", "JavaScript", ""])
def test_a_language_that_is_not_run_here_is_refused(name: str) -> None:
    with pytest.raises(ScriptError) as caught:
        compile_script(name, Source("a", ""))

    assert ("Java virtual machine" in str(caught.value)) == (name == "groovy")
    assert caught.value.help == "write it in `javascript` or `python`"
