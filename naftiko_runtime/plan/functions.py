"""One exposed operation or tool → one Function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from naftiko_runtime.plan.admission import compile_admission, input_schema
from naftiko_runtime.plan.body import SERVED_KINDS, BodyTemplate, parse_body
from naftiko_runtime.plan.calls import Resolution
from naftiko_runtime.plan.drafts import Draft, Drafts, check_declaration
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.model import Action, Call, Function, Mock, Place, Target
from naftiko_runtime.plan.names import find_value
from naftiko_runtime.plan.request import HEADER_NAME, RequestTemplate, compile_request
from naftiko_runtime.plan.shape import compile_shape, is_identity, output_schema
from naftiko_runtime.plan.slots import Slots, collect_slots
from naftiko_runtime.plan.sources import Source, constant
from naftiko_runtime.plan.static import compile_mock, has_static, static_inputs
from naftiko_runtime.plan.template import TemplateError
from naftiko_runtime.plan.upstreams import Api
from naftiko_runtime.plan.values import ABSENT, UnfitValue, header_value
from naftiko_runtime.plan.variables import Variables
from naftiko_runtime.plan.wiring import Wirer, Wiring
from naftiko_runtime.spec.model import Behaviour, ConsumedOperation, OutputParameter

_ACCEPT_JSON = "application/json, */*;q=0.8"
_PASSED_FORMATS = ("text", "binary")
_FORMATS_NOT_YET = ("xml", "avro", "protobuf", "csv", "tsv", "psv", "yaml", "html", "markdown")


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a face says of a function: its names, its own inputs so far, and the exposed method (empty for a tool)."""

    name: str
    namespace: str
    description: str
    method: str
    drafts: Drafts


