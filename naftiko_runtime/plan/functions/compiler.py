"""One exposed operation or tool → one Function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest
from naftiko_runtime.plan.calls.resolution import Resolution
from naftiko_runtime.plan.calls.targets import Targets
from naftiko_runtime.plan.calls.upstreams import Api
from naftiko_runtime.plan.functions.delegation import Delegate, Passage, delegate_slots
from naftiko_runtime.plan.inputs.admission import compile_admission, input_schema
from naftiko_runtime.plan.inputs.declarations import check_declaration, check_names
from naftiko_runtime.plan.inputs.drafts import Draft
from naftiko_runtime.plan.inputs.within import check_value
from naftiko_runtime.plan.model.call import Call, Place, Shape
from naftiko_runtime.plan.model.forward import Forward
from naftiko_runtime.plan.model.function import Action, Function, Mock, Refused
from naftiko_runtime.plan.model.steps import Orchestration
from naftiko_runtime.plan.outputs.binary import binary_answer
from naftiko_runtime.plan.outputs.rooted import rooted
from naftiko_runtime.plan.outputs.shape import compile_shape, is_identity, output_schema
from naftiko_runtime.plan.outputs.static import compile_mock, has_static, static_inputs
from naftiko_runtime.plan.requests.outbound import Outbound
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.steps.assembly import assembly_schema
from naftiko_runtime.plan.steps.orchestration import Orchestrator
from naftiko_runtime.plan.steps.scripting import Scripts
from naftiko_runtime.plan.wiring.sourcing import Exposure
from naftiko_runtime.plan.wiring.wirer import Wirer
from naftiko_runtime.spec.model.capability import Behaviour, OutputParameter
from naftiko_runtime.spec.text.document import Pointer

_JSON = "json"
_XML = "xml"
_BINARY = "binary"
_OPAQUE_FORMATS = ("text", _BINARY)
"""Formats whose whole document is the body as it is."""


class FunctionCompiler:
    """Compiles the functions of one file."""

    def __init__(
        self,
        capability: str,
        apis: dict[str, Api],
        targets: Targets,
        scripts: Scripts,
        variables: Variables,
        findings: Findings,
    ) -> None:
        self._capability = capability
        self._outbound = Outbound(apis, variables, findings)
        self._orchestrator = Orchestrator(self._outbound, targets, scripts, variables, findings)
        self._variables = variables
        self._findings = findings

    def is_contradictory(self, behaviour: Behaviour) -> bool:
        """Whether a text says more than one thing to do. That is told: which of them is meant could only be guessed."""
        ways = (("ref", behaviour.ref), ("call", behaviour.call), ("steps", behaviour.steps))
        said = [key for key, is_said in ways if is_said]
        if len(said) < 2:
            return False
        message = f"`{said[0]}` and `{said[1]}` both say what to do"
        self._findings.error("NK3020", message, (*behaviour.at, said[1]), "keep one of them", key=True)
        return True

    def make(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution | None) -> Function:
        """The function of what says itself what it does; where a finding says that it can't be made, one that stands
        for it.
        """
        function = None
        if resolution is not None:
            function = self._call(behaviour, exposure, resolution)
        elif behaviour.steps:
            function = self._orchestrated(behaviour, exposure)
        elif behaviour.call is None and not self._findings.is_flawed(behaviour.at):
            function = self._mock(behaviour, exposure)
        return self.left_out(behaviour, exposure) if function is None else function

    def _call(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution) -> Function:
        """The function of a `call` of a consumed operation."""
        self._check_inputs(behaviour, exposure)
        call = self._outbound.call(behaviour, exposure, resolution)
        self._add_static_inputs(behaviour, exposure)
        operation = resolution.operation
        kind = operation.output_format
        passes = self._passes(kind, behaviour)
        if not passes:
            self._outbound.decoders.require(operation, behaviour.at)
        action = replace(
            call,
            shape=None if passes else self._shape(behaviour, operation.outputs, kind),
            identity=kind == _JSON and not passes and is_identity(behaviour.outputs),
            mapping=_mapping_words(behaviour.outputs),
        )
        return self._function(behaviour, exposure, action, output_schema(behaviour.outputs))

    def _orchestrated(self, behaviour: Behaviour, exposure: Exposure) -> Function | None:
        """The function of steps; None, with findings, where they can't be run."""
        self._check_inputs(behaviour, exposure)
        action = self._orchestrator.make(behaviour, exposure)
        self._add_static_inputs(behaviour, exposure)
        schema = assembly_schema(behaviour.outputs)
        return None if action is None else self._function(behaviour, exposure, action, schema)

    def relied_on(self, behaviour: Behaviour) -> tuple[Pointer, ...]:
        """The places of the consumed operations that the steps of a compiled behaviour call."""
        return self._orchestrator.relied_on(behaviour)

    def through(self, behaviour: Behaviour, exposure: Exposure, delegate: Delegate) -> Function:
        """The function of what another one does: a tool of the same file, or an aggregate's function, with the inputs
        it is given.
        """
        action = delegate.function.action
        if isinstance(action, Refused | Forward):
            return self.left_out(behaviour, exposure)
        self._check_inputs(behaviour, exposure)
        slots = delegate_slots(delegate, exposure.method)
        wiring = Wirer(behaviour, exposure, slots, self._variables, self._findings).wire()
        self._add_static_inputs(behaviour, exposure)
        passage = Passage(delegate, wiring)
        kind = action.format if isinstance(action, Call) and action.shape is None else ""
        shape = self._shape(behaviour, (), kind)
        own = None if is_identity(behaviour.outputs) else shape
        made: Action
        if isinstance(action, Mock):
            made = Mock(passage.answer(action.answer, own))
        elif isinstance(action, Orchestration):
            made = passage.orchestration(action, own)
        else:
            made = self._passed_call(action, passage, behaviour, shape)
        schema = delegate.function.output_schema if own is None else output_schema(behaviour.outputs)
        return self._function(behaviour, exposure, made, schema)

    def _passed_call(self, action: Call, passage: Passage, behaviour: Behaviour, shape: Shape | None) -> Call:
        """A delegate's call, made for a caller whose outputs mean `shape`."""
        own = None if is_identity(behaviour.outputs) else shape
        if action.shape is not None:
            made = passage.call(action, passage.shape(action.shape, own), identity=action.identity and own is None)
        else:
            passes = self._passes(action.format, behaviour)
            if not passes and action.decode is None and action.format != _JSON:
                self._report_undecoded(action, behaviour)
            is_whole = action.format == _JSON and own is None
            made = passage.call(action, None if passes else shape, identity=not passes and is_whole)
        if behaviour.outputs:
            made = replace(made, mapping=_mapping_words(behaviour.outputs))
        if made.binary is None:
            return made
        return replace(made, binary=binary_answer(behaviour.binary, made.binary, self._findings))

    def _report_undecoded(self, action: Call, behaviour: Behaviour) -> None:
        message = f"the answers of {action.target} can't be decoded for outputs of its caller"
        help_text = "call the operation itself; what is wrong with its format is told then"
        at = (*behaviour.at, "outputParameters")
        self._findings.error("NK5010", message, at, help_text, key=True, concerns=(behaviour.at,))

    def left_out(self, behaviour: Behaviour, exposure: Exposure) -> Function:
        """The function of what can't be compiled: it stands for it until the file is refused, or it is left out."""
        return self._function(behaviour, exposure, Refused("", "", ""), None)

    def _mock(self, behaviour: Behaviour, exposure: Exposure) -> Function | None:
        """The function of static values; None, with a finding, where there are none either."""
        if not has_static(behaviour.outputs):
            help_text = "write `call: namespace.operation`, or outputs with a static `value`"
            message = f"`{exposure.name}` says neither what to call nor what to answer"
            self._findings.error("NK3010", message, behaviour.at, help_text)
            return None
        self._check_inputs(behaviour, exposure)
        self._add_static_inputs(behaviour, exposure)
        answer = compile_mock(behaviour.outputs, self._variables, self._findings)
        return self._function(behaviour, exposure, Mock(answer), output_schema(behaviour.outputs))

    def _shape(self, behaviour: Behaviour, consumed: tuple[OutputParameter, ...], kind: str) -> Shape | None:
        shape = compile_shape(behaviour.outputs, consumed, self._variables, self._findings)
        return shape if shape is None or kind != _XML else rooted(shape, behaviour.outputs, consumed)

    def _check_inputs(self, behaviour: Behaviour, exposure: Exposure) -> None:
        check_names(exposure.name, behaviour.inputs, self._findings)
        for parameter in behaviour.inputs:
            check_declaration(parameter, self._findings)
            check_value(parameter, self._findings)

    def _add_static_inputs(self, behaviour: Behaviour, exposure: Exposure) -> None:
        """Inputs that only a static output names. Where inputs are declared, one that is none of them is a mistake."""
        drafts = exposure.drafts
        for name in static_inputs(behaviour.outputs, self._variables):
            whole = drafts.whole_of(name)
            if drafts.find(name) is not None or (whole is not None and not whole.is_scalar):
                continue
            if behaviour.inputs:
                near = nearest(name, drafts.names)
                hint = did_you_mean(near and f"{{{{{near}}}}}")
                message = f"nothing supplies `{name}`, which a static output of `{exposure.name}` names"
                at = (*behaviour.at, "outputParameters")
                self._findings.error("NK4003", message, at, f"{hint}inputs here: {', '.join(drafts.names)}", key=True)
            drafts.add(Draft(name, place=Place.QUERY))

    def _function(
        self, behaviour: Behaviour, exposure: Exposure, action: Action, schema: Mapping[str, Any] | None
    ) -> Function:
        inputs = exposure.drafts.inputs()
        return Function(
            name=exposure.name,
            capability=self._capability,
            namespace=exposure.namespace,
            description=exposure.description,
            origin=self._findings.origin(behaviour.at),
            inputs=inputs,
            input_schema=input_schema(inputs),
            output_schema=schema,
            admit=compile_admission(inputs),
            action=action,
        )

    def _passes(self, kind: str, behaviour: Behaviour) -> bool:
        """Whether the upstream's body passes as it is."""
        if not behaviour.outputs or (kind in _OPAQUE_FORMATS and is_identity(behaviour.outputs)):
            return True
        if kind == _BINARY:
            at = (*behaviour.at, "outputParameters")
            message = "a binary answer passes as it is: its outputs shape nothing"
            help_text = "remove them, or write the `outputRawFormat` that the answer has"
            self._findings.warning("NK5012", message, at, help_text, key=True)
        return kind == _BINARY


def _mapping_words(outputs: Iterable[OutputParameter]) -> str:
    """The outputs in one line, for `explain`."""
    words = [_output_words(output) for output in outputs]
    return "; ".join(words) if words else "none: the upstream's body passes as it is"


def _output_words(output: OutputParameter) -> str:
    name = f"{output.name}: " if output.name else ""
    kind = output.type or "any"
    if output.has_value:
        return f"{name}{kind} (static)"
    inner = "" if not output.properties else " {" + ", ".join(key for key, _ in output.properties) + "}"
    return f"{name}{kind} ← {output.mapping or '$'}{inner}"
