"""The JSONPaths that need a grammar: slices, unions, `..` and filters (RFC 9535).

jsonpath-ng reads them; what it read is translated to small functions from nodes to nodes, because its own evaluation
recurses, and runs constructs whose work no document bounds. Only what is named below is translated, so arithmetic,
regular expressions, sorting, `parent` and whatever a later version invents are refused at load (field-study E8).

Work: each step visits every node of the document at most once, because no step gives a node twice, `..` occurs once at
most, and a filter looks along names and indices only.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Nodes = list[Any]
Step = Callable[[Nodes], Nodes]
Test = Callable[[Any], bool]


class JsonPathError(ValueError):
    """A path that is no JSONPath (`is_refused` false), or one this runtime won't run."""

    def __init__(self, message: str, *, is_refused: bool = False) -> None:
        self.is_refused = is_refused
        super().__init__(message)


_FORBIDDEN = (("=~", "regular expressions"), ("`", "functions in backquotes"), ("[(", "script expressions"))

_CONSTRUCTS = {
    "Operation": "arithmetic",
    "Union": "`|` between paths",
    "Intersect": "`&` between paths",
    "Where": "`where`",
    "WhereNot": "`wherenot`",
    "Slice": "a slice by steps of 0",
    "SortedThis": "sorting",
}
"""What jsonpath-ng's classes are called in a path's own words."""


def compile_query(path: str) -> Callable[[Any], Nodes]:
    """Compile a path that starts with `$`; the function gives the list of what it selects. Raises JsonPathError."""
    for mark, construct in _FORBIDDEN:
        if mark in path:
            raise JsonPathError(f"{construct} are not run", is_refused=True)
    steps = tuple(_Translator().steps(_parse(path)))

    def select(document: Any) -> Nodes:
        nodes = [document]
        for step in steps:
            nodes = step(nodes)
        return nodes

    return select


def _parse(path: str) -> Any:
    # jsonpath-ng builds its grammar on import (60 ms); hardly a file needs it.
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            # Its own opinion of older spellings is no news to whoever runs a capability.
            warnings.simplefilter("ignore")
            return parse(path)
    except Exception:  # noqa: BLE001 - its lexer and parser raise many kinds, some of them bare
        raise JsonPathError(f"it is no JSONPath from `{path[1:41]}` on") from None


class _Translator:
    """Translates one path; counts what may occur once."""

    def __init__(self) -> None:
        self._descents = 0

    def steps(self, node: Any) -> Iterator[Step]:
        """The steps of a parsed path, in order."""
        kind = type(node).__name__
        if kind == "Root":
            return
        if kind in ("Child", "Descendants"):
            yield from self.steps(node.left)
            if kind == "Descendants":
                self._descents += 1
                yield _descend
            yield from self.steps(node.right)
        elif kind == "Fields" and "*" not in node.fields:
            yield _members(tuple(dict.fromkeys(node.fields)))
        elif kind in ("Fields", "Wildcard"):
            yield _children_of_all
        elif kind == "Index":
            yield _items(tuple(node.indices))
        elif kind == "Slice" and node.step != 0:
            yield _slice(slice(node.start, node.end, node.step))
        elif kind == "Filter":
            yield _filtered(_all_of(node.expressions))
        else:
            raise _refused(kind)
        if self._descents > 1:
            raise JsonPathError("more than one `..` in a path is not run", is_refused=True)


def _refused(kind: str) -> JsonPathError:
    construct = _CONSTRUCTS.get(kind, f"a step of this kind ({kind})")
    return JsonPathError(f"{construct} is not run", is_refused=True)


