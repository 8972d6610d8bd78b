"""Do clients of both eras hear that tools changed, and does a call under way end on the tools it began with?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from mcp import Client
from mcp.client.subscriptions import ToolsListChanged

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.plan.model.face import McpFace
from tests.mcp.conftest import listening
from tests.mcp.faces import VERSION, asking, face_of, saying
from tests.records import Records
from tests.upstream import Answer, Upstream

PATIENCE = 10
LISTEN = {"accept": "text/event-stream"}


@asynccontextmanager
async def endpoint_of(face: McpFace, engine: Engine, records: Records) -> AsyncIterator[tuple[McpEndpoint, str]]:
    endpoint = McpEndpoint(face, engine, records.observe, version=VERSION)
    async with endpoint.run(), listening(endpoint) as url:
        yield endpoint, url + "/mcp"
        endpoint.end_streams()


async def change(endpoint: McpEndpoint, face: McpFace) -> None:
    endpoint.serve(endpoint.prepare(face))
    await endpoint.announce({"tools"})


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_other_tools_are_listed_and_called_by_a_client_that_stayed(
    mode: str, engine: Engine, records: Records
) -> None:
    async with (
        endpoint_of(face_of(saying("old", "was")), engine, records) as (endpoint, url),
        Client(url, mode=mode, cache=None, read_timeout_seconds=PATIENCE) as client,
    ):
        before = await client.list_tools()
        await change(endpoint, face_of(saying("new", "is")))
        after = await client.list_tools()
        called = await client.call_tool("new")

    assert [[tool.name for tool in listed.tools] for listed in (before, after)] == [["old"], ["new"]]
    assert called.is_error is False


async def test_a_client_that_listens_is_told(engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(face_of(saying("old", 1)), engine, records) as (endpoint, url),
        Client(url, mode="auto", read_timeout_seconds=PATIENCE) as client,
        client.listen(tools_list_changed=True) as events,
    ):
        assert client.server_capabilities.tools is not None
        assert client.server_capabilities.tools.list_changed is True
        await change(endpoint, face_of(saying("new", 2)))
        async with asyncio.timeout(PATIENCE):
            event = await anext(aiter(events))
        listed = await client.list_tools()

    assert isinstance(event, ToolsListChanged)
    assert [tool.name for tool in listed.tools] == ["new"]


async def test_the_end_of_listening_is_told_as_meant(engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(face_of(saying("old", 1)), engine, records) as (endpoint, url),
        Client(url, mode="auto", read_timeout_seconds=PATIENCE) as client,
        client.listen(tools_list_changed=True) as events,
    ):
        endpoint.end_streams()
        async with asyncio.timeout(PATIENCE):
            assert [event async for event in events] == []


async def test_a_client_of_the_handshake_era_is_told_on_its_stream(engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(face_of(saying("old", 1)), engine, records) as (endpoint, url),
        Client(url, mode="legacy", read_timeout_seconds=PATIENCE) as client,
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
        http.stream("GET", url, headers=LISTEN) as stream,
    ):
        assert client.server_capabilities.tools is not None
        assert client.server_capabilities.tools.list_changed is True
        assert stream.headers["content-type"] == "text/event-stream"
        lines = stream.aiter_lines()
        assert await anext(lines) == ": ping"
        await change(endpoint, face_of(saying("new", 2)))
        told = [line async for line in until_data(lines)]
        endpoint.end_streams()
        assert [line async for line in lines if line] == []

    assert told[-1] == 'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'


async def until_data(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith("data:"):
            return


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"accept": "application/json"}),
        ("GET", LISTEN | {"mcp-protocol-version": "2026-07-28"}),
        ("DELETE", LISTEN),
    ],
)
async def test_nothing_else_is_a_stream(method: str, headers: dict[str, str], engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(face_of(saying("old", 1)), engine, records) as (_, url),
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
    ):
        reply = await http.request(method, url, headers=headers)

    assert reply.status_code == 405


async def test_a_foreign_page_can_not_listen(engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(face_of(saying("old", 1)), engine, records) as (_, url),
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
    ):
        reply = await http.get(url, headers=LISTEN | {"origin": "https://evil.example"})

    assert reply.status_code == 403


async def test_a_call_under_way_ends_on_the_tools_it_began_with(
    engine: Engine, records: Records, upstream: Upstream
) -> None:
    gate = threading.Event()
    upstream.answer("GET", "*", Answer(200, b'{"a": 1}', hold=gate))
    async with (
        endpoint_of(face_of(asking("slow", upstream.url)), engine, records) as (endpoint, url),
        Client(url, mode="auto", read_timeout_seconds=PATIENCE) as client,
    ):
        calling = asyncio.create_task(client.call_tool("slow"))
        await asyncio.to_thread(upstream.wait_for_requests, 1)
        await change(endpoint, face_of(saying("new", 2)))
        gate.set()
        result = await calling

    assert result.structured_content == {"a": 1}
