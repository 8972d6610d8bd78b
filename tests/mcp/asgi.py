"""A caller that speaks ASGI itself: what it sends needs no socket, and may be what no HTTP client would send."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import orjson
from starlette.types import ASGIApp, Message, Receive

RawHeaders = list[tuple[bytes, bytes]]


class Reply(NamedTuple):
    """One answer. `media_type` is the Content-Type as sent."""

    status: int
    media_type: bytes | None
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def body_of(*chunks: bytes) -> Receive:
    """A `receive` of these chunks, after which nothing comes."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = False

    async def receive() -> Message:
        return messages.pop(0) if messages else await asyncio.Future()

    return receive


async def ask(app: ASGIApp, headers: RawHeaders, receive: Receive, method: str = "POST", **scope: Any) -> Reply:
    """Send one request and wait for the whole answer."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asked = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "headers": [(b"host", b"localhost"), *headers],
        **scope,
    }
    await app(asked, receive, send)
    start, *pieces = sent
    return Reply(start["status"], dict(start["headers"]).get(b"content-type"), b"".join(p["body"] for p in pieces))
