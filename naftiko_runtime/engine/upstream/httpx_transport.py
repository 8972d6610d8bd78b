"""How do requests leave through a transport that an embedder or a test brings along?

httpx defines the one interface that in-process applications, mocks and special networks already implement. Only its
transport layer is used: cookies, redirects, proxies, netrc and URL repair all live in its client, which is left out.
The deadline interrupts a wait for the upstream, never the consumer's own code between two pieces.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING, Self, TypeVar, cast

from naftiko_runtime.engine.upstream.answered import head_problem
from naftiko_runtime.engine.upstream.content_coding import DECODABLE, DESCRIBES_CODED_BODY, Decoder, decoder_for
from naftiko_runtime.engine.upstream.port import Limits, ResponseTooLargeError
from naftiko_runtime.engine.upstream.sendable import ENCLOSING, check_sendable, host_of
from naftiko_runtime.errors import DeadlineError, InvocationError, TransportError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.version import __version__

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_DEFAULT_LIMITS = Limits()
_DEFAULT_HEADERS = (
    ("user-agent", f"naftiko-runtime/{__version__}"),
    ("accept", "*/*"),
    ("accept-encoding", DECODABLE),
)


class HttpxUpstream:
    """The port over any `httpx.AsyncBaseTransport`; without one, over httpx's own HTTP/1.1 transport, without reuse.

    `close` closes the transport too. httpx is imported by the first exchange, because its import is slow.
    """

    __slots__ = ("_closed", "_limits", "_transport")

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None, limits: Limits = _DEFAULT_LIMITS) -> None:
        self._transport = transport
        self._limits = limits
        self._closed = False

    def exchange(self, request: UpstreamRequest) -> _Exchange:
        """See `Upstream.exchange`."""
        if self._closed:
            raise TransportError("the upstream client is closed")
        return _Exchange(self._transport or self._open(), request, self._limits)

    async def close(self) -> None:
        """See `Upstream.close`."""
        transport = None if self._closed else self._transport
        self._closed = True
        if transport is not None:
            await transport.aclose()

    def _open(self) -> httpx.AsyncBaseTransport:
        import httpx  # noqa: PLC0415 - its import is slow

        # A connection for each call: httpcore takes bytes that follow an answer as the answer to the next request.
        pool = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._transport = httpx.AsyncHTTPTransport(trust_env=False, limits=pool)
        return self._transport


class _Exchange:
    """One request and its answer. Used once, by one task."""

    __slots__ = ("_answer", "_deadline", "_decoder", "_limits", "_raised", "_request", "_transport")

    _answer: httpx.Response

    def __init__(self, transport: httpx.AsyncBaseTransport, request: UpstreamRequest, limits: Limits) -> None:
        self._transport = transport
        self._request = request
        self._limits = limits
        self._decoder: Decoder | None = None
        self._raised: Exception | None = None
        self._deadline = 0.0

    async def __aenter__(self) -> Self:
        check_sendable(self._request)
        self._deadline = asyncio.get_running_loop().time() + self._limits.call
        self._answer = answer = await self._bounded(self._send())
        self._decoder = decoder_for(answer.headers.get("content-encoding"))
        is_measured_twice = "transfer-encoding" in answer.headers and "content-length" in answer.headers
        problem = head_problem(answer.status_code, is_measured_twice=is_measured_twice)
        if problem:
            await self._release()
            raise TransportError(f"the answer of {host_of(self._request.url)} {problem}")
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._release()

    @property
    def status(self) -> int:
        return self._answer.status_code

    @property
    def headers(self) -> list[tuple[str, str]]:
        """See the port. A header whose values go beyond ASCII is left out: their encoding could only be guessed."""
        raw = [(name.lower(), value) for name, value in self._answer.headers.raw]
        unreadable = {name for name, value in raw if not value.isascii()}
        pairs = [(name.decode("ascii"), value.decode("ascii")) for name, value in raw if name not in unreadable]
        if self._decoder is not None:
            return [pair for pair in pairs if pair[0] not in DESCRIBES_CODED_BODY]
        return pairs

    async def read(self) -> bytes:
        """See the port. May be called once."""
        return b"".join([piece async for piece in self.stream()])

    async def stream(self) -> AsyncIterator[bytes]:
        """See the port. May be called once."""
        decoder = self._decoder
        total = 0
        async for chunk in self._chunks():
            if total == 0 and decoder is None:
                self._refuse_declared_length()
            for piece in (chunk,) if decoder is None else decoder.feed(chunk):
                total += len(piece)
                if total > self._limits.body:
                    raise ResponseTooLargeError(self._limits.body)
                yield piece
        if decoder is not None:
            yield decoder.finish()

    async def _chunks(self) -> AsyncIterator[bytes]:
        # The stream itself, not `aiter_raw`: that refuses the answers of a mock, which count as read already.
        chunks = aiter(cast("httpx.AsyncByteStream", self._answer.stream))
        while (chunk := await self._bounded(anext(chunks, None))) is not None:
            yield chunk

    def _refuse_declared_length(self) -> None:
        declared = self._answer.headers.get("content-length")
        if declared is not None and int(declared) > self._limits.body:
            raise ResponseTooLargeError(self._limits.body)

    async def _send(self) -> httpx.Response:
        import httpx  # noqa: PLC0415 - its import is slow

        request = self._request
        headers = list(request.headers)
        given = {name.lower() for name, _value in headers}
        headers += [pair for pair in _DEFAULT_HEADERS if pair[0] not in given]
        content = request.content or (None if request.body is None else self._sent(request.body))
        if content is None and request.method in ENCLOSING:
            headers.append(("content-length", "0"))
        phases = {"connect": self._limits.connect, "read": None, "write": None, "pool": None}
        # httpx normalises a URL that it parses; the target is what its transport writes on the wire instead.
        outgoing = httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=content,
            extensions={"target": _target(request.url), "timeout": phases},
        )
        answer = await self._transport.handle_async_request(outgoing)
        if not isinstance(answer.stream, httpx.AsyncByteStream):
            raise TypeError("the transport's answer has no asynchronous body")
        return answer

    async def _bounded(self, step: Awaitable[T]) -> T:
        """Wait for `step` within the call's deadline; whatever it raises becomes an error of the port."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await step
        except TimeoutError:
            failure: InvocationError = DeadlineError("call", self._limits.call)
        except Exception as error:
            if error is self._raised:
                raise
            failure = _failure(error, self._request.url, self._limits)
        # Outside of the handler, so that the client's exception, which may hold the URL, isn't kept as context.
        raise failure

    async def _sent(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The request's body; what it raises is its owner's business, and no failure of the transport."""
        try:
            async for piece in body:
                yield piece
        except Exception as error:
            self._raised = error
            raise

    async def _release(self) -> None:
        try:
            await self._answer.aclose()
        except Exception:  # noqa: BLE001 - the answer is done with, whatever the transport says about closing it
            return


def _target(url: str) -> bytes:
    """The request target (RFC 9112 §3.2.1): path and query as written, save `'` in a query, which WHATWG encodes."""
    after_scheme = url.partition("://")[2]
    path, mark, query = after_scheme.partition("?")
    path = "/" + path.partition("/")[2]
    return f"{path}{mark}{query.replace(chr(39), '%27')}".encode("ascii")


def _failure(error: Exception, url: str, limits: Limits) -> InvocationError:
    """What a transport's exception means to the port. Only the text of a failed connect passes: it is the system's."""
    import httpx  # noqa: PLC0415 - its import is slow

    host = host_of(url)
    if isinstance(error, httpx.ConnectTimeout):
        return DeadlineError("connect", limits.connect)
    if isinstance(error, httpx.TimeoutException):
        return DeadlineError("call", limits.call)
    if isinstance(error, httpx.ConnectError):
        return TransportError(f"could not connect to {host}: {error}")
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)):
        return TransportError(f"the request to {host} can't be sent: its method, URL or a header's name is malformed")
    if isinstance(error, (httpx.RemoteProtocolError, httpx.NetworkError)):
        return TransportError(f"{host} broke off or garbled its answer: {type(error).__name__}")
    return TransportError(f"the transport to {host} failed: {type(error).__name__}")
