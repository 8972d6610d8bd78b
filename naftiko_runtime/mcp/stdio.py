"""The MCP face on stdin and stdout (C3): the SDK alone, because a pipe has one client and microseconds don't count."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from naftiko_runtime.engine.record import Observer
from naftiko_runtime.mcp.authority import official_server
from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.serving import make_serving
from naftiko_runtime.plan.model import McpFace

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine


async def serve_stdio(face: McpFace, engine: Engine, observe: Observer, *, version: str) -> None:
    """Serve until EOF. stdout carries JSON-RPC only: what else is written to it meanwhile goes to stderr."""
    # In a thread, because it imports the SDK and other listeners may share the loop.
    serving = make_serving(face, version=version, fast=False)
    server = await asyncio.to_thread(official_server, serving, ToolCalls(engine, observe), version)
    await server.serve_stdio()
