"""What a process says of itself, and does when it is asked to: the host behind the control adapter.

Whatever it tells is made of names, numbers and texts of ours. It never looks at the values of variables, and of a plan
it tells what callers can see anyway.
"""

from __future__ import annotations

import asyncio
import json
import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from time import time
from typing import Any, Protocol

from naftiko_runtime.control.configuration import configuration_of
from naftiko_runtime.control.operator import Json, Lines, Phase, Readiness, ScriptRuns, TooManyError
from naftiko_runtime.control.traces import told
from naftiko_runtime.diagnostics import render_json
from naftiko_runtime.engine.scripts.sandbox import Sandbox
from naftiko_runtime.engine.scripts.settings import Change
from naftiko_runtime.host.files.capability import UNNAMED, Capability
from naftiko_runtime.host.files.standing import LAST_GOOD, REFUSED, SERVING, Standing
from naftiko_runtime.host.logs.events import Served
from naftiko_runtime.host.logs.log import Log
from naftiko_runtime.host.logs.memory import KEPT, Memory
from naftiko_runtime.host.places.layout import Listener
from naftiko_runtime.host.serving.exporting import Exporting
from naftiko_runtime.host.serving.peers import Gathered, Peers
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.face import ControlFace
from naftiko_runtime.spec.load import read_text
from naftiko_runtime.telemetry.exposition import Gauge, render
from naftiko_runtime.telemetry.metrics import Labels, Snapshot
from naftiko_runtime.telemetry.observation import Observation, Wish
from naftiko_runtime.telemetry.tracer import Sampling
from naftiko_runtime.version import __version__

# What workers ask each other.
_METRICS, _TRACES, _LINES, _FOLLOWERS, _SCRIPTS = "metrics", "traces", "lines", "followers", "scripts"


