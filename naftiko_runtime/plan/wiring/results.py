"""What may a value refer to that earlier steps have given? (language §9.3)

`$.step.path` and `{{step.path}}` are one thing: a JSONPath into the result of a step that ran before. While an
orchestration runs, its results lie beside the caller's arguments under names that no input has, so a step's request is
built as any other. A reference that can never lead anywhere is told at load.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest
from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.inputs.declarations import schema_of
from naftiko_runtime.plan.inputs.slots import Slot
from naftiko_runtime.plan.jsonpath.path import MISSING, compile_path, split_first, split_path
from naftiko_runtime.plan.jsonpath.query import JsonPathError
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.model.steps import result_key
from naftiko_runtime.plan.outputs.rooted import listing
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.text.coercion import Coerce, compile_coercion
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue
from naftiko_runtime.plan.wiring.sources import NOTHING, Read, Source
from naftiko_runtime.spec.text.document import Pointer

_PATH_LIKE = re.compile(r"([\w-]+)[.\[][^\s{}]+\Z")


@dataclass(frozen=True, slots=True)
class Known:
    """A step as those after it know it: `fields` are the names its result can have, None where that can't be told.
    `is_xml` says that a lone element of its result may stand for a list.
    """

    name: str
    at: Pointer
    fields: tuple[str, ...] | None = None
    is_xml: bool = False


class Results:
    """The results that one place may refer to: those of the `earlier` steps, in order. `others` are the names of the
    step itself, if it is one, and of those after it. `used` are the numbers of the steps that were referred to.
    """

    def __init__(self, earlier: Sequence[Known], others: Sequence[str], findings: Findings) -> None:
        self._earlier = {known.name: (number, known) for number, known in enumerate(earlier)}
        self._others = others
        self._findings = findings
        self.used: set[int] = set()

    def has(self, name: str) -> bool:
        """Whether a step has this name, wherever it stands."""
        return name in self._earlier or name in self._others

    def flows(self, name: str) -> bool:
        """Whether a placeholder that nothing else fills is a step's result: `step.path`, or an earlier step's name."""
        first = _first(name)
        return name in self._earlier if first == name else self.has(first)

    def path(self, path: str, text: str, slot: Slot, at: Pointer) -> Source:
        """The source of a path that begins with a step; `text` is what was written."""
        try:
            name, below = split_first(path)
            select = compile_path(below)
        except JsonPathError as error:
            code = "NK5002" if error.is_refused else "NK5001"
            self._findings.error(code, f"`{text}`: {error}", at, "write a path such as `$.step.field`")
            return NOTHING
        known = self.step(name, text, at)
        if known is None or self._is_lost(known, below, text, at):
            return NOTHING
        key = result_key(name)
        take = listing(below, select) if known.is_xml else select

        def read(arguments: Arguments) -> object:
            value = take(arguments[key])
            return ABSENT if value is MISSING else value

        whole = below in ("$", "$.")
        words = f"step `{name}`" if whole else f"step `{name}`, {below}"
        return Source(fitting(read, slot, path), words, field=path)

    def step(self, name: str, text: str, at: Pointer) -> Known | None:
        """The earlier step of a name; None, with a finding, where there is none."""
        found = self._earlier.get(name)
        if found is not None:
            self.used.add(found[0])
            return found[1]
        if name in self._others[:1]:
            message = f"`{text}` refers to the result of the step it belongs to"
        elif name in self._others:
            message = f"`{text}` refers to a step that runs later"
        else:
            message = f"`{text}` refers to no step: none is called `{name}`"
        near = nearest(name, self._earlier)
        hint = did_you_mean(near and text.replace(name, near))
        listed = f"steps before this: {', '.join(self._earlier)}" if self._earlier else "there is no step before this"
        self._findings.error("NK3021", message, at, hint + listed)
        return None

    def placeholder(self, name: str, text: str, slot: Slot, inputs: Collection[str], at: Pointer) -> Source | None:
        """The source of what stands in braces, if it is about a step: `step.path`, or a step's bare name."""
        if not self.has(_first(name)):
            return None
        if name in inputs:
            message = f"`{text}` could be the input `{name}` or what the step of this name gives"
            self._findings.error("NK3021", message, at, f"write `$.{name}` for the step, `tools.{name}` for the input")
            return NOTHING
        return self.path(f"$.{name}", text, slot, at)

    def unknown(self, name: str, text: str, at: Pointer) -> bool:
        """Whether what stands in braces is a path that begins with no step, which is told."""
        match = _PATH_LIKE.match(name)
        return match is not None and self.step(match[1], text, at) is None

    def report_text(self, text: str, at: Pointer) -> None:
        """Tell of a text that is sent as it is, though it looks like a part of a step's result."""
        match = _PATH_LIKE.match(text)
        if match is not None and self.has(match[1]):
            message = f"`{text}` is only a text here, and not what the step `{match[1]}` gives"
            self._findings.warning("NK4015", message, at, f"write `$.{text}` if that is meant")

    def _is_lost(self, known: Known, below: str, text: str, at: Pointer) -> bool:
        """Whether a path asks for a field that the step's result can't have, which is told."""
        steps = split_path(below)
        first = steps[0] if steps else None
        return isinstance(first, str) and self.lacks(known, first, text, at)

    def lacks(self, known: Known, field: str, text: str, at: Pointer) -> bool:
        """Whether the step's result can't have a field, which is told; `text` is what was written."""
        if known.fields is None or field in known.fields:
            return False
        hint = did_you_mean(nearest(field, known.fields))
        message = f"`{text}`: the result of the step `{known.name}` has no `{field}`"
        self._findings.error("NK3021", message, at, f"{hint}it has: {', '.join(known.fields)}")
        return True


def _first(name: str) -> str:
    return name.partition(".")[0].partition("[")[0]


def fitting(read: Read, slot: Slot, field: str) -> Read:
    """`read`, in the type of the slot; what is needed and missing, or does not fit, raises ArgumentError."""
    coerce = _coercion(slot)
    required = slot.required
    declared = slot.parameter.type if slot.parameter is not None else None
    kind = f", of type {declared}" if declared else ""
    if coerce is None and not required:
        return read

    def read_fitted(arguments: Arguments) -> object:
        value = read(arguments)
        if value is ABSENT or value is None:
            if required:
                raise ArgumentError([FieldError(field, f"has no value, and `{slot.name}` needs one")])
            return value
        if coerce is None:
            return value
        try:
            return coerce(value)
        except UnfitValue:
            # The value may be the upstream's, and none of the caller's business.
            raise ArgumentError([FieldError(field, f"does not fit `{slot.name}`{kind}")]) from None

    return read_fitted


def _coercion(slot: Slot) -> Coerce | None:
    if slot.parameter is None or slot.is_textual:
        return None
    schema = schema_of(slot.parameter)
    return compile_coercion(schema) if schema else None
