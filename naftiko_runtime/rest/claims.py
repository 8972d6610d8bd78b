"""What does this listener serve, and where?

Each adapter's routes are reachable as they are declared and below `/{namespace}` (C15). Declared paths are claimed
first, so a prefix never takes one; what stays unclaimed of a route's two addresses is reported, not dropped silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from naftiko_runtime.asgi.access.guard import Guard, make_guard
from naftiko_runtime.plan.model.face import RestFace, Route
from naftiko_runtime.plan.model.forward import REST_OF_PATH, Forward
from naftiko_runtime.rest.endpoint import Endpoint, make_endpoint
from naftiko_runtime.rest.routes import RouteTable
from naftiko_runtime.rest.template import Segment, parse_template, with_tail

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine


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
        address = route.path if route.path.startswith("/") else f"/{route.path}"
        endpoint = make_endpoint(face.namespace, route, segments, engine, guard)
        claim = Claim(face.namespace, route, endpoint, address, segments)
        below = (*parse_template(face.namespace), *segments)
        declared.append(claim)
        prefixed.append(claim._replace(address=f"/{face.namespace}{address}", segments=below))
        if address == "/":
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
