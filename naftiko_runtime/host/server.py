"""How long does everything live? From bound sockets to the last answer.

All listeners share one event loop and one upstream client. `ready` is told when each of them accepts, and not before. A
first signal drains: nothing new is accepted, what was accepted is answered within the grace period; a second one stops
at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import uvicorn

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.host.application import ListenerApplication, all_diagnostics
from naftiko_runtime.host.events import Ready, Served
from naftiko_runtime.host.listeners import Bound
from naftiko_runtime.host.logs import Log, route_libraries
from naftiko_runtime.mcp.stdio import serve_stdio
from naftiko_runtime.plan.model import McpFace
from naftiko_runtime.version import __version__

if sys.platform != "win32":  # uvloop has no Windows build
    import uvloop

GRACE_SECONDS = 10.0
"""How long accepted requests may take to finish once a stop is asked for (C20)."""

_STOPPING = f"what was accepted may finish within {GRACE_SECONDS:g} s; another signal stops at once"

# Longer than clients and proxies keep an idle connection, so that it is they who close it: no request meets a reset.
_KEEP_ALIVE_SECONDS = 75
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Hosting:
    """What is to be hosted. `warnings` and `refused` count what loading found."""

    bound: tuple[Bound, ...]
    stdio: McpFace | None
    warnings: int
    refused: int


def run(hosting: Hosting, log: Log) -> None:
    """Host until a signal asks to stop, or standard input ends where nothing else is served. Blocks."""
    with route_libraries(log), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_host(hosting, log))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    return None if sys.platform == "win32" else uvloop.new_event_loop


class _Server(uvicorn.Server):
    """One listener. Signals are the host's business: it has several of these to stop."""

    def __init__(self, application: ListenerApplication) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http="httptools",
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

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start accepting, and say so."""
        await super().startup(sockets)  # type: ignore[arg-type]
        self.accepts.set()

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


async def _host(hosting: Hosting, log: Log) -> None:
    engine = Engine(ReqwestUpstream())
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(log.flush)
        stack.push_async_callback(engine.close)
        applications = [
            ListenerApplication(item.listener, engine, log.request, version=__version__) for item in hosting.bound
        ]
        for application in applications:
            await stack.enter_async_context(application.run())
        doubled = all_diagnostics(applications)
        log.diagnostics(doubled)
        servers = [_Server(application) for application in applications]
        stop = stack.enter_context(_stop_on_signals())
        tasks = [
            asyncio.create_task(server.serve([item.socket]))
            for server, item in zip(servers, hosting.bound, strict=True)
        ]
        piped = _serve_standard_input(hosting.stdio, engine, log)
        await _all_accept(servers, tasks)
        log.ready(_readiness(hosting, applications, len(doubled)))
        warming = asyncio.create_task(_warm(applications))
        await _until_stopped(hosting, piped, stop)
        log.event("stopping", message=_STOPPING)
        await _drain(servers, tasks, stop)
        await warming
    log.event("stopped")
    log.flush()
    if piped is not None and not piped.done():
        # A thread waits for standard input, which nothing can interrupt, and the loop would wait for the thread.
        os._exit(0)


def _serve_standard_input(face: McpFace | None, engine: Engine, log: Log) -> asyncio.Task[None] | None:
    if face is None:
        return None
    return asyncio.create_task(serve_stdio(face, engine, log.request, version=__version__))


async def _warm(applications: Sequence[ListenerApplication]) -> None:
    """Prepare what a first unusual request would have to wait for; beside serving, in a thread."""
    for application in applications:
        await asyncio.to_thread(application.warm)


class _Stop:
    """What signals asked for. A first one sets `asked`; the next sets `forced`."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.forced = asyncio.Event()

    def receive(self) -> None:
        """Take one signal."""
        (self.forced if self.asked.is_set() else self.asked).set()


@contextlib.contextmanager
def _stop_on_signals() -> Iterator[_Stop]:
    """Take SIGINT and SIGTERM while the context lasts."""
    stop = _Stop()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.receive))
        else:
            loop.add_signal_handler(number, stop.receive)
    try:
        yield stop
    finally:
        if sys.platform != "win32":
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


async def _all_accept(servers: Sequence[_Server], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait until every server accepts. Raises what ended one of them before."""
    waiting = [asyncio.create_task(server.accepts.wait()) for server in servers]
    try:
        for waiter, task in zip(waiting, tasks, strict=True):
            await asyncio.wait((waiter, task), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
    finally:
        for waiter in waiting:
            waiter.cancel()


async def _until_stopped(hosting: Hosting, piped: asyncio.Task[None] | None, stop: _Stop) -> None:
    """Wait for a signal. Where only standard input is served, its end is the end of all."""
    asked = asyncio.create_task(stop.asked.wait())
    if piped is not None:
        await asyncio.wait((asked, piped), return_when=asyncio.FIRST_COMPLETED)
        if piped.done():
            piped.result()
    if hosting.bound or piped is None:
        await asked
    asked.cancel()


async def _drain(servers: Sequence[_Server], tasks: Sequence[asyncio.Task[None]], stop: _Stop) -> None:
    """Stop accepting, and wait until what was accepted is answered, or until somebody is tired of waiting."""
    for server in servers:
        server.should_exit = True
    forced = asyncio.create_task(stop.forced.wait())
    finished = asyncio.gather(*tasks)
    await asyncio.wait((forced, finished), return_when=asyncio.FIRST_COMPLETED)
    if forced.done():
        for server in servers:
            server.abandon()
    forced.cancel()
    await finished


def _readiness(hosting: Hosting, applications: Sequence[ListenerApplication], doubled: int) -> Ready:
    served = []
    for bound, application in zip(hosting.bound, applications, strict=True):
        for face in bound.listener.rest:
            path = application.paths["rest", face.namespace].rstrip("/")
            served.append(Served(face.namespace, "rest", bound.url + path, len(face.routes)))
        for tools in bound.listener.mcp:
            url = bound.url + application.paths["mcp", tools.namespace]
            served.append(Served(tools.namespace, "mcp", url, len(tools.tools)))
    if hosting.stdio is not None:
        served.append(Served(hosting.stdio.namespace, "stdio", "", len(hosting.stdio.tools)))
    return Ready(tuple(served), hosting.warnings + doubled, hosting.refused)
