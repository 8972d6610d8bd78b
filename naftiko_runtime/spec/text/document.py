"""The tree of a YAML text, with the place of everything in it.

Later stages point back at the text, so every value keeps where it was written. Values are plain JSON-like data, because
schema validators want that; places live in a parallel tree that is only walked when somebody asks. A document is
dropped once its capability is compiled, so 1,000 specs do not hold 1,000 position trees.

Some of what a file means stands in others, which it imports. It is in the value like everything else; its places are
those of the file it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, Span
from naftiko_runtime.spec.text.source import LINE_BREAK

_Thing = TypeVar("_Thing")

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


def value_at(value: Any, pointer: Pointer) -> Any:
    """What a value holds at a pointer that leads somewhere."""
    for part in pointer:
        value = value[part]
    return value


def moved(
    places: Iterable[tuple[_Thing, Pointer]], source: Pointer, target: Pointer
) -> Iterator[tuple[_Thing, Pointer]]:
    """Of things and their pointers those below `source`, as if that stood at `target`."""
    return ((thing, (*target, *at[len(source) :])) for thing, at in places if at[: len(source)] == source)


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


class Imported(NamedTuple):
    """Where an imported entry stands: in which document, and at which pointer of that one's value."""

    document: Document
    at: Pointer


_NOTHING: Mapping[Pointer, Imported] = MappingProxyType({})

_ENTRY_DEPTHS = (2, 3)
"""How far below the root the entries stand that a file can import: `/binds/0`, `/capability/consumes/0`."""


class Document:
    """One parsed file. `value` is what the text says; `span` and `key_span` say where it says it.

    `root` is the place of all of it. The value may be in another form than the text (`canonicalise`): pointers lead
    through the value, `written` gives the author's. `imports` are the entries, by their pointers, that stand in other
    documents.
    """

    __slots__ = ("file", "imports", "root", "text", "value")

    def __init__(
        self, file: str, text: str, value: Any, root: Place, imports: Mapping[Pointer, Imported] = _NOTHING
    ) -> None:
        self.file = file
        self.text = text
        self.value = value
        self.imports = imports
        self.root = root

    def span(self, pointer: Pointer) -> Span:
        """The stretch of the value at `pointer`; of its key or first word where it is a mapping, a sequence or nothing.

        A pointer that leads nowhere (a missing key) gives the deepest place that exists.
        """
        document, at = self.home(pointer)
        if document is not self:
            return document.span(at)
        key, place = self._walk(pointer)
        if isinstance(place, Leaf) and (key is None or place.end.index > place.start.index):
            return leaf_span(place, self.text)
        return self._name(key, place)

    def spelled(self, pointer: Pointer) -> str:
        """The letters of the scalar at `pointer`, as they stand in the text; empty for anything else."""
        document, at = self.home(pointer)
        _, place = document._walk(at)
        return document.text[place.start.index : place.end.index] if isinstance(place, Leaf) else ""

    def key_span(self, pointer: Pointer) -> Span:
        """The stretch of the key that holds the value at `pointer`, or of the value where it has none."""
        document, at = self.home(pointer)
        return document._name(*document._walk(at))

    def home(self, pointer: Pointer) -> Imported:
        """The document in whose text the value at `pointer` stands, and its pointer there."""
        for depth in _ENTRY_DEPTHS if self.imports else ():
            found = self.imports.get(pointer[:depth])
            if found is not None:
                return Imported(found.document, (*found.at, *pointer[depth:]))
        return Imported(self, pointer)

    def file_of(self, pointer: Pointer) -> str:
        """The name of the file in which the value at `pointer` stands."""
        return self.home(pointer).document.file

    def importers(self, pointer: Pointer) -> tuple[Related, ...]:
        """The entry of this file that imports what stands at `pointer`; nothing where it stands in this file."""
        entry = next((pointer[:depth] for depth in _ENTRY_DEPTHS if pointer[:depth] in self.imports), None)
        if entry is None:
            return ()
        return (Related("imported here", self.file, self._name(*self._walk(entry))),)

    def related(self, message: str, at: Pointer) -> Related:
        """The value at a pointer as the second place of a diagnostic."""
        return Related(message, self.file_of(at), self.span(at))

    def diagnostic(
        self,
        code: str,
        severity: Severity,
        message: str,
        at: Pointer,
        help_text: str,
        *,
        key: bool = False,
        related: tuple[Related, ...] = (),
    ) -> Diagnostic:
        """Something to tell about the value at a pointer, or about its `key`, in the file it stands in."""
        span = self.key_span(at) if key else self.span(at)
        related = (*related, *self.importers(at))
        return Diagnostic(code, severity, message, self.file_of(at), span, to_json_pointer(at), help_text, related)

    def start(self, pointer: Pointer) -> tuple[int, int]:
        """Line and column, from 1, where the value at `pointer` begins, whatever it is."""
        mark = self._walk(pointer)[1].start
        return mark.line + 1, mark.column + 1

    def written(self, pointer: Pointer) -> Pointer:
        """The path that the author wrote to what lies at `pointer`; beyond the deepest place that exists, as it is."""
        parts: list[str | int] = []
        place: Place | None = self.root
        for part in pointer:
            index = _index(place, part)
            spelled = place.written.get(index) if isinstance(place, Renamed) else None
            parts.extend((part,) if spelled is None else spelled)
            place = _child(place, index)[1]
        return tuple(parts)

    def located(self, written: Pointer) -> Pointer:
        """The pointer to what the author wrote at a path: the other direction of `written`."""
        parts: list[str | int] = []
        place: Place | None = self.root
        for part in written:
            known = place.written.items() if isinstance(place, Renamed) else ()
            part = next((own for own, spelled in known if spelled == (part,)), part)
            parts.append(part)
            place = _child(place, part)[1]
        return tuple(parts)

    def as_written(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The same diagnostics, with the JSON Pointers of the text instead of those of the value."""
        if not isinstance(self.root, Renamed) and not self.imports:
            return tuple(diagnostics)
        return tuple(map(self._as_written, diagnostics))

    def _as_written(self, diagnostic: Diagnostic) -> Diagnostic:
        pointer = _with_indices(from_json_pointer(diagnostic.pointer))
        # What is said of an entry that imports, and not of what it imports, is in its own file.
        document, at = (self, pointer) if diagnostic.file == self.file else self.home(pointer)
        return replace(diagnostic, pointer=to_json_pointer(document.written(at)))

    def _walk(self, pointer: Pointer) -> tuple[Leaf | None, Place]:
        key: Leaf | None = None
        place = self.root
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


def _with_indices(pointer: Pointer) -> Pointer:
    """A pointer that came as text, with the index of the entry it leads through as a number."""
    return tuple(
        int(part) if depth < max(_ENTRY_DEPTHS) and isinstance(part, str) and part.isdecimal() else part
        for depth, part in enumerate(pointer)
    )


def _index(place: Place | None, part: str | int) -> str | int:
    """A part of a pointer as what it means there: the index of a list may have come as text."""
    is_list = not isinstance(place, Leaf | None) and isinstance(place.entries, list)
    return int(part) if is_list and isinstance(part, str) and part.isdecimal() else part
