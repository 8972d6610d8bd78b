"""How is a request passed on as it is, and its answer back? (language §5.4, RFC 9110 §7)

What leaves is made of the caller's method, the rest of its path, its query and its body, and of nothing else but what
the file trusts or says itself. The rest of a path goes on as it was sent, so nothing in it may be read as a step up or
as another separator by whoever decodes it next. Bodies pass both ways as they come.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus, urlsplit

from naftiko_runtime.asgi.body import CLOSE, BodyTooLargeError, read_all
from naftiko_runtime.asgi.caller import CallerLeftError, CallerWatch
from naftiko_runtime.engine.headers import content_length
from naftiko_runtime.engine.outcome import Failure, FailureKind
from naftiko_runtime.errors import FieldError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.forward import HOP_BY_HOP, Forward
from naftiko_runtime.rest.answer import answer_failure
from naftiko_runtime.rest.exchange import Exchange
from naftiko_runtime.rest.problem import BODY_TOO_LARGE, NO_METHOD, RefusalError
from naftiko_runtime.rest.template import MALFORMED, decode_segment, unreadable

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

    from naftiko_runtime.engine.engine import Engine

# TRACE would send our credential back, and CONNECT is no request for a resource (RFC 9110 §9.3.6, §9.3.8).
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""The methods that are passed on."""

# What a request says of its body, and of the answer it can read; without these no body could be understood.
_DESCRIBING = frozenset({"accept", "content-encoding", "content-language", "content-type"})

# What an upstream says of its own origin would be taken to be said of ours; Date and Server are our server's to write.
_OF_ITS_ORIGIN = frozenset(
    {"clear-site-data", "date", "public-key-pins", "server", "set-cookie2", "strict-transport-security", "x-request-id"}
)
# One half of a conversation whose other half only passes if it is trusted.
_ANSWERS_TO = {"set-cookie": "cookie", "www-authenticate": "authorization"}

_WHOLE_BODY = 64 * 1024
_UP = re.compile(r"\.{1,2}(?:;.*)?\Z", re.DOTALL)
_AS_SENT = "%/?:@!$&'()*+,;=[]~"


