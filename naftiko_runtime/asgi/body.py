"""What did the caller send? A body is read whole, and never beyond its limit (C14b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from naftiko_runtime.asgi.caller import CallerLeftError
from naftiko_runtime.engine.upstream.port import Limits

if TYPE_CHECKING:
    from starlette.types import Receive

BODY_LIMIT = Limits().request
"""Bytes a request body may have, unless a host says otherwise."""

CLOSE = (b"connection", b"close")
"""What goes with the refusal of a large body: its rest is not read, so the connection can't carry another request
(RFC 9110 §15.5.14)."""


class BodyTooLargeError(Exception):
    """The body is larger than `limit` bytes, or says that it will be. Its text is fit for the caller."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body may have at most {limit} bytes.")


async def read_all(receive: Receive, declared: bytes, limit: int) -> bytes:
    """The request's body. Raises `BodyTooLargeError` and `CallerLeftError`.

    `declared` is the Content-Length header, b"" where there is none; a length beyond `limit` bytes is refused before
    anything is read.
    """
    if declared.isdigit() and int(declared[:20]) > limit:
        raise BodyTooLargeError(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise CallerLeftError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise BodyTooLargeError(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunk if len(chunks) == 1 else b"".join(chunks)
