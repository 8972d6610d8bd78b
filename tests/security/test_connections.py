"""What does a caller gain by a request that has no end? (field-study E10, E11)

On real sockets, with the server that listeners have; deadlines are a fraction of theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from naftiko_runtime.host.listener.connection import HEAD_BYTES, MOST_HEADERS, Connection
from naftiko_runtime.host.listener.server import Server

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


class Hasty(Connection):
    """One that waits for nobody."""

    head_seconds = 0.3
    silence_seconds = 1.0


class HastyServer(Server):
    """A listener of such connections."""

    def __init__(self, application: Any) -> None:
        super().__init__(application)
        self.config.http = Hasty


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole request, and answer as much as its path asks for."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await asyncio.sleep(1.5 if scope["path"] == "/slow" else 0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    body = b"x" * (50_000_000 if scope["path"] == "/long" else 2)
    await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def serving(server: uvicorn.Server) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve([listener]))
        assert isinstance(server, Server)
        await server.accepts.wait()
        yield listener.getsockname()[1]
        server.leave()
        server.abandon()
        await task


async def sent(port: int, *pieces: bytes, seconds: float = 5.0) -> bytes:
    """What comes back until the server closes, or until `seconds` are over (then it ends in `...`)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        async with asyncio.timeout(seconds):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            while piece := await reader.read(65536):
                answer += piece
    except TimeoutError:
        answer += b"..."
    except ConnectionError:
        answer += b"reset"
    finally:
        await closed(writer)
    return answer


async def closed(writer: asyncio.StreamWriter) -> None:
    """Close a connection, and let the loop finish with it."""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(10_000)) + b"\r\n",
        HEAD + b"a:\r\n" * (MOST_HEADERS + 1) + b"\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        HEAD + b"X: " + b"a" * HEAD_BYTES + b"\r\n\r\n",
    ],
    ids=["header", "headers", "many", "target", "just"],
)
async def test_a_head_without_measure_is_refused(head: bytes) -> None:
    async with serving(Server(answering)) as port:
        answer = await sent(port, head)

    # Who is still sending may see the connection end before the answer.
    assert answer.startswith(b"HTTP/1.1 4") or answer == b"reset"


async def test_a_large_head_is_told_why_it_is_refused() -> None:
    async with serving(Server(answering)) as port:
        answer = await sent(port, HEAD + b"a:\r\n" * (MOST_HEADERS + 1) + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_header_without_end_costs_nothing() -> None:
    async with serving(Server(answering)) as port:
        begun = time.process_time()
        await sent(port, HEAD + b"X: ", *[b"a" * 1_000_000] * 100)
        assert time.process_time() - begun < 3
        assert b"xx" in await sent(port, HEAD + b"Connection: close\r\n\r\n")


async def test_a_head_of_a_common_size_is_taken() -> None:
    cookies = b"".join(b"X-%d: %s\r\n" % (number, b"c" * 500) for number in range(100))
    async with serving(Server(answering)) as port:
        answer = await sent(port, HEAD + b"Connection: close\r\n", cookies + b"\r\n")
        both = await sent(port, POST + b"x" * 10 + HEAD + b"Connection: close\r\n" + cookies + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert both.count(b"HTTP/1.1 200 ") == 2


@pytest.mark.parametrize(
    "begun",
    [b"", b"\r\n", b"GET / HT", HEAD, HEAD + b"X: a", POST + b"{", HEAD + b"\r\n" + HEAD],
    ids=["nothing", "break", "line", "headers", "header", "body", "second"],
)
async def test_whoever_stops_in_the_middle_is_dropped(begun: bytes) -> None:
    async with serving(HastyServer(answering)) as port:
        assert not (await sent(port, begun)).endswith(b"...")


async def test_a_body_that_comes_slowly_is_waited_for() -> None:
    async with serving(HastyServer(answering)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST)
        for _ in range(10):
            await asyncio.sleep(0.15)
            writer.write(b"x")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        await closed(writer)


async def test_a_caller_is_not_hurried_while_it_waits_for_us() -> None:
    slow = b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    async with serving(HastyServer(answering)) as port:
        assert (await sent(port, slow)).startswith(b"HTTP/1.1 200 ")


async def test_whoever_does_not_read_is_dropped() -> None:
    dropped = asyncio.Event()

    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        await answering(scope, receive, send)
        dropped.set()

    async with serving(HastyServer(telling)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(10):
            await dropped.wait()
        await closed(writer)


def test_deadlines_are_longer_than_those_of_good_callers() -> None:
    assert (Connection.head_seconds, Connection.silence_seconds) >= (30, 60)
