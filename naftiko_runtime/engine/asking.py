"""How does the runtime itself ask an upstream something: a document of an authorization server, say?

Through the port that every call leaves by, so with its deadlines, without redirects and proxies, and never reading more
than was meant to come.
"""

from __future__ import annotations

from typing import NamedTuple

from naftiko_runtime.engine.upstream.port import ResponseTooLargeError, Upstream
from naftiko_runtime.plan.model.call import UpstreamRequest


class Reply(NamedTuple):
    """A complete answer."""

    status: int
    content: bytes


async def ask(upstream: Upstream, request: UpstreamRequest, limit: int) -> Reply:
    """Send a request and read its answer, at most `limit` bytes. Raises what the port raises."""
    async with upstream.exchange(request) as response:
        pieces: list[bytes] = []
        size = 0
        async for piece in response.stream():
            size += len(piece)
            if size > limit:
                raise ResponseTooLargeError(limit)
            pieces.append(piece)
        return Reply(response.status, b"".join(pieces))
