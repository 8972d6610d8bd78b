"""YAML text → Document, safely.

libyaml's *events* are read, never its composed nodes: composing recurses in C and a nest of 100,000 brackets ends the
process, where the event parser only reports it (measured). Events also carry positions at C speed (D8). Depth, alias
expansion, duplicate keys and tags are judged here, while building (C8, field-study E5).
"""

from __future__ import annotations

from typing import Any

from yaml import CSafeLoader, MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, Span
from naftiko_runtime.spec.text.anchors import MAX_DEPTH, TOO_DEEP, Anchored, AnchorError, Anchors
from naftiko_runtime.spec.text.document import Branch, Document, Leaf, Place, leaf_span
from naftiko_runtime.spec.text.scalars import TAG_PREFIX, TagError, resolve_plain, resolve_tagged
from naftiko_runtime.spec.text.source import quoted
from naftiko_runtime.spec.text.syntax import TEMPLATE, explain_syntax, find_forbidden, find_template


class Malformed(Exception):  # noqa: N818 - it never leaves this folder; the caller gets diagnostics
    """Parsing can't go on. Carries the one diagnostic that says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def parse(text: str, file: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """Parse one YAML document. Returns no document where anything is wrong with the text; never raises for bad input.

    `text` has no byte order mark; `file` is the name diagnostics use.
    """
    document, diagnostics = recover(text, file)
    return (None if diagnostics else document), diagnostics


def recover(text: str, file: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """Parse one YAML document as far as it can be understood, so that the rest of a file can be checked too.

    Of a duplicate key the first value counts, a tag that is not allowed is passed over, and an entry whose key is not
    text is left out; each is an error all the same. Returns no document where the parser could not go on.
    """
    forbidden = find_forbidden(text, file)
    if forbidden is not None:
        return None, (forbidden,)
    builder = _Builder(text, file)
    try:
        value, place = builder.build()
    except Malformed as malformed:
        return None, _without_echo(builder.diagnostics, malformed.diagnostic)
    return Document(file, text, value, place), tuple(builder.diagnostics)


def _without_echo(collected: list[Diagnostic], last: Diagnostic) -> tuple[Diagnostic, ...]:
    """What was wrong on the way, and what ended it: a syntax error behind another mistake of its line is its echo."""
    lines = {item.span.line for item in collected if item.span is not None}
    is_echo = last.code == "NK1004" and last.span is not None and last.span.line in lines
    return tuple(collected) if is_echo else (*collected, last)


class _Builder:
    """Builds values and places from the event stream; collects what is wrong but does not stop the parse."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.diagnostics: list[Diagnostic] = []
        self.anchors = Anchors()
        self.parser = CSafeLoader(text)
        self.next_event = self.parser.get_event
        self.last_end: Any = None  # where the mapping or sequence read last ends

    def build(self) -> tuple[Any, Place]:
        try:
            self.next_event()  # stream start
            event = self.next_event()
            if not isinstance(event, DocumentStartEvent):
                raise self._empty()
            value, place = self._node(self.next_event(), 0)
            self.next_event()  # document end
            event = self.next_event()
        except MarkedYAMLError as error:
            raise Malformed(explain_syntax(error, self.text, self.file)) from None
        if not isinstance(event, StreamEndEvent):
            help_text = "a capability is one YAML document; put the second one in a file of its own"
            raise self._stop("NK1006", "a second YAML document starts here", event, help_text)
        if value is None:
            raise self._empty()
        if not isinstance(value, dict):
            kind = "a list" if isinstance(value, list) else "a single value"
            message = f"a capability file must be a mapping at its root, found {kind}"
            raise Malformed(self._problem("NK1010", message, _first(place.start), "start with `naftiko: 1.0.0-alpha2`"))
        return value, place

    def _node(self, event: Any, depth: int) -> tuple[Any, Place]:
        if type(event) is AliasEvent:
            anchored = self._follow(event, depth)
            return anchored.value, anchored.place
        self.anchors.size += 1
        if event.anchor is not None:
            return self._anchored(event, depth)
        return self._plain_node(event, depth)

    def _plain_node(self, event: Any, depth: int) -> tuple[Any, Place]:
        if type(event) is ScalarEvent:
            return self._scalar(event), Leaf(event.start_mark, event.end_mark)
        if depth >= MAX_DEPTH:
            raise self._stop("NK1007", TOO_DEEP[0], event, TOO_DEEP[1])
        if depth >= self.anchors.deepest:
            self.anchors.deepest = depth + 1
        if event.tag is not None:
            self._check_collection_tag(event)
        return self._mapping(event, depth) if type(event) is MappingStartEvent else self._sequence(event, depth)

    def _anchored(self, event: Any, depth: int) -> tuple[Any, Place]:
        name = event.anchor
        mark = self.anchors.begin(name, depth)
        value, place = self._plain_node(event, depth)
        written = (place.end if isinstance(place, Leaf) else self.last_end).index - event.start_mark.index
        self.anchors.end(name, mark, depth, written, value, place)
        return value, place

    def _follow(self, event: Any, depth: int) -> Anchored:
        try:
            return self.anchors.follow(event.anchor, depth)
        except AnchorError as error:
            raise Malformed(self._problem(error.code, str(error), self._span(event), error.help)) from None

    def _scalar(self, event: Any) -> object:
        if event.tag is None:
            return resolve_plain(event.value) if event.implicit[0] else event.value
        try:
            return resolve_tagged(event.value, event.tag)
        except TagError as error:
            self._report("NK1009", str(error), event, error.help)
            return event.value

    def _check_collection_tag(self, event: Any) -> None:
        expected = "map" if type(event) is MappingStartEvent else "seq"
        if event.tag not in ("!", TAG_PREFIX + expected):
            error = TagError.not_allowed(event.tag)
            self._report("NK1009", str(error), event, error.help)

    def _sequence(self, start: Any, depth: int) -> tuple[list[Any], Branch]:
        values: list[Any] = []
        places: list[Place] = []
        event: Any = self.next_event()
        while type(event) is not SequenceEndEvent:
            value, place = self._node(event, depth + 1)
            values.append(value)
            places.append(place)
            event = self.next_event()
        self.last_end = event.end_mark
        return values, Branch(start.start_mark, places)

    def _mapping(self, start: Any, depth: int) -> tuple[dict[str, Any], Branch]:
        values: dict[str, Any] = {}
        entries: dict[str, tuple[Leaf, Place]] = {}
        merged: list[tuple[Any, Any]] = []
        event: Any = self.next_event()
        while type(event) is not MappingEndEvent:
            key = self._key(event, depth)
            value, place = self._node(self.next_event(), depth + 1)
            if key is None:
                pass
            elif key == "<<" and type(event) is ScalarEvent and event.implicit[0] and event.tag is None:
                self._collect_merge(merged, value, place, event)
            elif key in values:
                self._report_duplicate(key, event, entries[key][0])
            else:
                values[key] = value
                entries[key] = (Leaf(event.start_mark, event.end_mark), place)
            event = self.next_event()
        self.last_end = event.end_mark
        if merged:
            self._merge(values, entries, merged, start)
        return values, Branch(start.start_mark, entries)

    def _key(self, event: Any, depth: int) -> str | None:
        """The text of a key: `200` and `2015-02-01` name things, so they are text. None for a key that has no text."""
        if type(event) is ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                self._node(event, depth + 1)
            text: str = event.value
            return text
        value, _ = self._node(event, depth + 1)
        if isinstance(value, str):
            return value
        template = find_template(self.text, event.start_mark)
        if template is None:
            self._report("NK1011", "a key must be text", event, "write the key as a word or in quotes")
        else:
            self.diagnostics.append(self._problem("NK1011", TEMPLATE.message, template, TEMPLATE.help))
        return None

    def _collect_merge(self, merged: list[tuple[Any, Any]], value: Any, place: Any, event: Any) -> None:
        if isinstance(value, dict):
            merged.append((value, place))
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            merged.extend(zip(value, place.entries, strict=True))
        else:
            help_text = "let it name the anchor of a mapping, or write the key in quotes"
            self._report("NK1012", "`<<` merges mappings only", event, help_text)

    def _merge(self, values: dict[str, Any], entries: Any, merged: list[tuple[Any, Any]], start: Any) -> None:
        """Add the keys of merged mappings; what is written in a mapping itself wins, then what is merged first."""
        for value, branch in merged:
            try:
                self.anchors.copy(len(value))
            except AnchorError as error:
                raise self._stop(error.code, str(error), start, error.help) from None
            for key in value:
                if key not in values:
                    values[key] = value[key]
                    entries[key] = branch.entries[key]

    def _report_duplicate(self, key: str, event: Any, first: Leaf) -> None:
        place = leaf_span(first, self.text)
        self.diagnostics.append(
            Diagnostic(
                "NK1005",
                Severity.ERROR,
                f"the key {quoted(key)} stands twice in one mapping",
                self.file,
                self._span(event),
                help=f"remove one of them; the first is on line {place.line}",
                related=(Related("first used here", self.file, place),),
            )
        )

    def _report(self, code: str, message: str, event: Any, help_text: str) -> None:
        self.diagnostics.append(self._problem(code, message, self._span(event), help_text))

    def _empty(self) -> Malformed:
        help_text = "a capability file starts with `naftiko: 1.0.0-alpha2`"
        return Malformed(self._problem("NK1010", "the file is empty", Span(1, 1, 1, 2), help_text))

    def _stop(self, code: str, message: str, event: Any, help_text: str) -> Malformed:
        return Malformed(self._problem(code, message, _first(event.start_mark), help_text))

    def _span(self, event: Any) -> Span:
        return leaf_span(Leaf(event.start_mark, event.end_mark), self.text)

    def _problem(self, code: str, message: str, span: Span, help_text: str) -> Diagnostic:
        return Diagnostic(code, Severity.ERROR, message, self.file, span, help=help_text)


def _first(mark: Any) -> Span:
    """The one character at a mark."""
    return Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
