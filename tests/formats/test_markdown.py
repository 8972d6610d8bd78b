from __future__ import annotations

import pytest

from naftiko_runtime.formats.markdown import LARGEST, compile_markdown
from naftiko_runtime.formats.model import UndecodableError

EMPTY = {"frontMatter": {}, "tables": [], "sections": [], "preamble": ""}


def read(text: str, prefix: str = "") -> object:
    """The value of a Markdown document."""
    return compile_markdown(prefix)(text.encode(), "text/markdown")


def section(heading: str, content: str = "", level: int = 1) -> dict[str, object]:
    return {"heading": heading, "level": level, "content": content}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("before\n\n# A\n", {"preamble": "before", "sections": [section("A")]}),
        ("# A *b* `c`\nx\n\n## D\ny\r\nz\n", {"sections": [section("A b c", "x"), section("D", "y\nz", 2)]}),
        ("A\n===\n\n- one\n- two **three**\n\n> four\n", {"sections": [section("A", "one\ntwo three\nfour")]}),
        ("# A\n\n```py\nx = 1\n```\n\n    y = 2\n", {"sections": [section("A", "x = 1\ny = 2")]}),
        ("# A\nsee [b](c) ![*d*](e)  \nf<br>g\n", {"sections": [section("A", "see b d\nfg")]}),
        ("> # quoted\n", {"preamble": "quoted"}),
        ("---\na: 1\nb: [c]\n---\n# D\n", {"frontMatter": {"a": 1, "b": ["c"]}, "sections": [section("D")]}),
        ("---\r\na: 1\r\n...\r\nx", {"frontMatter": {"a": 1}, "preamble": "x"}),
        ("---\n---\nx", {"preamble": "x"}),
        ("---\nonly lines\n---\n", {"sections": [section("only lines", level=2)]}),
        ("\n---\na: 1\n---\n", {"sections": [section("a: 1", level=2)]}),
        (
            "# T\n\n| A | B |\n|---|---|\n| 1 | **2** |\n| 3 |\n\nend\n",
            {"tables": [[{"A": "1", "B": "2"}, {"A": "3", "B": ""}]], "sections": [section("T", "end")]},
        ),
    ],
)
def test_a_document_is_front_matter_tables_and_sections(text: str, value: dict[str, object]) -> None:
    assert read(text) == {**EMPTY, **value}


@pytest.mark.parametrize(
    ("prefix", "found"), [("", ["Ab", "Ac", "b"]), ("A", ["Ab", "Ac"]), ("## Ac", ["Ac"]), ("B", [])]
)
def test_a_prefix_keeps_sections(prefix: str, found: list[str]) -> None:
    value = read("# Ab\n\n# Ac\n\n# b\n\n|x|\n|-|\n", prefix)
    assert isinstance(value, dict)
    assert ([item["heading"] for item in value["sections"]], value["tables"]) == (found, [[]])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * (LARGEST + 1), "Markdown of more than 262,144 characters"),
        ("---\na: [secret\n---\n", "not YAML: did not find expected ',' or ']' at line 2"),
    ],
)
def test_what_is_no_markdown_to_be_read_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        read(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize("piece", ["[", "*a_ ", "> ", "[a](", "![", "`a``", "* ", "<!--", "|", "a**b", "&a;"])
def test_a_hostile_document_has_a_value(piece: str) -> None:
    assert isinstance(read(piece * 10_000), dict)
