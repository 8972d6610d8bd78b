"""The tree of a YAML text, with the place of everything in it.

Later stages point back at the text, so every value keeps where it was written. Values are plain JSON-like data, because
schema validators want that; places live in a parallel tree that is only walked when somebody asks. A document is
dropped once its capability is compiled, so 1,000 specs do not hold 1,000 position trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Span
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


class Renamed(NamedTuple):
    """The place of a value that stands in another form than the author's.

    `written` gives, for a key or an index whose spelling is another one, the author's path to what it holds: `()` for a
    name that is the key of the whole object.
    """

    start: Any
    entries: Mapping[str, tuple[Leaf, Place]] | list[Place]
    written: Mapping[str | int, Pointer]


Place = Leaf | Branch | Renamed


def to_json_pointer(pointer: Pointer) -> str:
    """RFC 6901 text of a pointer; the root is the empty text."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def from_json_pointer(text: str) -> Pointer:
    """The keys of an RFC 6901 text. An index is text too, because only the value tells it from a key."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


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
    """One parsed file. `value` is what the text says; `span` and `key_span` say where it says it.

    The value may be in another form than the text (`canonicalise`). Pointers lead through the value; `written` gives
    the author's.
    """

    __slots__ = ("_root", "file", "text", "value")

    def __init__(self, file: str, text: str, value: Any, root: Place) -> None:
        self.file = file
        self.text = text
        self.value = value
        self._root = root

    @property
    def root(self) -> Place:
        """The place of the whole value."""
        return self._root

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

    def written(self, pointer: Pointer) -> Pointer:
        """The path that the author wrote to what lies at `pointer`; beyond the deepest place that exists, as it is."""
        parts: list[str | int] = []
        place: Place | None = self._root
        for part in pointer:
            index = _index(place, part)
            spelled = place.written.get(index) if isinstance(place, Renamed) else None
            parts.extend((part,) if spelled is None else spelled)
            place = _child(place, index)[1]
        return tuple(parts)

    def located(self, written: Pointer) -> Pointer:
        """The pointer to what the author wrote at a path: the other direction of `written`."""
        parts: list[str | int] = []
        place: Place | None = self._root
        for part in written:
            known = place.written.items() if isinstance(place, Renamed) else ()
            part = next((own for own, spelled in known if spelled == (part,)), part)
            parts.append(part)
            place = _child(place, part)[1]
        return tuple(parts)

    def as_written(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The same diagnostics, with the JSON Pointers of the text instead of those of the value."""
        if not isinstance(self._root, Renamed):
            return tuple(diagnostics)
        return tuple(
            replace(item, pointer=to_json_pointer(self.written(from_json_pointer(item.pointer))))
            for item in diagnostics
        )

    def _walk(self, pointer: Pointer) -> tuple[Leaf | None, Place]:
        key: Leaf | None = None
        place = self._root
        for part in pointer:
            next_key, child = _child(place, part)
            if child is None:
                break
            key, place = next_key, child
        return key, place

    def _name(self, key: Leaf | None, place: Place) -> Span:
        """The key; where there is none, the scalar or the first word of the mapping or sequence."""
        if key is None and not isinstance(place, Leaf) and isinstance(place.entries, Mapping):
            first = next((first for first, _ in place.entries.values()), None)
            # A mapping with nothing but merged keys has its first key elsewhere, where it was anchored.
            key = first if first is not None and first.start.index >= place.start.index else None
        if key is None:
            key = place if isinstance(place, Leaf) else Leaf(place.start, place.start)
        return leaf_span(key, self.text)


def _child(place: Place | None, part: str | int) -> tuple[Leaf | None, Place | None]:
    """The key and the place of what a place holds under a key or an index; nothing where there is no such thing."""
    if place is None or isinstance(place, Leaf):
        return None, None
    entries = place.entries
    if not isinstance(entries, list):
        return entries.get(str(part), (None, None))
    return None, entries[part] if isinstance(part, int) and 0 <= part < len(entries) else None


def _index(place: Place | None, part: str | int) -> str | int:
    """A part of a pointer as what it means there: the index of a list may have come as text."""
    is_list = not isinstance(place, Leaf | None) and isinstance(place.entries, list)
    return int(part) if is_list and isinstance(part, str) and part.isdecimal() else part
