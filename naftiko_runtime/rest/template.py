"""What does one segment of a path say: in a template that exposes it, and in a request that asks for it?

Both sides are compared after percent-decoding, one segment at a time, so `%61` is `a` and `%2F` is a character of a
value and never a separator (RFC 3986 §2.2, §3.3). Decoding happens once. A segment that isn't percent-encoded UTF-8
still gets a text, one that no literal can equal and that `unreadable` recognises: routing stays one decision, and the
caller is told which value is at fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

MALFORMED = re.compile(rb"%(?![0-9A-Fa-f]{2})")
"""A percent sign that starts no escape (RFC 3986 §2.1)."""

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
# Lone surrogates are what bytes outside UTF-8 were decoded to; control characters have no business in a path.
_UNREADABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Literal:
    """A segment that is matched by its text."""

    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A segment that is a placeholder and nothing else; it takes any text but the empty one."""

    name: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A segment that mixes text and placeholders, such as `{id}.json`. `weight` counts its literal characters."""

    expression: re.Pattern[str]
    names: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Tail:
    """All further segments of a path, at least an empty one. Its value is what was sent, percent-encoded."""


Segment = Literal | Placeholder | Pattern | Tail


def parse_template(path: str) -> tuple[Segment, ...]:
    """The segments of an exposed path. A trailing slash is a last, empty literal, so it only matches where declared."""
    return tuple(_parse_segment(segment) for segment in path.removeprefix("/").split("/"))


def with_tail(segments: tuple[Segment, ...], name: str) -> tuple[Segment, ...]:
    """A template whose last placeholder, if it has this name, takes all further segments."""
    return (*segments[:-1], Tail()) if segments[-1] == Placeholder(name) else segments


def placeholder_names(segments: tuple[Segment, ...]) -> tuple[str, ...]:
    """The names of a template's placeholders, in the order in which a match lists their values."""
    names: list[str] = []
    for segment in segments:
        if isinstance(segment, Placeholder):
            names.append(segment.name)
        elif isinstance(segment, Pattern):
            names.extend(segment.names)
    return tuple(names)


def decode_segments(raw_path: bytes) -> list[str]:
    """The decoded segments of a request's path, given as it came and without its query."""
    if b"%" not in raw_path:
        return raw_path.removeprefix(b"/").decode("utf-8", "surrogateescape").split("/")
    return [decode_segment(segment) for segment in raw_path.removeprefix(b"/").split(b"/")]


def decode_segment(raw: bytes) -> str:
    """One segment, percent-decoded once. A malformed escape becomes a byte that UTF-8 never holds: `unreadable`."""
    return unquote_to_bytes(MALFORMED.sub(b"\xff", raw)).decode("utf-8", "surrogateescape")


def unreadable(value: str) -> bool:
    """Whether a decoded segment was not percent-encoded UTF-8, or holds a control character (NUL, CR, LF, …)."""
    return _UNREADABLE.search(value) is not None


def _parse_segment(segment: str) -> Segment:
    pieces = _PLACEHOLDER.split(segment)
    if len(pieces) == 1:
        return Literal(decode_segment(segment.encode()))
    texts = [decode_segment(text.encode()) for text in pieces[::2]]
    names = pieces[1::2]
    if len(names) == 1 and not any(texts):
        return Placeholder(names[0])
    # Atomic groups: the leftmost end of every placeholder but the last is the right one or none is, so there is nothing
    # to backtrack into, and a hostile value costs linear time.
    inner = "".join(f"(?>(.+?){re.escape(text)})" for text in texts[1:-1])
    expression = re.compile(f"{re.escape(texts[0])}{inner}(.+){re.escape(texts[-1])}", re.DOTALL)
    return Pattern(expression, tuple(names), sum(map(len, texts)))
