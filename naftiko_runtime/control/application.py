"""How is a running process asked, and told, over HTTP?

Nothing here is on the hot path, so Starlette routes and answers. What is refused is a problem document like everywhere
(C16). A page in a browser can do nothing here: Host and Origin must name this machine, and what changes something is a
PUT or POST of JSON, which no form can send and no script may without being asked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from naftiko_runtime.asgi.access.denial import DeniedError
from naftiko_runtime.asgi.access.guard import Guard
from naftiko_runtime.asgi.body import BodyTooLargeError, read_all
from naftiko_runtime.asgi.caller import CallerLeftError
from naftiko_runtime.asgi.hosts import HostGuard, is_loopback
from naftiko_runtime.asgi.problem import PROBLEM, render_problem
from naftiko_runtime.asgi.request_id import request_id_of
from naftiko_runtime.control.endpoints import PUBLIC, switches_of
from naftiko_runtime.control.operator import Json, Lines, Operator, Phase, TooManyError
from naftiko_runtime.control.scripting import read_change, scripting_of
from naftiko_runtime.plan.model.face import ControlFace
from naftiko_runtime.telemetry.exposition import MEDIA_TYPE

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_KEEP_ALIVE_SECONDS = 15.0
# What a capability file may have (C8), written as a JSON text.
_BODY_LIMIT = 8 * 1024 * 1024
_JSON, _YAML = "application/json", "application/yaml"
_CODES = {
    400: "NK8001",
    403: "NK8012",
    404: "NK8007",
    405: "NK8008",
    413: "NK8009",
    415: "NK8011",
    429: "NK8025",
    503: "NK8015",
}
_HEADERS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_ELSEWHERE = "This is answered to callers on its own machine alone; `authentication` on the adapter opens it to others."

Endpoint = Callable[[Request], Awaitable[Response]]


class _Answer(JSONResponse):
    """A JSON document. A lone surrogate, which the name of a file may hold, has no UTF-8; it is escaped."""

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace")


class ControlApplication:
    """The control adapters of one listener: an ASGI application for `http` scopes. `paths` are those it answers.

    `guards` are those of the adapters that ask callers who they are: a caller has to pass each of them.
    """

    def __init__(self, faces: Sequence[ControlFace], operator: Operator, guards: Sequence[Guard]) -> None:
        self._operator = operator
        self._guards = tuple(guards)
        self._switches = switches_of(faces)
        # Not the one of the listener: callers by another name, which it may allow, are on another machine.
        self._guard = HostGuard()
        self.paths = self._switches.paths
        endpoints: dict[str, list[tuple[str, Endpoint]]] = {
            "/health/live": [("GET", self._live)],
            "/health/ready": [("GET", self._ready)],
            "/status": [("GET", self._status)],
            "/config": [("GET", self._config)],
            "/config/reload": [("POST", self._reload)],
            "/config/validate": [("POST", self._validate)],
            "/metrics": [("GET", self._metrics)],
            "/traces": [("GET", self._traces)],
            "/traces/{id}": [("GET", self._trace)],
            "/logs": [("GET", self._logs), *([("PUT", self._set_logs)] if self._switches.level_control else [])],
            "/logs/stream": [("GET", self._stream)],
            "/scripting": [("GET", self._scripting), ("PUT", self._set_scripting)],
        }
        routes = [Route(path, _by_method(endpoints[path]), methods=_methods(endpoints[path])) for path in self.paths]
        self._application = Starlette(routes=routes, exception_handlers={HTTPException: _refuse})
        self._application.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id = request_id_of(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *_HEADERS, (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        # The id travels in the scope: whoever refuses the request writes it into the document.
        inner = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}
        problem = self._problem(scope)
        if problem is not None:
            refusal = _problem_response(403, problem, request_id)
            await refusal(inner, receive, send_with_id)
            return
        try:
            for guard in self._guards:
                await guard.check(scope)
        except DeniedError as denied:
            refusal = Response(
                render_problem(denied.status, denied.code, denied.detail, request_id), denied.status, None, PROBLEM
            )
            refusal.raw_headers.extend(denied.headers)
            await refusal(inner, receive, send_with_id)
            return
        await self._application(inner, receive, send_with_id)

    def _problem(self, scope: Scope) -> str | None:
        """Why the caller is not answered, before anything else of the request is looked at."""
        server = scope.get("server")
        if server is None or not is_loopback(server[0]):
            if self._guards:
                return None
            return None if scope["path"] in PUBLIC and scope["method"] in ("GET", "HEAD") else _ELSEWHERE
        return self._guard.problem(scope)

    async def _live(self, request: Request) -> Response:
        return _Answer({"status": "UP"})

    async def _ready(self, request: Request) -> Response:
        phase, adapters, refused = self._operator.readiness()
        if phase is not Phase.SERVING:
            raise HTTPException(503, f"The runtime is {phase.value}; it takes no new requests.")
        return _Answer({"status": "DEGRADED" if refused else "UP", "adapters": adapters, "files": refused})

    async def _status(self, request: Request) -> Response:
        return _Answer(await self._operator.status())

    async def _config(self, request: Request) -> Response:
        return _Answer(await self._operator.config())

    async def _reload(self, request: Request) -> Response:
        await _document(request)
        return _Answer(await self._operator.reload())

    async def _validate(self, request: Request) -> Response:
        if _media_type(request) == _YAML:
            text: object = _decoded(await _content(request))
            strict: object = False
        else:
            document = await _document(request)
            text, strict = document.get("text"), document.get("strict", False)
        if not isinstance(text, str) or not isinstance(strict, bool):
            raise HTTPException(400, 'Write {"text": "the capability", "strict": false}, or send application/yaml.')
        return _Answer(await self._operator.validate(text, strict=strict))

    async def _metrics(self, request: Request) -> Response:
        return Response(await self._operator.metrics(), headers={"content-type": MEDIA_TYPE})

    async def _traces(self, request: Request) -> Response:
        document = await self._operator.traces()
        operation, status = request.query_params.get("operation", ""), request.query_params.get("status", "")
        rows = [
            {key: value for key, value in trace.items() if key != "spans"}
            for trace in document["traces"]
            if operation in trace["operation"] and status.upper() in ("", trace["status"])
        ]
        return _Answer({**document, "traces": rows})

    async def _trace(self, request: Request) -> Response:
        document = await self._operator.traces()
        wanted = request.path_params["id"].lower()
        found = next((trace for trace in document["traces"] if trace["traceId"] == wanted), None)
        if found is None:
            raise HTTPException(404, "No trace of this id is kept.")
        return _Answer(found)

    async def _logs(self, request: Request) -> Response:
        return _Answer(await self._operator.logs())

    async def _set_logs(self, request: Request) -> Response:
        level = (await _document(request)).get("level")
        try:
            await self._operator.set_level(str(level))
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        return _Answer({"level": level})

    async def _scripting(self, request: Request) -> Response:
        return _Answer(scripting_of(self._switches.scripting, await self._operator.scripts()))

    async def _set_scripting(self, request: Request) -> Response:
        try:
            change = read_change(self._switches.scripting, await _document(request))
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        self._operator.set_scripts(change)
        return await self._scripting(request)

    async def _stream(self, request: Request) -> Response:
        try:
            lines = await self._operator.follow(self._switches.subscribers)
        except TooManyError as error:
            raise HTTPException(429, str(error)) from None
        return StreamingResponse(_events(lines), media_type="text/event-stream")


async def _events(lines: Lines) -> AsyncIterator[bytes]:
    """Lines as server-sent events, and a comment where none came for a while, so that proxies keep the connection."""
    try:
        yield b": the log from now on\n\n"
        while True:
            try:
                line = await asyncio.wait_for(lines.__anext__(), _KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield b":\n\n"
            else:
                yield b"".join(b"data: " + part + b"\n" for part in line.splitlines()) + b"\n"
    except StopAsyncIteration:
        return
    finally:
        lines.close()


def _by_method(endpoints: Sequence[tuple[str, Endpoint]]) -> Endpoint:
    by_method = dict(endpoints)

    async def answer(request: Request) -> Response:
        return await by_method.get(request.method, endpoints[0][1])(request)

    return answer


def _methods(endpoints: Sequence[tuple[str, Endpoint]]) -> list[str]:
    return [method for method, _ in endpoints]


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _document(request: Request) -> dict[str, Any]:
    """The JSON object of a request that changes something."""
    if _media_type(request) != _JSON:
        raise HTTPException(415, "Send application/json.", {"accept": _JSON})
    content = await _content(request)
    try:
        document: Json = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise HTTPException(400, "The body is not a JSON object.")
    return document


async def _content(request: Request) -> bytes:
    try:
        return await read_all(request.receive, request.headers.get("content-length", "").encode(), _BODY_LIMIT)
    except BodyTooLargeError as error:
        raise HTTPException(413, str(error), {"connection": "close"}) from None
    except CallerLeftError:
        raise HTTPException(400, "The caller left.") from None


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "The text is not UTF-8.") from None


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _problem_response(error.status_code, error.detail, request.state.request_id, error.headers)


def _problem_response(status: int, detail: str, request_id: str, headers: Any = None) -> Response:
    content = render_problem(status, _CODES.get(status, "NK8007"), detail, request_id)
    return Response(content, status, headers, PROBLEM)
