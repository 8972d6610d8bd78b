"""Which input feeds which slot: the heart of a function that calls (C11, C13).

`with` says it for some slots; the rest flow by name. What the text does not declare is derived: a referenced input gets
its type from the slot it feeds, a needed slot that nothing supplies becomes an input of its own name.
"""

from __future__ import annotations

from dataclasses import dataclass

from naftiko_runtime.diagnostics.suggest import nearest, one_edit
from naftiko_runtime.plan.coercion import compile_coercion
from naftiko_runtime.plan.drafts import BODY_METHODS, Draft, Drafts, is_document, schema_of
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.model import Place, Supply
from naftiko_runtime.plan.names import find_name
from naftiko_runtime.plan.references import InputReference, Literal, StepReference, Template, parse_with_value
from naftiko_runtime.plan.slots import OWN_HEADERS, Slot, Slots
from naftiko_runtime.plan.sources import Source, constant, from_input, joined
from naftiko_runtime.plan.template import TemplateError, parse_template
from naftiko_runtime.plan.values import ABSENT, UnfitValue
from naftiko_runtime.plan.variables import Variables
from naftiko_runtime.spec.document import Pointer
from naftiko_runtime.spec.model import Behaviour


@dataclass(frozen=True, slots=True)
class Wiring:
    """The source of each slot that has one, by the slot's name, and how `explain` tells it."""

    sources: dict[str, Source]
    supplies: tuple[Supply, ...]


