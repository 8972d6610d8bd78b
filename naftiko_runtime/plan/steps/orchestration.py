"""Steps → one action: what each step needs of those before it, and what all of them together give (language §9).

Steps run in the order of the text as far as anybody can tell: one waits for those whose results it uses, and a call
that may change something waits for all before it and holds up all after it. Only calls that read may be side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from naftiko_runtime.plan.calls.resolution import Resolution
from naftiko_runtime.plan.calls.targets import Targets
from naftiko_runtime.plan.inputs.methods import SAFE_METHODS
from naftiko_runtime.plan.inputs.slots import Slot, Slots
from naftiko_runtime.plan.model.call import Arguments, Place, Shape
from naftiko_runtime.plan.model.steps import (
    CallStep,
    LookupStep,
    Orchestration,
    ScriptStep,
    Step,
    is_result,
    result_key,
)
from naftiko_runtime.plan.outputs.rooted import unrooted
from naftiko_runtime.plan.outputs.shape import compile_members, compile_shape
from naftiko_runtime.plan.requests.outbound import Outbound
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.steps.assembly import compile_assembly
from naftiko_runtime.plan.steps.lookups import compile_lookup, compile_remark
from naftiko_runtime.plan.steps.projection import compile_projection, projected_fields
from naftiko_runtime.plan.steps.scripting import Scripts
from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.plan.wiring.results import Known, Results
from naftiko_runtime.plan.wiring.sources import Source
from naftiko_runtime.plan.wiring.sourcing import Exposure, Sourcer
from naftiko_runtime.spec.model import steps as written
from naftiko_runtime.spec.model.capability import Behaviour, OutputParameter
from naftiko_runtime.spec.text.document import Pointer

_NO_SLOTS = Slots(None, (), (), (), frozenset())


class Orchestrator:
    """Compiles the steps of one file."""

    def __init__(
        self, outbound: Outbound, targets: Targets, scripts: Scripts, variables: Variables, findings: Findings
    ) -> None:
        self._outbound = outbound
        self._targets = targets
        self._scripts = scripts
        self._variables = variables
        self._findings = findings
        self._operations: dict[Pointer, tuple[Pointer, ...]] = {}

    def relied_on(self, behaviour: Behaviour) -> tuple[Pointer, ...]:
        """The places of the consumed operations that compiled steps call."""
        return self._operations.get(behaviour.at, ())

    def make(self, behaviour: Behaviour, exposure: Exposure) -> Orchestration | None:
        """The action that the steps of `behaviour` are; None, with findings, where they can't be run."""
        compilation = _Compilation(
            self._outbound, self._targets, self._scripts, self._variables, self._findings, behaviour, exposure
        )
        steps = compilation.steps()
        self._operations[behaviour.at] = tuple(compilation.operations)
        result = compilation.result()
        if len(steps) != len(behaviour.steps):
            return None
        last = steps[-1]
        return Orchestration(
            steps=tuple(steps),
            is_sequence=_is_sequence(steps),
            result=result,
            keeps_status=not behaviour.mappings and isinstance(last, CallStep),
            origin=self._findings.origin((*behaviour.at, "steps")),
            mapping=_words(behaviour),
        )


