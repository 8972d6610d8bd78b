"""When does the official SDK run, and in which task?

A process that serves no MCP client should not pay for the SDK, so it is imported, in a thread, by whoever first needs
it. Its HTTP side has a task group that must be left in the task that entered it, which a request's task can't promise;
so it lives in a task of its own, from the first request until the host stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.news import Kind
from naftiko_runtime.mcp.serving import Serving
from naftiko_runtime.plan.model.face import McpFace

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.mcp.official import OfficialServer


def load() -> type[OfficialServer]:
    """Import the SDK: half a second the first time. Safe in any thread."""
    from naftiko_runtime.mcp.official import OfficialServer  # noqa: PLC0415 - see above

    return OfficialServer


class Authority:
    """The SDK's server of one face. It belongs to one event loop."""

    def __init__(self, serving: Serving, calls: ToolCalls, version: str) -> None:
        self._serving = serving
        self._calls = calls
        self._version = version
        self._server: OfficialServer | None = None

    @property
    def face(self) -> McpFace:
        """What is served now."""
        return self._serving.face

    def serve(self, serving: Serving) -> None:
        """Serve other tools from now on; a call under way ends on those it began with."""
        self._serving = serving
        if self._server is not None:
            self._server.serve(serving.face, serving.listing)

    async def announce(self, kinds: Collection[Kind]) -> None:
        """Tell the clients that listen that these lists changed."""
        if self._server is not None:
            await self._server.announce(kinds)

    async def start(self) -> OfficialServer:
        """Make the server, in a thread, because others share the loop."""
        server = await asyncio.to_thread(self._make)
        # By now there may be something else to serve than there was when it was made.
        server.serve(self._serving.face, self._serving.listing)
        self._server = server
        return server

    def _make(self) -> OfficialServer:
        serving = self._serving
        return load()(serving.face, serving.listing, self._calls, self._version)


class HttpAuthority(Authority):
    """The SDK's HTTP server of one face, started on demand and stopped by `stop`."""

    def __init__(self, serving: Serving, calls: ToolCalls, version: str, body_limit: int) -> None:
        super().__init__(serving, calls, version)
        self._body_limit = body_limit
        self._manager: StreamableHTTPSessionManager | None = None
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._life: asyncio.Task[None] | None = None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, starting the server if it isn't running."""
        manager = self._manager or await self._started()
        await manager.handle_request(scope, receive, send)

    def end_streams(self) -> None:
        """End the streams of clients that listen."""
        if self._server is not None:
            self._server.end_streams()

    async def stop(self) -> None:
        """Stop the server, if it runs or starts; requests it still has are cancelled."""
        if self._life is not None and self._ready is not None:
            self._life.cancel()
            await asyncio.wait((self._life,))
            self._ready.cancel()
        self._life = self._ready = self._manager = self._server = None

    async def _started(self) -> StreamableHTTPSessionManager:
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            self._life = asyncio.create_task(self._live(self._ready))
        # A caller who leaves meanwhile must not take the start away from the others.
        return await asyncio.shield(self._ready)

    async def _live(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        try:
            server = await self.start()
            manager = server.http(self._body_limit)
        except Exception as error:  # noqa: BLE001 - it is told to everybody who waits, and the next one tries again
            self._ready = None
            ready.set_exception(error)
            return
        async with manager.run():
            self._manager = manager
            ready.set_result(manager)
            await asyncio.get_running_loop().create_future()
