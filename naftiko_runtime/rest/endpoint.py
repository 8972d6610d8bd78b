"""What does this listener serve, and where?

Each adapter's routes are reachable as they are declared and below `/{namespace}` (C15). Declared paths are claimed
first, so a prefix never takes one; what stays unclaimed of a route's two addresses is reported, not dropped silently.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from naftiko_runtime.asgi.access.guard import Guard, make_guard
from naftiko_runtime.engine.outcome import Failure, Streamed, Success
from naftiko_runtime.plan.face import RestFace, Route
from naftiko_runtime.plan.forward import REST_OF_PATH, Forward
from naftiko_runtime.plan.function import Function, Refused
from naftiko_runtime.plan.model import Arguments, Call
from naftiko_runtime.rest.arguments import ArgumentReader
from naftiko_runtime.rest.exchange import Subject
from naftiko_runtime.rest.forward import Forwarder
from naftiko_runtime.rest.routes import RouteTable
from naftiko_runtime.rest.template import Segment, Tail, parse_template, placeholder_names, with_tail

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route, ready to serve. `reader` is None where the request has nothing to read.

    `shaped` says that a success is JSON whatever the upstream sends; `subject` is what records say; `guard` decides who
    may call, None where everybody may. With `forward` the request is passed on instead.
    """

    namespace: str
    function: Function
    run: Callable[[Function, Arguments], Awaitable[Success | Failure | Streamed]]
    reader: ArgumentReader | None
    shaped: bool
    subject: Subject
    guard: Guard | None = None
    forward: Forwarder | None = None


@dataclass(frozen=True, slots=True)
class Shadowed:
    """An address of a route that another route had first. `address` is its path template, `holder` who has it."""

    namespace: str
    route: Route
    address: str
    holder: Endpoint


class Claim(NamedTuple):
    """One address that a route wants: as it is declared, or below its namespace."""

    namespace: str
    route: Route
    endpoint: Endpoint
    address: str
    segments: tuple[Segment, ...]


class Claims(NamedTuple):
    """What one adapter wants, and who guards it. It depends on the adapter alone, so a listener that is made anew may
    keep it.
    """

    declared: tuple[Claim, ...]
    prefixed: tuple[Claim, ...]
    guard: Guard | None


def claims_of(face: RestFace, engine: Engine) -> Claims:
    """The addresses that the routes of an adapter want."""
    declared: list[Claim] = []
    prefixed: list[Claim] = []
    guard = make_guard(face, engine.upstream)
    for route in (*face.routes, *face.left_out):
        segments = parse_template(route.path)
        if isinstance(route.function.action, Forward):
            segments = with_tail(segments, REST_OF_PATH)
        claim = Claim(
            face.namespace, route, _endpoint(face, route, segments, engine, guard), _rooted(route.path), segments
        )
        below = (*parse_template(face.namespace), *segments)
        declared.append(claim)
        prefixed.append(claim._replace(address=f"/{face.namespace}{claim.address}", segments=below))
        if claim.address == "/":
            # The root of a namespace is found without the slash too, as a listener's own root is.
            prefixed.append(claim._replace(address=f"/{face.namespace}", segments=below[:-1]))
    return Claims(tuple(declared), tuple(prefixed), guard)


def build_table(claims: Sequence[Claims]) -> tuple[RouteTable[Endpoint], tuple[Shadowed, ...]]:
    """All routes of a listener, and the addresses that were claimed before."""
    table: RouteTable[Endpoint] = RouteTable()
    shadowed: list[Shadowed] = []
    declared = (claim for item in claims for claim in item.declared)
    prefixed = (claim for item in claims for claim in item.prefixed)
    for claim in chain(declared, prefixed):
        holder = table.add(claim.route.method, claim.segments, claim.endpoint)
        if holder is not None:
            shadowed.append(Shadowed(claim.namespace, claim.route, claim.address, holder))
    return table, tuple(shadowed)


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _endpoint(
    face: RestFace, route: Route, segments: tuple[Segment, ...], engine: Engine, guard: Guard | None
) -> Endpoint:
    function = route.function
    action = function.action
    placeholders = placeholder_names(segments)
    streams = isinstance(action, Call) and action.shape is None
    reads = bool(function.inputs or placeholders) and not isinstance(action, Refused | Forward)
    return Endpoint(
        namespace=face.namespace,
        function=function,
        run=engine.stream if streams else engine.invoke,
        reader=ArgumentReader(function.inputs, placeholders) if reads else None,
        shaped=not streams and not isinstance(action, Refused | Forward),
        subject=Subject(f"{route.method} {route.path}", function.capability, function.qualified_name),
        guard=guard,
        forward=_forwarder(action, segments, engine) if isinstance(action, Forward) else None,
    )


def _forwarder(action: Forward, segments: tuple[Segment, ...], engine: Engine) -> Forwarder:
    return Forwarder(action, engine, takes_rest=isinstance(segments[-1], Tail))
