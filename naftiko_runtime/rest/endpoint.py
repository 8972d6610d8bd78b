"""What does this listener serve, and where?

Each adapter's routes are reachable as they are declared and below `/{namespace}` (C15). Declared paths are claimed
first, so a prefix never takes one; what stays unclaimed of a route's two addresses is reported, not dropped silently.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from naftiko_runtime.engine.outcome import Failure, Streamed, Success
from naftiko_runtime.plan.model import Arguments, Call, Function, Refused, RestFace, Route
from naftiko_runtime.rest.arguments import ArgumentReader
from naftiko_runtime.rest.routes import RouteTable
from naftiko_runtime.rest.template import parse_template, placeholder_names

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route, ready to serve. `reader` is None where the request has nothing to read.

    `shaped` says that a success is JSON whatever the upstream sends; `operation` and `name` are what records say.
    """

    namespace: str
    function: Function
    run: Callable[[Function, Arguments], Awaitable[Success | Failure | Streamed]]
    reader: ArgumentReader | None
    shaped: bool
    operation: str
    name: str


@dataclass(frozen=True, slots=True)
class Shadowed:
    """An address of a route that another route had first. `address` is its path template, `holder` who has it."""

    namespace: str
    route: Route
    address: str
    holder: Endpoint


def build_table(faces: Sequence[RestFace], engine: Engine) -> tuple[RouteTable[Endpoint], tuple[Shadowed, ...]]:
    """All routes of a listener, and the addresses that were claimed before."""
    table: RouteTable[Endpoint] = RouteTable()
    shadowed: list[Shadowed] = []
    endpoints = [
        (face.namespace, route, _endpoint(face, route, engine))
        for face in faces
        for route in (*face.routes, *face.left_out)
    ]
    claims = [(_rooted(route.path), namespace, route, endpoint) for namespace, route, endpoint in endpoints]
    claims += [
        (address, namespace, route, endpoint)
        for namespace, route, endpoint in endpoints
        for address in _prefixed(namespace, route.path)
    ]
    for address, namespace, route, endpoint in claims:
        holder = table.add(route.method, address, endpoint)
        if holder is not None:
            shadowed.append(Shadowed(namespace, route, address, holder))
    return table, tuple(shadowed)


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _prefixed(namespace: str, path: str) -> tuple[str, ...]:
    """The addresses below a namespace; its root is found without the slash too, as a listener's own root is."""
    address = f"/{namespace}{_rooted(path)}"
    return (address, f"/{namespace}") if _rooted(path) == "/" else (address,)


def _endpoint(face: RestFace, route: Route, engine: Engine) -> Endpoint:
    function = route.function
    action = function.action
    placeholders = placeholder_names(parse_template(route.path))
    streams = isinstance(action, Call) and action.shape is None
    reads = bool(function.inputs or placeholders) and not isinstance(action, Refused)
    return Endpoint(
        namespace=face.namespace,
        function=function,
        run=engine.stream if streams else engine.invoke,
        reader=ArgumentReader(function.inputs, placeholders) if reads else None,
        shaped=not streams and not isinstance(action, Refused),
        operation=f"{route.method} {route.path}",
        name=function.qualified_name,
    )
