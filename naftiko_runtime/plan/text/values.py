"""A value as text on the wire, and what must never travel where.

One place for the spelling of values in JSON, paths, queries, headers and cookies (C14): booleans are `true` and
`false`, numbers are written as JSON writes them, and a value that could change the meaning of a request is refused,
never repaired.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import quote, unquote

import orjson

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__slots__": ()})()
"""No value was given: the parameter is left out. JSON null is None, which is something else."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_IN_HEADER = re.compile(r"[^\t\x20-\x7e]")
# orjson reads integers beyond 64 bits as floats (field-study §5.4); a text without such digits has none.
_LONG_DIGITS = re.compile(rb"-[0-9]{19}|[0-9]{20}")
_NOT_IN_COOKIE = re.compile(r"[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]")

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 - a token of HTTP's grammar
HEADER_NAME = re.compile(rf"{_TOKEN}\Z")
"""The name of a header (RFC 9110 §5.1)."""

MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}([\t ]*;[\t\x20-\x7e]*)?\Z")
"""A media type with its parameters (RFC 9110 §8.3.1)."""


class UnfitValue(ValueError):  # noqa: N818 - the caller turns it into the ArgumentError of the field
    """A value that can't travel where it is meant to. The text says why, in the caller's words."""


def from_json(text: bytes) -> Any:
    """The value of one JSON text, its integers exact (RFC 8259; of a repeated name the last counts).

    orjson decides what is JSON: UTF-8, no NaN, no number beyond a double's range, at most 1,024 levels. Raises
    orjson.JSONDecodeError, and RecursionError for a text with long integers that nests deeper than the standard library
    reads (Python 3.11: 1,000 calls).
    """
    value = orjson.loads(text)
    return json.loads(text) if _LONG_DIGITS.search(text) else value


def to_json(value: object) -> bytes:
    """Compact JSON. What orjson refuses though it is JSON (integers beyond 64 bits, more than 254 levels) is written by
    the standard library. Raises UnfitValue for what is no JSON value.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        try:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError):
            raise UnfitValue("can't be written as JSON") from None


def to_text(value: object) -> str:
    """The text of a scalar; JSON text of a list or mapping. Raises UnfitValue for what is no JSON value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_json(value).decode()


def _wire_text(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        raise UnfitValue("must be a finite number")
    return to_text(value)


def path_segment(value: object) -> str:
    """One path segment, percent-encoded to RFC 3986 unreserved characters.

    WHATWG URL parsers (and so our HTTP client) collapse `%2e%2e` like `..`: a dot segment can't be sent safely in any
    spelling, so it is refused, as are empty values and control characters.
    """
    if isinstance(value, list | dict) or value is None:
        raise UnfitValue("a path takes a text, a number or a boolean")
    text = _wire_text(value)
    if text in ("", ".", ".."):
        raise UnfitValue(f"`{text}` can't stand for a path segment" if text else "must not be empty")
    if _CONTROL.search(text):
        raise UnfitValue("must not hold control characters")
    return _encode(text)


def dot_segment(path: str) -> str:
    """The first segment of a written path that is `.` or `..` in any spelling; empty where there is none.

    Clients collapse such segments (RFC 3986 §5.2.4, WHATWG URL), so the request would go to another path than the text
    says.
    """
    return next((segment for segment in path.split("/") if unquote(segment) in (".", "..")), "")


def query_value(value: object) -> str:
    """One query value, percent-encoded; a mapping as its JSON text."""
    return _encode(_wire_text(value))


def query_key(name: str) -> str:
    """A query key, percent-encoded but for the marks that APIs write into their keys (`filter[x]`, `$top`, `a:b`)."""
    return _encode(name, "$[]:.~!*'(),;@/")


def _encode(text: str, safe: str = "") -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise UnfitValue("must be text of whole Unicode characters") from None


def header_value(value: object) -> str:
    """A header's value: visible ASCII, spaces and tabs (RFC 9110 §5.5), so never CR, LF or NUL; a list is joined by
    commas.
    """
    text = ", ".join(map(_wire_text, value)) if isinstance(value, list) else _wire_text(value)
    if _NOT_IN_HEADER.search(text):
        raise UnfitValue("a header takes visible ASCII characters only")
    return text.strip(" \t")


def cookie_value(value: object) -> str:
    """A cookie's value: the octets RFC 6265 §4.1.1 allows."""
    text = _wire_text(value)
    if _NOT_IN_COOKIE.search(text):
        raise UnfitValue("a cookie takes no spaces, quotes, commas, semicolons or backslashes")
    return text
