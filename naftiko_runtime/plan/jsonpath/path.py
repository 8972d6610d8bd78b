"""JSONPath → a function that selects, compiled at load (D4).

Nearly every path of the catalogue is `$.` or a chain of names, indices and `[*]`; those compile to small closures here.
Slices, unions, `..` and filters need a grammar and are queries, behind the same function. Nothing is evaluated as code,
and the work of a compiled path is bounded by the document's size: what isn't is refused at load (field-study E8).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from naftiko_runtime.plan.jsonpath.functions import FUNCTIONS
from naftiko_runtime.plan.jsonpath.query import JsonPathError, compile_query

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING", "__slots__": ()})()
"""What a path that leads nowhere selects. JSON null is None, which is something else."""

Select = Callable[[Any], Any]
"""Selects from a decoded document: the value, a list for a path with `[*]`, `..`, a slice or a filter, or MISSING."""

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]{}()*?@'"`$]+)             # .name, spaces and dashes included
      | \.?\[\s*'(?P<single>([^'\\]|\\['"\\])*)'\s*\]   # ['name'], .['name']
      | \.?\[\s*"(?P<double>([^"\\]|\\['"\\])*)"\s*\]   # ["name"]
      | \.?\[\s*(?P<index>-?[0-9]+)\s*\]           # [0], [-1]
      | (?P<all>\.?\[\s*\*\s*\]|\.\*)              # [*], .*
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_FUNCTION = re.compile(r"\.([a-z]+)\(\)\Z")
_ARITHMETIC = re.compile(r"\s[-+/|]\s")

_LONGEST = 1_000
"""Characters of a path: enough for any, and little for the grammar to read."""

ALL = object()
Step = Any
"""A name, an index or ALL."""


def compile_path(path: str) -> Select:
    """Compile `path`. `$`, `$.` and the empty path select the whole document; a missing `$.` is implied.

    A path whose names lead nowhere selects MISSING; behind a `[*]`, `..`, slice or filter there may be nothing, which
    is an empty list. Raises JsonPathError.
    """
    text = _rooted(path)
    if len(text) > _LONGEST:
        raise JsonPathError(f"a path longer than {_LONGEST} characters is not run", is_refused=True)
    function = _FUNCTION.search(text)
    if function is not None and function[1] in FUNCTIONS:
        return _then(compile_path(text[: function.start()]), FUNCTIONS[function[1]])
    steps = split_path(text)
    if steps is not None:
        return walk(steps)
    # The names and indices a query starts with are walked like any others, so what is missing there is MISSING.
    first, rest = _take_steps(text, before_all=True)
    return walk(tuple(first), compile_query(f"${rest}"))


def _rooted(path: str) -> str:
    """The path with the `$.` that may be left out."""
    text = path.strip()
    if text.startswith("$"):
        return text
    return f"${text}" if text.startswith((".", "[")) or not text else f"$.{text}"


def split_path(path: str) -> tuple[Step, ...] | None:
    """The steps of a plain path, or None where it needs the grammar of queries. A trailing dot means nothing."""
    steps, rest = _take_steps(_rooted(path))
    return tuple(steps) if rest in ("", ".") else None


def plain_names(path: str) -> tuple[tuple[str, ...], bool]:
    """The names a path starts with, and whether what is behind them asks for a list: an index, `[*]`, a filter."""
    try:
        steps, rest = _take_steps(_rooted(path))
    except JsonPathError:
        return (), False
    for place, step in enumerate(steps):
        if not isinstance(step, str):
            return tuple(steps[:place]), True
    return tuple(steps), rest.startswith("[")


def split_first(path: str) -> tuple[str, str]:
    """The first name of a path, and the path that goes on from there. Raises JsonPathError where there is no name."""
    text = _rooted(path)
    match = _STEP.match(text, 1)
    first = None if match is None else _step(match)
    if match is None or not isinstance(first, str):
        raise JsonPathError("it begins with no name")
    return first, f"${text[match.end() :]}"


def _take_steps(path: str, *, before_all: bool = False) -> tuple[list[Step], str]:
    """The plain steps a path starts with, up to its first `[*]` where asked so, and the rest of it."""
    steps: list[Step] = []
    position = 1
    while (match := _STEP.match(path, position)) is not None and not (before_all and match["all"]):
        position = match.end()
        steps.append(_step(match))
    return steps, path[position:]


def _step(match: re.Match[str]) -> Step:
    if match["index"] is not None:
        return int(match["index"])
    if match["all"] is not None:
        return ALL
    if match["name"] is None:
        return _ESCAPE.sub(r"\1", match["double"] if match["single"] is None else match["single"])
    if _ARITHMETIC.search(match["name"]):
        message = f"arithmetic is not run; write a name with such marks as ['{match['name']}']"
        raise JsonPathError(message, is_refused=True)
    return match["name"].strip()


def _whole(document: Any) -> Any:
    return document


def _then(select: Select, function: Callable[[Any], Any]) -> Select:
    def apply(document: Any) -> Any:
        value = select(document)
        return MISSING if value is MISSING else function(value)

    return apply


def walk(steps: tuple[Step, ...], last: Select = _whole) -> Select:
    """The function that takes `steps` one after the other, and then `last`."""
    select = last
    is_many = False
    for step in reversed(steps):
        if step is ALL:
            select, is_many = _every(select, is_many), True
        else:
            select = _item(step, select) if isinstance(step, int) else _member(step, select)
    return select


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
