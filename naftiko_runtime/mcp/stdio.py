"""The MCP face on stdin and stdout (C3): the SDK alone, because a pipe has one client and microseconds don't count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from naftiko_runtime.engine.record import Observer
from naftiko_runtime.mcp.authority import Authority
from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.listing import Listing
from naftiko_runtime.mcp.serving import Serving
from naftiko_runtime.plan.model.face import McpFace

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine


class Pipe(Authority):
    """One MCP server on standard input and output. It is run once."""

    def __init__(self, face: McpFace, engine: Engine, observe: Observer, *, version: str) -> None:
        super().__init__(self.prepare(face), ToolCalls(engine, observe), version)

    @staticmethod
    def prepare(face: McpFace) -> Serving:
        """What `serve` takes. It disturbs no request, and may be made in a thread."""
        return Serving(face, Listing(face), fast=None, guard=None)

    async def run(self) -> None:
        """Serve until EOF. stdout carries JSON-RPC only: what else is written to it meanwhile goes to stderr."""
        server = await self.start()
        await server.serve_stdio()