class _Compilation:
    """The steps of one function while they are compiled."""

    def __init__(
        self,
        outbound: Outbound,
        targets: Targets,
        scripts: Scripts,
        variables: Variables,
        findings: Findings,
        behaviour: Behaviour,
        exposure: Exposure,
    ) -> None:
        self._outbound = outbound
        self._targets = targets
        self._scripts = scripts
        self._variables = variables
        self._findings = findings
        self._behaviour = behaviour
        self._exposure = exposure
        self._known: list[Known] = []
        self._declared = frozenset(parameter.name for parameter in behaviour.inputs)
        self.operations: list[Pointer] = []

    def steps(self) -> list[Step]:
        """The compiled steps; those that can't be are missing, with a finding."""
        made: list[Step] = []
        twice = self._report_twice()
        for number, step in enumerate(self._behaviour.steps):
            results = self._results(number)
            compiled, known = self._step(step, results)
            # What the result of one of two has can't be told of their name.
            self._known.append(replace(known, fields=None) if step.name in twice else known)
            if compiled is not None:
                used = tuple(sorted(results.used))
                made.append(replace(compiled, uses=used, needs=_needs(made, compiled, results.used)))
        return made

    def _results(self, number: int) -> Results:
        later = [step.name for step in self._behaviour.steps[number:]]
        return Results(self._known, later, self._findings)

    def _report_twice(self) -> set[str]:
        """The names that several steps have, each told."""
        twice: set[str] = set()
        named: dict[str, written.Step] = {}
        for step in self._behaviour.steps:
            first = named.setdefault(step.name, step)
            if first is not step and step.name:
                related = (self._findings.related("the first is here", (*first.at, "name")),)
                message = f"another step is called `{step.name}` already"
                at = (*step.at, "name")
                self._findings.error("NK3019", message, at, "give it a name of its own", related=related)
                twice.add(step.name)
        return twice

    def _step(self, step: written.Step, results: Results) -> tuple[Step | None, Known]:
        known = Known(step.name, step.at)
        if self._findings.is_flawed(step.at):
            return None, known
        if isinstance(step, written.CallStep):
            return self._call(step, results)
        if isinstance(step, written.LookupStep):
            return self._lookup(step, results), replace(known, fields=step.fields or None)
        return self._script(step, results), known

    def _call(self, step: written.CallStep, results: Results) -> tuple[Step | None, Known]:
        behaviour = replace(self._behaviour, call=step.call, with_values=step.with_values, at=step.at)
        resolution = self._targets.of_call(behaviour)
        if resolution is None:
            return None, Known(step.name, step.at)
        operation = resolution.operation
        self.operations.append(operation.at)
        self._check_format(resolution, step)
        call = self._outbound.call(behaviour, self._exposure, resolution, results)
        project = compile_projection(operation.outputs, self._variables, self._findings)
        is_xml = operation.output_format == "xml"
        if is_xml:
            project = unrooted(project, operation.outputs)
        known = Known(step.name, step.at, projected_fields(operation.outputs), is_xml)
        return CallStep(step.name, call, project), known

    def _check_format(self, resolution: Resolution, step: written.CallStep) -> None:
        operation = resolution.operation
        if operation.output_format == "binary":
            message = "bytes are no result that a step can give"
            help_text = "call the operation itself: `call`, without steps"
            self._findings.error("NK2008", message, (*step.at, "call"), help_text)
        elif operation.output_format != "json":
            self._outbound.decoders.require(operation, self._behaviour.at)

    def _lookup(self, step: written.LookupStep, results: Results) -> Step | None:
        found = results.step(step.index, step.index, (*step.at, "index"))
        value = self._source(step.value, "lookupValue", (*step.at, "lookupValue"), results)
        if found is None:
            return None
        self._check_fields(step, found, results)
        key = result_key(step.index)

        def index(arguments: Arguments) -> object:
            return arguments[key]

        find = compile_lookup(index, step.match, value.read, step.fields)
        words = f"`{step.match}` = {value.words} in step `{step.index}`, giving {', '.join(step.fields)}"
        return LookupStep(step.name, find, compile_remark(index, step.match, step.index), words)

    def _check_fields(self, step: written.LookupStep, index: Known, results: Results) -> None:
        """Tell of fields that the entries can't have: those of a lookup's result are its `outputParameters` alone."""
        searched = next((item for item in self._behaviour.steps if item.at == index.at), None)
        if isinstance(searched, written.LookupStep):
            fields = [(step.match, "match"), *((name, "outputParameters") for name in step.fields)]
            for name, key in fields:
                at = (*step.at, key) if key == "match" else (*step.at, key, step.fields.index(name))
                results.lacks(index, name, name, at)

    def _script(self, step: written.ScriptStep, results: Results) -> Step | None:
        """A script sees the arguments, the results of all steps before it, and what `with` adds."""
        script = self._scripts.by_step.get(step.at)
        given = {
            key: self._source(value, key, (*step.at, "with", key), results).read for key, value in step.with_values
        }
        if script is None:
            return None
        results.used.update(range(len(self._known)))
        earlier = {known.name: result_key(known.name) for known in self._known}

        def context(arguments: Arguments) -> dict[str, object]:
            inputs = {name: value for name, value in arguments.items() if not is_result(name)}
            outputs = {name: arguments[key] for name, key in earlier.items()}
            added = {key: value for key, read in given.items() if (value := read(arguments)) is not ABSENT}
            return {**inputs, **outputs, **added}

        return ScriptStep(step.name, script, self._scripts.limits, context)

    def _source(self, value: object, name: str, at: Pointer, results: Results) -> Source:
        """The source of a value that feeds no call."""
        sourcer = Sourcer(self._exposure, self._declared, _NO_SLOTS, self._variables, self._findings, results)
        return sourcer.given(Slot(name, Place.BODY, required=False, is_template=True), value, at)

    def result(self) -> Callable[[Arguments], object]:
        """What the finished steps give: what the mappings say, else what the last step gave, in the declared shape."""
        results = Results(self._known, (), self._findings)
        if self._behaviour.mappings:
            pairs = [
                (mapping, self._source(mapping.value, mapping.target, (*mapping.at, "value"), results))
                for mapping in self._behaviour.mappings
            ]
            return compile_assembly(pairs, self._behaviour.outputs, self._findings)
        key = result_key(self._behaviour.steps[-1].name)
        shape = self._shape()
        if shape is None:
            return lambda arguments: arguments[key]
        return lambda arguments: shape(arguments[key], arguments)

    def _shape(self) -> Shape | None:
        outputs = self._behaviour.outputs
        if outputs and all(output.name for output in outputs):
            return compile_members(outputs, self._variables, self._findings)
        return compile_shape(outputs, (), self._variables, self._findings)


def _needs(made: Sequence[Step], step: Step, used: set[int]) -> tuple[int, ...]:
    """The numbers of the steps that must have finished before: those it uses, and whatever its effects could touch."""
    if isinstance(step, CallStep) and not _reads(step):
        return tuple(range(len(made)))
    barrier = next((number for number in reversed(range(len(made))) if not _reads(made[number])), None)
    return tuple(sorted(used if barrier is None else used | {barrier}))


def _reads(step: Step) -> bool:
    return not isinstance(step, CallStep) or step.call.target.method in SAFE_METHODS


def _is_sequence(steps: Sequence[Step]) -> bool:
    """Whether each call waits for every call before it, by whatever way."""
    waited: list[set[int]] = []
    for number, step in enumerate(steps):
        waited.append({inner for need in step.needs for inner in (need, *waited[need])})
        if isinstance(step, CallStep) and any(
            isinstance(steps[earlier], CallStep) and earlier not in waited[number] for earlier in range(number)
        ):
            return False
    return True


def _words(behaviour: Behaviour) -> str:
    """The result in one line, for `explain`."""
    if behaviour.mappings:
        return "; ".join(f"{item.target} ← {item.value}" for item in behaviour.mappings)
    names = ", ".join(_named(behaviour.outputs))
    last = behaviour.steps[-1].name
    return f"what step `{last}` gave" + (f", shaped: {names}" if names else "")


def _named(outputs: Sequence[OutputParameter]) -> Iterator[str]:
    return (f"{output.name}: {output.type or 'any'}" if output.name else output.type or "any" for output in outputs)
