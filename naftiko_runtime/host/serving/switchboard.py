"""What answers on each listener of this event loop, now and after a reload?

The new applications are made in a thread, from compiled plans. Then, between two requests, each listener's current one
is exchanged by one assignment: requests under way end on the old one, the next one meets the new one. Addresses that
nobody claims any more are drained like at the end of the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.body import BODY_LIMIT
from naftiko_runtime.asgi.hosts import HostGuard
from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.following.changes import differing_lists
from naftiko_runtime.host.listener.application import ListenerApplication
from naftiko_runtime.host.listener.server import GRACE_SECONDS, Server
from naftiko_runtime.host.places.layout import Key, Listener
from naftiko_runtime.host.places.sockets import Bound
from naftiko_runtime.version import __version__

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.engine.engine import Engine
    from naftiko_runtime.engine.record import Observer
    from naftiko_runtime.host.serving.operation import Operation
    from naftiko_runtime.mcp.application import McpEndpoint
    from naftiko_runtime.mcp.stdio import Pipe
    from naftiko_runtime.plan.model.face import McpFace
    from naftiko_runtime.telemetry.observation import Observation

_DATE_SECONDS = 1.0


class Switch:
    """An ASGI application that is another one from one request to the next."""

    __slots__ = ("_observation", "current")

    def __init__(self, current: ListenerApplication, observation: Observation) -> None:
        self.current = current
        self._observation = observation

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request, by what is current when it begins."""
        if self._observation.tracer is None:
            return self.current(scope, receive, send)
        return self._observation.enter(self.current, scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Line:
    """One listener that is served."""

    switch: Switch
    server: Server
    task: asyncio.Task[None]


class Switchboard:
    """The listeners of one event loop, and its `pipe`. `apply` gives them what to serve, `drain` ends listeners."""

    def __init__(
        self,
        engine: Engine,
        observe: Observer,
        observation: Observation,
        operation: Operation,
        pipe: Pipe | None,
        body_limit: int,
        allow_hosts: Sequence[str],
    ) -> None:
        self._engine = engine
        self._observe = observe
        self._observation = observation
        self._operation = operation
        self._pipe = pipe
        self._body_limit = body_limit
        self._allow_hosts = allow_hosts
        self.bound: tuple[Bound, ...] = ()
        self._lines: dict[Key, _Line] = {}
        self._listeners: dict[Key, Listener] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._retiring: set[asyncio.Task[None]] = set()
        self._untold: list[Callable[[], Awaitable[None]]] = []
        self._dating: asyncio.Task[None] | None = None

    @property
    def applications(self) -> Mapping[Key, ListenerApplication]:
        """What each listener serves."""
        return {key: line.switch.current for key, line in self._lines.items()}

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is said of routes that share a listener."""
        return tuple(item for application in self.applications.values() for item in application.diagnostics)

    async def apply(self, bound: Sequence[Bound], stdio: McpFace | None = None) -> None:
        """Serve exactly these listeners, and `stdio` on the pipe. Returns when the new ones accept. Raises what kept
        one from it.

        MCP clients are told of it by `announce`, once everybody who may answer them serves the same.
        """
        made = await asyncio.to_thread(
            make_applications,
            bound,
            self._listeners,
            self.applications,
            self._engine,
            self._observe,
            self._operation,
            self._body_limit,
            self._allow_hosts,
        )
        self._operation.prepare([item.listener for item in bound])
        replaced: list[tuple[ListenerApplication, ListenerApplication]] = []
        await self._serve_piped(stdio)
        for key, application in made.items():
            application.enter()
            if key in self._lines:
                switch = self._lines[key].switch
                replaced.append((switch.current, application))
                switch.current = application
        gone = [self._lines.pop(key) for key in self._lines.keys() - {item.listener.key for item in bound}]
        self.bound = tuple(bound)
        self._listeners = {item.listener.key: item.listener for item in bound}
        await self._open([item for item in bound if item.listener.key not in self._lines], made)
        for line in gone:
            _keep(self._closing, self._close(line))
        for old, new in replaced:
            self._untold.append(new.announce)
            if leaving := old.leaving(new):
                _keep(self._retiring, _retire(leaving))

    async def announce(self) -> None:
        """Tell MCP clients what `apply` changed for them since they were told last."""
        untold, self._untold = self._untold, []
        for announce in untold:
            await announce()

    async def drain(self, forced: asyncio.Event) -> None:
        """Accept nothing new, and wait until what was accepted is answered, or `forced` is set."""
        lines = list(self._lines.values())
        # What only tells how the process is goes last: it says to the end that nothing new is welcome (NK8015).
        telling = [self._lines[key] for key, listener in self._listeners.items() if listener.is_control]
        await self._leave([line for line in lines if line not in telling], self._closing, forced)
        await self._leave(telling, (), forced)
        ending = [*self._retiring, *([self._dating] if self._dating is not None else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        for line in lines:
            await line.switch.current.stop()

    async def _leave(
        self, lines: Sequence[_Line], closing: Iterable[asyncio.Task[None]], forced: asyncio.Event
    ) -> None:
        for line in lines:
            line.switch.current.end_streams()
            line.server.leave()
        impatient = asyncio.create_task(forced.wait())
        finished = asyncio.gather(*(line.task for line in lines), *closing)
        await asyncio.wait((impatient, finished), return_when=asyncio.FIRST_COMPLETED)
        if forced.is_set():
            for line in lines:
                line.server.abandon()
        impatient.cancel()
        await finished

    def warm(self) -> None:
        """Prepare what a first unusual request would have to wait for. Blocks: to be called in a thread."""
        for line in list(self._lines.values()):  # which a reload may change meanwhile
            line.switch.current.warm()

    async def _serve_piped(self, face: McpFace | None) -> None:
        """Serve other tools on the pipe. One that nothing claims any more stays open, without tools."""
        pipe = self._pipe
        if pipe is None:
            return
        before = pipe.face
        after = face or replace(before, tools=(), left_out=(), resources=(), prompts=())
        if after is not before:
            pipe.serve(await asyncio.to_thread(pipe.prepare, after))
            if kinds := differing_lists(before, after):
                self._untold.append(partial(pipe.announce, kinds))

    async def _open(self, bound: Sequence[Bound], made: Mapping[Key, ListenerApplication]) -> None:
        opened: list[_Line] = []
        for item in bound:
            switch = Switch(made[item.listener.key], self._observation)
            server = Server(switch)
            line = _Line(switch, server, asyncio.create_task(server.serve([item.socket])))
            self._lines[item.listener.key] = line
            opened.append(line)
        for line in opened:
            accepts = asyncio.create_task(line.server.accepts.wait())
            await asyncio.wait((accepts, line.task), return_when=asyncio.FIRST_COMPLETED)
            accepts.cancel()
            if line.task.done():
                line.task.result()
        if self._dating is None:
            self._dating = asyncio.create_task(self._keep_date())

    async def _close(self, line: _Line) -> None:
        line.switch.current.end_streams()
        line.server.leave()
        await line.task
        await line.switch.current.stop()

    async def _keep_date(self) -> None:
        """Keep the Date header of all servers right, by one clock instead of one each."""
        while True:
            servers = [line.server for line in self._lines.values()]
            if servers:
                await servers[0].on_tick(0)
            for server in servers[1:]:
                server.server_state.default_headers = servers[0].server_state.default_headers
            await asyncio.sleep(_DATE_SECONDS)


def make_applications(
    bound: Sequence[Bound],
    listeners: Mapping[Key, Listener],
    applications: Mapping[Key, ListenerApplication],
    engine: Engine,
    observe: Observer,
    operation: Operation | None = None,
    body_limit: int = BODY_LIMIT,
    allow_hosts: Sequence[str] = (),
) -> dict[Key, ListenerApplication]:
    """The applications of listeners that are new, or whose adapters are others than in `listeners`."""
    return {
        item.listener.key: ListenerApplication(
            item.listener,
            engine,
            observe,
            version=__version__,
            previous=applications.get(item.listener.key),
            operator=operation,
            body_limit=body_limit,
            hosts=HostGuard(allow_hosts, item.listener.endpoint.names),
        )
        for item in bound
        if item.listener.key not in listeners or not _same_faces(listeners[item.listener.key], item.listener)
    }


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _retire(endpoints: Sequence[McpEndpoint]) -> None:
    """Stop endpoints when the requests they had begun must be over."""
    for endpoint in endpoints:
        endpoint.end_streams()
    try:
        await asyncio.sleep(GRACE_SECONDS)
    finally:
        for endpoint in endpoints:
            await endpoint.stop()


def _same_faces(one: Listener, other: Listener) -> bool:
    return [id(item.face) for item in one.adapters] == [id(item.face) for item in other.adapters]
