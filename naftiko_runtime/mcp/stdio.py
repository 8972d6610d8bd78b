"""The MCP face on stdin and stdout (C3): the SDK alone, because a pipe has one client and microseconds don't count."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from naftiko_runtime.engine.record import Observer
from naftiko_runtime.mcp.authority import official_server
from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.news import Kind
from naftiko_runtime.mcp.serving import Serving, make_serving
from naftiko_runtime.plan.face import McpFace

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine
    from naftiko_runtime.mcp.official import OfficialServer


class Pipe:
    """One MCP server on standard input and output. It belongs to one event loop, and is run once."""

    def __init__(self, face: McpFace, engine: Engine, observe: Observer, *, version: str) -> None:
        self._calls = ToolCalls(engine, observe)
        self._version = version
        self._serving = self.prepare(face)
        self._server: OfficialServer | None = None

    @property
    def face(self) -> McpFace:
        """What is served now."""
        return self._serving.face

    def prepare(self, face: McpFace) -> Serving:
        """What `serve` takes. It disturbs no request, and may be made in a thread."""
        return make_serving(face, version=self._version, fast=False)

    def serve(self, serving: Serving) -> None:
        """Serve other tools from now on; a call under way ends on those it began with."""
        self._serving = serving
        if self._server is not None:
            self._server.serve(serving.face, serving.listing)

    async def announce(self, kinds: Collection[Kind]) -> None:
        """Tell the client that these lists changed, if it listens."""
        if self._server is not None:
            await self._server.announce(kinds)

    async def run(self) -> None:
        """Serve until EOF. stdout carries JSON-RPC only: what else is written to it meanwhile goes to stderr."""
        # In a thread, because it imports the SDK and other listeners may share the loop.
        server = await asyncio.to_thread(official_server, self._serving, self._calls, self._version)
        server.serve(self._serving.face, self._serving.listing)
        self._server = server
        await server.serve_stdio()
