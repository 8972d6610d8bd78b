"""A CSS selector → a function that picks elements (Selectors Level 4, the part that finds tables).

Types, `#id`, `.class`, `[attribute]` with its operators, the positions among siblings, all four combinators and lists
of selectors. Compiled at load; a page is walked once, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from naftiko_runtime.formats.markup import Node
from naftiko_runtime.formats.model import SchemaError

Test = Callable[[Node], bool]

_COMBINATOR = re.compile(r"\s*([>+~,])\s*|\s+")
_NAME = r"-?[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff-]*"
_SIMPLE = re.compile(
    rf"""(?P<type>{_NAME}|\*)
       | \#(?P<id>{_NAME})
       | \.(?P<class>{_NAME})
       | \[\s*(?P<attribute>{_NAME})\s*
           (?:(?P<operator>[~|^$*]?=)\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w-]+))\s*)?\]
       | :(?P<position>(?:first|last|only)-(?:child|of-type))
       | :(?P<nth>nth-child|nth-of-type)\(\s*(?P<number>[0-9]{{1,6}}|odd|even)\s*\)
    """,
    re.VERBOSE,
)

_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
    "^=": lambda value, wanted: wanted != "" and value.startswith(wanted),
    "$=": lambda value, wanted: wanted != "" and value.endswith(wanted),
    "*=": lambda value, wanted: wanted != "" and wanted in value,
}

_POSITIONS: dict[str, Callable[[Node, Node], bool]] = {
    "first-child": lambda node, parent: node.place == 1,
    "last-child": lambda node, parent: node.place == parent.count,
    "only-child": lambda node, parent: parent.count == 1,
    "first-of-type": lambda node, parent: node.rank == 1,
    "last-of-type": lambda node, parent: node.rank == parent.kinds[node.tag],
    "only-of-type": lambda node, parent: parent.kinds[node.tag] == 1,
}


class _Step(NamedTuple):
    """What an element must be, and how it lies to the one of the step before (` `, `>`, `+`, `~`)."""

    combinator: str
    tests: tuple[Test, ...]


def compile_selector(text: str) -> Callable[[Sequence[Node]], list[Node]]:
    """The function that picks elements out of a page's. Raises SchemaError for a selector it does not know."""
    groups = _parse(text.strip())

    def select(nodes: Sequence[Node]) -> list[Node]:
        picked = [_pick(steps, nodes) for steps in groups]
        return [node for node in nodes if any(found[node.index] for found in picked)]

    return select


def _parse(text: str) -> list[tuple[_Step, ...]]:
    groups: list[list[_Step]] = [[]]
    combinator, position = " ", 0
    while position < len(text):
        tests: list[Test] = []
        while (match := _SIMPLE.match(text, position)) is not None and not (tests and match["type"]):
            tests.append(_test(match))
            position = match.end()
        if not tests:
            raise _unknown(text, position)
        groups[-1].append(_Step(combinator, tuple(tests)))
        if position == len(text):
            return [tuple(steps) for steps in groups]
        between = _COMBINATOR.match(text, position)
        if between is None:
            raise _unknown(text, position)
        combinator, position = between[1] or " ", between.end()
        if combinator == ",":
            groups.append([])
            combinator = " "
    raise SchemaError("a CSS selector ends with what it selects")


def _unknown(text: str, position: int) -> SchemaError:
    return SchemaError(f"`{text[position : position + 20]}` is no part of a CSS selector that is known here")


def _test(match: re.Match[str]) -> Test:
    if (tag := match["type"]) is not None:
        name = tag.lower()
        return (lambda node: True) if name == "*" else lambda node: node.tag == name
    if (wanted := match["id"]) is not None:
        return lambda node: node.attributes.get("id") == wanted
    if (kind := match["class"]) is not None:
        return lambda node: kind in node.attributes.get("class", "").split()
    if match["attribute"] is not None:
        return _attribute(match)
    return _position(match)


def _attribute(match: re.Match[str]) -> Test:
    name, operator = match["attribute"].lower(), match["operator"]
    if operator is None:
        return lambda node: name in node.attributes
    wanted = match["double"] or match["single"] or match["bare"] or ""
    compare = _OPERATORS[operator]
    return lambda node: name in node.attributes and compare(node.attributes[name], wanted)


def _position(match: re.Match[str]) -> Test:
    if match["nth"] is None:
        holds = _POSITIONS[match["position"]]
        return lambda node: node.parent is not None and holds(node, node.parent)
    number, by_type = match["number"], match["nth"] == "nth-of-type"
    if number in ("odd", "even"):
        rest = number == "odd"
        return lambda node: (node.rank if by_type else node.place) % 2 == rest
    wanted = int(number)
    return lambda node: (node.rank if by_type else node.place) == wanted


def _pick(steps: tuple[_Step, ...], nodes: Sequence[Node]) -> list[bool]:
    """Whether each element is picked. An element's bits say which steps end at it; they are carried down and along."""
    own: list[int] = []
    above: list[int] = []
    before: list[int] = []
    last = 1 << (len(steps) - 1)
    for node in nodes:
        parent = -1 if node.parent is None else node.parent.index
        previous = node.previous
        carried = {
            ">": own[parent] if parent >= 0 else 0,
            " ": above[parent] | own[parent] if parent >= 0 else 0,
            "+": own[previous.index] if previous else 0,
            "~": before[previous.index] | own[previous.index] if previous else 0,
        }
        bits = 0
        for place, (combinator, tests) in enumerate(steps):
            if (place == 0 or carried[combinator] >> (place - 1) & 1) and all(test(node) for test in tests):
                bits |= 1 << place
        own.append(bits)
        above.append(carried[" "])
        before.append(carried["~"])
    return [bool(bits & last) for bits in own]
