"""Can this request travel exactly as it is written?

HTTP clients repair what they are given: a dot segment is collapsed in any spelling, credentials in a URL become a
header, a value beyond ASCII is encoded by guess. Then a different request leaves than the one that was built. The rule
kept here: what would be changed on its way is refused before anything is sent, by every adapter alike.
"""

from __future__ import annotations

import re

from naftiko_runtime.errors import TransportError
from naftiko_runtime.plan.model.call import UpstreamRequest

# WHATWG URL parsers collapse "%2e%2e" like "..": a dot segment can't be sent safely in any spelling.
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")

ENCLOSING = frozenset({"POST", "PUT", "PATCH"})
"""Methods that give an enclosed body a meaning: they say `Content-Length: 0` when there is none (RFC 9110 §8.6)."""


def check_sendable(request: UpstreamRequest) -> None:
    """Raise `TransportError` for a request that a client would rewrite. Says which header, never its value."""
    url = request.url
    # Cheap first: nearly every URL has none of these, and this runs for every call.
    if "/." in url or "/%2" in url or "@" in url:
        _check_url(url)
    for name, value in request.headers:
        if not (value.isascii() and value.isprintable()):
            raise TransportError(f"the header `{name}` holds characters that HTTP can't carry: only visible ASCII can")


def host_of(url: str) -> str:
    """`host:port` as the URL has it, without credentials: as much of a URL as an error text may tell."""
    match = _AUTHORITY.match(url)
    return (match and match[1].rpartition("@")[2]) or "the upstream"


def _check_url(url: str) -> None:
    match = _AUTHORITY.match(url)
    if match and "@" in match[1]:
        raise TransportError(f"the URL of {host_of(url)} holds credentials; declare them as `authentication` instead")
    if _DOT_SEGMENT.search(url.partition("?")[0]):
        raise TransportError(f"a path sent to {host_of(url)} has a `.` or `..` segment, which HTTP clients rewrite")
