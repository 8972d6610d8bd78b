"""Who answers a request that reached a listener?

Adapters of both kinds may share a port (C15), and the path alone must decide between them, at the cost of one look-up:
MCP endpoints are a handful of literal paths, everything else is REST. What a spec claims for itself, at `/` or `/mcp`,
is the spec's; the endpoint below its namespace is always there. Nobody is redirected: MCP clients don't follow.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from naftiko_runtime.asgi.access.metadata import WELL_KNOWN, Metadata, send_document
from naftiko_runtime.asgi.body import BODY_LIMIT
from naftiko_runtime.asgi.methods import told_method
from naftiko_runtime.asgi.mount import mounted_at
from naftiko_runtime.asgi.page import PAGE_HEADERS, PAGE_TYPE
from naftiko_runtime.asgi.problem import PROBLEM, render_problem
from naftiko_runtime.asgi.request_id import new_request_id, request_id_of
from naftiko_runtime.diagnostics import Diagnostic, Severity, Span
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.listener.controls import Controls
from naftiko_runtime.host.listener.endpoints import Endpoints
from naftiko_runtime.host.listener.index import Index
from naftiko_runtime.host.listener.skills import Skills
from naftiko_runtime.plan.model.face import ControlFace
from naftiko_runtime.plan.model.policy import OAuthAccess
from naftiko_runtime.rest.application import RestApplication

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.asgi.hosts import HostGuard
    from naftiko_runtime.control.operator import Operator
    from naftiko_runtime.engine.engine import Engine
    from naftiko_runtime.engine.record import Observer
    from naftiko_runtime.host.places.layout import Listener
    from naftiko_runtime.mcp.application import McpEndpoint

_EVENT_STREAM = b"text/event-stream"
_FOREIGN = "NK8012"


class ListenerApplication:
    """Everything one listener serves: an ASGI application for `http` scopes.

    `paths` maps each adapter, by kind and namespace, to the path it is announced at. After a reload another one takes
    its place; given the `previous` one it takes over its MCP endpoints, which clients may be listening to, and they
    serve the new tools from `enter` on. So making one disturbs nobody and may happen in a thread. Its control adapters
    answer where there is an `operator`. `hosts` decides, before anything else, by which names it may be called; without
    one that is left to the application that embeds this.
    """

    def __init__(
        self,
        listener: Listener,
        engine: Engine,
        observe: Observer,
        *,
        version: str,
        previous: ListenerApplication | None = None,
        operator: Operator | None = None,
        body_limit: int = BODY_LIMIT,
        hosts: HostGuard | None = None,
    ) -> None:
        self._observe = observe
        self._hosts = hosts
        rest, mcp = listener.rest, listener.mcp
        known = previous._rest if previous is not None else None
        self._rest: RestApplication = RestApplication(rest, engine, observe, previous=known, body_limit=body_limit)
        self._root_methods = frozenset(self._rest.find(b"/"))
        endpoints = None if previous is None else previous._endpoints
        self._endpoints: Endpoints = Endpoints(
            mcp, engine, observe, version, body_limit, endpoints, alone=hosts is None
        )
        sole = len(mcp) == 1
        has_shared = self._endpoints.shared is not None and not self._rest.find(b"/mcp")
        self._by_path = self._endpoints.paths(has_shared=has_shared)
        self._sole = self._endpoints.shared if sole else None
        kept = None if previous is None else previous._skills
        has_bare = not self._rest.find(b"/skills") and not self._rest.find(b"/skills/any")
        self._skills: Skills | None = (
            Skills(listener.skills, observe, engine.upstream, kept, has_bare=has_bare) if listener.skills else None
        )
        faces = [item.face for item in listener.adapters]
        self._metadata = Metadata(faces) if any(isinstance(face.access, OAuthAccess) for face in faces) else None
        self._controls = (
            Controls(listener.controls, operator, engine.upstream, self._is_free) if listener.controls else None
        )
        self.paths = self._announced(listener, is_sole=sole and has_shared)
        self._index = Index(
            {self.paths["rest", face.namespace]: face for face in rest},
            {self.paths["mcp", face.namespace]: face for face in mcp},
            {self.paths["skill", face.namespace]: face for face in listener.skills},
            "/mcp" if has_shared else "",
            () if self._controls is None else self._controls.addresses,
        )

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """A warning for every address that two routes claim (NK3008)."""
        return tuple(
            Diagnostic(
                "NK3008",
                Severity.WARNING,
                f"`{item.route.method} {item.address}` of `{item.namespace}` is taken by"
                f" `{item.holder.subject.function}`",
                item.route.function.origin.file,
                _span(item.route.function.origin.line, item.route.function.origin.column),
                help=f"it is still reached at `/{item.namespace}{item.route.path}`"
                if not item.address.startswith(f"/{item.namespace}/")
                else "give it another path",
            )
            for item in self._rest.shadowed
        )

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Hold what the MCP endpoints need while they serve."""
        self.enter()
        try:
            yield
        finally:
            await self.stop()

    def enter(self) -> None:
        """Begin to serve, in the place of the previous application where there was one."""
        self._endpoints.enter()

    async def announce(self) -> None:
        """Tell MCP clients that tools are others now than the previous application had."""
        await self._endpoints.announce()

    def end_streams(self) -> None:
        """End what clients listen to, so that connections may close."""
        for endpoint in self._endpoints.leaving(None):
            endpoint.end_streams()
        if self._controls is not None:
            self._controls.end_streams()

    def leaving(self, successor: ListenerApplication | None) -> list[McpEndpoint]:
        """The MCP endpoints that the successor did not take over: to be stopped when no request needs them any more."""
        return self._endpoints.leaving(None if successor is None else successor._endpoints)

    async def stop(self) -> None:
        """Stop everything that requests started."""
        for endpoint in self._endpoints.leaving(None):
            await endpoint.stop()

    def warm(self) -> None:
        """Prepare what a first unusual request would have to wait for. Blocks: to be called in a thread."""
        self._endpoints.warm()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        endpoint = self._by_path.get(path)
        if self._hosts is not None and (problem := self._hosts.problem(scope)) is not None:
            await self._refuse(problem, "rest" if endpoint is None else "mcp", scope, send)
        elif endpoint is not None:
            await endpoint(scope, receive, send)
        elif path == "/" or not path:
            await self._answer_root(scope, receive, send)
        elif self._metadata is not None and (document := self._metadata.find(scope)) is not None:
            await self._answer_metadata(document, scope, send)
        elif self._controls is not None and self._controls.has(path):
            await self._controls(scope, receive, send)
        elif self._skills is not None and self._skills.has(path):
            await self._skills(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    def _announced(self, listener: Listener, *, is_sole: bool) -> dict[tuple[str, str], str]:
        """The path of each adapter; `is_sole` says whether the only MCP adapter has `/mcp`."""
        paths: dict[tuple[str, str], str] = {}
        for face in listener.mcp:
            paths["mcp", face.namespace] = "/mcp" if is_sole else quote(f"/{face.namespace}/mcp")
        rest = listener.rest
        for adapter in rest:
            paths["rest", adapter.namespace] = "/" if len(rest) == 1 else f"/{quote(adapter.namespace)}"
        if self._skills is not None:
            paths |= {("skill", namespace): path for namespace, path in self._skills.paths.items()}
        if self._controls is not None:
            paths["control", ControlFace.namespace] = self._controls.path
        return paths

    def _is_free(self, path: str) -> bool:
        return path not in self._by_path and not self._rest.find(path.encode())

    async def _answer_root(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        accept = b",".join(value for name, value in scope["headers"] if name == b"accept").lower()
        is_read = method in ("GET", "HEAD")
        if method in self._root_methods:
            await self._rest(scope, receive, send)
        elif self._sole is not None and (not is_read or _EVENT_STREAM in accept):
            await self._sole(scope, receive, send)
        elif is_read and not self._root_methods:
            await self._answer_index(scope, b"text/html" in accept, send)
        else:
            await self._rest(scope, receive, send)

    async def _refuse(self, problem: str, face: str, scope: Scope, send: Send) -> None:
        started = perf_counter()
        request_id = request_id_of(scope)
        content = render_problem(403, _FOREIGN, problem, request_id)
        headers = [
            (b"content-type", PROBLEM.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"x-request-id", request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
        milliseconds = (perf_counter() - started) * 1000
        operation = told_method(scope["method"])
        self._observe(RequestRecord(request_id, face, operation, "", "", 403, None, milliseconds, _FOREIGN))

    async def _answer_metadata(self, document: bytes, scope: Scope, send: Send) -> None:
        started = perf_counter()
        request_id = new_request_id()
        await send_document(document, scope, send, request_id)
        milliseconds = (perf_counter() - started) * 1000
        operation = f"{scope['method']} {WELL_KNOWN}"
        self._observe(RequestRecord(request_id, "rest", operation, "", "", 200, None, milliseconds, ""))

    async def _answer_index(self, scope: Scope, is_browser: bool, send: Send) -> None:
        started = perf_counter()
        method = scope["method"]
        request_id = new_request_id()
        mount = mounted_at(scope)
        content = self._index.html(mount) if is_browser else self._index.json(mount)
        media_type = PAGE_TYPE if is_browser else b"application/json"
        headers = [
            (b"content-type", media_type),
            (b"content-length", str(len(content)).encode()),
            (b"vary", b"accept"),
            *PAGE_HEADERS,
            (b"x-request-id", request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})
        milliseconds = (perf_counter() - started) * 1000
        self._observe(RequestRecord(request_id, "rest", f"{method} /", "", "", 200, None, milliseconds, ""))


def _span(line: int, column: int) -> Span:
    return Span(line, column, line, column + 1)
