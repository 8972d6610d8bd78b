"""Which response headers of an upstream may a caller see? Those of one short list (C16).

A list of what passes, not of what doesn't: hop-by-hop headers (RFC 9110 §7.6.1), cookies, challenges and whatever an
upstream invents stay behind without being known by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from naftiko_runtime.engine.outcome import Headers

PASSING = frozenset(
    {
        "age",
        "allow",
        "cache-control",
        "content-disposition",
        "content-language",
        "content-location",
        "content-range",
        "deprecation",
        "etag",
        "expires",
        "last-modified",
        "link",
        "location",
        "retry-after",
        "sunset",
        "vary",
        "x-total-count",
    }
)
PASSING_PREFIXES = ("ratelimit", "x-ratelimit", "x-rate-limit")


def passing(headers: Iterable[tuple[str, str]]) -> Headers:
    """The headers a caller may see, in the upstream's order. Names are lower case already."""
    return tuple(pair for pair in headers if pair[0] in PASSING or pair[0].startswith(PASSING_PREFIXES))


def masked(headers: list[tuple[str, str]], withheld: re.Pattern[str] | None) -> list[tuple[str, str]]:
    """The headers without what `withheld` finds (`query_values`): an upstream writes links from the address it was
    called at, with the credential that stands there.
    """
    if withheld is None:
        return headers
    return [(name, withheld.sub(r"\1***", value)) for name, value in headers]


def content_length(headers: Iterable[tuple[str, str]]) -> str:
    """The declared length of the body, empty where there is none."""
    return _first("content-length", headers)


def content_type(headers: Iterable[tuple[str, str]]) -> str:
    """The declared media type, empty where there is none."""
    return _first("content-type", headers)


def _first(wanted: str, headers: Iterable[tuple[str, str]]) -> str:
    # A loop, because this is asked for every call and a generator costs as much again.
    for name, value in headers:
        if name == wanted:
            return value
    return ""
