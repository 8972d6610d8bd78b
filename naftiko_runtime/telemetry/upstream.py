"""The upstream port, seen from outside: each request is counted, and carries the trace it belongs to."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from time import perf_counter
from types import TracebackType

from naftiko_runtime.engine.tracing import CURRENT, Span
from naftiko_runtime.engine.upstream.port import ResponseTooLargeError, Upstream, UpstreamResponse
from naftiko_runtime.errors import DeadlineError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.telemetry.observation import Observation
from naftiko_runtime.telemetry.propagation import NAMES

_OUTCOMES: tuple[tuple[type[BaseException], str], ...] = (
    (DeadlineError, "deadline"),
    (ResponseTooLargeError, "too_large"),
)


class ObservedUpstream:
    """An upstream port whose requests are counted and carry the trace they belong to."""

    def __init__(self, inner: Upstream, observation: Observation) -> None:
        self._inner = inner
        self._observation = observation

    def exchange(self, request: UpstreamRequest) -> AbstractAsyncContextManager[UpstreamResponse]:
        """As the port's."""
        observation = self._observation
        parent = CURRENT.get()
        if parent is None and not observation.counts:
            return self._inner.exchange(request)
        span = None
        if parent is not None:
            if parent.trace.recorded:
                span = parent.child(f"{request.method} {_address(request.url)}", "client")
            if observation.tracer is not None and not any(name.lower() in NAMES for name, _ in request.headers):
                carried = observation.tracer.headers_of(parent.trace, (span or parent).span_id)
                request = request._replace(headers=(*request.headers, *carried))
        return _Exchange(self._inner.exchange(request), request, span, observation)

    async def close(self) -> None:
        """Release the connections."""
        await self._inner.close()


class _Exchange:
    """One upstream request, from its first byte until its answer was read."""

    __slots__ = ("_inner", "_observation", "_request", "_span", "_started", "_status")

    def __init__(
        self,
        inner: AbstractAsyncContextManager[UpstreamResponse],
        request: UpstreamRequest,
        span: Span | None,
        observation: Observation,
    ) -> None:
        self._inner = inner
        self._request = request
        self._span = span
        self._observation = observation
        self._status: int | str = "cancelled"
        self._started = perf_counter()

    async def __aenter__(self) -> UpstreamResponse:
        try:
            response = await self._inner.__aenter__()
        except BaseException as error:
            self._tell(_outcome(error, self._status))
            raise
        self._status = response.status
        return response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        try:
            return await self._inner.__aexit__(kind, error, traceback)
        finally:
            self._tell(self._status if error is None else _outcome(error, self._status))

    def _tell(self, status: int | str) -> None:
        request, observation = self._request, self._observation
        address = _address(request.url)
        if observation.counts:
            observation.meter.upstream(address, request.method, status, perf_counter() - self._started)
        span = self._span
        if span is not None:
            # The path may hold what a caller gave, a query even a credential: neither is told.
            span.attributes["http.request.method"] = request.method
            span.attributes["server.address"] = address
            span.attributes["http.response.status_code" if isinstance(status, int) else "error.type"] = status
            span.error = not isinstance(status, int) or status >= 400
            span.end()


def _outcome(error: BaseException, status: int | str) -> int | str:
    if not isinstance(error, Exception):
        return status
    return next((word for kind, word in _OUTCOMES if isinstance(error, kind)), "transport")


def _address(url: str) -> str:
    """Host and port of an absolute URL, without anything else it may hold."""
    authority = url.split("/", 3)[2]
    return authority.rpartition("@")[2]