class FunctionCompiler:
    """Compiles the functions of one file."""

    def __init__(self, capability: str, apis: dict[str, Api], variables: Variables, findings: Findings) -> None:
        self._capability = capability
        self._apis = apis
        self._variables = variables
        self._findings = findings
        self._bodies: dict[int, BodyTemplate | None] = {}

    def call(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution) -> Function:
        """The function of a `call`."""
        for parameter in behaviour.inputs:
            check_declaration(parameter, self._findings)
        operation = resolution.operation
        api = self._apis[operation.namespace]
        body = self._body(operation)
        names = self._body_names(operation, body)
        slots = collect_slots(operation, api.consumes.authentication, self._variables, names, self._findings)
        slots = _need_text(slots, body)
        wirer = Wirer(behaviour, exposure.namespace, exposure.method, exposure.drafts, self._variables, self._findings)
        wiring = wirer.wire(slots)
        template = RequestTemplate(
            method=operation.method,
            base=api.base,
            why=api.why,
            slots=slots,
            sources=wiring.sources,
            find=self._finder(operation, wiring),
            body=body,
            credential=api.credential,
            accept=_ACCEPT_JSON if operation.output_format == "json" else "*/*",
        )
        self._check_headers(slots, wiring)
        self._check_format(operation, behaviour.outputs)
        action = Call(
            target=self._target(resolution),
            build=compile_request(template),
            format=operation.output_format,
            shape=compile_shape(behaviour.outputs, operation.outputs, self._findings),
            identity=is_identity(behaviour.outputs),
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
        for parameter in behaviour.inputs:
            check_declaration(parameter, self._findings)
        for name in static_inputs(behaviour.outputs):
            if exposure.drafts.find(name) is None:
                exposure.drafts.add(Draft(name, place=Place.QUERY))
        return self._function(behaviour, exposure, Mock(compile_mock(behaviour.outputs, self._findings)))

    def _function(self, behaviour: Behaviour, exposure: Exposure, action: Action) -> Function:
        inputs = tuple(draft.to_input() for draft in exposure.drafts)
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
        origin = self._findings.origin(operation.at)
        return Target(
            operation.namespace,
            operation.resource,
            operation.name,
            operation.method,
            operation.path,
            origin,
            resolution.evidence,
        )

    def _body(self, operation: ConsumedOperation) -> BodyTemplate | None:
        """The parsed body template, parsed and reported once however many functions call the operation."""
        if operation.body is None:
            return None
        key = id(operation)
        if key not in self._bodies:
            self._bodies[key] = self._parse_body(operation)
        return self._bodies[key]

    def _parse_body(self, operation: ConsumedOperation) -> BodyTemplate | None:
        body = operation.body
        if body is None:
            return None
        if body.kind not in SERVED_KINDS:
            help_text = f"served today: {', '.join(SERVED_KINDS)}"
            self._findings.error("NK2008", f"a body of type `{body.kind}` is not served yet", body.at, help_text)
            return None
        try:
            template = parse_body(body)
        except TemplateError as error:
            self._findings.error("NK4002", f"the body template is malformed: {error}", body.at, "write `{{name}}`")
            return None
        unused = [
            parameter
            for parameter in operation.inputs
            if parameter.place == "body" and find_value(parameter.name, dict.fromkeys(template.names, True)) is None
        ]
        if unused:
            message = f"`{operation.name}` has a body template and `in: body` inputs that the template does not use"
            help_text = (
                f"they are sent as fields beside the template's; write `{{{{{unused[0].name}}}}}` into it to say where"
            )
            self._findings.warning("NK4005", message, unused[0].at, help_text)
        return template

    def _body_names(self, operation: ConsumedOperation, body: BodyTemplate | None) -> tuple[str, ...]:
        if body is None or operation.body is None:
            return ()
        at = operation.body.at
        names = (self._variables.caller_name(name, at) for name in body.names)
        return tuple(name for name in names if name is not None)

    def _finder(self, operation: ConsumedOperation, wiring: Wiring) -> Callable[[str], Source]:
        def find(name: str) -> Source:
            if name in self._variables:
                return constant(self._variables.value(name), f"variable `{name}`")
            wanted = self._variables.caller_name(name, operation.at)
            return find_value(wanted or name, wiring.sources) or constant(ABSENT, "nothing")

        return find

    def _check_headers(self, slots: Slots, wiring: Wiring) -> None:
        for slot in slots.slots:
            if slot.place is not Place.HEADER or slot.parameter is None:
                continue
            at = slot.parameter.at
            if not HEADER_NAME.match(slot.name):
                self._findings.error("NK4010", f"`{slot.name}` is no header name", at, "use letters, digits and `-`")
            source = wiring.sources.get(slot.name)
            if source is not None and source.is_constant and (value := source.read({})) not in (ABSENT, None):
                try:
                    header_value(value)
                except UnfitValue as unfit:
                    self._findings.error("NK4010", f"the value of `{slot.name}`: {unfit}", at, "write plain text")

    def _check_format(self, operation: ConsumedOperation, outputs: tuple[OutputParameter, ...]) -> None:
        kind = operation.output_format
        at = (*operation.at, "outputRawFormat")
        if kind == "json" or kind in _PASSED_FORMATS:
            return
        if kind in _FORMATS_NOT_YET:
            if outputs:
                help_text = "served today: json; without `outputParameters` any format passes as it is"
                self._findings.error("NK2008", f"answers in `{kind}` are not decoded yet", at, help_text)
            return
        self._findings.error(
            "NK5006", f"`{kind}` is no format of the language", at, f"known: json, {', '.join(_FORMATS_NOT_YET)}"
        )


def _need_text(slots: Slots, body: BodyTemplate | None) -> Slots:
    """Variables of a text body are needed: without one the text would have a hole."""
    if body is None or not body.needed:
        return slots
    needed = tuple(replace(slot, required=True) if slot.is_template else slot for slot in slots.slots)
    return replace(slots, slots=needed)


def _mapping_words(outputs: tuple[OutputParameter, ...]) -> str:
    """The outputs in one line, for `explain`."""
    if not outputs:
        return "none: the upstream's body passes as it is"
    words = []
    for output in outputs:
        name = f"{output.name}: " if output.name else ""
        kind = output.type or "any"
        if output.has_value:
            words.append(f"{name}{kind} (static)")
        else:
            inner = "" if not output.properties else " {" + ", ".join(key for key, _ in output.properties) + "}"
            words.append(f"{name}{kind} ← {output.mapping or '$'}{inner}")
    return "; ".join(words)
