"""What did the caller send?

A body is read whole before anything looks at it, never beyond the limit, because two readers may want it: the fast path
first, and then, unchanged, the SDK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from naftiko_runtime.mcp.refusal import RefusalError

if TYPE_CHECKING:
    from starlette.types import Message, Receive


class CallerGoneError(Exception):
    """The caller closed the connection: there is nobody to answer."""


async def read_body(receive: Receive, declared: bytes, limit: int) -> bytes:
    """The request's body. Raises `RefusalError` (413) and `CallerGoneError`.

    `declared` is the Content-Length header; a length beyond `limit` bytes is refused before anything is read.
    """
    if declared.isdigit() and int(declared[:20]) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise CallerGoneError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunk if len(chunks) == 1 else b"".join(chunks)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body again, and then whatever comes after it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


def _too_large(limit: int) -> RefusalError:
    # What is left of the body is not read, so the connection can't carry another request (RFC 9110 §15.5.14).
    return RefusalError(413, f"The body may have at most {limit} bytes.", (b"connection", b"close"))
