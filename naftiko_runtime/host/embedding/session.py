"""What of a runtime belongs to one event loop?

Connections, and the tasks of MCP servers, live and die with the loop they were made in; plans, names and tools don't.
So a runtime keeps one session for each loop it is used in, made by the first use, and a test suite that starts a loop
per test can share one runtime.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack

from naftiko_runtime.asgi.hosts import HostGuard
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.upstream.port import Limits, Upstream
from naftiko_runtime.host.listener.application import ListenerApplication
from naftiko_runtime.host.places.layout import Listener
from naftiko_runtime.version import __version__

_LOGGER = logging.getLogger("naftiko_runtime.requests")


def log_request(record: RequestRecord) -> None:
    """Tell Python's `logging` of a finished request: the lines are the embedding application's to keep or to drop."""
    if _LOGGER.isEnabledFor(logging.INFO):
        _LOGGER.info(
            "%s %s %d %.1f ms %s",
            record.face,
            record.operation,
            record.status,
            record.milliseconds,
            record.code or record.function,
            extra={"naftiko": record._asdict()},
        )


class Session:
    """An engine with its connections and, from the first request on, the application over it. Of one event loop."""

    def __init__(self, listener: Listener, upstream: Upstream, limits: Limits, hosts: HostGuard | None) -> None:
        self.engine = Engine(upstream, seconds=limits.together)
        self._limits = limits
        self._hosts = hosts
        self._listener = listener
        self._stack = AsyncExitStack()
        self._lock = asyncio.Lock()
        self._application: ListenerApplication | None = None

    async def application(self) -> ListenerApplication:
        """The application, running."""
        if self._application is None:
            async with self._lock:
                if self._application is None:
                    application = ListenerApplication(
                        self._listener,
                        self.engine,
                        log_request,
                        version=__version__,
                        body_limit=self._limits.request,
                        hosts=self._hosts,
                    )
                    await self._stack.enter_async_context(application.run())
                    self._application = application
        return self._application

    async def close(self) -> None:
        """Release everything; calls under way end with a `TransportError`."""
        try:
            await self._stack.aclose()
        finally:
            await self.engine.close()


class Sessions:
    """The sessions of a runtime, by event loop. Safe to use from several threads."""

    def __init__(
        self, listener: Listener, connect: Callable[[], Upstream], limits: Limits, hosts: HostGuard | None
    ) -> None:
        self._listener = listener
        self._limits = limits
        self._hosts = hosts
        self._connect = connect
        self._by_loop: dict[asyncio.AbstractEventLoop, Session] = {}
        self._lock = threading.Lock()

    def current(self) -> Session:
        """The session of the running event loop, made where there is none."""
        loop = asyncio.get_running_loop()
        session = self._by_loop.get(loop)
        if session is None:
            session = Session(self._listener, self._connect(), self._limits, self._hosts)
            with self._lock:
                # What a closed loop has left behind can't be awaited any more; dropping it is all that can be done.
                open_loops = {known: item for known, item in self._by_loop.items() if not known.is_closed()}
                self._by_loop = {**open_loops, loop: session}
        return session

    async def close(self) -> None:
        """Release what the running event loop holds."""
        with self._lock:
            session = self._by_loop.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()
