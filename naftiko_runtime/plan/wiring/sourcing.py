"""What does a value of the text stand for: an input, a variable, a template of them, or itself? (C11)

An input that nobody declared is derived from the reference: it becomes one of the function's, and gets its type and its
place from the slot it feeds (C13).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest, one_edit
from naftiko_runtime.plan.inputs.declarations import default_of, fitted, schema_of
from naftiko_runtime.plan.inputs.drafts import Draft, Drafts, is_document
from naftiko_runtime.plan.inputs.methods import place_of
from naftiko_runtime.plan.inputs.slots import Slot, Slots
from naftiko_runtime.plan.jsonpath.path import MISSING
from naftiko_runtime.plan.model.call import Arguments, Place
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.parts import part_of
from naftiko_runtime.plan.scope.references import InputReference, StepReference, Template, parse_with_value
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.names import find_name
from naftiko_runtime.plan.text.template import TemplateError, parse_template
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue
from naftiko_runtime.plan.wiring.results import Results, fitting
from naftiko_runtime.plan.wiring.sources import NOTHING, Source, constant, from_input, joined, of_items, of_members
from naftiko_runtime.spec.model.capability import InputParameter
from naftiko_runtime.spec.text.document import Pointer

_PREFIXED = re.compile(r"([\w-]+)\.([\w-]+)\Z")


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a face says of a function: its names, and its own inputs so far. `method` and `path` are those of the
    exposed operation, empty for a tool.
    """

    name: str
    namespace: str
    description: str
    drafts: Drafts
    method: str = ""
    path: str = ""


