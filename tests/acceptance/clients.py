"""The official MCP client, opened in a chosen revision.

Two wire eras exist: a handshake that negotiates one revision, and requests that each carry their own. The high-level
client offers the newest handshake revision only, so an older one is offered by hand over the same session.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TextIO

import mcp_types as types
from mcp import Client, ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.acceptance.exchange import Capability
from tests.runner import COMMAND, environment

HANDSHAKE = "2025-06-18"
STATELESS = "2026-07-28"
ERAS = (HANDSHAKE, STATELESS)
READ_SECONDS = 15.0


@contextlib.asynccontextmanager
async def over_http(url: str, revision: str) -> AsyncIterator[Client | ClientSession]:
    """A client of the MCP server at `url`."""
    if revision == STATELESS:
        async with Client(url, mode="auto", read_timeout_seconds=READ_SECONDS) as client:
            assert client.protocol_version == STATELESS
            yield client
        return
    async with (
        streamable_http_client(url) as (reads, writes),
        ClientSession(reads, writes, read_timeout_seconds=READ_SECONDS) as session,
    ):
        await _shake_hands(session, revision)
        yield session


@contextlib.asynccontextmanager
async def over_stdio(
    capability: Capability, path: Path, upstream: str, revision: str, errors: TextIO = sys.stderr
) -> AsyncIterator[Client | ClientSession]:
    """A client of `naftiko mcp PATH`, which it starts and ends itself; the command's own words go to `errors`."""
    server = StdioServerParameters(
        command=COMMAND[0],
        args=[*COMMAND[1:], "mcp", str(path), "--upstream", f"{capability.name}={upstream}{capability.base_path}"],
        env=environment(capability.environment),
    )
    transport = stdio_client(server, errlog=errors)
    if revision == STATELESS:
        async with Client(transport, mode="auto", read_timeout_seconds=READ_SECONDS) as client:
            assert client.protocol_version == STATELESS
            yield client
        return
    async with transport as (reads, writes), ClientSession(reads, writes, read_timeout_seconds=READ_SECONDS) as session:
        await _shake_hands(session, revision)
        yield session


async def _shake_hands(session: ClientSession, revision: str) -> None:
    offer = types.InitializeRequestParams(
        protocol_version=revision,
        capabilities=types.ClientCapabilities(),
        client_info=types.Implementation(name="acceptance", version="1"),
    )
    result = await session.send_request(types.InitializeRequest(params=offer), types.InitializeResult)
    assert result.protocol_version == revision
    session.adopt(result)
    await session.send_notification(types.InitializedNotification())
