"""Which input feeds which slot: the heart of a function that calls (C11, C13).

`with` says it for some slots; the rest flow by name. What the text does not declare is derived: a referenced input gets
its type from the slot it feeds, a needed slot that nothing supplies becomes an input of its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest
from naftiko_runtime.plan.inputs.declarations import default_of
from naftiko_runtime.plan.inputs.drafts import Draft
from naftiko_runtime.plan.inputs.methods import SAFE_METHODS
from naftiko_runtime.plan.inputs.slots import OWN_HEADERS, Slot, Slots
from naftiko_runtime.plan.model.call import Place, Supply
from naftiko_runtime.plan.outputs.static import has_static
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.names import find_name
from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.plan.wiring.positions import feed_by_position
from naftiko_runtime.plan.wiring.results import Results
from naftiko_runtime.plan.wiring.sources import Source, constant
from naftiko_runtime.plan.wiring.sourcing import Exposure, Sourcer
from naftiko_runtime.spec.model.capability import Behaviour, ConsumedOperation
from naftiko_runtime.spec.text.document import Pointer


@dataclass(frozen=True, slots=True)
class Wiring:
    """The source of each slot that has one, by the slot's name, and how `explain` tells it. `lost` are the names of
    values that have no slot, although the call would mean something else without them.
    """

    sources: dict[str, Source]
    supplies: tuple[Supply, ...]
    lost: tuple[str, ...] = ()


class Wirer:
    """Wires one function to the slots of the operation it calls. New inputs are added to the exposure's drafts."""

    def __init__(
        self,
        behaviour: Behaviour,
        exposure: Exposure,
        slots: Slots,
        variables: Variables,
        findings: Findings,
        results: Results | None = None,
    ) -> None:
        self._behaviour = behaviour
        self._exposure = exposure
        self._slots = slots
        self._drafts = exposure.drafts
        self._findings = findings
        self._is_explicit = bool(behaviour.inputs)
        self._is_step = results is not None
        self._lost: list[str] = []
        declared = frozenset(parameter.name for parameter in behaviour.inputs)
        self._sourcer = Sourcer(exposure, declared, slots, variables, findings, results)

    def wire(self) -> Wiring:
        """Give every slot its source."""
        sources: dict[str, Source] = {}
        for key, value in self._behaviour.with_values:
            slot = self._slot_of(key)
            if slot is not None:
                sources[slot.name] = self._sourcer.given(slot, value, (*self._behaviour.at, "with", key))
        by_position = feed_by_position(self._exposure.path, self._slots, self._drafts, sources)
        for slot in self._slots.slots:
            if slot.name not in sources:
                source = self._by_itself(slot, by_position)
                if source is not None:
                    sources[slot.name] = source
        self._report_unread()
        supplies = tuple(
            Supply(slot.name, _place_words(slot), sources[slot.name].words)
            for slot in self._slots.slots
            if slot.name in sources
        )
        return Wiring(sources, supplies, tuple(self._lost))

    def _report_unread(self) -> None:
        """Tell of a placeholder of the exposed path that nothing reads: callers write it, and it means nothing."""
        if self._is_step or not self._exposure.method or not self._slots.is_whole:
            return
        if has_static(self._behaviour.outputs):
            # A static value may name it.
            return
        asked = [item.name for item in self._drafts if item.place is Place.QUERY and item.required]
        for draft in self._drafts:
            if draft.place is Place.PATH and not draft.is_used and find_name(draft.key, self._slots.unsent) is None:
                near = nearest(draft.key, asked)
                message = f"nothing reads the placeholder `{draft.key}` of this path"
                help_text = (
                    f"did you mean `{{{near}}}`?" if near else f"give it to the call: `with: {{…: rest.{draft.key}}}`"
                )
                self._findings.warning("NK4016", message, (*self._behaviour.at[:-2], "path"), help_text)

    def _slot_of(self, key: str) -> Slot | None:
        slot = self._slots.find(key)
        if slot is not None:
            return slot
        at = (*self._behaviour.at, "with", key)
        if find_name(key, self._slots.unsent) is not None or key.lower() in OWN_HEADERS:
            message = f"`{key}` is not taken from `with`: the runtime makes it itself, or the path has no place for it"
            self._findings.warning("NK4013", message, at, "remove it", key=True)
            return None
        if not self._slots.is_whole:
            # What is wrong with the body is told; whether it has this input can't be.
            return None
        names = [slot.name for slot in self._slots.slots]
        operation = self._slots.operation
        if not names and operation is not None:
            self._report_lost(key, operation, at)
            return None
        hint = did_you_mean(nearest(key, names))
        listed = (
            f"inputs of the called operation: {', '.join(names)}" if names else "the called operation has no inputs"
        )
        self._findings.error("NK4001", f"`{key}` names no input of the called operation", at, hint + listed, key=True)
        return None

    def _report_lost(self, key: str, operation: ConsumedOperation, at: Pointer) -> None:
        """A value for an operation that declares nothing: it is left out of what reads. What changes something, and is
        not told what, would change more than was meant: it is refused.
        """
        fate = "it is not sent"
        if operation.method not in SAFE_METHODS:
            fate = "calls are refused"
            self._lost.append(key)
        message = f"`{key}` has no place in the request, because the called operation has no inputs; {fate}"
        self._findings.warning("NK4001", message, at, "declare it there in `inputParameters`", key=True)

    def _by_itself(self, slot: Slot, by_position: Mapping[str, Draft]) -> Source | None:
        """The source of a slot that `with` does not name: its fixed value, an input of its name, or its default."""
        if slot.parameter is not None and slot.parameter.value is not None:
            return self._sourcer.fixed(slot, slot.parameter)
        draft = self._drafts.find(slot.name) or by_position.get(slot.name)
        if draft is None and slot.parameter is None:
            result = self._sourcer.flowing(slot, self._behaviour.at)
            if result is not None:
                return result
        if draft is None and self._flows(slot):
            draft = self._drafts.add(Draft(slot.name))
            if self._is_explicit and slot.required and slot.parameter is not None:
                message = f"the required input `{slot.name}` of the called operation is supplied by nothing"
                help_text = f"callers give it as `{slot.name}`; declare it in `inputParameters` to describe it"
                self._findings.warning("NK4006", message, self._behaviour.at, help_text)
        if draft is not None:
            return self._sourcer.fed(draft, slot)
        default = default_of(slot.parameter)
        return None if default is ABSENT else constant(default)

    def _flows(self, slot: Slot) -> bool:
        # What refers to a function has all of its inputs that it does not fix (language §8).
        has_with = bool(self._behaviour.with_values) and self._behaviour.ref is None
        return slot.required or slot.is_template or not (has_with or self._is_explicit)


def _place_words(slot: Slot) -> str:
    return "body template" if slot.is_template and slot.place is Place.BODY else slot.place.value
