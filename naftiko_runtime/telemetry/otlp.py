"""Sending traces and numbers to a collector, over OTLP and HTTP: the one module that knows OpenTelemetry.

Its SDK measures nothing here: finished values of ours become its own shortly before they leave, in a thread, so that no
request waits for a collector. What can't be sent in time is dropped, oldest first. OTEL_* variables are the SDK's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from naftiko_runtime.engine.tracing import Span, Trace
from naftiko_runtime.telemetry.metrics import BOUNDS, FAMILIES, Family, Labels, Snapshot
from naftiko_runtime.version import __version__

_WAITING_TRACES = 2048
_TRACES_SECONDS = 1.0
_NUMBERS_SECONDS = 15.0
_LAST_SECONDS = 3.0
_TIMEOUT_SECONDS = 5.0

_KINDS = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_SCOPE = InstrumentationScope("naftiko-runtime", __version__)


class Exporter:
    """Sends what one process measured to the collector at `endpoint`. `snapshot` gives its numbers."""

    def __init__(self, endpoint: str, snapshot: Callable[[], Snapshot]) -> None:
        self.endpoint = endpoint
        self._snapshot = snapshot
        self._waiting: deque[Trace] = deque(maxlen=_WAITING_TRACES)
        self._began = time.time_ns()
        self._resource = Resource.create(
            {
                "service.name": os.environ.get("OTEL_SERVICE_NAME") or "naftiko-runtime",
                "service.version": __version__,
                "service.instance.id": f"{platform.node()}:{os.getpid()}",
            }
        )
        self._spans = OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=_TIMEOUT_SECONDS)
        self._numbers = OTLPMetricExporter(f"{endpoint}/v1/metrics", timeout=_TIMEOUT_SECONDS)

    def take(self, trace: Trace) -> None:
        """Send a finished trace soon."""
        self._waiting.append(trace)

    async def run(self) -> None:
        """Send until cancelled; then, what is left, as far as a moment is enough for it."""
        due = time.monotonic() + _NUMBERS_SECONDS
        try:
            while True:
                await asyncio.sleep(_TRACES_SECONDS)
                await self._send_traces()
                if time.monotonic() >= due:
                    due += _NUMBERS_SECONDS
                    await self._send_numbers()
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_SECONDS):
                    await self._send_traces()
                    await self._send_numbers()
            await asyncio.to_thread(self._end)

    async def _send_traces(self) -> None:
        if self._waiting:
            traces, self._waiting = self._waiting, deque(maxlen=_WAITING_TRACES)
            await asyncio.to_thread(self._export, traces)

    async def _send_numbers(self) -> None:
        await asyncio.to_thread(self._export_numbers, self._snapshot())

    def _export(self, traces: Sequence[Trace]) -> None:
        self._spans.export([span for trace in traces for span in _spans(trace, self._resource)])

    def _export_numbers(self, snapshot: Snapshot) -> None:
        metrics = list(_metrics(snapshot, self._began, time.time_ns()))
        scope = ScopeMetrics(_SCOPE, metrics, "")
        self._numbers.export(MetricsData([ResourceMetrics(self._resource, [scope], "")]))

    def _end(self) -> None:
        self._spans.shutdown()  # type: ignore[no-untyped-call]
        self._numbers.shutdown()


def _spans(trace: Trace, resource: Resource) -> Iterator[ReadableSpan]:
    for span in trace.spans:
        parent = _context(trace, span.parent_id, is_remote=span is trace.root) if span.parent_id else None
        yield ReadableSpan(
            name=span.name,
            context=_context(trace, span.span_id, is_remote=False),
            parent=parent,
            resource=resource,
            attributes=dict(span.attributes),
            kind=_KINDS[span.kind],
            status=_status(span),
            start_time=trace.nanoseconds(span.started),
            end_time=trace.nanoseconds(span.ended),
            instrumentation_scope=_SCOPE,
        )


def _context(trace: Trace, span_id: str, *, is_remote: bool) -> SpanContext:
    return SpanContext(int(trace.trace_id, 16), int(span_id, 16), is_remote, _SAMPLED)


def _status(span: Span) -> Status:
    return Status(StatusCode.ERROR) if span.error else Status(StatusCode.UNSET)


def _metrics(snapshot: Snapshot, began: int, now: int) -> Iterator[Metric]:
    for family in FAMILIES:
        if family.is_histogram:
            points = [
                _histogram(family, key, values, began, now)
                for key, values in snapshot.histograms.get(family.name, {}).items()
            ]
            data = Histogram(points, AggregationTemporality.CUMULATIVE)
            yield Metric(family.name, family.help, "s", data)
        else:
            numbers = [
                NumberDataPoint(_attributes(family, key), began, now, value)
                for key, value in snapshot.counters.get(family.name, {}).items()
            ]
            yield Metric(family.name, family.help, "1", Sum(numbers, AggregationTemporality.CUMULATIVE, True))


def _histogram(family: Family, key: Labels, values: tuple[float, ...], began: int, now: int) -> HistogramDataPoint:
    *counts, total = values
    buckets = [int(count) for count in counts]
    # OTLP leaves the smallest and the largest value open; the SDK's class asks for them all the same.
    return HistogramDataPoint(
        attributes=_attributes(family, key),
        start_time_unix_nano=began,
        time_unix_nano=now,
        count=sum(buckets),
        sum=total,
        bucket_counts=buckets,
        explicit_bounds=list(BOUNDS),
        min=None,  # type: ignore[arg-type]
        max=None,  # type: ignore[arg-type]
    )


def _attributes(family: Family, key: Labels) -> dict[str, str]:
    return dict(zip(family.labels, key, strict=True))
