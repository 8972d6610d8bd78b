"""What did the client put on the wire, byte for byte, and how does it take an answer that breaks the rules?

A raw socket server in the test's own loop: it parses just enough of a request to know where it ends, and writes any
bytes that a test gives it, so that framing can be wrong on purpose.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Received(NamedTuple):
    """One request. `target` is undecoded, header names are lower case, `connection` counts from 1."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


class Wire(NamedTuple):
    """The server's end of a connection, for an answer that needs more than writing bytes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def stall(self) -> None:
        """Say nothing more until the client hangs up."""
        await self.reader.read()


Answer = bytes | Callable[[Wire], Awaitable[None]]


class Server:
    """A server that answers every request with `answer`, and hangs up after it when `hang_up` is set."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[Received] = []
        self.connections = 0
        self.answer: Answer = OK
        self.hang_up = False
        self.changed = asyncio.Condition()
        self.open_connections = 0

    @property
    def last(self) -> Received:
        return self.requests[-1]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; a request or a hang-up makes it be looked at again."""
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(condition)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        connection = self.connections
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not self.hang_up or connection not in {request.connection for request in self.requests}:
                received = await receive(reader, connection)
                self.requests.append(received)
                await self._notify()
                if isinstance(self.answer, bytes):
                    writer.write(self.answer)
                    await writer.drain()
                else:
                    await self.answer(Wire(reader, writer))
        self.open_connections -= 1
        writer.close()
        with contextlib.suppress(asyncio.CancelledError):
            await self._notify()

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


async def receive(reader: asyncio.StreamReader, connection: int) -> Received:
    """Read one request. Raises IncompleteReadError when the client hangs up instead."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _version = head[0].split(" ")
    pairs = [line.partition(":") for line in head[1:] if line]
    headers = [(name.lower(), value.strip()) for name, _colon, value in pairs]
    length = int(dict(headers).get("content-length", "0"))
    return Received(method, target, headers, await reader.readexactly(length), connection)


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A server on a port that the system chose; its connections end with the context."""
    connections: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        await server.serve(reader, writer)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    server = Server(listener.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listener.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections)


def answer(*headers: str, status: str = "200 OK", body: bytes = b"") -> bytes:
    """An answer with these header lines and the right length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
