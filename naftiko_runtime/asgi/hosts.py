"""May a web page, or whoever speaks through one, talk to this server? (C17)

A page that its owner points at 127.0.0.1 by DNS rebinding sends its own host name, and any page sends its origin; a
listener that only this machine can reach would otherwise answer every site a browser on it visits. So on a loopback
connection both must name this machine. The MCP transport requires the check of Origin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Server = tuple[str, int | None] | None
"""The `server` of an ASGI scope: the local end of the connection."""

_LOCAL = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})
_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[^:/@\[\]]+)(?::[0-9]{1,5})?")


class HostGuard:
    """Decides by Host and Origin. `allowed` are host names without a port; naming any turns the check on everywhere."""

    def __init__(self, allowed: Sequence[str] | None) -> None:
        self._everywhere = allowed is not None
        self._names = _LOCAL | {name.lower().encode() for name in allowed or ()}

    def problem(self, server: Server, headers: Mapping[bytes, bytes], repeated: frozenset[bytes]) -> str | None:
        """Why the request is refused, or None. `repeated` are the names that `headers` came more than once with."""
        address = server[0] if server is not None else ""
        if not self._everywhere and not is_loopback(address):
            return None
        if b"host" in repeated or b"origin" in repeated:
            return "Host and Origin may be sent once each."
        if not self._knows(headers.get(b"host", b""), address):
            return "This server does not answer for the host in the Host header."
        origin = headers.get(b"origin")
        if origin is None:
            return None
        scheme, _, host = origin.strip(b" \t").partition(b"://")
        if scheme.lower() not in (b"http", b"https") or not self._knows(host, address):
            return "This server does not answer pages of the origin in the Origin header."
        return None

    def _knows(self, value: bytes, address: str) -> bool:
        match = _HOST.fullmatch(value.strip(b" \t").lower())
        if match is None:
            return False
        # The address this very connection came to can't have been rebound: it is no name.
        return match[1] in self._names or match[1].strip(b"[]") == address.encode()


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    return address.startswith("127.") or address in ("localhost", "::1")