class Forwarder:
    """Passes requests on for one resource. Where it `takes_rest`, the last value of its path is what follows it."""

    def __init__(self, action: Forward, engine: Engine, *, takes_rest: bool) -> None:
        self._takes_rest = takes_rest
        self._action = action
        self._engine = engine

    async def pass_on(
        self, exchange: Exchange, values: tuple[str, ...], scope: Scope, receive: Receive, limit: int
    ) -> None:
        """Answer one request. `values` are those of its path; `limit` is how many bytes its body may have. Raises
        `RefusalError` for what is not passed on.
        """
        if exchange.method not in METHODS:
            allow = ", ".join(METHODS)
            raise RefusalError(405, NO_METHOD, f"This path answers {allow}.", headers=[(b"allow", allow.encode())])
        source = _Source(scope["headers"], receive, limit)
        request = await self._request(exchange.method, values, scope, source)
        # Until its body was read, the source hears that a caller left; from then on somebody has to listen.
        try:
            with CallerWatch(receive) if request.body is None else nullcontext():
                opened = await self._engine.open(request)
        except BodyTooLargeError as error:
            raise _too_large(error) from None
        if isinstance(opened, Failure):
            await exchange.answer(answer_failure(opened, (), exchange.request_id))
            return
        with CallerWatch(receive) if source.is_read else nullcontext():
            await exchange.pass_on(opened.status, list(self._answered(opened.headers)), opened.chunks)

    async def _request(self, method: str, values: tuple[str, ...], scope: Scope, source: _Source) -> UpstreamRequest:
        action = self._action
        base = action.base
        headers = (*action.headers, *self._headers(scope["headers"]))
        path = f"/{_checked(values[-1])}" if self._takes_rest else ""
        query = "&".join(filter(None, (action.query, self._query(scope["query_string"]))))
        if base is None:
            # The engine refuses every call of such an API with this text; so does a request that is passed on.
            raise RefusalError(502, FailureKind.NO_BASE_ADDRESS.value, action.why)
        if not path and not urlsplit(base).path:
            path = "/"
        try:
            # A credential that is negotiated may need the request twice.
            content, body = await source.take(whole=action.authentication is not None)
        except BodyTooLargeError as error:
            raise _too_large(error) from None
        if body is not None and source.length is not None:
            headers = (*headers, ("content-length", str(source.length)))
        url = f"{base}{path}?{query}" if query else f"{base}{path}"
        path_alone = urlsplit(base).path + path
        return UpstreamRequest(method, url, headers, content, path_alone, action.authentication, body, action.withheld)

    def _headers(self, raw: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
        named = {name for key, value in raw if key == b"connection" for name in _listed(value)}
        own = {name for name, _ in self._action.headers}
        for key, value in raw:
            name = key.decode("latin-1").lower()
            if name in named or name in own or not (name in _DESCRIBING or name in self._action.trusted):
                continue
            text = value.decode("latin-1").strip(" \t")
            if not (text.isascii() and text.isprintable()):
                fields = [FieldError(name, "holds characters beyond visible ASCII")]
                raise RefusalError(400, FailureKind.ARGUMENTS.value, "The request can't be passed on.", fields=fields)
            yield name, text

    def _query(self, raw: bytes) -> str:
        held = self._action.held_back
        pairs = raw.split(b"&") if held else [raw]
        kept = (pair for pair in pairs if not held or not _is_held(pair, held))
        return quote(b"&".join(kept), safe=_AS_SENT)

    def _answered(self, headers: Sequence[tuple[str, str]]) -> Iterator[tuple[bytes, bytes]]:
        """The upstream's headers that its answer keeps on the way back."""
        named = {name for key, value in headers if key == "connection" for name in _listed(value.encode())}
        length = content_length(headers)
        if length:
            # RFC 9110 §8.6: one that came twice must not be passed on as it came.
            yield b"content-length", length.encode()
        for name, value in headers:
            if name in HOP_BY_HOP or name in _OF_ITS_ORIGIN or name in named or name == "content-length":
                continue
            # Which other origins may read an answer that our credential was good for is not the upstream's to say.
            if name.startswith("access-control-") or _ANSWERS_TO.get(name, name) not in {name, *self._action.trusted}:
                continue
            yield name.encode("latin-1"), value.encode("latin-1")


class _Source:
    """The body of a request that is passed on: read whole where it is small or has to be, else as it comes. `length` is
    what the caller says that it has, None where it doesn't say.
    """

    def __init__(self, headers: Sequence[tuple[bytes, bytes]], receive: Receive, limit: int) -> None:
        described = dict(headers)
        self._declared: bytes = described.get(b"content-length", b"")
        self._has_body = b"transfer-encoding" in described or self._declared not in (b"", b"0")
        self._receive = receive
        self._limit = limit
        # Twenty digits are beyond any limit, and of thousands Python makes no number.
        self.length = int(self._declared.lstrip(b"0")[:20] or b"0") if self._declared.isdigit() else None
        self.is_read = not self._has_body

    async def take(self, *, whole: bool) -> tuple[bytes | None, AsyncIterator[bytes] | None]:
        """The whole body, or one that comes; neither where there is none. Raises `BodyTooLargeError`."""
        if not self._has_body:
            return None, None
        if self.length is not None and self.length > self._limit:
            raise BodyTooLargeError(self._limit)
        if whole or (self.length is not None and self.length <= _WHOLE_BODY):
            content = await read_all(self._receive, self._declared, self._limit)
            self.is_read = True
            return content, None
        return None, self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        size = 0
        while not self.is_read:
            message = await self._receive()
            if message["type"] != "http.request":
                raise CallerLeftError
            piece: bytes = message.get("body", b"")
            size += len(piece)
            if size > self._limit:
                raise BodyTooLargeError(self._limit)
            self.is_read = not message.get("more_body", False)
            if piece:
                yield piece


def _checked(rest: str) -> str:
    """The rest of a path, as it is sent on. Raises `RefusalError` for one that could mean another place."""
    for segment in rest.split("/"):
        raw = segment.encode("latin-1")
        text = decode_segment(raw)
        if MALFORMED.search(raw) or unreadable(text) or _UP.match(text) or "/" in text or "\\" in text:
            fields = [FieldError("path", "has a segment that is `.` or `..`, or holds an encoded separator")]
            raise RefusalError(400, FailureKind.ARGUMENTS.value, "The request can't be passed on.", fields=fields)
    return quote(rest.encode("latin-1"), safe=_AS_SENT.replace("?", ""))


def _is_held(pair: bytes, held: frozenset[str]) -> bool:
    key = unquote_plus(pair.partition(b"=")[0].decode("latin-1"))
    return key in held


def _listed(value: bytes) -> Iterator[str]:
    return (name.strip().lower() for name in value.decode("latin-1").split(","))


def _too_large(error: BodyTooLargeError) -> RefusalError:
    return RefusalError(413, BODY_TOO_LARGE, str(error), headers=[CLOSE])
