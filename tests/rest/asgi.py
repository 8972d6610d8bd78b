"""A caller that speaks ASGI itself, because HTTP clients tidy up paths, and a server on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import orjson
import uvicorn
from starlette.types import ASGIApp, Message, Scope

RawHeaders = list[tuple[bytes, bytes]]


class Reply(NamedTuple):
    """One answer. `headers` are in the order sent."""

    status: int
    headers: RawHeaders
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def header(self, name: str) -> str | None:
        values = [value.decode() for key, value in self.headers if key == name.encode()]
        assert len(values) < 2, f"{name} was sent {len(values)} times"
        return values[0] if values else None


def scope_of(method: str, target: bytes, headers: RawHeaders) -> Scope:
    raw_path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": query,
        "headers": headers,
    }


async def ask(
    app: ASGIApp,
    method: str,
    target: bytes,
    headers: RawHeaders | None = None,
    body: bytes = b"",
    *,
    scope: Scope | None = None,
) -> Reply:
    """Send one request and wait for the whole answer."""
    sent: list[Message] = []
    unread = [body]

    async def receive() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope or scope_of(method, target, headers or []), receive, send)
    start, *pieces = sent
    assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    return Reply(start["status"], start["headers"], b"".join(piece["body"] for piece in pieces))


@contextlib.asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[tuple[str, int]]:
    """The application on a free loopback port, behind the server it runs on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http="httptools", lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            await task
