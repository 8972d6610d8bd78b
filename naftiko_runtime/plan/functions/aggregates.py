"""What does a tool or an operation do that says `ref`? What the aggregate function does that it names (language §8).

A function is compiled once, with the namespace of its aggregate as its own. What refers to it hands its inputs over as
it would to a consumed operation, so each face may call them differently, fix some and read them from other places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from naftiko_runtime.diagnostics.suggest import did_you_mean, listed, nearest
from naftiko_runtime.plan.calls.targets import Targets
from naftiko_runtime.plan.functions.compiler import FunctionCompiler
from naftiko_runtime.plan.functions.delegation import Delegate
from naftiko_runtime.plan.functions.salvage import Offer, withhold
from naftiko_runtime.plan.inputs.drafts import declared_tool_drafts
from naftiko_runtime.plan.model.face import Aggregate
from naftiko_runtime.plan.model.function import Function, Refused
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.wiring.sourcing import Exposure
from naftiko_runtime.spec.model import capability as written
from naftiko_runtime.spec.model.capability import Behaviour, Spec
from naftiko_runtime.spec.text.document import Pointer


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A function, and the places of all that it relies on."""

    delegate: Delegate
    relies_on: tuple[Pointer, ...]


class Aggregates:
    """The aggregates of one file. All functions are compiled, whether anything refers to them or not."""

    def __init__(self, spec: Spec, functions: FunctionCompiler, targets: Targets, findings: Findings) -> None:
        self._functions = functions
        self._targets = targets
        self._findings = findings
        self._written = spec.aggregates
        self._absent = spec.absent
        self._by_name: dict[str, _Compiled] = {}
        self._aggregates = {item.namespace: item for item in reversed(spec.aggregates)}
        self._report_twice()
        for aggregate in spec.aggregates:
            for function in aggregate.functions:
                self._compile(aggregate, function)

    def _report_twice(self) -> None:
        """Two things of one name: which of them a `ref` means could only be guessed (NK3019)."""
        for aggregate in self._written:
            first = self._aggregates[aggregate.namespace]
            if first is not aggregate:
                self._twice(
                    f"an aggregate is called `{aggregate.namespace}` already", first.at, aggregate.at, "namespace"
                )
            named: dict[str, written.AggregateFunction] = {}
            for function in aggregate.functions:
                earlier = named.setdefault(function.name, function)
                if earlier is not function:
                    message = f"`{aggregate.namespace}` has a function `{function.name}` already"
                    self._twice(message, earlier.at, function.at, "name")

    def _twice(self, message: str, first: Pointer, second: Pointer, key: str) -> None:
        related = (self._findings.related("the first is here", first),)
        at = (*second, key)
        self._findings.error(
            "NK3019", message, at, "give it a name of its own", related=related, concerns=(first, second)
        )

    def _compile(self, aggregate: written.Aggregate, function: written.AggregateFunction) -> None:
        behaviour = function.behaviour
        resolution = self._targets.of_call(behaviour)
        inputs = declared_tool_drafts(behaviour.inputs)
        exposure = Exposure(function.name, aggregate.namespace, function.description, inputs)
        if self._functions.is_contradictory(behaviour):
            made = self._functions.left_out(behaviour, exposure)
        else:
            made = self._functions.make(behaviour, exposure, resolution)
        qualified = f"{aggregate.namespace}.{function.name}"
        delegate = Delegate(made, function.at, "aggregate function", "function", qualified)
        called = () if resolution is None else (resolution.operation.at,)
        relies_on = (function.at, *called, *self._functions.relied_on(behaviour))
        self._by_name.setdefault(qualified, _Compiled(delegate, relies_on))

    def through(self, behaviour: Behaviour, exposure: Exposure) -> Function | None:
        """The function of what refers to another one; None, with a finding, where there is none of that name."""
        found = self._by_name.get(behaviour.ref or "")
        if found is None:
            self._unknown(behaviour)
            return None
        return self._functions.through(behaviour, exposure, found.delegate)

    def relied_on(self, behaviour: Behaviour) -> Iterator[Pointer]:
        """The places of all that a `ref` relies on; none for what has none."""
        found = self._by_name.get(behaviour.ref or "")
        if found is not None:
            yield from found.relies_on

    def _unknown(self, behaviour: Behaviour) -> None:
        reference = behaviour.ref or ""
        namespace, _, name = reference.partition(".")
        if ("aggregates", namespace) in self._absent or self._findings.is_flawed(("capability", "aggregates")):
            return
        hint = did_you_mean(nearest(reference, self._by_name))
        aggregate = self._aggregates.get(namespace)
        if aggregate is None:
            message = f"no aggregate is called `{namespace}`"
            known = f"functions here: {listed(self._by_name)}" if self._by_name else "this file has no aggregates"
        else:
            message = f"no function `{name}` in aggregate `{namespace}`"
            known = f"`{namespace}` has: {listed([item.name for item in aggregate.functions]) or 'none'}"
        self._findings.error("NK3018", message, (*behaviour.at, "ref"), hint + known)

    @property
    def offers(self) -> list[Offer]:
        """Each function, with all that it relies on."""
        return [Offer(item.delegate.words, item.delegate.function, item.relies_on) for item in self._by_name.values()]

    def settle(self, refusals: Mapping[int, Refused]) -> tuple[Aggregate, ...]:
        """The aggregates without the functions that `refusals` withhold, which are keyed by the id of a function."""
        return tuple(self._settled(item, refusals) for item in self._aggregates_in_order() if item.namespace)

    def _aggregates_in_order(self) -> Iterator[written.Aggregate]:
        return (item for item in self._written if self._aggregates[item.namespace] is item)

    def _settled(self, aggregate: written.Aggregate, refusals: Mapping[int, Refused]) -> Aggregate:
        prefix = f"{aggregate.namespace}."
        names = dict.fromkeys(prefix + item.name for item in aggregate.functions)
        functions = [self._by_name[name].delegate.function for name in names]
        refused = ((item, refusals[id(item)]) for item in functions if id(item) in refusals)
        return Aggregate(
            aggregate.namespace,
            aggregate.label,
            tuple(item for item in functions if id(item) not in refusals),
            tuple(withhold(item, refusal) for item, refusal in refused),
        )
