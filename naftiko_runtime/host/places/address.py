"""Where can one listen, and which two such places are in each other's way?"""

from __future__ import annotations

import ipaddress
import socket
from typing import NamedTuple


class Endpoint(NamedTuple):
    """A place to listen. Port 0 stands for any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_wildcard(self) -> bool:
        """Whether this means every interface of its family."""
        address = _as_ip(self.host)
        return address is not None and address.is_unspecified

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it. A name that is no number is taken to be reachable."""
        address = _as_ip(self.host)
        return address is not None and address.is_loopback

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called in a Host header, besides the address that a connection came to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        # The wildcard has this machine's own name, which on some systems means a loopback address.
        return (host, socket.gethostname()) if self.is_wildcard else (host,)

    def overlaps(self, other: Endpoint) -> bool:
        """Whether the two are different and can't both be bound: one of them is the wildcard of the other's family."""
        same_family = (":" in self.host) == (":" in other.host)
        is_same_port = self.port == other.port != 0
        return self.host != other.host and is_same_port and same_family and (self.is_wildcard or other.is_wildcard)


def _as_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
