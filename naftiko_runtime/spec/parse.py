"""YAML text → Document, safely.

libyaml's *events* are read, never its composed nodes: composing recurses in C and a nest of 100,000 brackets ends the
process, where the event parser only reports it (measured). Events also carry positions at C speed (D8). Depth, alias
expansion, duplicate keys and tags are judged here, while building (C8, field-study E5).
"""

from __future__ import annotations

from typing import Any, cast

import yaml

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, Span
from naftiko_runtime.spec.document import Branch, Document, Leaf, Place, leaf_span
from naftiko_runtime.spec.scalars import TAG_PREFIX, TagError, resolve_plain, resolve_tagged

MAX_DEPTH = 100
"""Levels of nesting. The deepest public file has 17."""

MAX_ALIAS_NODES = 100_000
"""How many nodes all aliases of a file may stand for together."""


class Malformed(Exception):  # noqa: N818 - it never leaves this folder; the caller gets diagnostics
    """Parsing can't go on. Carries the one diagnostic that says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def parse(text: str, file: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """Parse one YAML document. Returns no document where the text is malformed; never raises for bad input."""
    builder = _Builder(text, file)
    try:
        value, place = builder.build()
    except Malformed as malformed:
        return None, (*builder.diagnostics, malformed.diagnostic)
    if builder.diagnostics:
        return None, tuple(builder.diagnostics)
    return Document(file, text, value, place), ()


class _Builder:
    """Builds values and places from the event stream; collects what is wrong but does not stop the parse."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.diagnostics: list[Diagnostic] = []
        self.anchors: dict[str, tuple[Any, Place, int]] = {}
        self.open_anchors: set[str] = set()
        self.alias_nodes = 0
        self.nodes = 0

    def build(self) -> tuple[Any, Place]:
        try:
            self.parser = yaml.CSafeLoader(self.text)
            self.next_event = self.parser.get_event
            self.next_event()  # stream start
            event = self.next_event()
            if not isinstance(event, yaml.DocumentStartEvent):
                raise self._stop("NK1010", "the file is empty", event, "a capability file starts with `naftiko:`")
            result = self._node(self.next_event(), 0)
            self.next_event()  # document end
            event = self.next_event()
        except yaml.YAMLError as error:
            raise Malformed(self._syntax(error)) from None
        if not isinstance(event, yaml.StreamEndEvent):
            help_text = "a capability is one YAML document; put the second one in a file of its own"
            raise self._stop("NK1006", "a second YAML document starts here", event, help_text)
        if not isinstance(result[0], dict):
            raise Malformed(
                self._diagnostic(
                    "NK1010",
                    "a capability file must be a mapping at its root",
                    Span(1, 1, 1, 2),
                    "start with `naftiko: 1.0.0-alpha2`",
                )
            )
        return result

    def _node(self, event: Any, depth: int) -> tuple[Any, Place]:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        anchor = event.anchor
        before = self.nodes
        if anchor is not None:
            self.open_anchors.add(anchor)
        result: tuple[Any, Place]
        if isinstance(event, yaml.ScalarEvent):
            result = self._scalar(event), Leaf(event.start_mark, event.end_mark)
        elif depth >= MAX_DEPTH:
            raise self._stop("NK1007", f"nested deeper than {MAX_DEPTH} levels", event, "flatten this part of the file")
        else:
            self._check_collection_tag(event)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            result = self._mapping(event, depth) if is_mapping else self._sequence(event, depth)
        if anchor is not None:
            self.open_anchors.discard(anchor)
            value, place = result
            self.anchors[anchor] = (value, place, self.nodes - before + 1)
        return result

    def _alias(self, event: Any) -> tuple[Any, Place]:
        anchor = event.anchor
        if anchor in self.open_anchors:
            raise self._stop("NK1012", f"`*{anchor}` stands inside its own anchor", event, "write the value out")
        if anchor not in self.anchors:
            raise self._stop("NK1012", f"`*{anchor}` names no anchor before it", event, f"define it with `&{anchor}`")
        value, place, size = self.anchors[anchor]
        self.nodes += size
        self.alias_nodes += size
        if self.alias_nodes > MAX_ALIAS_NODES:
            message = f"the aliases of this file stand for more than {MAX_ALIAS_NODES:,} values"
            raise self._stop("NK1008", message, event, "write the values out, or use fewer aliases")
        return value, place

    def _scalar(self, event: Any) -> object:
        if event.implicit[0]:
            return resolve_plain(event.value)
        if event.tag is None or event.implicit[1]:
            return event.value
        try:
            return resolve_tagged(event.value, event.tag)
        except TagError as error:
            self._report("NK1009", str(error), event, "remove the tag")
            return event.value

    def _check_collection_tag(self, event: Any) -> None:
        expected = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        if event.tag not in (None, "!", TAG_PREFIX + expected):
            self._report(
                "NK1009", f"the tag `{event.tag}` is not allowed in a capability file", event, "remove the tag"
            )

    def _sequence(self, start: Any, depth: int) -> tuple[list[Any], Branch]:
        values: list[Any] = []
        places: list[Place] = []
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            value, place = self._node(event, depth + 1)
            values.append(value)
            places.append(place)
        return values, Branch(start.start_mark, places)

    def _mapping(self, start: Any, depth: int) -> tuple[dict[str, Any], Branch]:
        values: dict[str, Any] = {}
        entries: dict[str, tuple[Leaf, Place]] = {}
        merged: list[tuple[Any, Place]] = []
        while not isinstance(event := cast("Any", self.next_event()), yaml.MappingEndEvent):
            key_place = Leaf(event.start_mark, event.end_mark)
            key = self._key(event, depth)
            value, place = self._node(self.next_event(), depth + 1)
            if key is None:
                continue
            if key == "<<" and event.implicit[0]:
                self._collect_merge(merged, value, place, event)
            elif key in values:
                self._report_duplicate(key, event, entries[key][0])
            else:
                values[key] = value
                entries[key] = (key_place, place)
        for value, branch in merged:
            for key in value:
                if key not in values:
                    values[key] = value[key]
                    entries[key] = branch.entries[key]  # type: ignore[union-attr]  # a merged value is a mapping
        return values, Branch(start.start_mark, entries)

    def _key(self, event: Any, depth: int) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None:
                self.anchors[event.anchor] = (event.value, Leaf(event.start_mark, event.end_mark), 1)
            return str(event.value)
        if isinstance(event, yaml.AliasEvent):
            value, _ = self._alias(event)
            if isinstance(value, str):
                return value
        else:
            self._node(event, depth + 1)
        self._report("NK1011", "a key must be text", event, "write the key as a word or in quotes")
        return None

    def _collect_merge(self, merged: list[tuple[Any, Place]], value: Any, place: Place, event: Any) -> None:
        if isinstance(value, dict):
            merged.append((value, place))
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            merged.extend(zip(value, place.entries, strict=True))  # type: ignore[union-attr,arg-type]  # a list's place
        else:
            self._report("NK1012", "`<<` merges mappings only", event, "let it name the anchor of a mapping")

    def _report_duplicate(self, key: str, event: Any, first: Leaf) -> None:
        span = leaf_span(first)
        diagnostic = Diagnostic(
            code="NK1005",
            severity=Severity.ERROR,
            message=f"the key `{key}` stands twice in one mapping",
            file=self.file,
            span=leaf_span(Leaf(event.start_mark, event.end_mark)),
            help=f"remove one of them; the first is on line {span.line}",
            related=(Related("first used here", self.file, span),),
        )
        self.diagnostics.append(diagnostic)

    def _report(self, code: str, message: str, event: Any, help_text: str) -> None:
        span = leaf_span(Leaf(event.start_mark, event.end_mark))
        if span.end_line != span.line:
            span = Span(span.line, span.column, span.line, span.column + 1)
        self.diagnostics.append(self._diagnostic(code, message, span, help_text))

    def _stop(self, code: str, message: str, event: Any, help_text: str) -> Malformed:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        return Malformed(self._diagnostic(code, message, Span(line, column, line, column + 1), help_text))

    def _syntax(self, error: yaml.YAMLError) -> Diagnostic:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "the text is not YAML"
        context = getattr(error, "context", None)
        if mark is None:
            span = _position_of(self.text, getattr(error, "position", 0) or 0)
        else:
            span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        message = f"{problem} ({context})" if context else str(problem)
        help_text = "check the indentation and the quotes on this line and the one before"
        if "\t" in _line_of(self.text, span.line):
            help_text = "indent with spaces; YAML does not allow tabs there"
        return self._diagnostic("NK1004", message, span, help_text)

    def _diagnostic(self, code: str, message: str, span: Span, help_text: str) -> Diagnostic:
        return Diagnostic(code, Severity.ERROR, message, self.file, span, help=help_text)


def _line_of(text: str, line: int) -> str:
    lines = text.split("\n", line)
    return lines[line - 1] if line <= len(lines) else ""


def _position_of(text: str, offset: int) -> Span:
    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    return Span(line, column, line, column + 1)
