"""An answer of bytes is no larger than its operation allows: what is declared larger is not read, the rest is counted.

The port has a limit of its own for every answer; this one is smaller, and the operation's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from naftiko_runtime.engine.headers import content_length, content_type
from naftiko_runtime.engine.upstream.port import ResponseTooLargeError, UpstreamResponse
from naftiko_runtime.plan.model.call import Call

DEFAULT_LIMIT = 10 * 1024 * 1024
"""Bytes of a binary answer where neither its operation nor the adapter says how many."""

_UNKNOWN = "application/octet-stream"


def limit_of(call: Call) -> int | None:
    """How many bytes an answer of `call` may have; None where it is not binary."""
    if call.binary is None:
        return None
    return DEFAULT_LIMIT if call.binary.limit is None else call.binary.limit


def media_type_of(call: Call, headers: list[tuple[str, str]]) -> str:
    """The media type of an answer that passes: as declared for bytes, else the upstream's own."""
    if call.binary is None:
        return content_type(headers)
    return call.binary.media_type or content_type(headers) or _UNKNOWN


def is_declared_larger(headers: list[tuple[str, str]], limit: int) -> bool:
    """Whether an answer says itself that it is larger than `limit` bytes."""
    declared = content_length(headers)
    return declared.isdecimal() and int(declared) > limit


async def counted(pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """The pieces of a body. Raises ResponseTooLargeError before the one that makes it too large."""
    total = 0
    async for piece in pieces:
        total += len(piece)
        if total > limit:
            raise ResponseTooLargeError(limit)
        yield piece


async def read(response: UpstreamResponse, limit: int) -> bytes:
    """The whole of a body of at most `limit` bytes. Raises ResponseTooLargeError."""
    if is_declared_larger(response.headers, limit):
        raise ResponseTooLargeError(limit)
    return b"".join([piece async for piece in counted(response.stream(), limit)])
