"""What does a YAML document mean as JSON? (language §4.1; YAML 1.2 core schema, as capability files are read)

The document is read by events, like a capability file: no tag constructs anything, and an alias counts as often as it
is repeated. Only the first document of a stream is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from yaml import CSafeLoader
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from naftiko_runtime.formats.charset import decode_text
from naftiko_runtime.formats.model import Allowance, UndecodableError, enter, weigh
from naftiko_runtime.spec.text.scalars import resolve_plain


def decode_yaml(body: bytes, content_type: str) -> object:
    """The value of the first YAML document; None where there is none."""
    return read_yaml(decode_text(body, content_type))


def read_yaml(text: str) -> object:
    """The value of the first document of a YAML text. Raises UndecodableError."""
    try:
        return _Builder(text).build()
    except MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f" at line {error.problem_mark.line + 1}"
        raise UndecodableError(f"not YAML: {error.problem}{line}") from None
    except YAMLError:
        raise UndecodableError("not YAML: it holds characters that YAML does not allow") from None


class _Node(NamedTuple):
    """A value, how much it counts and how many levels it has, aliases written out."""

    value: Any
    size: int
    height: int


class _Builder:
    """Builds the value of one document from its events."""

    def __init__(self, text: str) -> None:
        self._next: Callable[[], Any] = CSafeLoader(text).get_event
        self._anchors: dict[str, _Node] = {}
        self._allowance = Allowance()

    def build(self) -> Any:
        self._next()  # stream start
        if not isinstance(self._next(), DocumentStartEvent):
            return None
        return self._node(self._next(), 0).value

    def _node(self, event: Any, depth: int) -> _Node:
        if type(event) is AliasEvent:
            node = self._anchors.get(event.anchor or "")
            if node is None:
                raise UndecodableError("YAML with an alias of nothing that stands before it")
            enter(depth + node.height)
            self._allowance.take(node.size)
            return node
        if type(event) is ScalarEvent:
            node = self._scalar(event)
        else:
            enter(depth + 1)
            node = (self._mapping if type(event) is MappingStartEvent else self._sequence)(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: Any) -> _Node:
        size = weigh(event.value)
        self._allowance.take(size)
        is_plain = event.tag is None and event.implicit[0]
        return _Node(resolve_plain(event.value) if is_plain else event.value, size, 0)

    def _sequence(self, depth: int) -> _Node:
        values: list[Any] = []
        size, height = 1, 0
        self._allowance.take()
        while type(event := self._next()) is not SequenceEndEvent:
            node = self._node(event, depth + 1)
            values.append(node.value)
            size, height = size + node.size, max(height, node.height)
        return _Node(values, size, height + 1)

    def _mapping(self, depth: int) -> _Node:
        values: dict[str, Any] = {}
        merged: list[dict[str, Any]] = []
        size, height = 1, 0
        self._allowance.take()
        while type(event := self._next()) is not MappingEndEvent:
            key = self._key(event, depth)
            node = self._node(self._next(), depth + 1)
            size, height = size + node.size + 1, max(height, node.height)
            if key == "<<" and event.implicit[0] and (found := _mergeable(node.value)):
                merged += found
            else:
                values[key] = node.value
        for more in merged:
            self._allowance.take(len(more))
            size += len(more)
            for name, value in more.items():
                values.setdefault(name, value)
        return _Node(values, size, height + 1)

    def _key(self, event: Any, depth: int) -> str:
        """The text of a key, as it is written."""
        if type(event) is not ScalarEvent:
            raise UndecodableError("YAML with a key that is no text")
        self._node(event, depth)
        text: str = event.value
        return text


def _mergeable(value: Any) -> list[dict[str, Any]]:
    """The mappings that a `<<` merges; none where it is a key like any other."""
    items = value if isinstance(value, list) else [value]
    return items if all(isinstance(item, dict) for item in items) else []
