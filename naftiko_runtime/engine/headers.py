"""Which response headers of an upstream may a caller see? Those of one short list (C16).

A list of what passes, not of what doesn't: hop-by-hop headers (RFC 9110 §7.6.1), cookies, challenges and whatever an
upstream invents stay behind without being known by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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


def masked(headers: list[tuple[str, str]], withheld: Sequence[str]) -> list[tuple[str, str]]:
    """The headers without the values of these keys of a query: an upstream writes links from the address it was called
    at, with the credential that stands there. Whatever it makes of the value's encoding, it ends where a query's does.
    """
    if not withheld:
        return headers
    keys = "|".join(map(re.escape, withheld))
    quoted = re.compile(rf"((?:^|[?&;])(?:{keys})=)[^&;#>\"'\s]*")
    return [(name, quoted.sub(r"\1***", value)) for name, value in headers]


def content_length(headers: Iterable[tuple[str, str]]) -> str:
    """The declared length of the body, empty where there is none."""
    return next((value for name, value in headers if name == "content-length"), "")


def content_type(headers: Iterable[tuple[str, str]]) -> str:
    """The declared media type, empty where there is none."""
    return next((value for name, value in headers if name == "content-type"), "")
