"""Connections are reused when an answer has ended, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from naftiko_runtime.engine.upstream import HttpxUpstream, Limits, ReqwestUpstream, Upstream
from naftiko_runtime.errors import TransportError
from tests.engine.upstream.conftest import OpenUpstream
from tests.engine.upstream.exchanges import Fetch, fetch, fetch_streamed, request_for
from tests.engine.upstream.server import OK, Answer, Server, Wire, answer


def httpx_with_keep_alive() -> Upstream:
    return HttpxUpstream(httpx.AsyncHTTPTransport(trust_env=False))


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("body", [b"", b"ok", b"x" * 300_000])
@pytest.mark.parametrize("open_reusing", [ReqwestUpstream, httpx_with_keep_alive])
async def test_one_call_after_another_uses_one_connection(
    server: Server, open_reusing: Callable[[], Upstream], body: bytes, fetching: Fetch
) -> None:
    upstream = open_reusing()
    server.answer = answer(body=body)
    for _each in range(5):
        await fetching(upstream, request_for(server.url + "/"))
    await upstream.close()
    assert [request.connection for request in server.requests] == [1] * 5


async def test_httpx_without_a_transport_of_the_embedders_never_reuses_a_connection(server: Server) -> None:
    upstream = HttpxUpstream()
    for _each in range(3):
        await fetch(upstream, request_for(server.url + "/"))
    assert [request.connection for request in server.requests] == [1, 2, 3]
    await server.until(lambda: server.open_connections == 0)


async def test_fifty_calls_are_under_way_at_once(upstream: Upstream, server: Server) -> None:
    everyone_is_here = asyncio.Event()

    async def when_all_came(wire: Wire) -> None:
        if len(server.requests) == 50:
            everyone_is_here.set()
        await everyone_is_here.wait()
        wire.writer.write(OK)

    server.answer = when_all_came
    calls = [fetch(upstream, request_for(f"{server.url}/{number}")) for number in range(50)]
    assert [fetched.body for fetched in await asyncio.gather(*calls)] == [b"ok"] * 50
    assert {request.target for request in server.requests} == {f"/{number}" for number in range(50)}


def stalling(start: bytes) -> Answer:
    async def begin_and_stall(wire: Wire) -> None:
        wire.writer.write(start)
        await wire.stall()

    return begin_and_stall


async def test_a_call_cancelled_before_its_answer_hangs_up_by_its_deadline(
    open_upstream: OpenUpstream, server: Server
) -> None:
    # reqwest lets the request run on unheard until the deadline; httpx hangs up at once.
    upstream = open_upstream(Limits(call=1.0))
    server.answer = stalling(b"")
    call = asyncio.create_task(fetch(upstream, request_for(server.url + "/slow")))
    await server.until(lambda: len(server.requests) == 1)
    await cancel(call)
    server.answer = OK
    assert (await fetch(upstream, request_for(server.url + "/next"))).body == b"ok"
    assert [(request.target, request.connection) for request in server.requests] == [("/slow", 1), ("/next", 2)]
    await server.until(lambda: server.open_connections == 1)


async def test_a_call_cancelled_in_its_body_hangs_up_at_once(upstream: Upstream, server: Server) -> None:
    begun = asyncio.Event()

    async def read_on() -> None:
        async with upstream.exchange(request_for(server.url + "/slow")) as response:
            async for _piece in response.stream():
                begun.set()

    server.answer = stalling(b"HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n" + b"x" * 200_000)
    call = asyncio.create_task(read_on())
    await begun.wait()
    await cancel(call)
    await server.until(lambda: server.open_connections == 0)
    server.answer = OK
    assert (await fetch(upstream, request_for(server.url + "/next"))).body == b"ok"


async def cancel(call: asyncio.Task[Any]) -> None:
    """Cancel `call`, which must end at once and by cancellation."""
    call.cancel()
    async with asyncio.timeout(0.5):
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_an_answer_that_is_left_half_read_is_hung_up_on(upstream: Upstream, server: Server) -> None:
    server.answer = stalling(b"HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n" + b"x" * 200_000)
    async with upstream.exchange(request_for(server.url + "/")) as response:
        pieces = aiter(response.stream())
        assert await anext(pieces)
    await server.until(lambda: server.open_connections == 0)


async def test_an_answer_nobody_reads_leaves_the_upstream_usable(upstream: Upstream, server: Server) -> None:
    for _each in range(3):
        async with upstream.exchange(request_for(server.url + "/")) as response:
            assert response.status == 200
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"ok"


async def test_an_error_of_the_consumer_passes_through(upstream: Upstream, server: Server) -> None:
    with pytest.raises(LookupError, match="mine"):
        async with upstream.exchange(request_for(server.url + "/")):
            raise LookupError("mine")


async def test_a_connection_that_the_upstream_closed_meanwhile_is_replaced(upstream: Upstream, server: Server) -> None:
    server.hang_up = True
    for _each in range(3):
        assert (await fetch(upstream, request_for(server.url + "/"))).body == b"ok"
        await server.until(lambda: server.open_connections == 0)
    assert server.connections == 3


async def test_no_proxy_is_taken_from_the_environment(
    open_upstream: OpenUpstream, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    upstream = open_upstream(Limits(call=5.0))
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"ok"


async def test_closing_hangs_up_and_may_be_done_twice(upstream: Upstream, server: Server) -> None:
    await fetch(upstream, request_for(server.url + "/"))
    await upstream.close()
    await upstream.close()
    await server.until(lambda: server.open_connections == 0)


@pytest.mark.parametrize("used", [True, False])
async def test_nothing_is_sent_after_closing(upstream: Upstream, server: Server, used: bool) -> None:
    if used:
        await fetch(upstream, request_for(server.url + "/"))
    await upstream.close()
    with pytest.raises(TransportError, match="closed"):
        await fetch(upstream, request_for(server.url + "/"))
    assert len(server.requests) == used


async def test_an_exchange_under_way_ends_when_reqwest_is_closed(server: Server) -> None:
    upstream = ReqwestUpstream()
    server.answer = stalling(b"")
    call = asyncio.create_task(fetch(upstream, request_for(server.url + "/")))
    await server.until(lambda: len(server.requests) == 1)
    await upstream.close()
    with pytest.raises(TransportError, match="closed"):
        await call


@pytest.mark.parametrize("open_default", [ReqwestUpstream, HttpxUpstream])
async def test_an_upstream_needs_no_arguments(server: Server, open_default: type[Upstream]) -> None:
    upstream = open_default()
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"ok"
    await upstream.close()
