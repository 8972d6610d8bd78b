"""Is a session there for who needs one, and is nothing kept of it?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from mcp import Client, types

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.mcp.sessions import ENDED_LIMIT, Sessions
from tests.mcp.conftest import Caller, Serve, listening
from tests.mcp.faces import ECHO, VERSION, face_of, saying
from tests.mcp.wire import HANDSHAKE, STATELESS, call_of, headers_of, message_of, result_of
from tests.records import Records

PATIENCE = 10
HEADER = "mcp-session-id"
LISTEN = {"accept": "text/event-stream"}
UNBORN = "0" * 32
CHANGED = 'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'
PATHS = pytest.mark.parametrize("fast", [True, False], ids=["fast", "official"])


@asynccontextmanager
async def endpoint_of(engine: Engine, records: Records) -> AsyncIterator[tuple[McpEndpoint, str]]:
    endpoint = McpEndpoint(face_of(saying("old", 1)), engine, records.observe, version=VERSION)
    async with endpoint.run(), listening(endpoint) as url:
        yield endpoint, url + "/mcp"
        endpoint.end_streams()


async def opened(caller: Caller, revision: str = "2025-06-18", **offer: object) -> httpx.Response:
    """The answer to a handshake."""
    wanted = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}, **offer}
    return await caller.post(message_of(revision, "initialize", **wanted), headers_of(revision))


@pytest.mark.parametrize("revision", HANDSHAKE)
async def test_who_shakes_hands_is_given_a_session(serve: Serve, revision: str) -> None:
    caller = await serve(ECHO)
    one, other = await opened(caller, revision), await opened(caller, revision)

    assert re.fullmatch(r"[0-9a-f]{32}", one.headers[HEADER])
    assert one.headers[HEADER] != other.headers[HEADER]


async def test_nobody_else_is_given_one(serve: Serve) -> None:
    caller = await serve(ECHO)
    refused = await opened(caller, clientInfo="nobody")
    mentioned = call_of("2025-06-18", "echo", {"text": "initialize", "nobody": 1})
    replies = [
        refused,
        await caller.post(call_of("2025-06-18", "initialize"), headers_of("2025-06-18")),
        await caller.post(mentioned, headers_of("2025-06-18")),
        await caller.post(b'{"method": "initialize"', headers_of("2025-06-18")),
        await caller.post(b'["initialize"]', headers_of("2025-06-18")),
        await caller.post({"jsonrpc": "2.0", "method": "initialize"}, headers_of("2025-06-18")),
        await caller.post(message_of(STATELESS, "server/discover"), headers_of(STATELESS, "server/discover")),
    ]

    assert "error" in refused.json()
    assert [HEADER in reply.headers for reply in replies] == [False] * len(replies)


@PATHS
@pytest.mark.parametrize("revision", HANDSHAKE)
async def test_a_session_of_another_process_goes_on(serve: Serve, fast: bool, revision: str) -> None:
    one, other = await serve(ECHO), await serve(ECHO, fast=fast)
    session = {HEADER: (await opened(one, revision)).headers[HEADER]}
    reply = await other.post(call_of(revision, "echo", {"count": 5}), headers_of(revision) | session)

    assert result_of(reply)["structuredContent"] == {"arguments": {"count": 5}}


@PATHS
async def test_a_session_that_was_ended_is_not_found(serve: Serve, fast: bool, records: Records) -> None:
    caller = await serve(ECHO, fast=fast)
    session = {HEADER: (await opened(caller)).headers[HEADER]}
    ended = await caller.client.delete(caller.url, headers=session)
    call = await caller.post(call_of("2025-06-18", "echo"), headers_of("2025-06-18") | session)
    stream = await caller.client.get(caller.url, headers=LISTEN | session)
    again = await caller.client.delete(caller.url, headers=session)

    assert (ended.status_code, ended.content) == (204, b"")
    assert [reply.status_code for reply in (call, stream, again)] == [404, 404, 404]
    assert call.json()["code"] == "NK8018"
    assert [(record.status, record.code) for record in records] == [(404, "NK8018")] * 3


@pytest.mark.parametrize("session", ["1", "undefined", UNBORN + "0", UNBORN.replace("0", "G")])
async def test_a_session_that_was_never_handed_out_is_not_found(serve: Serve, session: str) -> None:
    caller = await serve(ECHO)
    reply = await caller.post(call_of("2025-06-18", "echo"), headers_of("2025-06-18") | {HEADER: session})

    assert reply.status_code == 404


@pytest.mark.parametrize(("revision", "session"), [(STATELESS, "any"), ("2025-06-18", "")])
async def test_where_there_is_no_session_its_header_says_nothing(serve: Serve, revision: str, session: str) -> None:
    caller = await serve(ECHO)
    headers = headers_of(revision, "tools/call", "echo") | {HEADER: session}

    assert result_of(await caller.post(call_of(revision, "echo"), headers))["isError"] is False


async def test_the_end_of_a_session_ends_its_streams_alone(engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(engine, records) as (endpoint, url),
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
    ):
        caller = Caller(url, http)
        one, other = [{HEADER: (await opened(caller)).headers[HEADER]} for _ in range(2)]
        async with (
            http.stream("GET", url, headers=LISTEN | one) as ending,
            http.stream("GET", url, headers=LISTEN | other) as staying,
        ):
            stays = staying.aiter_lines()
            assert await anext(stays) == ": ping"
            assert (await http.delete(url, headers=one)).status_code == 204
            assert [line async for line in ending.aiter_lines() if line] == [": ping"]
            await endpoint.announce({"tools"})
            told = [line async for line in until_data(stays)]

    assert told[-1] == CHANGED


async def until_data(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith("data:"):
            return


async def test_the_official_client_of_the_handshake_era_hears_of_other_tools(engine: Engine, records: Records) -> None:
    heard = asyncio.Event()

    async def hear(message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            heard.set()

    async with (
        endpoint_of(engine, records) as (endpoint, url),
        Client(url, mode="legacy", cache=None, read_timeout_seconds=PATIENCE, message_handler=hear) as client,
    ):
        listed = [await client.list_tools()]
        for name in ("new", "newer"):
            endpoint.serve(endpoint.prepare(face_of(saying(name, 2))))
            await endpoint.announce({"tools"})
            async with asyncio.timeout(PATIENCE):
                await heard.wait()
            heard.clear()
            listed.append(await client.list_tools())

    assert [[tool.name for tool in result.tools] for result in listed] == [["old"], ["new"], ["newer"]]


async def test_who_comes_to_listen_after_a_change_is_told_at_once(engine: Engine, records: Records) -> None:
    async with (
        endpoint_of(engine, records) as (endpoint, url),
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
    ):
        session = {HEADER: (await opened(Caller(url, http))).headers[HEADER]}
        endpoint.serve(endpoint.prepare(face_of(saying("new", 2))))
        await endpoint.announce({"tools"})
        async with http.stream("GET", url, headers=LISTEN | session) as stream:
            first = [line async for line in until_data(stream.aiter_lines())]

    assert first == ["event: message", CHANGED]


def test_only_so_many_ends_are_remembered() -> None:
    sessions = Sessions()
    names = [b"%032x" % number for number in range(ENDED_LIMIT + 1)]
    for name in names:
        sessions.end(name)

    assert [sessions.lives(name) for name in names] == [True, *[False] * ENDED_LIMIT]
