"""A YAML text as a tree of what can be edited: where each thing begins and ends, and how it is written.

The tree that reading makes forgets what only an editor needs: braces, anchors, aliases, merge keys. It is built from
the same parser's events, and only of texts that reading found nothing wrong with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from yaml import CSafeLoader
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)


class Scalar(NamedTuple):
    """A text, a number or nothing. `is_plain` says that it has no quotes; `anchor` covers a tag as well."""

    start: Any
    end: int
    value: str
    is_plain: bool
    anchor: bool


class Alias(NamedTuple):
    """`*name`: what was written elsewhere."""

    start: Any
    end: int


class Sequence(NamedTuple):
    """A list; `is_flow` says that it stands in brackets. `end` is where its last item ends, or the bracket."""

    start: Any
    end: int
    items: tuple[Node, ...]
    is_flow: bool
    anchor: bool


class Mapping(NamedTuple):
    """A mapping; `is_flow` says that it stands in braces. `end` is where its last value ends, or the brace."""

    start: Any
    end: int
    pairs: tuple[Pair, ...]
    is_flow: bool
    anchor: bool

    def find(self, key: str) -> Pair | None:
        """The entry of a key; merged keys are written elsewhere."""
        return next((pair for pair in self.pairs if pair.word == key), None)


class Pair(NamedTuple):
    """An entry of a mapping."""

    key: Node
    value: Node

    @property
    def word(self) -> str | None:
        """The key, where it is a text that stands there."""
        return self.key.value if isinstance(self.key, Scalar) else None


Node = Scalar | Alias | Sequence | Mapping

_FRAME = (StreamStartEvent, StreamEndEvent, DocumentStartEvent, DocumentEndEvent)


def read_tree(text: str) -> Mapping:
    """The tree of a text that has no YAML errors. Raises ValueError where its root is no mapping."""
    events = _events(text)
    root = _node(text, events, next(events))
    if not isinstance(root, Mapping):
        raise ValueError("the root of a capability file is a mapping")
    return root


def _events(text: str) -> Iterator[Any]:
    """What the parser says of one document, without its frame."""
    parser = CSafeLoader(text)
    while True:
        event = parser.get_event()
        if not isinstance(event, _FRAME):
            yield event


def _node(text: str, events: Iterator[Any], event: Any) -> Node | None:
    """The node that starts with an event; None for the end of the list or mapping around."""
    if isinstance(event, AliasEvent):
        end: Any = event.end_mark
        return Alias(event.start_mark, end.index)
    if isinstance(event, ScalarEvent):
        return _scalar(text, event)
    if not isinstance(event, SequenceStartEvent | MappingStartEvent):
        return None
    marked = event.anchor is not None or event.tag is not None
    children, last = _children(text, events)
    # The parser ends a block where the next thing begins; an editor wants to know where its last word ends.
    end = last.end_mark.index if event.flow_style or not children else children[-1].end
    if isinstance(event, SequenceStartEvent):
        return Sequence(event.start_mark, end, tuple(children), bool(event.flow_style), marked)
    pairs = tuple(Pair(key, value) for key, value in zip(children[::2], children[1::2], strict=True))
    return Mapping(event.start_mark, end, pairs, bool(event.flow_style), marked)


def _children(text: str, events: Iterator[Any]) -> tuple[list[Node], Any]:
    children: list[Node] = []
    while True:
        event = next(events)
        node = _node(text, events, event)
        if node is None:
            return children, event
        children.append(node)


def _scalar(text: str, event: Any) -> Scalar:
    end = event.end_mark.index
    if event.style in ("|", ">"):
        end = event.start_mark.index + len(text[event.start_mark.index : end].rstrip())
    marked = event.anchor is not None or event.tag is not None
    return Scalar(event.start_mark, end, event.value, not event.style, marked)
