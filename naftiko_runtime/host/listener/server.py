"""How does one listener accept, and how does it end?

uvicorn does the work. What is ours: signals are the host's business, which has several of these to stop; a listener
that does nothing costs nothing, however many there are; and whoever is tired of waiting may end one at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn

from naftiko_runtime.host.listener.connection import Connection

GRACE_SECONDS = 10.0
"""How long accepted requests may take to finish once a stop is asked for (C20)."""

# Longer than clients and proxies keep an idle connection, so that it is they who close it: no request meets a reset.
_KEEP_ALIVE_SECONDS = 75


class Server(uvicorn.Server):
    """One listener. `accepts` is set once it accepts; whoever has it keeps its Date header right (`on_tick`)."""

    def __init__(self, application: Any) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=Connection,
                ws="none",
                interface="asgi3",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=int(GRACE_SECONDS),
            )
        )
        self.accepts = asyncio.Event()
        self._left = asyncio.Event()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start accepting, and say so."""
        await super().startup(sockets)  # type: ignore[arg-type]
        await self.on_tick(0)
        self.accepts.set()

    async def main_loop(self) -> None:
        """Wait for the end; uvicorn's own loop looks ten times a second whether it has come."""
        await self._left.wait()

    def leave(self) -> None:
        """Accept nothing new, and end when what was accepted is answered, or `GRACE_SECONDS` are over."""
        self.should_exit = True
        self._left.set()

    def abandon(self) -> None:
        """Drop everything under way. The server ends by itself then, and closes what it listens on."""
        self.force_exit = True
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
