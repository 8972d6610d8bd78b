"""Merge keys among names → the names and objects themselves, written where they are merged.

A list has no merge keys. What a map by name takes from another place is copied to its end, which is where reading has
it; the lines of the original are taken as they are, comments inside of them included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from collections.abc import Mapping as Table
from typing import Any

from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.layout import drop_pair, spelled
from naftiko_runtime.migration.tree import Alias, Mapping, Node, Pair, Scalar, Sequence
from naftiko_runtime.migration.walk import pairs, spots
from naftiko_runtime.spec.generations.shapes import Form

_ANCHOR = re.compile(r"(?:!\S*\s+)?(&([^\s,\[\]{}]+))")


def expand(edits: Edits, root: Mapping, value: Any, words: Table[str, str]) -> bool:
    """Collect the changes, and say whether there are any. `value` has the form of the text.

    What is copied may hold merge keys in turn: they are there for the next call.
    """
    found = [
        (node, spot.value)
        for spot in spots(root, value, words)
        if spot.part.form is Form.NAMED
        and isinstance(node := spot.pair.value, Mapping)
        and any(map(is_merge, node.pairs))
    ]
    if found:
        anchors = _Anchors(edits.text, root)
        for node, names in found:
            _expand(edits, node, names, anchors)
    return bool(found)


def is_merge(pair: Pair) -> bool:
    """Whether an entry is a merge key."""
    return isinstance(pair.key, Scalar) and pair.word == "<<" and pair.key.is_plain and not pair.key.anchor


def _expand(edits: Edits, node: Mapping, value: dict[str, Any], anchors: _Anchors) -> None:
    merges = [pair for pair in node.pairs if is_merge(pair)]
    own = [pair for pair in node.pairs if not is_merge(pair)]
    written = {str(pair.word) for pair in own}
    sources: dict[str, Pair] = {}
    for pair in merges:
        for source in anchors.merged(pair.value):
            sources.setdefault(str(source.word), source)
    column = node.pairs[0].key.start.column
    copies = [
        _copy(edits.text, name, inner, sources.get(name), None if node.is_flow else column)
        for name, inner in value.items()
        if name not in written
    ]
    between = ", " if node.is_flow else edits.line_break + " " * column
    for pair in merges if own else merges[1:]:
        drop_pair(edits, node, pair)
    if not own:
        nothing = "" if node.is_flow else "{}"
        edits.replace(merges[0].key.start.index, merges[0].value.end, between.join(copies) or nothing)
    elif copies:
        end = own[-1].value.end if node.is_flow else edits.end_of(edits.line_of(own[-1].value.end))
        edits.replace(end, end, between + between.join(copies))


def _copy(text: str, name: str, value: Any, source: Pair | None, column: int | None) -> str:
    """An entry as it is written elsewhere, with its lines moved to a column; in braces (None), its value as JSON."""
    if source is None or column is None:
        return f"{spelled(name)}: {json.dumps(value, ensure_ascii=False)}"
    columns = column - source.key.start.column
    first, *rest = _without_anchors(text, source).splitlines(keepends=True)
    return first + "".join(_moved(line, columns) for line in rest)


def _without_anchors(text: str, source: Pair) -> str:
    """The text of an entry; its anchors stay where they are, so that no name is given twice."""
    start, pieces = source.key.start.index, []
    for node in _nodes(source.key, source.value):
        found = _ANCHOR.match(text, node.start.index) if not isinstance(node, Alias) and node.anchor else None
        if found is not None:
            pieces.append(text[start : max(start, found.start(1) - 1)])
            start = found.end(1)
    return "".join([*pieces, text[start : source.value.end]])


def _nodes(*roots: Node) -> Iterator[Node]:
    """Nodes and all below them, in the order of the text."""
    waiting = [*reversed(roots)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Sequence):
            waiting += reversed(node.items)
        elif isinstance(node, Mapping):
            waiting += [part for pair in reversed(node.pairs) for part in (pair.value, pair.key)]


def _moved(line: str, columns: int) -> str:
    inner = line.lstrip(" ")
    return line if not inner.strip() else " " * max(0, len(line) - len(inner) + columns) + inner


class _Anchors:
    """What the aliases of a text stand for."""

    def __init__(self, text: str, root: Mapping) -> None:
        self._latest: dict[str, Node] = {}
        self._meant: dict[int, Node] = {}
        for node in _nodes(root):
            if isinstance(node, Alias):
                self._meant[node.start.index] = self._latest[text[node.start.index + 1 : node.end]]
            elif node.anchor and (found := _ANCHOR.match(text, node.start.index)) is not None:
                self._latest[found.group(2)] = node

    def merged(self, node: Node) -> list[Pair]:
        """The entries that a merge key gives, in the order in which they count."""
        if isinstance(node, Alias):
            return self.merged(self._meant[node.start.index])
        if isinstance(node, Sequence):
            return [pair for item in node.items for pair in self.merged(item)]
        own = [pair for pair in pairs(node) if not is_merge(pair)]
        return [*own, *(inner for pair in pairs(node) if is_merge(pair) for inner in self.merged(pair.value))]
