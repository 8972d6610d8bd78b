"""What a resource that passes requests on does, as a value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from naftiko_runtime.plan.model.negotiated import Negotiated

ANY_METHOD = "*"
"""The method of a route that answers each."""

REST_OF_PATH = "path"
"""The placeholder at a path's end that takes all further segments."""

HOP_BY_HOP = frozenset(
    {
        "alt-svc",
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that are about one connection and never pass to the next (RFC 9110 §7.6.1, RFC 7838 §3)."""


@dataclass(frozen=True, slots=True)
class Forward:
    """The action of a resource that passes requests on to the consumed API `target` (language §5.4).

    `base` is where to, None where there is no usable address, and `why` says why. `headers` and `query` (encoded) go
    with every request; `trusted` are the caller's headers that do, in lower case, and `held_back` the keys of its query
    that don't. `authentication` is what the request still lacks to be let in; `withheld` finds the values of `query`.
    """

    target: str
    base: str | None
    why: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    query: str = field(repr=False)
    held_back: frozenset[str]
    trusted: frozenset[str]
    authentication: Negotiated | None
    withheld: re.Pattern[str] | None = None
