"""The tree of a YAML text, with the place of everything in it.

Later stages point back at the text, so every value keeps where it was written. Values are plain JSON-like data, because
schema validators want that; places live in a parallel tree that is only walked when somebody asks. A document is dropped
once its capability is compiled, so 1,000 specs do not hold 1,000 position trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Span

Pointer = tuple[str | int, ...]
"""A path of keys and indices from the root of a document."""


class Leaf(NamedTuple):
    """Where a scalar stands: marks count from 0, as the parser gives them."""

    start: Any
    end: Any


class Branch(NamedTuple):
    """Where a mapping or a sequence starts, and the places of what it holds.

    `entries` maps a mapping's keys to (key place, value place), or is the list of a sequence's places.
    """

    start: Any
    entries: Mapping[str, tuple[Leaf, Place]] | list[Place]


Place = Leaf | Branch


def to_json_pointer(pointer: Pointer) -> str:
    """RFC 6901 text of a pointer; the root is the empty text."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


class Document:
    """One parsed file. `value` is what the text says; `span` and `key_span` say where it says it."""

    __slots__ = ("_root", "file", "text", "value")

    def __init__(self, file: str, text: str, value: Any, root: Place) -> None:
        self.file = file
        self.text = text
        self.value = value
        self._root = root

    def span(self, pointer: Pointer) -> Span:
        """The stretch of the value at `pointer`; for a mapping or sequence, of its key or first word.

        A pointer that leads nowhere (a missing key) gives the deepest place that exists.
        """
        key, place = self._walk(pointer)
        if isinstance(place, Leaf):
            return leaf_span(place)
        if key is not None:
            return leaf_span(key)
        return self._first_word(place)

    def key_span(self, pointer: Pointer) -> Span:
        """The stretch of the key that holds the value at `pointer`, or of the value where it has none."""
        key, place = self._walk(pointer)
        if key is not None:
            return leaf_span(key)
        return leaf_span(place) if isinstance(place, Leaf) else self._first_word(place)

    def _walk(self, pointer: Pointer) -> tuple[Leaf | None, Place]:
        key: Leaf | None = None
        place = self._root
        for part in pointer:
            if isinstance(place, Leaf):
                break
            entries = place.entries
            if isinstance(entries, list):
                if not isinstance(part, int) or not 0 <= part < len(entries):
                    break
                key, place = None, entries[part]
            else:
                found = entries.get(str(part))
                if found is None:
                    break
                key, place = found
        return key, place

    def _first_word(self, branch: Branch) -> Span:
        entries = branch.entries
        if isinstance(entries, list):
            line, column = branch.start.line + 1, branch.start.column + 1
            return Span(line, column, line, column + 1)
        for first, _ in entries.values():
            return leaf_span(first)
        line, column = branch.start.line + 1, branch.start.column + 1
        return Span(line, column, line, column + 1)


def leaf_span(leaf: Leaf) -> Span:
    start, end = leaf
    return Span(start.line + 1, start.column + 1, end.line + 1, max(end.column + 1, start.column + 2))
