"""Deadlines and sizes hold, whatever the upstream does."""

from __future__ import annotations

import asyncio
import resource
import socket
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from naftiko_runtime.engine.upstream import Limits, ResponseTooLargeError
from naftiko_runtime.errors import DeadlineError
from tests.engine.upstream.conftest import OpenUpstream
from tests.engine.upstream.exchanges import Fetch, fetch, fetch_streamed, request_for
from tests.engine.upstream.server import OK, Answer, Server, Wire, answer

SMALL = Limits(connect=5.0, call=5.0, body=1000)
HURRIED = Limits(connect=5.0, call=0.3)
BOMB_BYTES = 192 * 1024 * 1024


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def unbounded(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n\r\n" + body


def coded(body: bytes) -> bytes:
    return answer("content-encoding: gzip", body=zlib.compress(body, wbits=31))


def coded_unasked(body: bytes) -> bytes:
    return answer("content-encoding: x-gzip", body=zlib.compress(body, wbits=31))


FRAMINGS = [lambda body: answer(body=body), chunked, unbounded, coded, coded_unasked]


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("framing", FRAMINGS, ids=["length", "chunked", "until close", "gzip", "x-gzip"])
async def test_a_body_of_the_limit_passes_and_one_byte_more_is_too_large(
    open_upstream: OpenUpstream, server: Server, framing: Callable[[bytes], bytes], fetching: Fetch
) -> None:
    upstream = open_upstream(SMALL)
    server.hang_up = framing is unbounded
    server.answer = framing(b"x" * SMALL.body)
    assert (await fetching(upstream, request_for(server.url + "/"))).body == b"x" * SMALL.body
    server.answer = framing(b"x" * (SMALL.body + 1))
    with pytest.raises(ResponseTooLargeError, match="1000 bytes") as caught:
        await fetching(upstream, request_for(server.url + "/"))
    assert caught.value.limit == SMALL.body


@pytest.mark.parametrize("limit", [65535, 65536, 65537, 200_000])
async def test_the_limit_holds_around_the_size_of_a_block(
    open_upstream: OpenUpstream, server: Server, limit: int
) -> None:
    upstream = open_upstream(SMALL._replace(body=limit))
    server.answer = chunked(b"x" * limit)
    assert len((await fetch(upstream, request_for(server.url + "/"))).body) == limit
    server.answer = chunked(b"x" * (limit + 1))
    with pytest.raises(ResponseTooLargeError):
        await fetch(upstream, request_for(server.url + "/"))


async def test_a_declared_length_beyond_the_limit_is_not_waited_for(
    open_upstream: OpenUpstream, server: Server
) -> None:
    upstream = open_upstream(Limits(connect=5.0, call=5.0, body=100_000))
    server.answer = stalling(b"HTTP/1.1 200 OK\r\ncontent-length: 9000000000\r\n\r\n" + b"x" * 70_000)
    with pytest.raises(ResponseTooLargeError):
        await fetch(upstream, request_for(server.url + "/"))
    await server.until(lambda: server.open_connections == 0)


@pytest.fixture(scope="module")
def bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    mebibyte = bytes(1024 * 1024)
    packed = [packer.compress(mebibyte) for _each in range(BOMB_BYTES // len(mebibyte))]
    return b"".join(packed) + packer.flush()


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip"])
async def test_a_gzip_bomb_is_stopped_before_it_takes_memory(
    open_upstream: OpenUpstream, server: Server, bomb: bytes, coding: str, fetching: Fetch
) -> None:
    upstream = open_upstream(Limits(connect=5.0, call=5.0, body=1_000_000))
    server.answer = answer(f"content-encoding: {coding}", body=bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ResponseTooLargeError):
        await fetching(upstream, request_for(server.url + "/"))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < BOMB_BYTES / 8


def stalling(start: bytes) -> Answer:
    async def begin_and_stall(wire: Wire) -> None:
        wire.writer.write(start)
        await wire.stall()

    return begin_and_stall


STALLS = {
    "before the head": b"",
    "in the head": b"HTTP/1.1 200 OK\r\nx-a: ",
    "before the body": b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n",
    "in the body": b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok",
    "late in a long body": b"HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n" + b"x" * 200_000,
}


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("place", STALLS)
async def test_a_stalled_answer_ends_at_the_calls_deadline(
    open_upstream: OpenUpstream, server: Server, place: str, fetching: Fetch
) -> None:
    upstream = open_upstream(HURRIED)
    server.answer = stalling(STALLS[place])
    started = time.monotonic()
    with pytest.raises(DeadlineError) as caught:
        await fetching(upstream, request_for(server.url + "/?key=s3cret"))
    assert 0.25 < time.monotonic() - started < 2.0
    assert (caught.value.phase, caught.value.seconds) == ("call", 0.3)
    assert caught.value.__context__ is None
    await server.until(lambda: server.open_connections == 0)


async def test_a_body_that_trickles_does_not_outlive_the_calls_deadline(
    open_upstream: OpenUpstream, server: Server
) -> None:
    async def trickle(wire: Wire) -> None:
        wire.writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not wire.writer.is_closing():
            wire.writer.write(b"x")
            await wire.writer.drain()
            await asyncio.sleep(0.02)

    server.answer = trickle
    with pytest.raises(DeadlineError):
        await fetch(open_upstream(HURRIED), request_for(server.url + "/"))


async def test_an_exchange_is_usable_after_one_that_was_too_slow(open_upstream: OpenUpstream, server: Server) -> None:
    upstream = open_upstream(HURRIED)
    server.answer = stalling(STALLS["in the body"])
    with pytest.raises(DeadlineError):
        await fetch(upstream, request_for(server.url + "/"))
    server.answer = OK
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"ok"


@pytest.fixture
def unanswering_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that the system leaves a further one without an answer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _each in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for client in waiting:
            client.close()


@pytest.mark.parametrize(
    ("limits", "phase", "seconds"),
    [(Limits(connect=0.3, call=5.0), "connect", 0.3), (Limits(connect=5.0, call=0.3), "call", 0.3)],
)
async def test_the_deadline_that_comes_first_is_the_one_that_is_told(
    open_upstream: OpenUpstream, unanswering_port: int, limits: Limits, phase: str, seconds: float
) -> None:
    with pytest.raises(DeadlineError) as caught:
        await fetch(open_upstream(limits), request_for(f"http://127.0.0.1:{unanswering_port}/"))
    assert (caught.value.phase, caught.value.seconds) == (phase, seconds)
