"""The one way to invoke a function: REST, MCP, the command line and the library all go through here.

Admit, build, ask, conclude. Only asking does I/O, and only through the upstream port.
"""

from __future__ import annotations

import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager

from naftiko_runtime.engine import sized
from naftiko_runtime.engine.authentication import Credentials
from naftiko_runtime.engine.conclusion import LARGE, conclude, rejected
from naftiko_runtime.engine.failures import to_failure
from naftiko_runtime.engine.headers import content_length, content_type, masked, passing
from naftiko_runtime.engine.orchestrating import Run
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Opened, Outcome, Streamed, Success
from naftiko_runtime.engine.scripts.sandbox import Sandbox
from naftiko_runtime.engine.scripts.settings import SharedSettings
from naftiko_runtime.engine.upstream.port import Limits, ResponseTooLargeError, Upstream, UpstreamResponse
from naftiko_runtime.errors import ArgumentError, FieldError, InvocationError
from naftiko_runtime.plan.model.call import Arguments, Call, UpstreamRequest
from naftiko_runtime.plan.model.forward import Forward
from naftiko_runtime.plan.model.function import Function, Mock, Refused
from naftiko_runtime.plan.model.steps import Orchestration
from naftiko_runtime.plan.text.values import UnfitValue, to_json

DEFAULT_SECONDS = Limits().together
"""How long a function may take whose steps make several calls (C14b)."""


_EVENTS = "text/event-stream"


class Engine:
    """Invokes functions of any plan over one upstream port. Between calls it keeps what upstreams gave for credentials:
    tokens, nonces. `clock` counts seconds; `seconds` are those that all steps of one function have together;
    `scripts` are the settings that scripts are run by.
    """

    def __init__(
        self,
        upstream: Upstream,
        clock: Callable[[], float] = time.monotonic,
        *,
        seconds: float = DEFAULT_SECONDS,
        scripts: SharedSettings | None = None,
    ) -> None:
        self._upstream = upstream
        self._credentials = Credentials(upstream, clock)
        self._seconds = seconds
        self._sandbox = Sandbox(settings=scripts)

    def exchange(self, request: UpstreamRequest) -> AbstractAsyncContextManager[UpstreamResponse]:
        """As `Upstream.exchange`, with the credential that the request still lacks. Whatever is asked for a function
        leaves by here. Raises `CredentialError` besides.
        """
        if request.authentication is None:
            return self._upstream.exchange(request)
        return self._credentials.exchange(request, request.authentication)

    async def invoke(self, function: Function, arguments: Arguments) -> Outcome:
        """Invoke `function` with raw `arguments` and wait for its complete outcome. Never raises for a failed call."""
        try:
            admitted = function.admit(arguments)
            action = function.action
            if not isinstance(action, Call):
                if isinstance(action, Orchestration):
                    return await Run(self.exchange, self._sandbox.run, action, admitted, self._seconds).outcome()
                return _answer(action, admitted)
            request = action.build(admitted)
            async with self.exchange(request) as response:
                status, headers = response.status, masked(response.headers, request.withheld)
                body = await response.read() if action.binary is None else await _read_sized(action, response)
                if action.decode is not None and len(body) > LARGE:
                    # What takes long must not keep the other calls waiting.
                    return await to_thread(conclude, action, admitted, request.path, status, headers, body)
                return conclude(action, admitted, request.path, status, headers, body)
        except InvocationError as error:
            return to_failure(error)

    async def stream(self, function: Function, arguments: Arguments) -> Outcome | Streamed:
        """As `invoke`, but a result that passes unshaped comes as it arrives, after the upstream's head."""
        action = function.action
        if not isinstance(action, Call) or action.shape is not None:
            return await self.invoke(function, arguments)
        try:
            request = action.build(function.admit(arguments))._replace(at_once=True)
            exchange = self.exchange(request)
            response = await exchange.__aenter__()
        except InvocationError as error:
            return to_failure(error)
        return await _passed_through(action, request, exchange, response)

    async def open(self, request: UpstreamRequest) -> Opened | Failure:
        """Send a request that was made elsewhere, and give its answer as it comes, whatever its status. What a `body`
        raises while it is sent comes out as it is.
        """
        try:
            exchange = self.exchange(request._replace(at_once=True))
            response = await exchange.__aenter__()
        except InvocationError as error:
            return to_failure(error)
        chunks = _Chunks(exchange, response.stream())
        failure = await _begun(chunks, response.headers)
        return failure or Opened(response.status, masked(response.headers, request.withheld), chunks)

    @property
    def upstream(self) -> Upstream:
        """The port itself, for what is asked on behalf of no function."""
        return self._upstream

    @property
    def sandbox(self) -> Sandbox:
        """Where scripts run, for whoever settles how, and counts them."""
        return self._sandbox

    async def close(self) -> None:
        """Release the upstream's connections."""
        await self._sandbox.close()
        await self._credentials.close()
        await self._upstream.close()


