"""How does an HTTP request become a call of a function, and the outcome an HTTP response?

Raw ASGI, because a router and request objects cost more than everything else this face does (D2). Each step is decided
in a module of its own; this one holds their order: route, negotiate, read, call, answer, record. Every request is
recorded exactly once, whatever becomes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from naftiko_runtime.asgi.access.denial import DeniedError
from naftiko_runtime.asgi.body import BODY_LIMIT
from naftiko_runtime.asgi.caller import CallerLeftError, CallerWatch
from naftiko_runtime.asgi.mount import mounted_at
from naftiko_runtime.asgi.request_id import REQUEST_ID, new_request_id
from naftiko_runtime.engine.outcome import Failure, FailureKind, Success
from naftiko_runtime.engine.record import CALLER_LEFT, Observer
from naftiko_runtime.errors import InvocationError
from naftiko_runtime.plan.model.face import RestFace
from naftiko_runtime.rest.accept import admits_json
from naftiko_runtime.rest.answer import Answer, answer_failure, answer_refusal, answer_success, streamed_headers
from naftiko_runtime.rest.arguments import ABSENT, ArgumentReader
from naftiko_runtime.rest.body import parse_json, read_body
from naftiko_runtime.rest.claims import Claims, build_table, claims_of
from naftiko_runtime.rest.endpoint import Endpoint
from naftiko_runtime.rest.exchange import Exchange, Subject
from naftiko_runtime.rest.pages import Page, pages
from naftiko_runtime.rest.problem import NO_METHOD, NO_ROUTE, NOT_ACCEPTABLE, RefusalError
from naftiko_runtime.rest.routes import Match, MethodRefused, RouteTable

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.engine.engine import Engine

_INTERNAL = Failure(
    FailureKind.INTERNAL, "The runtime failed to answer; its log has the details under this request id."
)


class RestApplication:
    """The REST face of one listener: an ASGI application for `http` scopes.

    `observe` is told of every request when it is over. `shadowed` lists the addresses that were claimed twice. What the
    `previous` application of the same listener and engine made of the same adapters is taken over from it.
    """

    def __init__(
        self,
        faces: Sequence[RestFace],
        engine: Engine,
        observe: Observer,
        *,
        body_limit: int = BODY_LIMIT,
        previous: RestApplication | None = None,
    ) -> None:
        known = previous._claims if previous is not None else {}
        # By identity, because adapters that are equal are rare and costly to tell; each is kept with its key.
        self._claims: dict[int, tuple[RestFace, Claims]] = {
            id(face): known.get(id(face)) or (face, claims_of(face, engine)) for face in faces
        }
        self._table, self.shadowed = build_table([claims for _, claims in self._claims.values()])
        self._observe = observe
        self._body_limit = body_limit

    @cached_property
    def _pages(self) -> RouteTable[Page]:
        table: RouteTable[Page] = RouteTable()
        for page in pages(list(self._claims.values()), self.shadowed):
            table.add("GET", page.segments, page)
        return table

    def find(self, raw_path: bytes) -> tuple[str, ...]:
        """The methods answered at a percent-encoded path, sorted; empty where no operation is exposed there."""
        found = self._table.find("", raw_path)
        return found.allowed if isinstance(found, MethodRefused) else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises what breaks an answer that has begun, so that the server closes the connection."""
        accept = request_id = None
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = value if accept is None else accept + b"," + value
            elif name == b"x-request-id" and REQUEST_ID.fullmatch(value):
                request_id = value.decode()
        exchange = Exchange(scope["method"], request_id or new_request_id(), send)
        try:
            await self._serve(exchange, accept, scope, receive)
        except CallerLeftError:
            exchange.status = CALLER_LEFT
        except InvocationError as error:
            exchange.code = error.code
            raise
        except Exception:
            exchange.code = FailureKind.INTERNAL.value
            if not exchange.begun:
                await exchange.answer(answer_failure(_INTERNAL, (), exchange.request_id))
            raise
        finally:
            self._observe(exchange.record())

    async def _serve(self, exchange: Exchange, accept: bytes | None, scope: Scope, receive: Receive) -> None:
        found = self._table.find(exchange.method, _raw_path(scope))
        try:
            if not isinstance(found, Match):
                await exchange.answer(await self._answer_without_route(found, exchange, scope))
                return
            endpoint = found.target
            exchange.subject = endpoint.subject
            if endpoint.guard is not None:
                await endpoint.guard.check(scope)
            if endpoint.forward is not None:
                await endpoint.forward.pass_on(exchange, found.values, scope, receive, self._body_limit)
                return
            if accept is not None and endpoint.shaped and not admits_json(accept):
                raise RefusalError(406, NOT_ACCEPTABLE, "The answer is application/json, which Accept leaves out.")
            reader = endpoint.reader
            arguments = {} if reader is None else await self._read(reader, endpoint, found.values, scope, receive)
        except (RefusalError, DeniedError) as refusal:
            await exchange.answer(answer_refusal(refusal, exchange.request_id))
            return
        with CallerWatch(receive):
            await _call(exchange, endpoint, arguments)

    async def _answer_without_route(self, refused: MethodRefused | None, exchange: Exchange, scope: Scope) -> Answer:
        """A page of ours, where no spec claims its path; else what `_refuse_method` says, or `RefusalError` 404."""
        if refused is not None:
            await self._check_any(refused, scope)
            return _refuse_method(refused, exchange.method)
        found = self._pages.find(exchange.method, _raw_path(scope))
        if found is None:
            raise RefusalError(404, NO_ROUTE, "No operation is exposed at this path.")
        if not isinstance(found, Match):
            return _refuse_method(found, exchange.method)
        page: Page = found.target
        exchange.subject = Subject(f"{exchange.method} {page.path}", "", "")
        if page.guard is not None:
            await page.guard.check(scope)
        return page.answer(mounted_at(scope))

    async def _check_any(self, refused: MethodRefused, scope: Scope) -> None:
        """Which methods a path has is told to whoever may use one of them."""
        raw_path = _raw_path(scope)
        denied: DeniedError | None = None
        for method in refused.allowed:
            found = self._table.find(method, raw_path)
            if isinstance(found, Match):
                try:
                    if found.target.guard is not None:
                        await found.target.guard.check(scope)
                    return
                except DeniedError as error:
                    denied = denied or error
        if denied is not None:
            raise denied

    async def _read(
        self, reader: ArgumentReader, endpoint: Endpoint, values: tuple[str, ...], scope: Scope, receive: Receive
    ) -> dict[str, object]:
        """The raw arguments. Raises `RefusalError` that names everything that can't be used."""
        document: object = ABSENT
        if reader.wants_document:
            content = await read_body(receive, scope["headers"], self._body_limit)
            if content:
                document = parse_json(content)
        reading = reader.read(values, scope["headers"], scope["query_string"], document)
        if reading.problems:
            fields = reader.all_problems(reading, endpoint.function)
            raise RefusalError(400, FailureKind.ARGUMENTS.value, "The request's input can't be used.", fields=fields)
        return reading.arguments


