"""Which placeholder of an exposed path feeds a consumed one that is called something else altogether?

The one at the same place, where both paths have one shape and just these two placeholders are left over (catalogue §e:
"by position only"). Anything less is no evidence, and the consumed placeholder becomes an input of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from naftiko_runtime.plan.calls.resolution import matching_paths
from naftiko_runtime.plan.inputs.drafts import Draft, Drafts
from naftiko_runtime.plan.inputs.slots import Slots
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.text.template import parse_template, placeholders


def feed_by_position(exposed: str, slots: Slots, drafts: Drafts, filled: Collection[str]) -> Mapping[str, Draft]:
    """The draft that feeds a consumed placeholder by its position, by the slot's name; at most one.

    `exposed` is the path of the exposed operation, empty for a tool; `filled` are the slots that have a source.
    """
    if not exposed or slots.operation is None:
        return {}
    unfilled = [
        slot.name
        for slot in slots.slots
        if slot.place is Place.PATH and slot.name not in filled and drafts.find(slot.name) is None
    ]
    unused = [
        draft for draft in drafts if draft.place is Place.PATH and not draft.is_used and slots.find(draft.name) is None
    ]
    if len(unfilled) != 1 or len(unused) != 1 or not matching_paths(exposed, (slots.operation,)):
        return {}
    theirs = [placeholder.name for placeholder in placeholders(slots.path)]
    ours = [placeholder.name for placeholder in placeholders(parse_template(exposed, single=True))]
    place = ours.index(unused[0].key)
    return {unfilled[0]: unused[0]} if theirs[place] == unfilled[0] else {}
