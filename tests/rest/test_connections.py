"""What only a real connection shows: streams, callers who leave, and what may follow on the same connection."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest

from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from tests.records import Records
from tests.rest.asgi import scope_of, served
from tests.rest.conftest import Serve
from tests.rest.plans import calling_function, echo_function, input_at
from tests.upstream import Answer, Upstream

CREATE = Route("POST", "/jobs", echo_function("create", input_at(Place.BODY, "model")))


def identity(payload: object, _arguments: Any) -> object:
    return payload


async def get(address: tuple[str, int], path: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, f"http://{address[0]}:{address[1]}{path}")


@pytest.mark.parametrize("chunked", [True, False])
async def test_an_unshaped_answer_passes_byte_for_byte(
    serve: Serve, upstream: Upstream, records: Records, chunked: bool
) -> None:
    body = bytes(range(256)) * 1000
    upstream.answer("GET", "*", Answer(200, body, (("Content-Type", "image/png"), ("ETag", '"v1"')), chunked=chunked))
    application = serve(Route("GET", "/image", calling_function("image", upstream.url)))
    async with served(application) as address:
        reply = await get(address, "/image")

    assert (reply.status_code, reply.headers["content-type"], reply.headers["etag"]) == (200, "image/png", '"v1"')
    assert reply.content == body
    assert reply.headers.get("content-length") == (None if chunked else "256000")
    assert [(record.status, record.upstream_status, record.code) for record in records] == [(200, 200, "")]


async def test_head_of_an_unshaped_answer_has_no_content(serve: Serve, upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer(200, b"x" * 5000, (("Content-Type", "image/png"),)))
    application = serve(Route("GET", "/image", calling_function("image", upstream.url)))
    async with served(application) as address:
        reply = await get(address, "/image", "HEAD")

    assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, "image/png", b"")
    assert reply.headers["content-length"] == "5000"


@pytest.mark.parametrize("status", [204, 304])
async def test_an_unshaped_answer_without_content_has_none(serve: Serve, upstream: Upstream, status: int) -> None:
    upstream.answer("GET", "*", Answer(status, b"", ()))
    application = serve(Route("GET", "/gone", calling_function("gone", upstream.url)))
    async with served(application) as address:
        reply = await get(address, "/gone")

    assert (reply.status_code, reply.content) == (status, b"")
    assert reply.headers["x-request-id"]


async def test_a_stream_that_breaks_is_not_passed_off_as_whole(
    serve: Serve, upstream: Upstream, records: Records
) -> None:
    upstream.answer("GET", "*", Answer(200, b"x" * 300_000, (("Content-Type", "text/csv"),), True, cut_after=200_000))
    application = serve(Route("GET", "/export", calling_function("export", upstream.url)))
    async with served(application) as address:
        with pytest.raises(httpx.RemoteProtocolError):
            await get(address, "/export")

    assert [(record.status, record.upstream_status, record.code) for record in records] == [(200, 200, "NK8003")]


@pytest.mark.parametrize("shape", [None, identity])
async def test_a_caller_who_leaves_cancels_the_upstream_call(
    serve: Serve, upstream: Upstream, records: Records, shape: Any
) -> None:
    held = threading.Event()
    upstream.answer("GET", "*", Answer(200, b"{}", hold=held))
    application = serve(Route("GET", "/slow", calling_function("slow", upstream.url, shape=shape)))
    try:
        async with served(application) as (host, port):
            _, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}")
            await asyncio.to_thread(upstream.wait_for_requests, 1)
            writer.close()
            await writer.wait_closed()
            await asyncio.wait_for(records.told.wait(), 5)
            assert [(record.status, record.operation) for record in records] == [(499, "GET /slow")]
    finally:
        held.set()


async def test_a_slow_answer_reaches_a_caller_who_waits(serve: Serve, upstream: Upstream, records: Records) -> None:
    held = threading.Event()
    upstream.answer("GET", "*", Answer(200, b'{"a": 1}', hold=held))
    application = serve(Route("GET", "/slow", calling_function("slow", upstream.url, shape=identity)))
    async with served(application) as address:
        asyncio.get_running_loop().call_later(0.3, held.set)
        reply = await get(address, "/slow")

    assert (reply.status_code, reply.json()) == (200, {"a": 1})
    assert [record.status for record in records] == [200]


async def test_a_server_that_stops_cancels_and_is_obeyed(serve: Serve, upstream: Upstream, records: Records) -> None:
    held = threading.Event()
    upstream.answer("GET", "*", Answer(200, b"{}", hold=held))
    application = serve(Route("GET", "/slow", calling_function("slow", upstream.url, shape=identity)))

    async def never(*_message: object) -> Any:
        await asyncio.Future()

    task = asyncio.create_task(application(scope_of("GET", b"/slow", []), never, never))
    try:
        await asyncio.to_thread(upstream.wait_for_requests, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        held.set()
    assert [record.status for record in records] == [499]


@pytest.mark.parametrize("framing", [b"Content-Length: 5000", b"Transfer-Encoding: chunked"])
async def test_nothing_follows_a_body_that_was_too_large(serve: Serve, records: Records, framing: bytes) -> None:
    body = b"x" * 5000
    if framing.startswith(b"Transfer"):
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    async with served(serve(CREATE)) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"POST /jobs HTTP/1.1\r\nHost: here\r\n%s\r\n\r\n%s" % (framing, body))
        writer.write(b"POST /jobs HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}")
        answered = await reader.read()
        writer.close()

    assert answered.startswith(b"HTTP/1.1 413 ")
    assert answered.count(b"HTTP/1.1 ") == 1
    assert [record.status for record in records] == [413]


async def test_a_connection_carries_one_request_after_another(serve: Serve) -> None:
    request = b"POST /jobs HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n"
    async with served(serve(CREATE)) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        for _ in range(2):
            writer.write(request + b'{"model": "m"}')
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            (length,) = (line for line in head.split(b"\r\n") if line.startswith(b"content-length"))
            await reader.readexactly(int(length.split(b":")[1]))
        writer.close()


async def test_a_caller_who_leaves_while_sending_is_recorded(serve: Serve, records: Records) -> None:
    async with served(serve(CREATE)) as (host, port):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(b"POST /jobs HTTP/1.1\r\nHost: here\r\nContent-Length: 14\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await asyncio.wait_for(records.told.wait(), 5)

    assert [(record.status, record.code) for record in records] == [(499, "")]
