"""Measuring requests and the upstream calls they cause, without anybody on their way knowing.

It stands around what is there already: around the application a listener serves, around the observer of finished
requests and, in modules beside this one, around the engine and the upstream port. Where nothing is to be measured each
of them passes on what it was asked, so a plain request pays for a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, NamedTuple

from naftiko_runtime.engine.record import Observer, RequestRecord
from naftiko_runtime.engine.tracing import CURRENT, Trace
from naftiko_runtime.telemetry.metrics import Meter
from naftiko_runtime.telemetry.tracer import Sampling, Tracer, describe

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    Application = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]


class Wish(NamedTuple):
    """What is to be observed. `sampling` is None where nothing is traced."""

    counts: bool
    sampling: Sampling | None


class Observation:
    """Observes everything of one event loop. `wish` says what, and may change while requests are under way."""

    def __init__(self, finished: Callable[[Trace], None] | None = None) -> None:
        self.meter = Meter()
        self.tracer: Tracer | None = None
        self.counts = False
        self._finished = finished

    def wish(self, wish: Wish) -> None:
        """Observe this from now on. Numbers and traces that are there stay."""
        self.counts = wish.counts
        known = self.tracer
        if wish.sampling is None:
            self.tracer = None
        elif known is None or known.sampling != wish.sampling:
            self.tracer = Tracer(wish.sampling, self._finished)
            if known is not None:
                self.tracer.take_over(known)

    def observer(self, inner: Observer) -> Observer:
        """An observer that tells `inner` as well."""

        def observe(record: RequestRecord) -> None:
            if self.counts:
                self.meter.request(record)
            span = CURRENT.get()
            if span is not None:
                describe(span.trace.root, record)
            inner(record)

        return observe

    async def enter(self, application: Application, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered inside a trace of its own. Only one that is told to the observer is kept."""
        tracer = self.tracer
        if tracer is None:
            await application(scope, receive, send)
            return
        with tracer.begin(scope["headers"]) as span:
            try:
                await application(scope, receive, send)
            finally:
                if span.name and span.trace.recorded:
                    span.end()
                    tracer.keep(span.trace)
