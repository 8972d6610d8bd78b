"""How can two readers have one body? The fast path reads it first, and then, unchanged, the SDK may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from starlette.types import Message, Receive

_BEGINNING = 64
"""Bytes that show what a body is; one with more space before it is left to the SDK."""


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body again, and then whatever comes after it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


def is_batch(body: bytes) -> bool:
    """Whether a body is a JSON list. What is no JSON at all is none."""
    if not body[:_BEGINNING].lstrip().startswith(b"["):
        return False
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True
