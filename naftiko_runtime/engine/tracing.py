"""What happens inside one request, as spans: who is measured here may say what of it took how long.

A trace is begun by whoever takes the request, and only where somebody wants traces; everybody further in asks for the
current span. So code that opens spans costs one look at a context variable where nobody traces, and spans of work that
goes on side by side find their own parents, because each task has its own context.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar, Token
from time import perf_counter, time_ns
from types import TracebackType
from typing import Self

MOST_SPANS = 500
"""Spans of one trace that are kept: a loop over steps must not grow without end."""

_SPAN_BYTES = 8
_NOTHING: AbstractContextManager[None] = nullcontext()


class Span:
    """One stretch of work. As a context manager it is the current span of what runs inside, and ends with it; an
    exception that leaves it makes it an `error`.

    `kind` is the word OpenTelemetry has for it: server, internal or client. `started` and `ended` are seconds of one
    clock; `parent_id` is empty for the first span of a trace that nobody outside began.
    """

    _token: Token[Span | None]
    __slots__ = ("_token", "attributes", "ended", "error", "kind", "name", "parent_id", "span_id", "started", "trace")

    def __init__(self, trace: Trace, name: str, kind: str, parent_id: str) -> None:
        self.trace = trace
        self.name = name
        self.kind = kind
        self.parent_id = parent_id
        self.span_id = os.urandom(_SPAN_BYTES).hex()
        self.attributes: dict[str, str | int] = {}
        self.error = False
        self.started = perf_counter()
        self.ended = self.started

    def __enter__(self) -> Self:
        self._token = CURRENT.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        CURRENT.reset(self._token)
        del self._token  # it refers to the span, and a circle would have to wait for the garbage collector
        self.error = self.error or kind is not None
        self.end()

    def child(self, name: str, kind: str = "internal") -> Span:
        """A span inside this one, begun now."""
        span = Span(self.trace, name, kind, self.span_id)
        self.trace.keep(span)
        return span

    def end(self) -> None:
        """It is over."""
        self.ended = perf_counter()


class Trace:
    """One request from its first span on. `recorded` says whether anybody keeps it; where not, only its ids matter.

    `state` is the `tracestate` that came with it, `single` that it came as B3 in one header. `began` is the time of day
    at its first span, in nanoseconds since 1970, and that span's `started` is the same moment on the other clock.
    """

    __slots__ = ("began", "dropped", "recorded", "single", "spans", "state", "trace_id")

    def __init__(self, trace_id: str, *, recorded: bool, state: str = "", single: bool = False) -> None:
        self.trace_id = trace_id
        self.recorded = recorded
        self.state = state
        self.single = single
        self.spans: list[Span] = []
        self.dropped = 0
        self.began = time_ns()

    @property
    def root(self) -> Span:
        """The first span."""
        return self.spans[0]

    def keep(self, span: Span) -> None:
        """Remember a span; beyond `MOST_SPANS` it is only counted."""
        if len(self.spans) < MOST_SPANS:
            self.spans.append(span)
        else:
            self.dropped += 1

    def nanoseconds(self, at: float) -> int:
        """A moment of the spans' clock as nanoseconds since 1970."""
        return self.began + int((at - self.root.started) * 1e9)


CURRENT: ContextVar[Span | None] = ContextVar("naftiko_span", default=None)
"""The span that the running code belongs to; None where nobody traces."""


def current() -> Span | None:
    """The current span, if its trace is recorded."""
    span = CURRENT.get()
    return span if span is not None and span.trace.recorded else None


def within(name: str, **attributes: str | int) -> AbstractContextManager[Span | None]:
    """A span around a piece of work, inside the current one; nothing where nobody records."""
    parent = current()
    if parent is None:
        return _NOTHING
    span = parent.child(name)
    span.attributes.update(attributes)
    return span


def note_failure() -> None:
    """The current span, if there is one, ended badly without an exception."""
    span = current()
    if span is not None:
        span.error = True
