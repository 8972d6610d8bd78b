"""When does the official SDK run, and in which task?

A process that serves no MCP client should not pay for the SDK, so it is imported, in a thread, by the first request the
fast path leaves to it. Its HTTP side has a task group that must be left in the task that entered it, which a request's
task can't promise; so it lives in a task of its own, from the first request until the host stops.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Collection
from typing import TYPE_CHECKING, cast

from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.news import Kind
from naftiko_runtime.mcp.serving import Serving

if TYPE_CHECKING:
    from types import ModuleType

    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.mcp.official import OfficialServer


def load() -> ModuleType:
    """Import the module that owns the SDK: half a second the first time. Safe in any thread."""
    return importlib.import_module("naftiko_runtime.mcp.official")


def official_server(serving: Serving, calls: ToolCalls, version: str) -> OfficialServer:
    """The SDK's server over a face."""
    return cast("OfficialServer", load().OfficialServer(serving.face, serving.listing, calls, version))


class Authority:
    """The SDK's HTTP server of one face, started on demand and stopped by `stop`. It belongs to one event loop."""

    def __init__(self, serving: Serving, calls: ToolCalls, version: str, body_limit: int) -> None:
        self._serving = serving
        self._make = lambda: official_server(self._serving, calls, version)
        self._body_limit = body_limit
        self._server: OfficialServer | None = None
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

    def serve(self, serving: Serving) -> None:
        """Serve other tools from now on."""
        self._serving = serving
        if self._server is not None:
            self._server.serve(serving.face, serving.listing)

    async def announce(self, kinds: Collection[Kind]) -> None:
        """Tell the clients that listen that these lists changed."""
        if self._server is not None:
            await self._server.announce(kinds)

    def end_streams(self) -> None:
        """End the streams of clients that listen."""
        if self._server is not None:
            self._server.end_streams()

    async def stop(self) -> None:
        """Stop the server, if it runs; requests it still has are cancelled."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait((self._life,))
            self._life = self._ready = self._manager = self._server = None

    async def _live(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        server = await asyncio.to_thread(self._make)
        server.serve(self._serving.face, self._serving.listing)
        self._server = server
        manager = server.http(self._body_limit)
        async with manager.run():
            self._manager = manager
            ready.set_result(manager)
            await asyncio.get_running_loop().create_future()