class Sourcer:
    """Finds the sources of values that feed the `slots` of a call. New inputs are added to the exposure's drafts;
    `declared` are the names of those that the text declares, `results` what earlier steps give, where there are steps.
    """

    def __init__(
        self,
        exposure: Exposure,
        declared: frozenset[str],
        slots: Slots,
        variables: Variables,
        findings: Findings,
        results: Results | None = None,
    ) -> None:
        self._results = results
        self._exposure = exposure
        self._declared = declared
        self._slots = slots
        self._drafts = exposure.drafts
        self._variables = variables
        self._findings = findings
        self._is_explicit = bool(declared)
        # A placeholder of the exposed path is an input, declared or not (C13).
        self._bare = declared | {draft.name for draft in exposure.drafts if draft.place is Place.PATH}
        self._body_count = sum(slot.place is Place.BODY and not slot.is_template for slot in slots.slots)

    def given(self, slot: Slot, value: object, at: Pointer) -> Source:
        """The source of a value that the text gives to a slot."""
        if isinstance(value, dict | list) and value:
            source = self._nested(_textual(slot), value, at)
            return self._literal(slot, source.read({}), at) if source.is_constant else source
        return self._value(slot, value, at, self._bare)

    def _nested(self, slot: Slot, value: object, at: Pointer) -> Source:
        """A part of a list or mapping. It may refer to inputs and variables, but a bare word in it is only a word."""
        if isinstance(value, dict):
            members = {key: self._nested(slot, item, (*at, key)) for key, item in value.items()}
            return of_members(members, "a mapping")
        if isinstance(value, list):
            items = [self._nested(slot, item, (*at, index)) for index, item in enumerate(value)]
            return of_items(items, "a list")
        return constant(None) if value is None else self._value(slot, value, at, frozenset())

    def _value(self, slot: Slot, value: object, at: Pointer, bare: frozenset[str]) -> Source:
        try:
            parsed = parse_with_value(value, self._exposure.namespace, bare)
        except TemplateError as error:
            return self._malformed(error, at)
        if isinstance(parsed, InputReference):
            return self._reference(slot, parsed, at)
        if isinstance(parsed, StepReference):
            return self._step(slot, parsed.text, parsed.text, at)
        if isinstance(parsed, Template):
            if self._results is not None and parsed.text.startswith("$."):
                self._findings.error("NK4014", f"`{parsed.text}`: a path holds no placeholders", at, "write it out")
                return NOTHING
            return self._template(slot, parsed, at)
        if isinstance(value, str) and self._variables.is_meant(value.strip()):
            return self._placeholder(slot, value.strip(), value, at)
        if self._results is not None and isinstance(value, str):
            self._results.report_text(value.strip(), at)
        return self._literal(slot, parsed.value, at, self._meant(slot, value))

    def _malformed(self, error: TemplateError, at: Pointer) -> Source:
        self._findings.error("NK4002", f"malformed placeholder: {error}", at, "write `{{name}}`")
        return NOTHING

    def _step(self, slot: Slot, path: str, text: str, at: Pointer) -> Source:
        if self._results is not None:
            return self._results.path(path, text, slot, at)
        help_text = "there are no steps here; refer to an input, such as `rest.x` or `tools.x`"
        self._findings.error("NK4014", f"`{text}` refers to a step", at, help_text)
        return NOTHING

    def flowing(self, slot: Slot, at: Pointer) -> Source | None:
        """The source of a placeholder of the called operation that names an earlier step's result, or leads into an
        input; None for others.
        """
        text = f"{{{{{slot.name}}}}}"
        if self._results is not None and self._results.flows(slot.name):
            return self._results.path(f"$.{slot.name}", text, slot, at)
        return self._part(slot, slot.name, text, at)

    def _part(self, slot: Slot, name: str, text: str, at: Pointer) -> Source | None:
        """The source of a part of an input, such as `user.name` or `tags[0]`; None where it leads into none."""
        part, whole = part_of(name), self._drafts.whole_of(name)
        if part is None or whole is None:
            return None
        if whole.is_scalar:
            help_text = f"write `{text.replace(name, whole.name)}`, or declare `{whole.name}` as an object or an array"
            self._findings.error("NK4007", f"`{text}`: the input `{whole.name}` has no parts", at, help_text)
            return NOTHING
        select, key = part.select, whole.name
        whole.is_used = True

        def read(arguments: Arguments) -> object:
            value = select(arguments.get(key))
            return ABSENT if value is MISSING else value

        return Source(fitting(read, slot, name), f"input `{key}`, {part.path}", field=name)

    def _literal(self, slot: Slot, value: object, at: Pointer, meant: str = "") -> Source:
        if value is None:
            self._findings.error("NK4014", f"`{slot.name}` has no value", at, "leave the key out, or give it a value")
            return NOTHING
        schema = None if slot.parameter is None else schema_of(slot.parameter)
        kind = None if schema is None else schema.get("type")
        if kind == "string" or (kind is None and slot.place is not Place.BODY):
            value = self._findings.spelled(value, at)
        try:
            source = constant(fitted(value, schema))
        except UnfitValue as unfit:
            help_text = f"did you mean `{meant}`?" if meant else "give a value that fits the called operation's input"
            self._findings.error("NK4012", f"the value of `{slot.name}` {unfit}", at, help_text)
            return NOTHING
        if meant:
            message = f"`{value}` is only a text here, and not an input"
            self._findings.warning("NK4015", message, at, f"write `{meant}` if that is meant")
        return source

    def _meant(self, slot: Slot, value: object) -> str:
        """The reference that a text nearly is: to an input named like the slot, by a prefix that means nothing here."""
        match = _PREFIXED.match(value.strip()) if isinstance(value, str) else None
        if match is None or find_name(match[2], [slot.name]) is None:
            return ""
        if self._results is not None and self._results.has(match[1]):
            return ""
        return f"rest.{match[2]}" if self._exposure.method else f"tools.{match[2]}"

    def _template(self, slot: Slot, template: Template, at: Pointer) -> Source:
        parts: list[str | Source] = []
        target = slot if len(template.parts) == 1 else _textual(slot)
        for part in template.parts:
            if isinstance(part, str):
                parts.append(part)
            else:
                parts.append(self._placeholder(target, part.name, template.text, at))
        source = joined(tuple(parts), _words(tuple(parts), template.text))
        return _typed(source, slot) if source.is_constant else source

    def _placeholder(self, slot: Slot, name: str, text: str, at: Pointer) -> Source:
        """The source of a placeholder: a variable, a reference without its braces, or an input's bare name."""
        if name in self._variables:
            return self._variable(name, at)
        parsed = parse_with_value(name, self._exposure.namespace, frozenset())
        if isinstance(parsed, InputReference):
            return self._reference(slot, replace(parsed, text=text), at)
        if isinstance(parsed, StepReference):
            return self._step(slot, name, text, at)
        if self._results is not None:
            result = self._results.placeholder(name, text, slot, self._declared, at)
            if result is not None:
                return result
        wanted = self._variables.caller_name(name, at)
        if wanted is not None:
            is_declared = self._drafts.find(wanted) is not None or self._drafts.whole_of(wanted) is not None
            if self._results is not None and not is_declared and self._results.unknown(name, text, at):
                return NOTHING
            return self._reference(slot, InputReference(wanted, text), at)
        return self._variable(name, at) if name in self._variables else NOTHING

    def _variable(self, name: str, at: Pointer) -> Source:
        return constant(self._variables.value(name, at), f"variable `{name}`")

    def _reference(self, slot: Slot, reference: InputReference, at: Pointer) -> Source:
        draft = self._drafts.find(reference.name)
        if draft is None and reference.place is Place.DOCUMENT and self._is_explicit and self._exposure.method:
            draft = self._drafts.add(Draft("body", place=Place.DOCUMENT))
        if draft is None:
            part = self._part(slot, reference.name, reference.text, at)
            if part is not None:
                return part
            if self._is_explicit or self._is_slip(reference.name):
                self._unknown(reference, at)
                return NOTHING
            draft = self._drafts.add(Draft(reference.name))
        if draft.is_credential_of_caller:
            message = f"the caller's `{draft.key}` is sent to the upstream"
            self._findings.warning("NK9004", message, at, "give the API a credential of its own: `authentication`")
        return self.fed(draft, slot, reference.place)

    def _is_slip(self, name: str) -> bool:
        """Whether a name nobody declared is one slip away from one the operation knows."""
        known = [*(slot.name for slot in self._slots.slots), *self._drafts.names]
        return self._slots.find(name) is None and one_edit(name, known) is not None

    def _unknown(self, reference: InputReference, at: Pointer) -> None:
        derivable = () if self._is_explicit else tuple(slot.name for slot in self._slots.slots)
        known = tuple(dict.fromkeys((*self._drafts.names, *derivable)))
        near = nearest(reference.name, known)
        hint = did_you_mean(near and reference.text.replace(reference.name, near))
        listed = f"inputs here: {', '.join(known)}" if known else "there are no inputs here"
        self._findings.error("NK4007", f"`{reference.text}` names no input of this operation", at, hint + listed)

    def fixed(self, slot: Slot, parameter: InputParameter) -> Source:
        """The source of the fixed value that a consumed input has."""
        value, at = parameter.value, (*parameter.at, "value")
        if not isinstance(value, str) or "{{" not in value:
            return self._literal(slot, value, at)
        try:
            return self._template(slot, Template(parse_template(value), value), at)
        except TemplateError as error:
            return self._malformed(error, at)

    def fed(self, draft: Draft, slot: Slot, said: Place | None = None) -> Source:
        """The source of a slot that an input feeds; `said` is the place the text gives it, if any."""
        self._place(draft, slot, said)
        draft.feeds(slot)
        return from_input(draft.name, default_of(slot.parameter))

    def _place(self, draft: Draft, slot: Slot, said: Place | None) -> None:
        """Where a REST face reads a derived input (C13): as the reference says, else by the slot it feeds."""
        if draft.place is not None:
            return
        if said is not None and said is not Place.PATH and not (said is Place.DOCUMENT and self._feeds_a_field(slot)):
            draft.place = said
        elif slot.place is Place.BODY:
            draft.place = self._body_place(slot)
        elif slot.place is Place.HEADER:
            draft.place = Place.HEADER
            draft.key = slot.name
        else:
            draft.place = Place.QUERY

    def _feeds_a_field(self, slot: Slot) -> bool:
        return slot.place is Place.BODY and not slot.is_template and self._body_count > 1

    def _body_place(self, slot: Slot) -> Place:
        if slot.is_template:
            return place_of(self._exposure.method)
        if slot.parameter is not None and is_document(slot.parameter, self._body_count):
            return Place.DOCUMENT
        return Place.BODY


def _textual(slot: Slot) -> Slot:
    """The slot as seen by a placeholder inside a longer text: whatever it takes, this part of it is text."""
    return replace(slot, parameter=None, is_textual=True)


def _typed(source: Source, slot: Slot) -> Source:
    """A constant text in the slot's type. One that does not fit stays text: its value may be a secret, never told."""
    if slot.parameter is None:
        return source
    try:
        return constant(fitted(source.read({}), schema_of(slot.parameter)), source.words)
    except UnfitValue:
        return source


def _words(parts: tuple[str | Source, ...], text: str) -> str:
    return parts[0].words if len(parts) == 1 and isinstance(parts[0], Source) else f"template `{text}`"
