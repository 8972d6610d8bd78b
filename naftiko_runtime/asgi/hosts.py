"""May a web page, or whoever speaks through one, talk to this server? (C17)

A page that its owner points at 127.0.0.1 by DNS rebinding sends its own host name, and any page sends its origin; a
listener that only this machine can reach would otherwise answer every site a browser on it visits. So on a loopback
connection both must name this machine. The MCP transport requires the check of Origin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

_LOCAL = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})
_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[^:/@\[\]]+)(?::[0-9]{1,5})?")
# Spellings of good names, with ports, that are remembered. Callers choose them, so there is a bound.
_MOST_SPELLINGS = 64
_ONCE = "Host and Origin may be sent once each."


class HostGuard:
    """Decides by Host and Origin. `own` are names of the listener itself, besides those of this machine.

    `allowed` are names, without a port, that whoever runs it adds; any of them turns the check on for all connections,
    not for those on loopback alone.
    """

    def __init__(self, allowed: Sequence[str] = (), own: Sequence[str] = ()) -> None:
        self._everywhere = bool(allowed)
        self._names = _LOCAL | {name.lower().encode() for name in (*allowed, *own)}
        self._spellings: set[bytes] = set()

    def problem(self, scope: Scope) -> str | None:
        """Why the request is refused, or None."""
        server = scope.get("server")
        address: str = server[0] if server is not None else ""
        if not self._everywhere and not is_loopback(address):
            return None
        host = origin = None
        for name, value in scope["headers"]:
            if name == b"host":
                if host is not None:
                    return _ONCE
                host = value
            elif name == b"origin":
                if origin is not None:
                    return _ONCE
                origin = value
        if host is None or not self._knows(host, address):
            return "This server does not answer for the host in the Host header; whoever runs it may allow that name."
        if origin is not None and not self._knows(_host_of(origin), address):
            return "This server does not answer pages of the site in the Origin header; whoever runs it may allow it."
        return None

    def _knows(self, value: bytes, address: str) -> bool:
        if value in self._spellings:
            return True
        match = _HOST.fullmatch(value.strip(b" \t").lower())
        if match is None:
            return False
        if match[1] in self._names:
            if len(self._spellings) < _MOST_SPELLINGS:
                self._spellings.add(value)
            return True
        # The address this very connection came to can't have been rebound: it is no name.
        return match[1].strip(b"[]") == address.encode()


def _host_of(origin: bytes) -> bytes:
    """The host of a page's origin, empty where it is no page of the web."""
    scheme, _, host = origin.strip(b" \t").partition(b"://")
    return host if scheme.lower() in (b"http", b"https") else b""


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    return address.startswith(("127.", "::ffff:127.")) or address in ("localhost", "::1")
