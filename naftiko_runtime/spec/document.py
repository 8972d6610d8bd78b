"""The tree of a YAML text, with the place of everything in it.

Later stages point back at the text, so every value keeps where it was written. Values are plain JSON-like data, because
schema validators want that; places live in a parallel tree that is only walked when somebody asks. A document is
dropped once its capability is compiled, so 1,000 specs do not hold 1,000 position trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Span
from naftiko_runtime.spec.source import LINE_BREAK

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


def leaf_span(leaf: Leaf, text: str) -> Span:
    """The stretch of `text` that a scalar takes; one character where nothing is written."""
    start, end = leaf
    line, column = start.line + 1, start.column + 1
    if end.line == start.line:
        return Span(line, column, line, max(end.column, start.column + 1) + 1)
    # The parser ends a block text where the next thing begins; the reader sees it end with its last word.
    lines = LINE_BREAK.split(text[start.index : end.index].rstrip())
    last = len(lines[-1]) + 1
    return Span(line, column, line + len(lines) - 1, last if len(lines) > 1 else column + last - 1)


class Document:
    """One parsed file. `value` is what the text says; `span` and `key_span` say where it says it."""

    __slots__ = ("_root", "file", "text", "value")

    def __init__(self, file: str, text: str, value: Any, root: Place) -> None:
        self.file = file
        self.text = text
        self.value = value
        self._root = root

    def span(self, pointer: Pointer) -> Span:
        """The stretch of the value at `pointer`; of its key or first word where it is a mapping, a sequence or nothing.

        A pointer that leads nowhere (a missing key) gives the deepest place that exists.
        """
        key, place = self._walk(pointer)
        if isinstance(place, Leaf) and (key is None or place.end.index > place.start.index):
            return leaf_span(place, self.text)
        return self._name(key, place)

    def key_span(self, pointer: Pointer) -> Span:
        """The stretch of the key that holds the value at `pointer`, or of the value where it has none."""
        return self._name(*self._walk(pointer))

    def start(self, pointer: Pointer) -> tuple[int, int]:
        """Line and column, from 1, where the value at `pointer` begins, whatever it is."""
        mark = self._walk(pointer)[1].start
        return mark.line + 1, mark.column + 1

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

    def _name(self, key: Leaf | None, place: Place) -> Span:
        """The key; where there is none, the scalar or the first word of the mapping or sequence."""
        if key is None and isinstance(place, Branch) and isinstance(place.entries, Mapping):
            first = next((first for first, _ in place.entries.values()), None)
            # A mapping with nothing but merged keys has its first key elsewhere, where it was anchored.
            key = first if first is not None and first.start.index >= place.start.index else None
        if key is None:
            key = place if isinstance(place, Leaf) else Leaf(place.start, place.start)
        return leaf_span(key, self.text)
