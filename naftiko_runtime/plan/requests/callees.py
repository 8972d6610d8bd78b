"""What does it take to call a consumed operation? Its slots and its body template.

Found, and what is wrong with it reported, once, however many functions call the operation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from naftiko_runtime.diagnostics.suggest import one_edit
from naftiko_runtime.plan.calls.upstreams import Api
from naftiko_runtime.plan.inputs.declarations import check_declaration, check_names
from naftiko_runtime.plan.inputs.slots import Slots, collect_slots
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.requests.body import KINDS, BodyTemplate, parse_body
from naftiko_runtime.plan.requests.leaves import has_placeholder, is_malformed, place_of
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.names import find_name
from naftiko_runtime.plan.text.template import TemplateError
from naftiko_runtime.plan.text.values import HEADER_NAME
from naftiko_runtime.spec.model.capability import Body, ConsumedOperation, InputParameter
from naftiko_runtime.spec.text.document import Pointer

_TEXTUAL = ("formUrlEncoded", "multipartForm")
"""Kinds of a body in which every value is text."""


@dataclass(frozen=True, slots=True)
class Callee:
    """A consumed operation, ready to be wired."""

    operation: ConsumedOperation
    api: Api
    slots: Slots
    body: BodyTemplate | None


class Callees:
    """The callees of one file."""

    def __init__(self, apis: dict[str, Api], variables: Variables, findings: Findings) -> None:
        self._apis = apis
        self._variables = variables
        self._findings = findings
        self._by_operation: dict[int, Callee] = {}

    def of(self, operation: ConsumedOperation) -> Callee:
        """The callee that `operation` is."""
        found = self._by_operation.get(id(operation))
        if found is None:
            found = self._by_operation[id(operation)] = self._examine(operation)
        return found

    def _examine(self, operation: ConsumedOperation) -> Callee:
        api = self._apis[operation.namespace]
        written = operation.body
        body = None if written is None else self._body(written)
        asked = () if body is None or written is None else self._body_names(body, written, operation)
        inputs = tuple(parameter for parameter in operation.inputs if parameter.place != "environment")
        check_names(operation.name, inputs, self._findings)
        for parameter in inputs:
            check_declaration(parameter, self._findings)
        slots = collect_slots(operation, api.consumes.authentication, self._variables, asked, self._findings)
        if body is not None and body.is_text:
            slots = _need_text(slots)
        if written is not None and (body is None or self._findings.is_flawed(written.at)):
            slots = replace(slots, is_whole=False)
        self._check_names_on_the_wire(slots)
        return Callee(operation, api, slots, body)

    def _body(self, body: Body) -> BodyTemplate | None:
        if body.kind not in KINDS:
            # The schema check has told.
            return None
        try:
            return parse_body(replace(body, data=self._spelled(body.data, body.at)) if body.kind in _TEXTUAL else body)
        except TemplateError as error:
            at = (*body.at, *place_of(body.data, is_malformed))
            self._findings.error("NK4002", f"the body template is malformed: {error}", at, "write `{{name}}`")
            return None

    def _spelled(self, data: object, at: Pointer) -> object:
        """The data of a body whose numbers travel as text, with each as it is written."""
        if isinstance(data, dict):
            return {key: self._spelled(item, (*at, key)) for key, item in data.items()}
        if isinstance(data, list):
            return [self._spelled(item, (*at, index)) for index, item in enumerate(data)]
        return self._findings.spelled(data, at)

    def _body_names(self, template: BodyTemplate, body: Body, operation: ConsumedOperation) -> tuple[str, ...]:
        """The names the template asks of callers. One that is a slip for an input is refused: it would stay empty."""
        asked: dict[str, Pointer] = {}
        for written in template.names:
            at = (*body.at, *place_of(body.data, partial(has_placeholder, written)))
            name = self._variables.caller_name(written, at)
            if name is not None:
                asked.setdefault(name, at)
        unused = [item for item in operation.inputs if item.place != "path" and find_name(item.name, asked) is None]
        meant = [item.name for item in unused]
        for name, at in asked.items():
            near = one_edit(name, [other for other in meant if not _is_plural(name, other)])
            if near is not None and find_name(name, [item.name for item in operation.inputs]) is None:
                message = f"nothing supplies `{name}` of the body template"
                self._findings.error("NK4003", message, at, f"did you mean `{{{{{near}}}}}`?")
        self._report_beside(template, operation, [item for item in unused if item.place == "body"])
        return tuple(asked)

    def _report_beside(self, body: BodyTemplate, operation: ConsumedOperation, unused: list[InputParameter]) -> None:
        if not unused:
            return
        message = f"`{operation.name}` has a body template and `in: body` inputs that the template does not use"
        fate = "sent as fields beside the template's" if body.takes_fields else "not sent"
        help_text = f"they are {fate}; write `{{{{{unused[0].name}}}}}` into it to say where"
        self._findings.warning("NK4005", message, unused[0].at, help_text)

    def _check_names_on_the_wire(self, slots: Slots) -> None:
        for slot in slots.slots:
            if slot.parameter is None or slot.is_template or HEADER_NAME.match(slot.name):
                continue
            if slot.place in (Place.HEADER, Place.COOKIE):
                message = f"`{slot.name}` is no {slot.place} name"
                self._findings.error("NK4010", message, (*slot.parameter.at, "name"), "use letters, digits and `-`")


def _is_plural(name: str, other: str) -> bool:
    return name in (f"{other}s", other.removesuffix("s"))


def _need_text(slots: Slots) -> Slots:
    """Variables of a text body are needed: without one the text would have a hole."""
    needed = (
        replace(slot, required=True) if slot.is_template and slot.place is Place.BODY else slot for slot in slots.slots
    )
    return replace(slots, slots=tuple(needed))
