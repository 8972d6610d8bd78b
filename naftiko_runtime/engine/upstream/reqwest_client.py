"""How does a request leave in production? Through pyreqwest, the Rust client reqwest.

It was the cheapest client measured (docs/decisions/0002) and this is the hot path of every call. So one small object is
both the context and the answer, headers become Python objects only when asked for, and a body of ordinary size costs
one await. What the port promises is kept on top: nothing is followed, remembered or taken from the environment, and no
exception of the client library gets out.

A limit of pyreqwest is known: a call cancelled before its answer came ends at once for its caller, but hangs up on the
upstream only at the deadline. A head comes with the first 64 KiB of its body, because that is cheaper, unless it is
wanted at once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Self

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import ClientClosedError, PyreqwestError, RequestTimeoutError
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response, ResponseBodyReader

from naftiko_runtime.engine.upstream.answered import head_problem
from naftiko_runtime.engine.upstream.content_coding import DESCRIBES_CODED_BODY, Decoder, decoder_for
from naftiko_runtime.engine.upstream.port import Limits, ResponseTooLargeError
from naftiko_runtime.engine.upstream.route import STRAIGHT, Route
from naftiko_runtime.engine.upstream.sendable import ENCLOSING, check_sendable, host_of
from naftiko_runtime.errors import DeadlineError, TransportError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.version import __version__

_BLOCK = 64 * 1024
_DEFAULT_LIMITS = Limits()
_CONNECTING = "client error (Connect)"


class ReqwestUpstream:
    """The port over pyreqwest: pooled HTTP/1.1 over TCP or TLS, bodies decoded from gzip, br, zstd and deflate.

    The client is made by the first exchange, not here: it owns a thread, which would not survive a fork.
    """

    __slots__ = ("_client", "_closed", "_limits", "_route")

    def __init__(self, limits: Limits = _DEFAULT_LIMITS, route: Route = STRAIGHT) -> None:
        self._limits = limits
        self._route = route
        self._client: Client | None = None
        self._closed = False

    def exchange(self, request: UpstreamRequest) -> _Exchange:
        """See `Upstream.exchange`."""
        return _Exchange(self._client or self._open(), request, self._limits)

    async def close(self) -> None:
        """See `Upstream.close`. Exchanges under way end with a `TransportError`, later ones too."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _open(self) -> Client:
        if self._closed:
            raise TransportError("the upstream client is closed")
        builder = (
            ClientBuilder()
            .follow_redirects(False)
            .referer(False)
            .no_proxy()
            .user_agent(f"naftiko-runtime/{__version__}")
            .connect_timeout(timedelta(seconds=self._limits.connect))
            .timeout(timedelta(seconds=self._limits.call))
        )
        route = self._route
        if route.proxy is not None:
            builder = builder.proxy(ProxyBuilder.all(route.proxy).no_proxy(",".join(route.direct) or None))
        for certificate in route.authorities:
            builder = builder.add_root_certificate_pem(certificate)
        self._client = builder.build()
        return self._client


