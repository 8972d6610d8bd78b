"""When does the official SDK run, and in which task?

A process that serves no MCP client should not pay for the SDK, so it is imported, in a thread, by the first request the
fast path leaves to it. Its HTTP side has a task group that must be left in the task that entered it, which a request's
task can't promise; so it lives in a task of its own, from the first request until the host stops.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, cast

from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.listing import Listing

if TYPE_CHECKING:
    from types import ModuleType

    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.mcp.official import OfficialServer
    from naftiko_runtime.plan.model import McpFace


def load() -> ModuleType:
    """Import the module that owns the SDK: half a second the first time. Safe in any thread."""
    return importlib.import_module("naftiko_runtime.mcp.official")


def official_server(face: McpFace, listing: Listing, calls: ToolCalls, version: str) -> OfficialServer:
    """The SDK's server over a face."""
    return cast("OfficialServer", load().OfficialServer(face, listing, calls, version))


class Authority:
    """The SDK's HTTP server of one face, started on demand and stopped by `stop`. It belongs to one event loop."""

    def __init__(self, face: McpFace, listing: Listing, calls: ToolCalls, version: str, body_limit: int) -> None:
        self._make = lambda: official_server(face, listing, calls, version).http(body_limit)
        self._manager: StreamableHTTPSessionManager | None = None
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._life: asyncio.Task[None] | None = None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, starting the server if it isn't running."""
        manager = self._manager
        if manager is None:
            if self._ready is None:
                self._ready = asyncio.get_running_loop().create_future()
                self._life = asyncio.create_task(self._live(self._ready))
            # A caller who leaves meanwhile must not take the start away from the others.
            manager = await asyncio.shield(self._ready)
        await manager.handle_request(scope, receive, send)

    async def stop(self) -> None:
        """Stop the server, if it runs; requests it still has are cancelled."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait((self._life,))
            self._life = self._ready = self._manager = None

    async def _live(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        manager = await asyncio.to_thread(self._make)
        async with manager.run():
            self._manager = manager
            ready.set_result(manager)
            await asyncio.get_running_loop().create_future()
