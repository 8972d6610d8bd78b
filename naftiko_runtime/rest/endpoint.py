"""What is needed to answer one route, decided before any request comes?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.access.guard import Guard
from naftiko_runtime.engine.outcome import Failure, Streamed, Success
from naftiko_runtime.plan.model.call import Arguments, Call
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.forward import Forward
from naftiko_runtime.plan.model.function import Function, Refused
from naftiko_runtime.rest.arguments import ArgumentReader
from naftiko_runtime.rest.exchange import Subject
from naftiko_runtime.rest.forward import Forwarder
from naftiko_runtime.rest.template import Segment, Tail, placeholder_names

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
    guard: Guard | None
    forward: Forwarder | None


def make_endpoint(
    namespace: str, route: Route, segments: tuple[Segment, ...], engine: Engine, guard: Guard | None
) -> Endpoint:
    """The endpoint of a route whose path has these segments, in the adapter of this namespace."""
    function = route.function
    action = function.action
    placeholders = placeholder_names(segments)
    streams = isinstance(action, Call) and action.shape is None
    invokes = not isinstance(action, Refused | Forward)
    forward = None
    if isinstance(action, Forward):
        forward = Forwarder(action, engine, takes_rest=isinstance(segments[-1], Tail))
    return Endpoint(
        namespace=namespace,
        function=function,
        run=engine.stream if streams else engine.invoke,
        reader=ArgumentReader(function.inputs, placeholders) if invokes and (function.inputs or placeholders) else None,
        shaped=invokes and not streams,
        subject=Subject(f"{route.method} {route.path}", function.capability, function.qualified_name),
        guard=guard,
        forward=forward,
    )