class Wirer:
    """Wires one function. `method` is the exposed one, empty for a tool; `namespace` the adapter's own."""

    def __init__(
        self,
        behaviour: Behaviour,
        namespace: str,
        method: str,
        drafts: Drafts,
        variables: Variables,
        findings: Findings,
    ) -> None:
        self._behaviour = behaviour
        self._namespace = namespace
        self._method = method
        self._drafts = drafts
        self._variables = variables
        self._findings = findings
        self._is_explicit = bool(behaviour.inputs)

    def wire(self, slots: Slots) -> Wiring:
        """Give every slot its source; new inputs are added to the drafts."""
        sources: dict[str, Source] = {}
        self._slots = slots
        self._body_count = sum(slot.place is Place.BODY and not slot.is_template for slot in slots.slots)
        for key, value in self._behaviour.with_values:
            slot = self._slot_of(key)
            if slot is not None:
                sources[slot.name] = self._from_with(slot, value, (*self._behaviour.at, "with", key))
        for slot in slots.slots:
            if slot.name not in sources:
                source = self._by_itself(slot)
                if source is not None:
                    sources[slot.name] = source
        supplies = tuple(
            Supply(slot.name, "body template" if slot.is_template else slot.place.value, sources[slot.name].words)
            for slot in slots.slots
            if slot.name in sources
        )
        return Wiring(sources, supplies)

    def _slot_of(self, key: str) -> Slot | None:
        slot = self._slots.find(key)
        at = (*self._behaviour.at, "with", key)
        if slot is not None:
            return slot
        own = find_name(key, self._slots.unsent)
        if own is not None or key.lower() in OWN_HEADERS:
            message = f"`{key}` is not taken from `with`: the runtime makes it itself, or the path has no place for it"
            self._findings.warning("NK4013", message, at, "remove it", key=True)
            return None
        names = [slot.name for slot in self._slots.slots]
        near = nearest(key, names)
        hint = f"did you mean `{near}`? " if near else ""
        listed = (
            f"inputs of the called operation: {', '.join(names)}" if names else "the called operation has no inputs"
        )
        self._findings.error("NK4001", f"`{key}` names no input of the called operation", at, hint + listed, key=True)
        return None

    def _from_with(self, slot: Slot, value: object, at: Pointer) -> Source:
        declared = frozenset(parameter.name for parameter in self._behaviour.inputs)
        try:
            parsed = parse_with_value(value, self._namespace, declared)
        except TemplateError as error:
            self._findings.error("NK4002", f"malformed placeholder: {error}", at, "write `{{name}}`")
            return constant(ABSENT, "nothing")
        if isinstance(parsed, Literal):
            return self._literal(slot, parsed.value, at)
        if isinstance(parsed, InputReference):
            return self._reference(slot, parsed, at)
        if isinstance(parsed, StepReference):
            help_text = "there are no steps here; refer to an input, such as `rest.x` or `tools.x`"
            self._findings.error("NK4007", f"`{parsed.text}` refers to a step", at, help_text)
            return constant(ABSENT, "nothing")
        return self._template(slot, parsed, at)

    def _literal(self, slot: Slot, value: object, at: Pointer) -> Source:
        schema = schema_of(slot.parameter) if slot.parameter is not None else None
        coercion = compile_coercion(schema) if schema else None
        if coercion is None or value is None:
            return constant(ABSENT if value is None else value, "nothing" if value is None else "")
        try:
            return constant(coercion(value))
        except UnfitValue as unfit:
            message = f"the value of `{slot.name}` {unfit}"
            self._findings.error(
                "NK4012", message, at, f"give a value of type {(schema or {}).get('type', 'declared')}"
            )
            return constant(ABSENT, "nothing")

    def _template(self, slot: Slot, template: Template, at: Pointer) -> Source:
        parts: list[str | Source] = []
        is_sole = len(template.parts) == 1
        for part in template.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            name = self._variables.caller_name(part.name, at)
            if name is None:
                value = self._variables.value(part.name) if part.name in self._variables else ""
                parts.append(constant(value, f"variable `{part.name}`"))
            else:
                parts.append(
                    self._reference(slot if is_sole else _textual(slot), InputReference(name, template.text), at)
                )
        return joined(tuple(parts), _words(tuple(parts), template.text))

    def _reference(self, slot: Slot, reference: InputReference, at: Pointer) -> Source:
        draft = self._drafts.find(reference.name)
        if draft is None and reference.place is Place.DOCUMENT and self._is_explicit:
            draft = None if self._method == "" else self._document_draft()
        if draft is None:
            if self._is_explicit or self._is_slip(reference.name):
                self._unknown(reference, at)
                return constant(ABSENT, "nothing")
            draft = self._drafts.add(Draft(reference.name))
        self._place(draft, slot, reference.place)
        draft.feeds(slot)
        return _from_draft(draft, slot)

    def _document_draft(self) -> Draft:
        return self._drafts.add(Draft("body", place=Place.DOCUMENT))

    def _is_slip(self, name: str) -> bool:
        """Whether a name nobody declared is one slip away from one the operation knows."""
        known = [*(slot.name for slot in self._slots.slots), *self._drafts.names]
        return self._slots.find(name) is None and one_edit(name, known) is not None

    def _unknown(self, reference: InputReference, at: Pointer) -> None:
        known = list(
            dict.fromkeys([*self._drafts.names, *(() if self._is_explicit else (s.name for s in self._slots.slots))])
        )
        near = nearest(reference.name, known)
        prefix = reference.text.removesuffix(reference.name)
        hint = f"did you mean `{prefix}{near}`? " if near else ""
        listed = f"inputs here: {', '.join(known)}" if known else "there are no inputs here"
        self._findings.error("NK4007", f"`{reference.text}` names no input of this operation", at, hint + listed)

    def _by_itself(self, slot: Slot) -> Source | None:
        """The source of a slot that `with` does not name: its fixed value, an input of its name, or its default."""
        if slot.has_fixed_value:
            return self._fixed(slot)
        draft = self._drafts.find(slot.name)
        if draft is None and self._flows(slot):
            draft = self._drafts.add(Draft(slot.name))
            if self._is_explicit and slot.parameter is not None:
                message = f"the required input `{slot.name}` of the called operation is supplied by nothing"
                help_text = f"callers give it as `{slot.name}`; declare it in `inputParameters` to describe it"
                self._findings.warning("NK4006", message, self._behaviour.at, help_text)
        if draft is not None:
            self._place(draft, slot, None)
            draft.feeds(slot)
            return _from_draft(draft, slot)
        if slot.parameter is not None and slot.parameter.has_default:
            return constant(slot.parameter.default, f"default `{slot.parameter.default}`")
        return None

    def _flows(self, slot: Slot) -> bool:
        has_with = bool(self._behaviour.with_values)
        return slot.required or slot.is_template or not (has_with or self._is_explicit)

    def _fixed(self, slot: Slot) -> Source:
        parameter = slot.parameter
        value = parameter.value if parameter is not None else None
        if not isinstance(value, str) or "{{" not in value:
            return constant(value)
        at = (*parameter.at, "value") if parameter is not None else self._behaviour.at
        try:
            return self._template(slot, Template(parse_template(value), value), at)
        except TemplateError as error:
            self._findings.error("NK4002", f"malformed placeholder: {error}", at, "write `{{name}}`")
            return constant(ABSENT, "nothing")

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
            return Place.BODY if self._method in BODY_METHODS else Place.QUERY
        if slot.parameter is not None and is_document(slot.parameter, self._body_count):
            return Place.DOCUMENT
        return Place.BODY


def _textual(slot: Slot) -> Slot:
    """The slot as seen by a placeholder inside a longer text: whatever it takes, this part of it is text."""
    return Slot(slot.name, slot.place, slot.required, None, slot.is_template)


def _from_draft(draft: Draft, slot: Slot) -> Source:
    parameter = slot.parameter
    default = parameter.default if parameter is not None and parameter.has_default else ABSENT
    return from_input(draft.name, default)


def _words(parts: tuple[str | Source, ...], text: str) -> str:
    return parts[0].words if len(parts) == 1 and isinstance(parts[0], Source) else f"template `{text}`"
