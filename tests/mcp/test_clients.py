"""Can the official client list and call tools, over HTTP and over stdio, in both eras?"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.mcp.conftest import Serve
from tests.mcp.faces import EVERY, typed
from tests.mcp.wire import STATELESS
from tests.upstream import Answer, Upstream

ROOT = Path(__file__).resolve().parents[2]
MODES = {"legacy": "2025-11-25", "auto": STATELESS}
TRANSPORTS = ("fast", "official", "stdio")


@contextlib.asynccontextmanager
async def client_of(transport: str, mode: str, serve: Serve) -> AsyncIterator[Client]:
    if transport == "stdio":
        server = StdioServerParameters(command=sys.executable, args=["-m", "tests.mcp.stdio_server"], cwd=ROOT)
        target: Any = stdio_client(server)
    else:
        target = (await serve(*EVERY, fast=transport == "fast")).url
    async with Client(target, mode=mode, read_timeout_seconds=15) as client:
        assert client.protocol_version == MODES[mode]
        yield client


def text_of(result: types.CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, types.TextContent)
    return block.text


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_official_client_lists_and_calls(transport: str, mode: str, serve: Serve) -> None:
    async with client_of(transport, mode, serve) as client:
        listed = await client.list_tools()
        echoed = await client.call_tool("echo", {"count": "5", "value": {"a": None}})
        said = await client.call_tool("text")
        refused = await client.call_tool("strict", {"id": "x"})
        broken = await client.call_tool("broken")
        with pytest.raises(MCPError) as unknown:
            await client.call_tool("nobody", {})

    assert [tool.name for tool in listed.tools][: len(EVERY)] == [tool.name for tool in EVERY]
    assert echoed.structured_content == {"arguments": {"count": 5, "value": {"a": None}}}
    assert text_of(said) == 'a "text"\nof two lines é'
    assert (refused.is_error, "name: is required" in text_of(refused)) == (True, True)
    assert broken.is_error is True
    assert unknown.value.error.code == types.INVALID_PARAMS


@pytest.mark.parametrize("mode", MODES)
async def test_stdio_carries_nothing_but_messages(mode: str, serve: Serve) -> None:
    async with client_of("stdio", mode, serve) as client:
        assert text_of(await client.call_tool("noisy")) == "said aloud"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("answer", [Answer(204, b"", ()), Answer(200, b"", ())])
async def test_the_official_client_takes_an_empty_answer_of_a_typed_tool(
    mode: str, serve: Serve, upstream: Upstream, fast: bool, answer: Answer
) -> None:
    upstream.answer("GET", "*", answer)
    caller = await serve(typed("drop", upstream.url), fast=fast)
    async with Client(caller.url, mode=mode, read_timeout_seconds=15) as client:
        # The client knows the promise once it has listed the tools, and refuses what breaks it.
        listed = await client.list_tools()
        result = await client.call_tool("drop", {"id": 7})

    assert listed.tools[0].output_schema is not None
    assert (result.is_error, result.structured_content) == (False, {"id": 7, "name": None})