class _Exchange:
    """One request and its answer. Used once, by one task."""

    __slots__ = ("_answer", "_at_once", "_client", "_decoder", "_ended", "_limits", "_reader", "_request", "_sending")

    _answer: Response
    _reader: ResponseBodyReader
    _sending: StreamRequest

    def __init__(self, client: Client, request: UpstreamRequest, limits: Limits) -> None:
        self._client = client
        self._request = request
        self._limits = limits
        self._decoder: Decoder | None = None
        self._ended = False
        self._at_once = False

    async def __aenter__(self) -> Self:
        request = self._request
        check_sendable(request)
        try:
            builder = self._client.request(request.method, request.url).headers(request.headers)
            if request.content:
                builder = builder.body_bytes(request.content)
            elif request.body is not None:
                builder = builder.body_stream(request.body)
            elif request.method in ENCLOSING:
                builder = builder.header("content-length", "0")
            if request.at_once:
                builder = builder.streamed_read_buffer_limit(0)
            self._sending = builder.build_streamed()
            self._answer = answer = await self._sending.__aenter__()
        except (PyreqwestError, ValueError) as error:
            failure = _failure(error, request.url, self._limits)
        else:
            self._reader = answer.body_reader
            # What says how long it is comes to its end by itself, and is cheaper in large pieces.
            self._at_once = request.at_once and answer.get_header("content-length") is None
            # reqwest decodes what it asked for and then drops this header; what still has it came unasked.
            if (coding := answer.get_header("content-encoding")) is not None:
                self._decoder = decoder_for(coding)
            has_coding = answer.get_header("transfer-encoding") is not None
            is_measured_twice = has_coding and answer.get_header("content-length") is not None
            problem = head_problem(answer.status, is_measured_twice=is_measured_twice)
            if not problem:
                return self
            await self._sending.__aexit__(None, None, None)
            failure = TransportError(f"the answer of {host_of(request.url)} {problem}")
        # Outside of the handler, so that the client's exception, which holds the whole URL, isn't kept as context.
        raise failure

    async def __aexit__(self, *_exception: object) -> None:
        # The connection of a body that has ended is in the pool already; any other is dropped here.
        if not self._ended:
            await self._sending.__aexit__(None, None, None)

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> list[tuple[str, str]]:
        """See the port. A header whose values go beyond ASCII is left out: their encoding could only be guessed."""
        try:
            pairs = list(self._answer.headers.items())
        except ValueError:
            pairs = self._readable_headers()
        if self._decoder is not None:
            return [pair for pair in pairs if pair[0] not in DESCRIBES_CODED_BODY]
        return pairs

    async def read(self) -> bytes:
        """See the port. May be called once."""
        amount = min(_BLOCK, self._limits.body + 1)
        if self._decoder is not None or self._at_once:
            return b"".join([piece async for piece in self.stream()])
        block = await self._take(amount)
        if block is None:
            return b""
        if len(block) < amount:
            self._ended = True
            return block
        self._refuse_declared_length()
        return block + b"".join([piece async for piece in self._pieces(len(block))])

    async def stream(self) -> AsyncIterator[bytes]:
        """See the port. May be called once; a piece has about 64 KiB, or is what came where that is wanted at once."""
        decoder = self._decoder
        if decoder is None:
            async for piece in self._pieces(0):
                yield piece
            return
        total = 0
        async for coded in self._pieces(0):
            for piece in decoder.feed(coded):
                total += len(piece)
                if total > self._limits.body:
                    raise ResponseTooLargeError(self._limits.body)
                yield piece
        yield decoder.finish()

    async def _pieces(self, total: int) -> AsyncIterator[bytes]:
        """The body from here on, where `total` bytes of it have been taken already."""
        limit = self._limits.body
        while total <= limit:
            piece = await self._take(_BLOCK)
            if piece is None:
                return
            total += len(piece)
            if total <= limit:
                yield piece
        raise ResponseTooLargeError(limit)

    async def _take(self, amount: int) -> bytes | None:
        """Up to `amount` bytes, fewer only at the end of the body or where they are wanted at once; None after it."""
        try:
            block = await (self._reader.read_chunk() if self._at_once else self._reader.read(amount))
        except PyreqwestError as error:
            failure = _failure(error, self._request.url, self._limits)
        else:
            if block is None:
                self._ended = True
                return None
            return bytes(block)
        raise failure

    def _refuse_declared_length(self) -> None:
        declared = self._answer.get_header("content-length")
        if declared is not None and int(declared) > self._limits.body:
            raise ResponseTooLargeError(self._limits.body)

    def _readable_headers(self) -> list[tuple[str, str]]:
        headers = self._answer.headers
        readable: list[tuple[str, str]] = []
        for name in dict.fromkeys(headers.keys()):
            try:
                readable.extend([(name, value) for value in headers.getall(name)])
            except ValueError:
                continue
        return readable


def _failure(error: Exception, url: str, limits: Limits) -> TransportError | DeadlineError:
    """What a client exception means to the port. Its own message never passes: it holds the whole URL."""
    host = host_of(url)
    details = getattr(error, "details", None) or {}
    causes = [cause["message"] for cause in details.get("causes") or ()]
    connecting = _CONNECTING in causes
    if isinstance(error, RequestTimeoutError):
        return DeadlineError("connect", limits.connect) if connecting else DeadlineError("call", limits.call)
    if isinstance(error, ClientClosedError):
        return TransportError("the upstream client is closed")
    if isinstance(error, ValueError):
        return TransportError(f"the request to {host} can't be sent: its method, URL or a header's name is malformed")
    # The innermost cause is hyper's or the system's fixed text; only the outermost holds the URL.
    reason = causes[-1] if len(causes) > 1 else "no reason given"
    if connecting:
        return TransportError(f"could not connect to {host}: {reason}")
    return TransportError(f"{host} broke off or garbled its answer: {reason}")
