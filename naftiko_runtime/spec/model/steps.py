"""Reading steps: what an orchestration does, one thing after the other, and what becomes of it (language §9).

A step has a name, under which those after it refer to its result. The values here hold what the text says; what a step
needs of others, and what its result is, is the plan's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer


@dataclass(frozen=True, slots=True)
class CallStep:
    """A call of a consumed operation."""

    name: str
    call: str
    with_values: tuple[tuple[str, object], ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class LookupStep:
    """A search in the result of the step `index`: the entries whose field `match` is `value`, and `fields` of them."""

    name: str
    index: str
    match: str
    value: object
    fields: tuple[str, ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """A script. Its files are kept with all others of the capability (`spec.scripts`), by the place of the step."""

    name: str
    with_values: tuple[tuple[str, object], ...]
    at: Pointer


Step = CallStep | LookupStep | ScriptStep
"""One step of an orchestration."""


@dataclass(frozen=True, slots=True)
class StepMapping:
    """A part of the result of an orchestration: `target` is its place, dots lead into objects."""

    target: str
    value: object
    at: Pointer


def read_steps(owner: Fields) -> tuple[Step, ...]:
    """The `steps` of an object, in order."""
    return tuple(_read_steps(owner))


def _read_steps(owner: Fields) -> Iterator[Step]:
    for fields in owner.items("steps"):
        kind, name = fields.text("type"), fields.text("name")
        with_values = tuple(fields.mapping("with").values.items())
        if kind == "lookup":
            value = fields.values.get("lookupValue")
            index, match = fields.text("index"), fields.text("match")
            yield LookupStep(name, index, match, value, fields.texts("outputParameters"), fields.at)
        elif kind == "script":
            yield ScriptStep(name, with_values, fields.at)
        else:
            # One of no known type, of which the schema check tells, keeps its name for those that refer to it.
            yield CallStep(name, fields.text("call"), with_values, fields.at)


def read_mappings(owner: Fields) -> tuple[StepMapping, ...]:
    """The `mappings` of an object, in order."""
    return tuple(
        StepMapping(fields.text("targetName"), fields.values.get("value"), fields.at)
        for fields in owner.items("mappings")
    )
