"""How does an HTTP request become a tool call, and its result an answer?

One endpoint for every client: both eras of the protocol, chosen by how the client opens. Each step is decided in a
module of its own; this one holds their order: guards, read, fast path, and the SDK for the rest. What belongs to HTTP
(Host and Origin, who may call, methods, sizes, request ids, callers who leave) is settled here, above both paths, so
that they can't differ in it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.access.denial import DeniedError
from naftiko_runtime.asgi.access.guard import make_guard
from naftiko_runtime.asgi.body import BODY_LIMIT, CLOSE, BodyTooLargeError, read_all
from naftiko_runtime.asgi.caller import CallerLeftError, CallerWatch
from naftiko_runtime.asgi.hosts import HostGuard
from naftiko_runtime.asgi.methods import told_method
from naftiko_runtime.asgi.problem import PROBLEM, render_problem
from naftiko_runtime.asgi.request_id import REQUEST_ID, new_request_id
from naftiko_runtime.engine.record import Observer
from naftiko_runtime.mcp.authority import HttpAuthority, load
from naftiko_runtime.mcp.body import is_batch, replay
from naftiko_runtime.mcp.calls import REQUEST_ID_KEY, ToolCalls
from naftiko_runtime.mcp.fast import FastPath, FastRequest
from naftiko_runtime.mcp.news import Kind, News
from naftiko_runtime.mcp.refusal import RefusalError
from naftiko_runtime.mcp.result import render
from naftiko_runtime.mcp.revisions import is_of_handshake
from naftiko_runtime.mcp.serving import Serving, make_serving
from naftiko_runtime.mcp.sessions import Sessions, handing_out, opens, session_of, was_shown
from naftiko_runtime.plan.model.face import McpFace

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from naftiko_runtime.engine.engine import Engine


_BATCH = (
    b'{"jsonrpc":"2.0","id":null,"error":'
    b'{"code":-32600,"message":"a message is one JSON object; a list of them is not taken"}}'
)
"""Batches were in one revision alone (2025-03-26)."""


class McpEndpoint:
    """One MCP server over HTTP: an ASGI application for `http` scopes of the paths the host gives it.

    `observe` is told of every tool call, and of every request that is refused before it is a message. It looks at Host
    and Origin, as the transport requires, unless its listener has: `checks_hosts=False`. `fast=False` leaves everything
    to the SDK.
    """

    def __init__(
        self,
        face: McpFace,
        engine: Engine,
        observe: Observer,
        *,
        version: str,
        checks_hosts: bool = True,
        fast: bool = True,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._make = partial(make_serving, version=version, fast=fast)
        self._upstream = engine.upstream
        self._serving = self.prepare(face)
        self._calls = ToolCalls(engine, observe)
        self._hosts = HostGuard() if checks_hosts else None
        self._authority = HttpAuthority(self._serving, self._calls, version, body_limit)
        self._news = News()
        self._sessions = Sessions()
        self._body_limit = body_limit

    @property
    def face(self) -> McpFace:
        """What is served now."""
        return self._serving.face

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """The life of what requests may start, for whoever serves this endpoint alone; entering starts nothing."""
        try:
            yield
        finally:
            await self.stop()

    def prepare(self, face: McpFace) -> Serving:
        """What `serve` takes. It disturbs no request, and may be made in a thread."""
        return self._make(face, make_guard(face, self._upstream))

    def serve(self, serving: Serving) -> None:
        """Serve other tools from now on; a call under way ends on those it began with."""
        self._serving = serving
        self._authority.serve(serving)

    async def announce(self, kinds: Collection[Kind]) -> None:
        """Tell every client that listens that these lists changed."""
        self._news.publish(kinds)
        await self._authority.announce(kinds)

    def end_streams(self) -> None:
        """End the streams of clients that listen. They are told that this is on purpose, where the protocol can."""
        self._news.end()
        self._authority.end_streams()

    async def stop(self) -> None:
        """Stop what requests started."""
        self._news.end()
        await self._authority.stop()

    def warm(self) -> None:
        """Import the SDK now, so that no request waits for it. Blocks for half a second: call it in a thread."""
        load()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw: Sequence[tuple[bytes, bytes]] = scope["headers"]
        headers = dict(raw)
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if REQUEST_ID.fullmatch(given) else new_request_id()
        repeated = _repeated(raw) if len(headers) != len(raw) else frozenset()
        try:
            self._check_host(scope)
            if self._serving.guard is not None:
                await self._serving.guard.check(scope)
            if not self._is_message(scope["method"], headers):
                await self._answer_listener(scope["method"], session_of(headers), receive, send, request_id)
                return
            body = await self._read(receive, headers)
            fast = None if repeated else self._serving.fast
            request = None if fast is None else fast.read(headers, body)
            with CallerWatch(receive):
                if fast is None or request is None:
                    await self._ask_authority(scope, body, receive, send, request_id)
                else:
                    await self._answer(fast, request, send, request_id)
        except (RefusalError, DeniedError) as refusal:
            method = scope["method"]
            self._calls.refuse(request_id, refusal.status, refusal.code, told_method(method))
            content = render_problem(refusal.status, refusal.code, refusal.detail, request_id)
            media = (b"content-type", PROBLEM.encode())
            await _respond(send, refusal.status, content, request_id, media, *refusal.headers)
        except CallerLeftError:
            return

    def _check_host(self, scope: Scope) -> None:
        problem = None if self._hosts is None else self._hosts.problem(scope)
        if problem is not None:
            raise RefusalError(403, problem)

    def _is_message(self, method: str, headers: dict[bytes, bytes]) -> bool:
        """Whether this is a message; if not, it begins or ends listening. Raises `RefusalError` for all else."""
        session = session_of(headers)
        # Sessions, and all methods but POST, are the handshake era's (2026-07-28 §Transports).
        if session and is_of_handshake(headers) and not self._sessions.lives(session):
            raise RefusalError(404, "There is no such session. Initialize again, without Mcp-Session-Id.")
        if method == "POST":
            return True
        if is_of_handshake(headers) and (session if method == "DELETE" else method == "GET" and _listens(headers)):
            return False
        raise RefusalError(405, "This path answers POST.", (b"allow", b"POST"))

    async def _answer_listener(
        self, method: str, session: bytes, receive: Receive, send: Send, request_id: str
    ) -> None:
        if method == "GET":
            listing = self._serving.listing
            missed = () if was_shown(session, listing.digest) else listing.kinds
            with CallerWatch(receive):
                await self._news.stream(send, request_id, session, missed)
            return
        self._sessions.end(session)
        self._news.end_session(session)
        await _respond(send, 204, b"", request_id)

    async def _read(self, receive: Receive, headers: dict[bytes, bytes]) -> bytes:
        try:
            return await read_all(receive, headers.get(b"content-length", b""), self._body_limit)
        except BodyTooLargeError as error:
            raise RefusalError(413, str(error), CLOSE) from None

    async def _answer(self, fast: FastPath, request: FastRequest, send: Send, request_id: str) -> None:
        listed = request.listed
        if listed is None:
            content = fast.write_tools(request)
        else:
            outcome = await self._calls.run(listed.tool, request.arguments, request_id)
            content = fast.write_result(request, render(outcome, listed.address, checked=listed.checked))
        await _respond(send, 200, content, request_id, (b"content-type", b"application/json"))

    async def _ask_authority(self, scope: Scope, body: bytes, receive: Receive, send: Send, request_id: str) -> None:
        if is_batch(body):
            # The SDK takes none either, but it quotes them and speaks of its own types.
            await _respond(send, 400, _BATCH, request_id, (b"content-type", b"application/json"))
            return
        # Not every HTTP server trims header values (RFC 9110 §5.5), and the SDK compares them as they are.
        headers = [(name, value.strip(b" \t")) for name, value in scope["headers"]]

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id.encode())]}
            await send(message)

        asked = {**scope, "headers": headers, REQUEST_ID_KEY: request_id}
        answer = handing_out(send_with_id, self._serving.listing.digest) if opens(body) else send_with_id
        await self._authority.handle(asked, replay(body, receive), answer)


def _listens(headers: dict[bytes, bytes]) -> bool:
    return b"text/event-stream" in headers.get(b"accept", b"").lower()


def _repeated(headers: Sequence[tuple[bytes, bytes]]) -> frozenset[bytes]:
    names = [name for name, _ in headers]
    return frozenset(name for name in names if names.count(name) > 1)


async def _respond(send: Send, status: int, content: bytes, request_id: str, *headers: tuple[bytes, bytes]) -> None:
    # An answer of no content has no length either (RFC 9110 §8.6).
    length = ((b"content-length", b"%d" % len(content)),) if status != 204 else ()
    identity = (b"x-request-id", request_id.encode())
    try:
        await send({"type": "http.response.start", "status": status, "headers": [*headers, *length, identity]})
        await send({"type": "http.response.body", "body": content})
    except OSError:
        raise CallerLeftError from None
