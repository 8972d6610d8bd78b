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
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from naftiko_runtime.control.endpoints import switches_of
from naftiko_runtime.control.operator import Phase
from naftiko_runtime.engine.scripts.settings import SharedSettings
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.engine.upstream.port import Limits
from naftiko_runtime.engine.upstream.route import STRAIGHT, Route
from naftiko_runtime.host.listener.application import ListenerApplication
from naftiko_runtime.host.listener.server import GRACE_SECONDS
from naftiko_runtime.host.logs.events import Ready, Served
from naftiko_runtime.host.logs.log import Log, route_libraries
from naftiko_runtime.host.places.layout import Key
from naftiko_runtime.host.places.sockets import Bound
from naftiko_runtime.host.serving.exporting import Exporting
from naftiko_runtime.host.serving.garbage import resting
from naftiko_runtime.host.serving.operation import Business, Operation
from naftiko_runtime.host.serving.peers import Peers
from naftiko_runtime.host.serving.switchboard import Switchboard
from naftiko_runtime.mcp.stdio import Pipe
from naftiko_runtime.plan.model.face import McpFace
from naftiko_runtime.telemetry.engine import ObservedEngine
from naftiko_runtime.telemetry.observation import Observation
from naftiko_runtime.telemetry.upstream import ObservedUpstream
from naftiko_runtime.version import __version__

if sys.platform != "win32":  # uvloop has no Windows build
    import uvloop

STOPPING = f"what was accepted may finish within {GRACE_SECONDS:g} s; another signal stops at once"
"""What people are told when a stop was asked for."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Hosting:
    """What is to be hosted. `warnings` and `refused` count what loading found; `limits` hold for every call, and each
    leaves by `route`. Workers share the settings of `scripts`, because they are forked with them. By `allow_hosts`
    listeners may be called, too.
    """

    bound: tuple[Bound, ...]
    stdio: McpFace | None
    warnings: int
    refused: int
    limits: Limits
    route: Route = STRAIGHT
    scripts: SharedSettings = field(default_factory=SharedSettings)
    allow_hosts: tuple[str, ...] = ()


class Course(Business, Protocol):
    """What goes on beside serving, once everything accepts; cancelled when serving ends."""

    async def follow(self, switchboard: Switchboard, stop: Callable[[], None]) -> None:
        """Follow changes. `stop` asks for the end, like a first signal."""


def run(hosting: Hosting, log: Log, course: Course, *, is_worker: bool = False) -> None:
    """Host until a signal asks to stop, or standard input ends where nothing else is served. Blocks.

    A worker is one of several processes; it is their parent who tells of all of them, and who takes Ctrl-C.
    """
    with route_libraries(log), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_host(hosting, log, course, is_worker))


def readiness(hosting: Hosting, applications: Mapping[Key, ListenerApplication]) -> Ready:
    """What is served, for people and programs."""
    doubled = sum(len(application.diagnostics) for application in applications.values())
    return Ready(served_by(hosting.bound, applications, hosting.stdio), hosting.warnings + doubled, hosting.refused)


def served_by(
    listeners: Iterable[Bound], applications: Mapping[Key, ListenerApplication], stdio: McpFace | None
) -> tuple[Served, ...]:
    """Every adapter that accepts calls."""
    served = []
    for bound in listeners:
        paths = applications[bound.listener.key].paths
        for face in bound.listener.rest:
            path = paths["rest", face.namespace].rstrip("/")
            served.append(Served(face.namespace, "rest", bound.url + path, len(face.routes)))
        for tools in bound.listener.mcp:
            served.append(_served_mcp(tools, "mcp", bound.url + paths["mcp", tools.namespace]))
        for skills in bound.listener.skills:
            url = bound.url + paths["skill", skills.namespace]
            served.append(Served(skills.namespace, "skill", url, len(skills.skills)))
        for control in bound.listener.controls[:1]:
            url = bound.url + paths["control", control.namespace]
            served.append(Served(control.namespace, "control", url, len(switches_of(bound.listener.controls).paths)))
    if stdio is not None:
        served.append(_served_mcp(stdio, "stdio", ""))
    return tuple(served)


def _served_mcp(face: McpFace, kind: str, url: str) -> Served:
    resources = sum(not item.is_left_out for item in face.resources)
    return Served(face.namespace, kind, url, len(face.tools), resources, len(face.prompts))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    return None if sys.platform == "win32" else uvloop.new_event_loop


async def _host(hosting: Hosting, log: Log, course: Course, is_worker: bool) -> None:
    exporting = Exporting(lambda: observation.meter.snapshot())
    observation = Observation(exporting.take)
    upstream = ObservedUpstream(ReqwestUpstream(hosting.limits, hosting.route), observation)
    engine = ObservedEngine(upstream, seconds=hosting.limits.together, scripts=hosting.scripts)
    observe = observation.observer(log.request)
    peers = Peers(course.folder)
    operation = Operation(
        log,
        observation,
        course,
        peers,
        exporting,
        engine.sandbox,
        lambda: served_by(switchboard.bound, switchboard.applications, hosting.stdio),
    )
    pipe = None if hosting.stdio is None else Pipe(hosting.stdio, engine, observe, version=__version__)
    switchboard = Switchboard(
        engine, observe, observation, operation, pipe, hosting.limits.request, hosting.allow_hosts
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(log.flush)
        stack.push_async_callback(engine.close)
        stack.push_async_callback(peers.close)
        stack.push_async_callback(exporting.close)
        stop = stack.enter_context(_stop_on_signals())
        with resting():
            await switchboard.apply(hosting.bound, hosting.stdio)
        piped = None if pipe is None else asyncio.create_task(pipe.run())
        await _serve(hosting, log, course, switchboard, operation, piped, stop, is_worker=is_worker)
    if not is_worker:
        log.event("stopped")
    log.flush()
    if piped is not None and not piped.done():
        # A thread waits for standard input, which nothing can interrupt, and the loop would wait for the thread.
        os._exit(0)


async def _serve(
    hosting: Hosting,
    log: Log,
    course: Course,
    switchboard: Switchboard,
    operation: Operation,
    piped: asyncio.Task[None] | None,
    stop: _Stop,
    *,
    is_worker: bool,
) -> None:
    """Follow changes, until a stop is asked for; then drain."""
    following = asyncio.create_task(course.follow(switchboard, stop.asked.set))
    # One turn, so that SIGHUP is taken before anybody hears of `ready`: by itself it would end the process.
    await asyncio.sleep(0)
    if not is_worker:
        log.diagnostics(switchboard.diagnostics)
        log.ready(readiness(hosting, switchboard.applications))
    await operation.begin()
    # Nobody waits for it, least of all a stop: it takes seconds, and the process that ends has no use for it.
    threading.Thread(target=switchboard.warm, daemon=True).start()
    await _until_stopped(hosting, piped, stop)
    operation.phase = Phase.STOPPING
    if not is_worker:
        log.event("stopping", message=STOPPING)
    following.cancel()
    await asyncio.wait((following,))
    await switchboard.drain(stop.forced)


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
