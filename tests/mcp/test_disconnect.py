"""What becomes of a call whose caller has left?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.types import Message

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from tests.mcp.asgi import ask, body_of
from tests.mcp.conftest import Serve
from tests.mcp.faces import ECHO, VERSION, asking, face_of, whole
from tests.mcp.wire import ERAS, call_of, encoded, headers_of, raw
from tests.records import Records
from tests.upstream import Answer, Upstream

PATHS = pytest.mark.parametrize("fast", [True, False], ids=["fast", "official"])
EACH_ERA = pytest.mark.parametrize("revision", ERAS)


@pytest.fixture
def held(upstream: Upstream) -> Iterator[threading.Event]:
    event = threading.Event()
    upstream.answer("GET", "*", Answer(200, b'{"a": 1}', hold=event))
    yield event
    event.set()


@PATHS
@EACH_ERA
async def test_a_caller_who_leaves_cancels_the_call(
    serve: Serve, upstream: Upstream, held: threading.Event, records: Records, fast: bool, revision: str
) -> None:
    caller = await serve(asking("slow", upstream.url, shape=whole), fast=fast)
    address = urlsplit(caller.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    body = encoded(call_of(revision, "slow"))
    headers = {"host": address.netloc, **headers_of(revision, "tools/call", "slow"), "content-length": str(len(body))}
    lines = ["POST /mcp HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    await asyncio.to_thread(upstream.wait_for_requests, 1)
    writer.close()
    await writer.wait_closed()
    await asyncio.wait_for(records.told.wait(), 5)

    assert [(record.operation, record.status, record.code) for record in records] == [("slow", 499, "")]


@PATHS
@EACH_ERA
async def test_a_caller_who_waits_is_answered(
    serve: Serve, upstream: Upstream, held: threading.Event, records: Records, fast: bool, revision: str
) -> None:
    caller = await serve(asking("slow", upstream.url, shape=whole), fast=fast)
    # Longer than it takes until a call is watched.
    asyncio.get_running_loop().call_later(0.3, held.set)
    reply = await caller.post(call_of(revision, "slow"), headers_of(revision, "tools/call", "slow"))

    assert reply.json()["result"]["structuredContent"] == {"a": 1}
    assert [record.status for record in records] == [200]


async def test_a_caller_who_leaves_before_the_end_of_the_body_is_forgotten(engine: Engine, records: Records) -> None:
    endpoint = McpEndpoint(face_of(ECHO), engine, records.observe, version=VERSION)
    messages: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_message: object) -> None:
        raise AssertionError("nobody is there to answer")

    await endpoint({"type": "http", "method": "POST", "headers": []}, receive, send)

    assert records == []


async def test_a_caller_who_leaves_before_the_answer_is_forgotten(engine: Engine, records: Records) -> None:
    endpoint = McpEndpoint(face_of(ECHO), engine, records.observe, version=VERSION)

    async def send(_message: object) -> None:
        raise OSError

    headers = raw(headers_of("2025-06-18"))
    await endpoint(
        {"type": "http", "method": "POST", "headers": headers}, body_of(encoded(call_of(None, "echo"))), send
    )

    assert [record.status for record in records] == [200]


async def test_only_the_end_of_the_connection_ends_a_call(
    engine: Engine, upstream: Upstream, held: threading.Event, records: Records
) -> None:
    endpoint = McpEndpoint(face_of(asking("slow", upstream.url, shape=whole)), engine, records.observe, version=VERSION)
    body = encoded(call_of(None, "slow"))
    messages: list[Message] = [
        {"type": "http.request", "body": body},
        {"type": "http.request"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        if len(messages) == 1:
            await asyncio.to_thread(upstream.wait_for_requests, 1)
        return messages.pop(0)

    async def send(_message: object) -> None:
        raise AssertionError("nobody is there to answer")

    await endpoint({"type": "http", "method": "POST", "headers": raw(headers_of(None))}, receive, send)

    assert ([record.status for record in records], messages) == ([499], [])


async def test_a_server_that_stops_cancels_the_call(
    engine: Engine, upstream: Upstream, held: threading.Event, records: Records
) -> None:
    endpoint = McpEndpoint(face_of(asking("slow", upstream.url, shape=whole)), engine, records.observe, version=VERSION)
    asked = asyncio.create_task(ask(endpoint, raw(headers_of(None)), body_of(encoded(call_of(None, "slow")))))
    await asyncio.to_thread(upstream.wait_for_requests, 1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert [record.status for record in records] == [499]