def _children(node: Any) -> Sequence[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else ()


def _children_of_all(nodes: Nodes) -> Nodes:
    return [child for node in nodes for child in _children(node)]


def _descend(nodes: Nodes) -> Nodes:
    """The nodes and all below them, in the order of the text; with a stack of its own, however deep they are."""
    found: Nodes = []
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += _children(node)[::-1]
    return found


def _members(names: tuple[str, ...]) -> Step:
    return lambda nodes: [node[name] for node in nodes if isinstance(node, dict) for name in names if name in node]


def _items(indices: tuple[int, ...]) -> Step:
    def step(nodes: Nodes) -> Nodes:
        found: Nodes = []
        for node in nodes:
            if isinstance(node, list):
                size = len(node)
                places = (index + size if index < 0 else index for index in indices)
                # `[0,-1]` of a list of one is one node.
                found += [node[place] for place in dict.fromkeys(places) if 0 <= place < size]
        return found

    return step


def _slice(bounds: slice) -> Step:
    return lambda nodes: [item for node in nodes if isinstance(node, list) for item in node[bounds]]


def _filtered(test: Test) -> Step:
    return lambda nodes: [child for node in nodes for child in _children(node) if test(child)]


def _all_of(expressions: Sequence[Any]) -> Test:
    tests = tuple(_test(expression) for expression in expressions)
    return lambda node: all(test(node) for test in tests)


def _test(expression: Any) -> Test:
    kind = type(expression).__name__
    if kind == "And":
        return _all_of(expression.operands)
    if kind == "Or":
        tests = tuple(_test(operand) for operand in expression.operands)
        return lambda node: any(test(node) for test in tests)
    # Whatever else a later version may put here has no target below `@`, and is refused for that.
    find = _singular(getattr(expression, "target", None))
    if expression.op is None:
        return lambda node: bool(find(node))
    if expression.op == "!":
        return lambda node: not find(node)
    compare = _COMPARISONS[expression.op]
    other = expression.value
    if other is None or isinstance(other, str | int | float):
        return lambda node: compare(find(node), [other])
    find_other = _singular(other)
    return lambda node: compare(find(node), find_other(node))


def _singular(path: Any) -> Callable[[Any], Nodes]:
    """A path below `@` of names and indices, which selects one node or none."""
    keys: list[str | int] = []
    while type(path).__name__ == "Child":
        keys.insert(0, _key(path.right))
        path = path.left
    if type(path).__name__ != "This":
        raise _beyond_filters()

    def find(node: Any) -> Nodes:
        for key in keys:
            if isinstance(key, str):
                if not isinstance(node, dict) or key not in node:
                    return []
            elif not isinstance(node, list) or not -len(node) <= key < len(node):
                return []
            node = node[key]
        return [node]

    return find


def _key(step: Any) -> str | int:
    kind = type(step).__name__
    if kind == "Fields" and len(step.fields) == 1 and step.fields[0] != "*":
        return str(step.fields[0])
    if kind == "Index" and len(step.indices) == 1:
        return int(step.indices[0])
    raise _beyond_filters()


def _beyond_filters() -> JsonPathError:
    return JsonPathError("a filter that looks at more than names and indices below `@` is not run", is_refused=True)


def _is_equal(left: Nodes, right: Nodes) -> bool:
    """RFC 9535 §2.3.5.2.2: nothing equals nothing; values of different JSON types are never equal."""
    if not left or not right:
        return not left and not right
    one, other = left[0], right[0]
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    # Python compares lists and objects level by level, by recursion; a filter is about scalars.
    return not isinstance(one, list | dict) and not isinstance(other, list | dict) and bool(one == other)


def _is_ordered(compare: Callable[[Any, Any], bool], left: Nodes, right: Nodes) -> bool:
    if not left or not right:
        return False
    pair = (left[0], right[0])
    if any(isinstance(value, bool) for value in pair):
        return False
    numbers = all(isinstance(value, int | float) for value in pair)
    return (numbers or all(isinstance(value, str) for value in pair)) and compare(*pair)


_COMPARISONS: dict[str, Callable[[Nodes, Nodes], bool]] = {
    "==": _is_equal,
    "=": _is_equal,
    "!=": lambda left, right: not _is_equal(left, right),
    "<": lambda left, right: _is_ordered(operator.lt, left, right),
    ">": lambda left, right: _is_ordered(operator.gt, left, right),
    "<=": lambda left, right: _is_ordered(operator.lt, left, right) or _is_equal(left, right),
    ">=": lambda left, right: _is_ordered(operator.gt, left, right) or _is_equal(left, right),
}
