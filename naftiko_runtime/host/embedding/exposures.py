"""Which function does a name mean?

A caller may know a function by its tool's name, by its REST operation's name, by either with its namespace before it,
by its route, by the consumed operation it calls, or by its name in its aggregate. Faces of one and the same call are as
good as each other, so the first is taken; a name that fits different calls is never resolved by order. All names are
collected once, so that a call costs a look-up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.errors import InvocationError
from naftiko_runtime.plan.model.call import Call, Origin, Target
from naftiko_runtime.plan.model.face import Aggregate, McpFace, Plan, RestFace
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.offerings import Resource
from naftiko_runtime.plan.model.steps import Orchestration

_SHOWN_NAMES = 20


class NoSuchFunctionError(InvocationError):
    """A name means no function here, or several. The text names those that are meant."""

    code = "NK8007"


class Exposure(NamedTuple):
    """One function as one face shows it, or as its aggregate has it. `shown` is its route, such as `GET /jobs/{id}`,
    the URI of a resource, or its name.
    """

    face: RestFace | McpFace | Aggregate
    name: str
    shown: str
    function: Function

    @property
    def qualified_name(self) -> str:
        """`namespace.name`."""
        return f"{self.face.namespace}.{self.name}"

    @property
    def target(self) -> Target | None:
        """The consumed operation it calls, if it calls one."""
        action = self.function.action
        return action.target if isinstance(action, Call) else None

    @property
    def deed(self) -> Target | Origin | None:
        """What two faces have in common that do the same: the operation they call, or the steps they run."""
        action = self.function.action
        return action.origin if isinstance(action, Orchestration) else self.target


class Exposures:
    """Everything that capabilities show, by its names."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._all = tuple(item for plan in plans for item in exposures_of(plan))
        self._own: dict[str, list[Exposure]] = {}
        self._consumed: dict[str, list[Exposure]] = {}
        self._shared: dict[str, list[Exposure]] = {}
        for item in self._all:
            for name in dict.fromkeys((item.name, item.qualified_name, item.shown)):
                self._own.setdefault(name, []).append(item)
            if (target := item.target) is not None:
                for path in ((target.operation,), (target.resource, target.operation)):
                    self._consumed.setdefault(".".join((target.namespace, *path)), []).append(item)
        for item in (item for plan in plans for item in left_out_of(plan)):
            for name in (item.name, item.qualified_name, item.shown):
                self._own.setdefault(name, [item])
        for item in (item for plan in plans for item in shared_by(plan)):
            for name in (item.name, item.qualified_name):
                self._shared.setdefault(name, []).append(item)
        counts = Counter(item.qualified_name for item in self._all)
        shown = (item.qualified_name if counts[item.qualified_name] == 1 else item.shown for item in self._all)
        self.names = tuple(dict.fromkeys(shown))
        """A name for each function, in the order of the text: qualified, or its route where operations share a name."""

    def find(self, name: str) -> Function:
        """The one function that a name means. Raises NoSuchFunctionError."""
        found = self._own.get(name) or self._consumed.get(name) or self._shared.get(name)
        if not found:
            raise NoSuchFunctionError(self._unknown(name))
        deeds = {item.deed for item in found}
        if len(found) > 1 and (len(deeds) > 1 or None in deeds):
            choices = ", ".join(dict.fromkeys(f"`{item.qualified_name}` ({item.shown})" for item in found))
            raise NoSuchFunctionError(f"`{name}` is the name of {len(found)} functions; say which: {choices}")
        return found[0].function

    def _unknown(self, name: str) -> str:
        near = nearest(name, [*self.names, *self._own, *self._shared])
        if near is not None:
            return f"nothing here is called `{name}`; did you mean `{near}`?"
        more = ", …" if len(self.names) > _SHOWN_NAMES else ""
        return f"nothing here is called `{name}`; here are: {', '.join(self.names[:_SHOWN_NAMES])}{more}"


def exposures_of(plan: Plan) -> Iterator[Exposure]:
    """Everything a capability shows, in the order of its text."""
    for face in plan.rest:
        for route in face.routes:
            yield Exposure(face, route.function.name, f"{route.method} {route.path}", route.function)
    for tools in plan.mcp:
        for tool in tools.tools:
            yield Exposure(tools, tool.name, tool.name, tool.function)
        yield from _resources(tools, left_out=False)


def _resources(face: McpFace, *, left_out: bool) -> Iterator[Exposure]:
    """The resources of an adapter that a function answers."""
    for item in face.resources:
        if isinstance(item, Resource) and item.is_left_out is left_out:
            yield Exposure(face, item.name, item.uri.text, item.function)


def shared_by(plan: Plan) -> Iterator[Exposure]:
    """The functions of a capability's aggregates, those that only say why they are not served among them."""
    for aggregate in plan.aggregates:
        for function in (*aggregate.functions, *aggregate.left_out):
            yield Exposure(aggregate, function.name, function.name, function)


def left_out_of(plan: Plan) -> Iterator[Exposure]:
    """What a partly served capability only says the reason of."""
    for face in plan.rest:
        for route in face.left_out:
            yield Exposure(face, route.function.name, f"{route.method} {route.path}", route.function)
    for tools in plan.mcp:
        for tool in tools.left_out:
            yield Exposure(tools, tool.name, tool.name, tool.function)
        yield from _resources(tools, left_out=True)
