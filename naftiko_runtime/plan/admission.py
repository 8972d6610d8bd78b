"""Raw arguments → admitted ones: every field checked at once, before anything else happens (C13).

Compiled per function. What comes out is safe to build a request from: typed, complete, and nothing the function does not
know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.coercion import Coerce, compile_coercion
from naftiko_runtime.plan.model import Arguments, Input
from naftiko_runtime.plan.names import find_name
from naftiko_runtime.plan.values import UnfitValue

Admit = Callable[[Arguments], dict[str, object]]


def compile_admission(inputs: Sequence[Input]) -> Admit:
    """The check of a function's arguments. Absent optional inputs stay absent, unless they have a default."""
    if not inputs:
        return _admit_nothing
    coercions = {item.name: compile_coercion(item.schema) for item in inputs}
    required = tuple(item.name for item in inputs if item.required)
    defaults = {item.name: item.default for item in inputs if item.has_default}

    def admit(arguments: Arguments) -> dict[str, object]:
        admitted: dict[str, object] = {}
        problems: list[FieldError] = []
        for given, value in arguments.items():
            name = given if given in coercions else find_name(given, coercions)
            if name is None:
                problems.append(_unknown(given, coercions))
            elif name in admitted:
                problems.append(FieldError(given, f"is given twice, as `{name}` too"))
            # JSON null for an input that has a type means that the caller left it out; models write it that way.
            elif value is not None or coercions[name] is None:
                _admit_value(name, value, coercions[name], admitted, problems)
        problems += [
            FieldError(name, "is required")
            for name in required
            if name not in admitted and not any(problem.field == name for problem in problems)
        ]
        if problems:
            raise ArgumentError(problems)
        for name, value in defaults.items():
            admitted.setdefault(name, value)
        return admitted

    return admit


def _admit_value(
    name: str, value: object, coerce: Coerce | None, admitted: dict[str, object], problems: list[FieldError]
) -> None:
    if coerce is None:
        admitted[name] = value
        return
    try:
        admitted[name] = coerce(value)
    except UnfitValue as unfit:
        problems.append(FieldError(name, str(unfit)))


def _admit_nothing(arguments: Arguments) -> dict[str, object]:
    if arguments:
        raise ArgumentError([_unknown(name, {}) for name in arguments])
    return {}


def _unknown(name: str, known: Mapping[str, object]) -> FieldError:
    near = nearest(name, known)
    if near is not None:
        return FieldError(name, f"is no input here; did you mean `{near}`?")
    return FieldError(
        name, f"is no input here; there are: {', '.join(known)}" if known else "is no input here; there are none"
    )


def input_schema(inputs: Sequence[Input]) -> dict[str, Any]:
    """The JSON Schema 2020-12 object of a function's inputs; nothing else can flow, so nothing else is allowed."""
    properties: dict[str, Any] = {}
    for item in inputs:
        schema = dict(item.schema)
        if item.description:
            schema["description"] = item.description
        if item.has_default:
            schema["default"] = item.default
        properties[item.name] = schema
    schema = {"type": "object", "properties": properties}
    required = [item.name for item in inputs if item.required]
    if required:
        schema["required"] = required
    return {**schema, "additionalProperties": False}
