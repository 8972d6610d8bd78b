"""Which requests are traced, and which traces are kept?

A caller who has decided is followed, so that a trace is whole or not there at all; otherwise the share that was asked
for is kept, chosen by the trace id as others on its way would choose. What is kept is bounded: the last ones.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.tracing import Span, Trace
from naftiko_runtime.telemetry.propagation import HeaderPairs, Remote, read_b3, read_w3c, write_b3, write_w3c

_TRACE_BYTES = 16
# OpenTelemetry's TraceIdRatioBased sampler looks at the rightmost 56 random bits (W3C Trace Context 2 §5.1).
_RANDOM_DIGITS = 14
_RANDOM_VALUES = 16**_RANDOM_DIGITS

Read = Callable[[HeaderPairs], Remote]
Write = Callable[[Trace, str], tuple[tuple[str, str], ...]]

_FORMS: dict[str, tuple[Read, Write]] = {"w3c": (read_w3c, write_w3c), "b3": (read_b3, write_b3)}


class Sampling(NamedTuple):
    """How requests are traced: `ratio` from 0 to 1, `propagation` w3c or b3, `kept` how many traces are remembered."""

    ratio: float
    propagation: str
    kept: int


class Tracer:
    """Begins traces and keeps finished ones. `finished` is told of each as well."""

    def __init__(self, sampling: Sampling, finished: Callable[[Trace], None] | None = None) -> None:
        self.sampling = sampling
        self._finished = finished
        self._bound = int(sampling.ratio * _RANDOM_VALUES)
        self._read, self.headers_of = _FORMS[sampling.propagation]
        self._ring: deque[Trace] = deque(maxlen=sampling.kept)

    @property
    def traces(self) -> list[Trace]:
        """The finished traces that are kept, newest first."""
        return list(reversed(self._ring))

    def begin(self, headers: HeaderPairs) -> Span:
        """The first span of a request that came with these headers."""
        remote = self._read(headers)
        trace_id = remote.trace_id or os.urandom(_TRACE_BYTES).hex()
        recorded = remote.sampled
        if recorded is None:
            recorded = int(trace_id[-_RANDOM_DIGITS:], 16) < self._bound
        trace = Trace(trace_id, recorded=recorded, state=remote.state, single=remote.single)
        span = Span(trace, "", "server", remote.span_id)
        trace.spans.append(span)
        return span

    def keep(self, trace: Trace) -> None:
        """Keep a trace that is over."""
        self._ring.append(trace)
        if self._finished is not None:
            self._finished(trace)

    def take_over(self, other: Tracer) -> None:
        """Keep what another one has kept, as far as there is room."""
        self._ring.extend(other._ring)


def describe(span: Span, record: RequestRecord) -> None:
    """Write what is known of a finished request into its first span. Nothing of it is the caller's own text."""
    span.name = record.operation
    span.attributes = {
        "naftiko.adapter.type": record.face,
        "naftiko.capability": record.capability,
        "naftiko.function": record.function,
        "naftiko.request.id": record.request_id,
        "http.response.status_code": record.status,
    }
    if record.code:
        span.attributes["error.type"] = record.code
        # OpenTelemetry's rule for servers: what the caller did wrong is no error of ours.
        span.error = record.upstream_status is not None or not 400 <= record.status < 500
