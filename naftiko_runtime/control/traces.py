"""How is a trace told? As a JSON value: its summary, and its spans in the order in which they began."""

from __future__ import annotations

import time
from typing import Any

from naftiko_runtime.engine.tracing import Span, Trace


def told(trace: Trace) -> dict[str, Any]:
    """A finished trace. Times of day are ISO 8601 in UTC, durations milliseconds."""
    root = trace.root
    return {
        "traceId": trace.trace_id,
        "operation": root.name,
        "capability": root.attributes["naftiko.capability"],
        "face": root.attributes["naftiko.adapter.type"],
        "requestId": root.attributes["naftiko.request.id"],
        "status": _status(root),
        "timestamp": _iso(trace.began),
        "durationMs": _milliseconds(root),
        "spanCount": len(trace.spans) + trace.dropped,
        "spans": [_span(span, trace) for span in trace.spans],
    }


def _span(span: Span, trace: Trace) -> dict[str, Any]:
    parent = {"parentSpanId": span.parent_id} if span.parent_id else {}
    return {
        "spanId": span.span_id,
        **parent,
        "name": span.name,
        "kind": span.kind.upper(),
        "startMs": round((span.started - trace.root.started) * 1000, 3),
        "durationMs": _milliseconds(span),
        "status": _status(span),
        "attributes": span.attributes,
    }


def _status(span: Span) -> str:
    return "ERROR" if span.error else "OK"


def _milliseconds(span: Span) -> float:
    return round((span.ended - span.started) * 1000, 3)


def _iso(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1_000_000:03d}Z"
