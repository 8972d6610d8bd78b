"""Which way do requests leave this machine?

Straight to the upstream, unless whoever starts a capability says otherwise; nothing is taken from `HTTPS_PROXY` and its
like, because a variable that somebody set for other programs must not send a capability's credentials elsewhere.
"""

from __future__ import annotations

import re
import ssl
from typing import NamedTuple

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class Route(NamedTuple):
    """`proxy` is the URL of a proxy for all requests but those to hosts of `direct`: names, with all below them,
    addresses and networks. `authorities` are certificates in PEM that are trusted besides the public ones.
    """

    proxy: str | None = None
    direct: tuple[str, ...] = ()
    authorities: tuple[bytes, ...] = ()


STRAIGHT = Route()
"""To the upstream itself, which a public authority vouches for."""


def read_authorities(text: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file. Raises ValueError where there are none, or one that can't be read."""
    found = tuple(_CERTIFICATE.findall(text))
    if not found:
        raise ValueError("it holds no certificate in PEM: -----BEGIN CERTIFICATE-----")
    for number, certificate in enumerate(found, start=1):
        try:
            ssl.create_default_context(cadata=certificate.decode("ascii"))
        except (ssl.SSLError, ValueError):
            raise ValueError(f"certificate {number} of it can't be read") from None
    return found
