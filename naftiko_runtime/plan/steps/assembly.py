"""What is the result of an orchestration? What `mappings` put together, in the types that outputs give (language §9.5).

A mapping's `targetName` is the place of a value, dots lead into objects. Declared outputs name the type of some of
these values and drop no other; a value that is missing is null with its key present (C14b).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.outputs.shape import member_schema
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.text.coercion import COERCIONS, lenient
from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.plan.wiring.sources import Read, Source
from naftiko_runtime.spec.model.capability import OutputParameter
from naftiko_runtime.spec.model.steps import StepMapping

Type = Callable[[Any], Any]
"""Brings a value to its declared type; one that does not fit stays as it is."""

Tree = dict[str, "Read | Tree"]


def compile_assembly(
    mappings: Sequence[tuple[StepMapping, Source]], outputs: Sequence[OutputParameter], findings: Findings
) -> Callable[[Arguments], object]:
    """The result that mappings make, each with the source of its value."""
    tree: Tree = {}
    for mapping, source in mappings:
        _place(tree, mapping, source.read, findings)
    for output in outputs:
        if not any(findings.is_flawed(mapping.at) for mapping, _ in mappings):
            _report_unfilled(output, tree, findings)
    types = {output.name: _type_of(output) for output in outputs if output.name}
    build = _object(tree)

    def assemble(arguments: Arguments) -> object:
        value = build(arguments)
        return {**value, **{name: typed(value.get(name)) for name, typed in types.items()}}

    return assemble


def _place(tree: Tree, mapping: StepMapping, read: Read, findings: Findings) -> None:
    *outer, last = mapping.target.split(".")
    node = tree
    at = (*mapping.at, "targetName")
    for name in outer:
        inner = node.setdefault(name, {})
        if not isinstance(inner, dict):
            message = f"`{mapping.target}` lies inside what another mapping gives a value"
            findings.error("NK5008", message, at, "give one of them another place")
            return
        node = inner
    if last in node:
        message = f"another mapping puts a value at `{mapping.target}` already"
        findings.error("NK5008", message, at, "give one of them another place")
        return
    node[last] = read


def _object(tree: Tree) -> Callable[[Arguments], dict[str, Any]]:
    members = tuple((name, _object(item) if isinstance(item, dict) else _nulled(item)) for name, item in tree.items())
    return lambda arguments: {name: build(arguments) for name, build in members}


def _nulled(read: Read) -> Callable[[Arguments], object]:
    return lambda arguments: None if (value := read(arguments)) is ABSENT else value


def _report_unfilled(output: OutputParameter, tree: Tree, findings: Findings) -> None:
    if output.name is None or output.name in tree:
        return
    help_text = f"{did_you_mean(nearest(output.name, tree))}mappings fill: {', '.join(tree)}"
    findings.warning("NK5009", f"no mapping fills the output `{output.name}`: it is null", output.at, help_text)


def _type_of(output: OutputParameter) -> Type:
    if output.properties:
        return _object_type(output.properties)
    if output.items is not None:
        return _array_type(_type_of(output.items))
    coerce = COERCIONS.get(output.type or "")
    if coerce is None or output.type in ("object", "array"):
        return lambda value: value
    return lenient(coerce)


def _object_type(properties: Sequence[tuple[str, OutputParameter]]) -> Type:
    members = tuple((name, _type_of(output)) for name, output in properties)

    def typed(value: Any) -> Any:
        if value is None:
            return None
        fields = value if isinstance(value, dict) else {}
        return {**fields, **{name: member(fields.get(name)) for name, member in members}}

    return typed


def _array_type(element: Type) -> Type:
    def typed(value: Any) -> Any:
        if value is None:
            return None
        # A sole element is a list of one, as in every other result.
        return [element(item) for item in (value if isinstance(value, list) else [value])]

    return typed


def assembly_schema(outputs: Sequence[OutputParameter]) -> dict[str, Any] | None:
    """The JSON Schema of a result that mappings make; None where no output is declared."""
    if not outputs or any(output.name is None for output in outputs):
        return None
    return {"type": "object", "properties": {output.name: member_schema(output) for output in outputs}}
