"""A value as text on the wire, and what must never travel where.

One place for the spelling of values in paths, queries, headers and cookies (C14): booleans are `true` and `false`, numbers
are written as JSON writes them, and a value that could change the meaning of a request is refused, never repaired.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import orjson

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__slots__": ()})()
"""No value was given: the parameter is left out. JSON null is None, which is something else."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_HEADER = re.compile(r"[^\t\x20-\x7e]")
_NOT_IN_COOKIE = re.compile(r"[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]")


class UnfitValue(ValueError):  # noqa: N818 - the caller turns it into the ArgumentError of the field
    """A value that can't travel where it is meant to. The text says why, in the caller's words."""


def to_json(value: object) -> bytes:
    """Compact JSON. Integers beyond 64 bits, which orjson refuses, are written by the standard library."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def to_text(value: object) -> str:
    """The text of a scalar; JSON text of a list or mapping."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_json(value).decode()


def path_segment(value: object) -> str:
    """One path segment, percent-encoded to RFC 3986 unreserved characters.

    WHATWG URL parsers (and so our HTTP client) collapse `%2e%2e` like `..`: a dot segment can't be sent safely in any
    spelling, so it is refused, as are empty values and control characters.
    """
    if isinstance(value, list | dict) or value is None:
        raise UnfitValue("a path takes a text, a number or a boolean")
    text = to_text(value)
    if text in ("", ".", ".."):
        raise UnfitValue(f"`{text}` can't stand for a path segment" if text else "must not be empty")
    if _CONTROL.search(text):
        raise UnfitValue("must not hold control characters")
    return _encode(text)


def query_value(value: object) -> str:
    """One query value, percent-encoded; a mapping as its JSON text."""
    return _encode(to_text(value))


def query_key(name: str) -> str:
    """A query key, percent-encoded but for the marks that APIs write into their keys (`filter[x]`, `$top`, `a:b`)."""
    return quote(name, safe="$[]:.~!*'(),;@/")


def _encode(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise UnfitValue("must be text of whole Unicode characters") from None


def header_value(value: object) -> str:
    """A header's value: visible ASCII, spaces and tabs (RFC 9110 §5.5), so never CR, LF or NUL; lists joined by commas."""
    text = ", ".join(to_text(item) for item in value) if isinstance(value, list) else to_text(value)
    if _NOT_IN_HEADER.search(text):
        raise UnfitValue("a header takes visible ASCII characters only")
    return text.strip(" \t")


def cookie_value(value: object) -> str:
    """A cookie's value: the octets RFC 6265 §4.1.1 allows."""
    text = to_text(value)
    if _NOT_IN_COOKIE.search(text):
        raise UnfitValue("a cookie takes no spaces, quotes, commas, semicolons or backslashes")
    return text