def _answer(action: Mock | Refused | Forward, arguments: Arguments) -> Outcome:
    if isinstance(action, Forward):
        return Failure(FailureKind.NOT_SERVED, "this resource passes HTTP requests on; it can't be called by itself")
    if isinstance(action, Refused):
        return Failure(FailureKind.NOT_SERVED, f"left out: {action.message} ({action.place})", code=action.code)
    try:
        return Success(200, to_json(action.answer(arguments)), JSON, (), None, True)
    except UnfitValue:
        raise ArgumentError([FieldError(name, "can't be written as JSON") for name in _unwritable(arguments)]) from None


def _unwritable(arguments: Arguments) -> Iterator[str]:
    for name, value in arguments.items():
        try:
            to_json(value)
        except UnfitValue:
            yield name


async def _read_sized(call: Call, response: UpstreamResponse) -> bytes:
    """The body of a binary answer. What an upstream says of a failure is told whole, however large bytes may be."""
    limit = sized.limit_of(call) if 200 <= response.status <= 299 else None
    return await response.read() if limit is None else await sized.read(response, limit)


async def _passed_through(
    call: Call,
    request: UpstreamRequest,
    exchange: AbstractAsyncContextManager[UpstreamResponse],
    response: UpstreamResponse,
) -> Failure | Streamed:
    status, headers = response.status, masked(response.headers, request.withheld)
    if not 200 <= status <= 299:
        try:
            return rejected(request.path, status, headers, await response.read())
        except InvocationError as error:
            return to_failure(error)
        finally:
            await exchange.__aexit__(None, None, None)
    limit = sized.limit_of(call)
    if limit is not None and sized.is_declared_larger(headers, limit):
        await exchange.__aexit__(None, None, None)
        return to_failure(ResponseTooLargeError(limit))
    chunks = _Chunks(exchange, response.stream() if limit is None else sized.counted(response.stream(), limit))
    failure = await _begun(chunks, headers)
    # The length that HEAD tells is that of another answer: it must not stand before an empty body.
    length = "" if request.method == "HEAD" else content_length(headers)
    return failure or Streamed(status, chunks, sized.media_type_of(call, headers), passing(headers), length)


async def _begun(chunks: _Chunks, headers: list[tuple[str, str]]) -> Failure | None:
    """Wait for the first piece, because an answer that breaks off before it is none. Of events that may take long, and
    who listens to them wants to know that they are open.
    """
    if content_type(headers).lower().startswith(_EVENTS):
        return None
    try:
        await chunks.begin()
    except InvocationError as error:
        return to_failure(error)
    return None


class _Chunks:
    """The body of an answer that passes through. A class, because closing an async generator that was never started
    runs none of its code, and the upstream's connection would stay open.
    """

    __slots__ = ("_exchange", "_first", "_stream")

    def __init__(self, exchange: AbstractAsyncContextManager[UpstreamResponse], stream: AsyncIterator[bytes]) -> None:
        self._exchange: AbstractAsyncContextManager[UpstreamResponse] | None = exchange
        self._stream = stream
        self._first: bytes | None = None

    async def begin(self) -> None:
        """Wait for the first piece, which is given as the first one all the same."""
        self._first = await anext(self, None)

    def __aiter__(self) -> _Chunks:
        return self

    async def __anext__(self) -> bytes:
        first, self._first = self._first, None
        if first is not None:
            return first
        try:
            return await anext(self._stream)
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            await exchange.__aexit__(None, None, None)
