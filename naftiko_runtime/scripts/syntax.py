"""Is a text a script of its language? Looked at once, at load, without running any of it.

JavaScript is read by its engine: behind a statement that throws, a text is parsed to its end and then left alone.
Python is compiled by Python itself, into code that is thrown away. Both engines are extras, and a language without its
engine is told like a mistake in the text, because nothing of it could run. What is right is then made to count its
statements.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from types import MappingProxyType
from typing import NamedTuple

from naftiko_runtime.scripts.model import Language, Script, Source
from naftiko_runtime.scripts.statements import UncountableError, count_statements


class Engine(NamedTuple):
    """What a language needs to be installed: the module that runs it, the grammar that it is counted by, and the extra
    that brings both.
    """

    module: str
    grammar: str
    extra: str


ENGINES = MappingProxyType(
    {
        Language.JAVASCRIPT: Engine("_quickjs", "tree_sitter_javascript", "javascript"),
        Language.PYTHON: Engine("pydantic_monty", "tree_sitter_python", "python-scripts"),
    }
)

_SPELLINGS = {"js": Language.JAVASCRIPT, **{language.value: language for language in Language}}
_PLACE = re.compile(r"^\s+at <input>:(\d+):(\d+)", re.MULTILINE)
_UNREAD = "throw 0;\n"
_PARSER_MEMORY = 256 * 1024 * 1024


class ScriptError(Exception):
    """A script can't be taken. The text says why, `help` what to do; `source`, `line` and `column` (from 1) where."""

    def __init__(self, message: str, help_: str, source: str = "", line: int = 0, column: int = 0) -> None:
        self.help = help_
        self.source = source
        self.line = line
        self.column = column
        super().__init__(message)


def read_language(name: str) -> Language:
    """The language that a file calls so. Raises ScriptError for one that is not run here, Groovy among them."""
    found = _SPELLINGS.get(name)
    if found is None:
        known = " or ".join(f"`{language}`" for language in Language)
        message = f"scripts in `{name}` can't be run here"
        if name == "groovy":
            message = "Groovy needs a Java virtual machine, so its scripts can't be run here"
        raise ScriptError(message, f"write it in {known}")
    engine = ENGINES[found]
    if any(find_spec(module) is None for module in (engine.module, "tree_sitter", engine.grammar)):
        message = f"the engine that runs {found} is not installed"
        raise ScriptError(message, f"pip install 'naftiko-runtime[{engine.extra}]'")
    return found


def compile_script(language: str, source: Source, dependencies: Sequence[Source] = ()) -> Script:
    """The script of a file and its dependencies. Raises ScriptError for the first that is no text of its language."""
    found = read_language(language)
    check = _check_javascript if found is Language.JAVASCRIPT else _check_python
    for item in (*dependencies, source):
        check(item)
    return Script(found, _counted(found, source), tuple(_counted(found, item) for item in dependencies))


def _counted(language: Language, source: Source) -> Source:
    try:
        return Source(source.name, count_statements(language, source.text))
    except UncountableError as error:
        where = f" in line {error.line}" if error.line else ""
        message = f"the statements of `{source.name}` can't be counted{where}: {error}"
        raise ScriptError(message, error.help, source.name, error.line, error.column) from None


def _check_javascript(source: Source) -> None:
    import _quickjs  # noqa: PLC0415 - an extra, and few files have scripts

    context = _quickjs.Context()
    context.set_memory_limit(_PARSER_MEMORY)
    try:
        context.eval(_UNREAD + source.text)
    except _quickjs.JSException as error:
        text = str(error)
        if not text.startswith("SyntaxError"):
            return
        place = _PLACE.search(text)
        line, column = (int(place.group(1)) - 1, int(place.group(2))) if place else (0, 0)
        message = text.splitlines()[0].removeprefix("SyntaxError: ")
        raise _no_text(Language.JAVASCRIPT, source, message, line, column) from None
    except UnicodeEncodeError:
        raise _no_text(Language.JAVASCRIPT, source, "it is not valid Unicode text", 0, 0) from None


def _check_python(source: Source) -> None:
    try:
        with warnings.catch_warnings(action="ignore"):
            # Not `ast.parse`: of a text that nests too deep, it leaves Python 3.11 unable to make a tree again.
            compile(source.text, source.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        raise _no_text(Language.PYTHON, source, error.msg, error.lineno or 0, error.offset or 0) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise _no_text(Language.PYTHON, source, str(error) or "it nests too deep", 0, 0) from None


def _no_text(language: Language, source: Source, message: str, line: int, column: int) -> ScriptError:
    where = f" in line {line}" if line else ""
    return ScriptError(
        f"`{source.name}` is no {language}{where}: {message}", "mend the script", source.name, line, column
    )
