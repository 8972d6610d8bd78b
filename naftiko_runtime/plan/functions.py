"""One exposed operation or tool → one Function."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.plan.admission import compile_admission, input_schema
from naftiko_runtime.plan.callees import Callee, Callees
from naftiko_runtime.plan.calls import Resolution
from naftiko_runtime.plan.declarations import check_declaration, check_names
from naftiko_runtime.plan.drafts import Draft
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.model import Action, Call, Function, Mock, Place, Target
from naftiko_runtime.plan.names import find_value
from naftiko_runtime.plan.request import RequestTemplate, compile_request
from naftiko_runtime.plan.shape import compile_shape, is_identity, output_schema
from naftiko_runtime.plan.slots import Slots
from naftiko_runtime.plan.sources import Source, constant
from naftiko_runtime.plan.static import compile_mock, has_static, static_inputs
from naftiko_runtime.plan.upstreams import Api
from naftiko_runtime.plan.values import ABSENT, UnfitValue, header_value
from naftiko_runtime.plan.variables import Variables
from naftiko_runtime.plan.wiring import Exposure, Wirer, Wiring
from naftiko_runtime.spec.model import Behaviour, ConsumedOperation, OutputParameter

_ACCEPT_JSON = "application/json, */*;q=0.8"
_JSON = "json"
_OPAQUE_FORMATS = ("text", "binary")
"""Formats whose whole document is the body as it is."""


class FunctionCompiler:
    """Compiles the functions of one file."""

    def __init__(self, capability: str, apis: dict[str, Api], variables: Variables, findings: Findings) -> None:
        self._capability = capability
        self._callees = Callees(apis, variables, findings)
        self._variables = variables
        self._findings = findings

    def call(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution) -> Function:
        """The function of a `call`."""
        self._check_inputs(behaviour, exposure)
        callee = self._callees.of(resolution.operation)
        operation, api = callee.operation, callee.api
        wiring = Wirer(behaviour, exposure, callee.slots, self._variables, self._findings).wire()
        self._add_static_inputs(behaviour, exposure)
        self._check_headers(callee.slots, wiring)
        passes = self._passes(operation, behaviour.outputs)
        template = RequestTemplate(
            method=operation.method,
            base=api.base,
            why=api.why,
            slots=callee.slots,
            sources=wiring.sources,
            find=self._finder(callee, wiring),
            body=callee.body,
            credential=api.credential,
            accept=_ACCEPT_JSON if operation.output_format == _JSON else "*/*",
        )
        action = Call(
            target=self._target(resolution),
            build=compile_request(template),
            format=operation.output_format,
            shape=None if passes else compile_shape(behaviour.outputs, operation.outputs, self._findings),
            identity=not passes and is_identity(behaviour.outputs),
            supplies=wiring.supplies,
            mapping=_mapping_words(behaviour.outputs),
        )
        return self._function(behaviour, exposure, action)

    def mock(self, behaviour: Behaviour, exposure: Exposure) -> Function | None:
        """The function of static values; None, with a finding, where there are none either."""
        if not has_static(behaviour.outputs):
            help_text = "write `call: namespace.operation`, or outputs with a static `value`"
            message = f"`{exposure.name}` says neither what to call nor what to answer"
            self._findings.error("NK3010", message, behaviour.at, help_text)
            return None
        self._check_inputs(behaviour, exposure)
        self._add_static_inputs(behaviour, exposure)
        return self._function(behaviour, exposure, Mock(compile_mock(behaviour.outputs, self._findings)))

    def _check_inputs(self, behaviour: Behaviour, exposure: Exposure) -> None:
        check_names(exposure.name, behaviour.inputs, self._findings)
        for parameter in behaviour.inputs:
            check_declaration(parameter, self._findings)

    def _add_static_inputs(self, behaviour: Behaviour, exposure: Exposure) -> None:
        """Inputs that only a static output names. Where inputs are declared, one that is none of them is a mistake."""
        drafts = exposure.drafts
        for name in static_inputs(behaviour.outputs):
            if drafts.find(name) is not None:
                continue
            if behaviour.inputs:
                near = nearest(name, drafts.names)
                hint = f"did you mean `{{{{{near}}}}}`? " if near else ""
                message = f"nothing supplies `{name}`, which a static output of `{exposure.name}` names"
                at = (*behaviour.at, "outputParameters")
                self._findings.error("NK4003", message, at, f"{hint}inputs here: {', '.join(drafts.names)}", key=True)
            drafts.add(Draft(name, place=Place.QUERY))

    def _function(self, behaviour: Behaviour, exposure: Exposure, action: Action) -> Function:
        inputs = exposure.drafts.inputs()
        return Function(
            name=exposure.name,
            capability=self._capability,
            namespace=exposure.namespace,
            description=exposure.description,
            origin=self._findings.origin(behaviour.at),
            inputs=inputs,
            input_schema=input_schema(inputs),
            output_schema=output_schema(behaviour.outputs),
            admit=compile_admission(inputs),
            action=action,
        )

    def _target(self, resolution: Resolution) -> Target:
        operation = resolution.operation
        return Target(
            operation.namespace,
            operation.resource,
            operation.name,
            operation.method,
            operation.path,
            self._findings.origin(operation.at),
            resolution.evidence,
        )

    def _finder(self, callee: Callee, wiring: Wiring) -> Callable[[str], Source]:
        def find(name: str) -> Source:
            if name in self._variables:
                return constant(self._variables.value(name), f"variable `{name}`")
            wanted = self._variables.caller_name(name, callee.operation.at)
            return find_value(wanted or name, wiring.sources) or constant(ABSENT, "nothing")

        return find

    def _check_headers(self, slots: Slots, wiring: Wiring) -> None:
        """Report a constant that no header can carry (NK4010)."""
        for slot in slots.slots:
            source = wiring.sources.get(slot.name)
            if slot.place is not Place.HEADER or slot.parameter is None or source is None or not source.is_constant:
                continue
            try:
                header_value(source.read({}))
            except UnfitValue as unfit:
                message = f"the value of `{slot.name}`: {unfit}"
                self._findings.error("NK4010", message, slot.parameter.at, "write plain text")

    def _passes(self, operation: ConsumedOperation, outputs: tuple[OutputParameter, ...]) -> bool:
        """Whether the upstream's body passes as it is. Reports outputs of a format that is not decoded."""
        kind = operation.output_format
        if not outputs or (kind in _OPAQUE_FORMATS and is_identity(outputs)):
            return True
        if kind != _JSON:
            help_text = "served today: json; without `outputParameters` any format passes as it is"
            at = (*operation.at, "outputRawFormat")
            self._findings.error("NK2008", f"answers in `{kind}` are not decoded yet", at, help_text)
        return False


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
