"""What does a query string say for the keys an operation knows?

The form encoding of HTML and RFC 3986: pairs are separated by `&`, `+` is a space, escapes are UTF-8, and a comma is a
character like any other. Keys nobody declared are not looked at, so trackers' additions never break a call.
"""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import unquote_to_bytes

from naftiko_runtime.rest.template import MALFORMED


def parse_query(query: bytes, wanted: Container[str]) -> dict[str, list[str | None]]:
    """The values of every wanted key, in the order given. A value that isn't percent-encoded UTF-8 is None."""
    found: dict[str, list[str | None]] = {}
    for pair in query.split(b"&"):
        raw_key, _, raw_value = pair.partition(b"=")
        key = decode_text(raw_key)
        if key is not None and key in wanted:
            found.setdefault(key, []).append(decode_text(raw_value))
    return found


def decode_text(raw: bytes) -> str | None:
    """One key or value decoded, None where it isn't percent-encoded UTF-8."""
    raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        if MALFORMED.search(raw):
            return None
        raw = unquote_to_bytes(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
