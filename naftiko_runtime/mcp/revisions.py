"""Which revisions of the protocol are spoken here, and of which one is a request?

There are two eras: revisions that begin with a handshake, and the one that needs none. Whatever else a revision means
is the SDK's to know.
"""

from __future__ import annotations

from collections.abc import Mapping

HANDSHAKE = frozenset({"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
STATELESS = "2026-07-28"

# A request without the version header is one of 2025-03-26 (2025-06-18 §Transports, "Protocol Version Header").
_UNSTATED = b"2025-03-26"


def revision_of(headers: Mapping[bytes, bytes]) -> str:
    """The revision that a request says it is of."""
    return headers.get(b"mcp-protocol-version", _UNSTATED).strip(b" \t").decode("latin-1")


def is_of_handshake(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request is of a revision before 2026-07-28."""
    return revision_of(headers) in HANDSHAKE