async def _call(exchange: Exchange, endpoint: Endpoint, arguments: dict[str, object]) -> None:
    outcome = await endpoint.run(endpoint.function, arguments)
    if isinstance(outcome, Success):
        await exchange.answer(answer_success(outcome))
    elif isinstance(outcome, Failure):
        fields = endpoint.reader.as_written(outcome.fields) if endpoint.reader is not None else outcome.fields
        await exchange.answer(answer_failure(outcome, fields, exchange.request_id))
    else:
        await exchange.pass_on(outcome.status, streamed_headers(outcome), outcome.chunks)


def _refuse_method(refused: MethodRefused, method: str) -> Answer:
    """The answer to OPTIONS; raises `RefusalError` for another method that the path has no operation for."""
    allow = ", ".join(refused.allowed)
    if method == "OPTIONS":
        return Answer(204, [(b"allow", allow.encode())], b"", None, "")
    raise RefusalError(405, NO_METHOD, f"This path answers {allow}.", headers=[(b"allow", allow.encode())])


def _raw_path(scope: Scope) -> bytes:
    """The path as the caller sent it, without the query, which some servers leave in it."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        # A server that keeps no raw path has decoded it: the nearest to what was sent is to encode it again.
        raw = quote(scope["path"]).encode()
    return raw.partition(b"?")[0] if b"?" in raw else raw
