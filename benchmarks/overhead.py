"""What does a call cost between ASGI and the upstream client? Measured in this process, without sockets.

The listener's application is called as a server would call it, with an upstream that answers at once: what is left is
routing, arguments, request, decoding, shaping, answer and the request's log line. The few microseconds that the
stand-ins themselves take are measured too, and told beside it; they are part of the figure, not taken off.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from statistics import median
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.payload import JOB_LIST
from benchmarks.process import BenchmarkError
from benchmarks.subjects import CREDENTIAL, Subject, Subjects
from naftiko_runtime.engine.upstream.port import UpstreamResponse
from naftiko_runtime.host.files.capability import Settings, load_capability
from naftiko_runtime.host.listener.application import ListenerApplication
from naftiko_runtime.host.logs.events import Clock
from naftiko_runtime.host.logs.json_events import JsonEvents
from naftiko_runtime.host.logs.log import Log
from naftiko_runtime.host.places.layout import Overrides, lay_out
from naftiko_runtime.host.serving.switchboard import Switch
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.telemetry.engine import ObservedEngine
from naftiko_runtime.telemetry.observation import Observation, Wish
from naftiko_runtime.telemetry.tracer import Sampling
from naftiko_runtime.telemetry.upstream import ObservedUpstream
from naftiko_runtime.version import __version__

if sys.platform != "win32":  # uvloop has no Windows build
    import uvloop

_BATCHES = 10
_UNTIL_LOOP = 50
"""Calls between two turns of the event loop, which runs the timers that calls set and cancel."""

_WISHES = (
    ("", Wish(True, None)),
    (", nothing observed", Wish(False, None)),
    (", traced", Wish(True, Sampling(1.0, "w3c", 100))),
)

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Overhead(NamedTuple):
    """CPU microseconds of one call. `stand_ins` is the part that the double and the ASGI stubs take."""

    name: str
    cpu: float
    stand_ins: float


class _Answer:
    """An answer that is there already: the port's `UpstreamResponse`, and its context."""

    status = 200

    def __init__(self) -> None:
        # What an nginx sends. A list of its own, because callers may keep it.
        self.headers = [
            ("server", "nginx"),
            ("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
            ("content-type", "application/json"),
            ("content-length", str(len(JOB_LIST))),
            ("connection", "keep-alive"),
        ]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    async def read(self) -> bytes:
        """The job list."""
        return JOB_LIST

    async def stream(self) -> AsyncIterator[bytes]:
        """The job list in one piece."""
        yield JOB_LIST


class _InMemoryUpstream:
    """The upstream port without a network."""

    def __init__(self) -> None:
        self._answer = _Answer()

    def exchange(self, request: UpstreamRequest) -> AbstractAsyncContextManager[UpstreamResponse]:
        """Answer at once."""
        return self._answer

    async def close(self) -> None:
        """Nothing is held."""


def measure(subjects: Subjects, calls: int) -> list[Overhead]:
    """The overhead of both list operations and of the operation with a path value and two query values: with log line
    and numbers, as the targets have it; then with nothing observed, and with every request traced.
    """
    plain, paged = subjects.plain, subjects.paged
    targets = (
        ("list operation, no inputs", plain, plain.listing),
        ("list operation, two optional inputs not given", paged, paged.listing),
        ("one path and two query values", paged, paged.detail),
    )
    factory = None if sys.platform == "win32" else uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return [
            runner.run(_overhead(name + more, subject, address, calls, wish))
            for more, wish in _WISHES
            for name, subject, address in targets
        ]


async def _overhead(name: str, subject: Subject, address: str, calls: int, wish: Wish) -> Overhead:
    observation = Observation()
    observation.wish(wish)
    with tempfile.TemporaryFile() as stream:
        log = Log(stream, JsonEvents(Clock()))
        application = _application(subject, log, observation)
        async with application.run():
            switch = Switch(application, observation)
            await _check(switch, name, address)
            cpu = await _cpu_per_call(switch, address, calls)
        log.flush()
    return Overhead(name, cpu, await _cpu_per_call(_passing(_InMemoryUpstream()), address, calls))


def _application(subject: Subject, log: Log, observation: Observation) -> ListenerApplication:
    settings = Settings({subject.variable: CREDENTIAL}, upstreams={subject.namespace: "http://127.0.0.1:9/v1"})
    capability = load_capability(subject.file, settings)
    layout = lay_out([capability], Overrides(port=0))
    if not layout.listeners:
        raise BenchmarkError(f"{subject.file} can't be served: see `naftiko validate`")
    engine = ObservedEngine(ObservedUpstream(_InMemoryUpstream(), observation))
    return ListenerApplication(layout.listeners[0], engine, observation.observer(log.request), version=__version__)


def _passing(upstream: _InMemoryUpstream) -> Application:
    """The least an application could do: ask the double, answer the stubs."""
    request = UpstreamRequest("GET", "http://127.0.0.1:9/v1", (), None, "/v1")
    headers = [(b"content-type", b"application/json")]

    async def application(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
        async with upstream.exchange(request) as response:
            body = await response.read()
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


async def _cpu_per_call(application: Application, address: str, calls: int) -> float:
    """The median over batches, microseconds of CPU for each call."""
    scope = _scope(address)
    in_batch = max(calls // _BATCHES, 1)
    spent = []
    for _ in range(_BATCHES):
        started = time.process_time()
        for number in range(in_batch):
            await application(scope.copy(), _receive, _send)
            if number % _UNTIL_LOOP == 0:
                await asyncio.sleep(0)
        spent.append((time.process_time() - started) / in_batch * 1e6)
    return median(spent)


async def _check(application: Application, name: str, address: str) -> None:
    """One call whose answer is looked at."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(_scope(address), _receive, send)
    if sent[0]["status"] != 200 or sent[1]["body"] != JOB_LIST:
        raise BenchmarkError(
            f"{name}: the application answered {sent[0]['status']}: {sent[-1].get('body', b'')[:500]!r}"
        )


def _scope(address: str) -> dict[str, Any]:
    """The scope uvicorn makes of a request of wrk's."""
    path, _, query = address.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8080),
        "client": ("127.0.0.1", 50_000),
        "scheme": "http",
        "method": "GET",
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8080")],
        "state": {},
    }


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: dict[str, Any]) -> None:
    return None
