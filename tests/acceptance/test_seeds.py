"""Does every operation of a capability reach its upstream rightly, on each face and in each revision of MCP?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest

from tests.acceptance.capabilities import EVERY_CAPABILITY, EVERY_EXCHANGE
from tests.acceptance.clients import ERAS, over_http, over_stdio
from tests.acceptance.conftest import Servers
from tests.acceptance.exchange import Capability, Exchange
from tests.runner import request
from tests.upstream import Answer, Received, Upstream

LISTED = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
JSON_HEADERS = {"Content-Type": "application/json"}


def assert_arrived(received: Received, capability: Capability, exchange: Exchange) -> None:
    assert received.method == exchange.method
    assert received.path == exchange.path
    assert sorted(received.arguments) == sorted(exchange.query)
    assert received.header("Authorization") == f"Bearer {capability.canary}"
    assert received.header("Host") is not None
    if exchange.document is None:
        assert received.body == b""
        assert received.header("Content-Type") is None
    else:
        assert received.json == exchange.document
        assert received.header("Content-Type") == "application/json"


def as_document(result: types.CallToolResult) -> Any:
    [content] = result.content
    assert isinstance(content, types.TextContent)
    return json.loads(content.text)


@pytest.mark.parametrize(("capability", "exchange"), EVERY_EXCHANGE)
def test_a_rest_operation_reaches_its_upstream(
    servers: Servers, upstream: Upstream, capability: Capability, exchange: Exchange
) -> None:
    headers = JSON_HEADERS if exchange.body else {}
    reply = request(exchange.method, servers[capability].url("rest") + exchange.target, exchange.body, headers)

    assert_arrived(upstream.only, capability, exchange)
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert reply.json == upstream.only.echo()


@pytest.mark.parametrize("revision", ERAS)
@pytest.mark.parametrize(("capability", "exchange"), EVERY_EXCHANGE)
async def test_a_tool_reaches_its_upstream(
    servers: Servers, upstream: Upstream, capability: Capability, exchange: Exchange, revision: str
) -> None:
    async with over_http(servers[capability].url("mcp"), revision) as client:
        result = await client.call_tool(exchange.tool, exchange.arguments)

    assert_arrived(upstream.only, capability, exchange)
    assert result.is_error is False
    assert result.structured_content == upstream.only.echo()
    assert as_document(result) == upstream.only.echo()


@pytest.mark.parametrize("revision", LISTED)
@pytest.mark.parametrize("capability", EVERY_CAPABILITY)
async def test_tools_are_listed_in_document_order(servers: Servers, capability: Capability, revision: str) -> None:
    async with over_http(servers[capability].url("mcp"), revision) as client:
        listed = await client.list_tools()

    assert [tool.name for tool in listed.tools] == capability.tools
    assert listed.next_cursor is None


@pytest.mark.parametrize("revision", ERAS)
@pytest.mark.parametrize("capability", EVERY_CAPABILITY)
async def test_a_tool_shows_every_input_it_takes(servers: Servers, capability: Capability, revision: str) -> None:
    async with over_http(servers[capability].url("mcp"), revision) as client:
        schemas = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}

    for tool in capability.tools:
        given = [set(exchange.arguments) for exchange in capability.exchanges if exchange.tool == tool]
        assert set(schemas[tool].get("properties", {})) == set.union(*given)
        assert set(schemas[tool].get("required", [])) == set.intersection(*given)
        assert schemas[tool]["additionalProperties"] is False


@pytest.mark.parametrize("revision", ERAS)
@pytest.mark.parametrize("capability", EVERY_CAPABILITY)
async def test_hints_become_annotations(servers: Servers, capability: Capability, revision: str) -> None:
    async with over_http(servers[capability].url("mcp"), revision) as client:
        listed = await client.list_tools()

    for tool in listed.tools:
        methods = {exchange.method for exchange in capability.exchanges if exchange.tool == tool.name}
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (methods == {"GET"})


@pytest.mark.parametrize("revision", ERAS)
@pytest.mark.parametrize("capability", EVERY_CAPABILITY)
async def test_a_client_over_stdio_lists_and_calls(
    upstream: Upstream, tmp_path: Path, capability: Capability, revision: str
) -> None:
    exchange = capability.exchanges[-2]
    with (tmp_path / "errors").open("w") as errors:
        async with over_stdio(capability, capability.file, upstream.url, revision, errors) as client:
            listed = await client.list_tools()
            result = await client.call_tool(exchange.tool, exchange.arguments)

    assert [tool.name for tool in listed.tools] == capability.tools
    assert_arrived(upstream.only, capability, exchange)
    assert result.structured_content == upstream.only.echo()


@pytest.mark.parametrize("capability", EVERY_CAPABILITY)
def test_the_answer_keeps_the_bytes_of_the_upstream(
    servers: Servers, upstream: Upstream, capability: Capability
) -> None:
    exchange = capability.exchanges[1]
    content = b'{ "big": 12345678901234567890123, "one": 1.0, "e": 1e2, "accent": "\\u00e9" }'
    upstream.answer("*", "*", Answer(200, content))
    headers = JSON_HEADERS if exchange.body else {}
    reply = request(exchange.method, servers[capability].url("rest") + exchange.target, exchange.body, headers)

    assert reply.body == content
