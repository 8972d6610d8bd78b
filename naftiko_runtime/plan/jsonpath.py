"""JSONPath → a function that selects, compiled at load (D4).

Nearly every path of the catalogue is `$.` or a chain of names, indices and `[*]`; those compile to small closures here.
The rest goes to jsonpath-ng's extended grammar, behind the same function. Nothing is evaluated as code: constructs whose
work is not bounded by the document (regular expressions, several `..`) are refused at load (field-study E8).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from naftiko_runtime.plan.pathfunctions import FUNCTIONS

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING", "__slots__": ()})()
"""What a path that leads nowhere selects. JSON null is None, which is something else."""

Select = Callable[[Any], Any]
"""Selects from a decoded document: the value, a list for a path with `[*]`, `..`, a slice or a filter, or MISSING."""


class JsonPathError(ValueError):
    """A path that is no JSONPath (`is_refused` false), or one this runtime won't run."""

    def __init__(self, message: str, *, is_refused: bool = False) -> None:
        self.is_refused = is_refused
        super().__init__(message)


_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]()*?@'"$]+)          # .name, spaces and dashes included
      | \[\s*'(?P<single>[^']*)'\s*\]          # ['name']
      | \[\s*"(?P<double>[^"]*)"\s*\]          # ["name"]
      | \[\s*(?P<index>-?\d{1,9})\s*\]         # [0], [-1]
      | (?P<all>\[\s*\*\s*\]|\.\*)             # [*], .*
    """,
    re.VERBOSE,
)
_FUNCTION = re.compile(r"\.(\w+)\(\)\Z")
_FORBIDDEN = (("=~", "regular expressions"), ("`", "functions in backquotes"), ("(@", "script expressions"))

ALL = object()
Step = Any
"""A name, an index or ALL."""


def compile_path(path: str) -> Select:
    """Compile `path`. `$`, `$.` and the empty path select the whole document; a missing `$.` is implied."""
    text = path.strip()
    if text in ("", "$", "$."):
        return _whole
    if not text.startswith("$"):
        text = f"$.{text}"
    function = _FUNCTION.search(text)
    if function is not None and function[1] in FUNCTIONS:
        return _then(compile_path(text[: function.start()]), FUNCTIONS[function[1]])
    steps = split_path(text)
    return _walk(steps) if steps is not None else _compile_extended(text)


def _whole(document: Any) -> Any:
    return document


def _then(select: Select, function: Callable[[Any], Any]) -> Select:
    def apply(document: Any) -> Any:
        value = select(document)
        return MISSING if value is MISSING else function(value)

    return apply


def split_path(path: str) -> tuple[Step, ...] | None:
    """The steps of a plain path, or None where it needs the extended grammar. A trailing dot means nothing."""
    text = path.removeprefix("$").removesuffix(".")
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            return None
        position = match.end()
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["all"] is not None:
            steps.append(ALL)
        else:
            name = next(group for group in (match["name"], match["single"], match["double"]) if group is not None)
            steps.append(name.strip() if match["name"] is not None else name)
    return tuple(steps)


def _walk(steps: tuple[Step, ...]) -> Select:
    if not steps:
        return _whole
    rest = _walk(steps[1:])
    step = steps[0]
    if step is ALL:
        return _every(rest, ALL in steps[1:])
    return _item(step, rest) if isinstance(step, int) else _member(step, rest)


def _member(name: str, rest: Select) -> Select:
    if rest is _whole:
        return lambda document: document.get(name, MISSING) if isinstance(document, dict) else MISSING
    return lambda document: rest(document[name]) if isinstance(document, dict) and name in document else MISSING


def _item(index: int, rest: Select) -> Select:
    def select(document: Any) -> Any:
        if not isinstance(document, list) or not -len(document) <= index < len(document):
            return MISSING
        return rest(document[index])

    return select


def _every(rest: Select, is_nested: bool) -> Select:
    def select(document: Any) -> Any:
        if isinstance(document, dict):
            members = list(document.values())
        elif isinstance(document, list):
            members = document
        else:
            return []
        found = [value for value in map(rest, members) if value is not MISSING]
        # `[*]` behind `[*]` gives one flat list, as every JSONPath does.
        return [value for values in found for value in values] if is_nested else found

    return select


def _compile_extended(path: str) -> Select:
    for mark, construct in _FORBIDDEN:
        if mark in path and not (mark == "(@" and "?(@" in path and path.count("(@") == path.count("?(@")):
            raise JsonPathError(f"{construct} are not run", is_refused=True)
    if path.count("..") > 1:
        raise JsonPathError("more than one `..` in a path is not run", is_refused=True)
    # jsonpath-ng builds its grammar on import (60 ms); hardly a file needs it.
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415

    try:
        expression = parse(path)
    except Exception as error:  # noqa: BLE001 - its lexer and parser raise bare Exception
        raise JsonPathError(_first_line(error)) from None
    return lambda document: [match.value for match in expression.find(document)]


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "not a JSONPath"