class Business(Protocol):
    """What goes on beside serving, as far as the control adapter asks for it."""

    @property
    def folder(self) -> Path | None:
        """Where the workers of this process's parent answer each other; None for a process that serves alone."""
        ...

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each file stands."""
        ...

    @property
    def served(self) -> Mapping[Path, Capability]:
        """The version of each file that serves."""
        ...

    async def look(self) -> Json:
        """Look at all files now, and serve what is new."""
        ...

    async def set_level(self, level: str) -> None:
        """Have the log, of every process, tell this level and above. Raises ValueError."""
        ...


class Operation:
    """An `Operator` over one process and its `peers`. `adapters` gives those that accept calls."""

    def __init__(
        self,
        log: Log,
        observation: Observation,
        business: Business,
        peers: Peers,
        exporting: Exporting,
        sandbox: Sandbox,
        adapters: Callable[[], Sequence[Served]],
    ) -> None:
        self.phase = Phase.STARTING
        self.observation = observation
        self._log = log
        self._business = business
        self._peers = peers
        self._sandbox = sandbox
        self._adapters = adapters
        self._started = time()
        self._memory = Memory()
        self._exporting = exporting

    async def begin(self) -> None:
        """Say that requests are welcome, and answer the other workers."""
        self.phase = Phase.SERVING
        await self._peers.serve(self.answer, self.overhear)

    def prepare(self, listeners: Sequence[Listener]) -> None:
        """Observe and remember what the control adapters of these listeners show, and nothing where there are none."""
        faces = [face for listener in listeners for face in listener.controls]
        self.observation.wish(wish_of(faces))
        self._exporting.send_to(collector_of(faces))
        self._log.memory = self._memory if any(face.management.logs is not None for face in faces) else None

    def readiness(self) -> Readiness:
        """Whether requests are welcome."""
        refused = [item.told for item in self._business.standings if item.state != SERVING]
        return Readiness(self.phase, [_told(item) for item in self._adapters()], refused)

    async def status(self) -> Json:
        """What runs here."""
        standings = self._business.standings
        is_whole = all(item.state == SERVING for item in standings)
        return {
            "status": ("UP" if is_whole else "DEGRADED") if self.phase is Phase.SERVING else self.phase.value.upper(),
            "engine": {"name": "naftiko-runtime", "version": __version__, "python": platform.python_version()},
            "uptimeSeconds": round(time() - self._started, 3),
            "capabilities": [item.told for item in standings],
            "adapters": [_told(item) for item in self._adapters()],
            "observability": self._observed(),
        }

    async def config(self) -> Json:
        """What is served, by its names."""
        served = self._business.served
        return {"capabilities": [configuration_of(str(path), item.plan) for path, item in served.items() if item.plan]}

    async def reload(self) -> Json:
        """Look at all files now."""
        self._log.event("control", message="a reload was asked for")
        return await self._business.look()

    async def validate(self, text: str, *, strict: bool) -> Json:
        """The diagnostics of a text."""
        return await asyncio.to_thread(_diagnostics, text, strict)

    async def metrics(self) -> str:
        """All numbers."""
        others = await self._peers.ask(_METRICS)
        states = Counter(item.state for item in self._business.standings)
        rows: dict[Labels, float] = {(state,): float(states[state]) for state in (SERVING, LAST_GOOD, REFUSED)}
        silent = others.asked - len(others.answers)
        processes: dict[Labels, float] = {("answered",): 1.0 + len(others.answers), ("silent",): float(silent)}
        gauges = (
            Gauge("naftiko_info", "The runtime.", ("version",), {(__version__,): 1.0}),
            Gauge("naftiko_capabilities", "Capability files by how they stand.", ("state",), rows),
            Gauge("naftiko_workers", "Processes whose numbers these are, or are not.", ("state",), processes),
            Gauge("process_start_time_seconds", "When it started, in seconds since 1970.", (), {(): self._started}),
        )
        snapshot = self.observation.meter.snapshot()
        for answer in others.answers:
            snapshot = snapshot.plus(Snapshot.from_json(answer))
        return render(snapshot, gauges)

    async def traces(self) -> Json:
        """The traces that are kept."""
        tracer = self.observation.tracer
        size = 0 if tracer is None else tracer.sampling.kept
        others = await self._peers.ask(_TRACES)
        traces = sorted(
            chain(self._own_traces(), *others.answers), key=lambda trace: str(trace["timestamp"]), reverse=True
        )
        # Each process keeps as many, so that the newest of all are among them.
        return {"traces": traces[:size], "bufferSize": size, "bufferUsed": min(size, len(traces)), **_of(others)}

    async def logs(self) -> Json:
        """The level of the log, and its last lines."""
        others = await self._peers.ask(_LINES)
        lines = sorted(chain(self._own_lines(), *others.answers), key=lambda line: str(line["time"]))
        return {"level": self._log.level, "lines": lines[-KEPT:], **_of(others)}

    async def set_level(self, level: str) -> None:
        """Have the log tell this level and above."""
        await self._business.set_level(level)
        self._log.event("control", message=f"the log tells {level} and above now")

    async def scripts(self) -> ScriptRuns:
        """How scripts run, and how often they did."""
        others = await self._peers.ask(_SCRIPTS)
        counts = self._sandbox.counts
        for answer in others.answers:
            counts = counts.plus(answer)
        return ScriptRuns(self._sandbox.settings.current, counts, _of(others))

    def set_scripts(self, change: Change) -> None:
        """Have scripts run so from now on."""
        self._sandbox.settings.change(change)
        if change.enabled is not None:
            self._log.event("control", message=f"scripts are turned {'on' if change.enabled else 'off'} now")
        if change.milliseconds is not None:
            self._log.event("control", message=f"a script may take {change.milliseconds} ms now")
        if change.statements is not None:
            self._log.event("control", message=f"a script may take {change.statements} statements now")

    async def follow(self, most: int) -> Lines:
        """The lines of the log from now on."""
        others = await self._peers.ask(_FOLLOWERS)
        if self._memory.readers + sum(others.answers) >= most:
            raise TooManyError(f"{most} follow the log already; one of them has to leave first.")
        return await self._memory.read(self._peers.follow)

    def end_streams(self) -> None:
        """End what callers follow."""
        self._memory.end()

    async def answer(self, question: str) -> Json:
        """What this process knows, for the other workers."""
        answers: dict[str, Callable[[], Json]] = {
            _METRICS: lambda: self.observation.meter.snapshot().to_json(),
            _TRACES: self._own_traces,
            _LINES: self._own_lines,
            _FOLLOWERS: lambda: self._memory.readers,
            _SCRIPTS: lambda: self._sandbox.counts,
        }
        return answers[question]()

    def overhear(self) -> Lines:
        """The lines of this process alone, for the other workers."""
        return self._memory.follow()

    def _own_traces(self) -> list[Json]:
        tracer = self.observation.tracer
        return [] if tracer is None else [told(item) for item in tracer.traces]

    def _own_lines(self) -> list[Json]:
        return [json.loads(line) for line in self._memory.lines()]

    def _observed(self) -> Json:
        tracer = self.observation.tracer
        if tracer is None:
            return {"metrics": self.observation.counts, "traces": False}
        ratio, propagation, _ = tracer.sampling
        return {"metrics": self.observation.counts, "traces": True, "sampling": ratio, "propagation": propagation}


def wish_of(faces: Sequence[ControlFace]) -> Wish:
    """What control adapters want observed: of several, the first says how, and the one with most room how much."""
    observed = [face.observability for face in faces if face.observability.enabled]
    if not observed:
        return Wish(False, None)
    first = observed[0]
    kept = max(item.buffer_size for item in observed)
    counts = any(item.metrics or item.otlp_endpoint for item in observed)
    return Wish(counts, Sampling(first.sampling, first.propagation, kept))


def collector_of(faces: Sequence[ControlFace]) -> str | None:
    """Where control adapters want traces and numbers sent: of several collectors, to the first."""
    observed = (face.observability for face in faces if face.observability.enabled)
    return next((item.otlp_endpoint for item in observed if item.otlp_endpoint), None)


def _of(others: Gathered) -> dict[str, Any]:
    """How many processes an answer is for, where there are several."""
    return {"workers": {"asked": 1 + others.asked, "answered": 1 + len(others.answers)}} if others.asked else {}


def _diagnostics(text: str, strict: bool) -> Json:
    compilation = compile_plan(read_text(text, str(UNNAMED), strict=strict), None)
    return {
        "valid": not any(item.is_error for item in compilation.diagnostics),
        "diagnostics": json.loads(render_json(compilation.diagnostics)),
    }


def _told(item: Served) -> dict[str, Any]:
    return {"type": item.kind, "namespace": item.namespace, "url": item.url, "functions": item.functions}
