"""Raw arguments → admitted ones: every field checked at once, before anything else happens (C13).

Compiled per function. What comes out is safe to build a request from: typed, complete, and nothing the function does
not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.model.call import Arguments, Place
from naftiko_runtime.plan.model.function import MOST_UNKNOWN, Input
from naftiko_runtime.plan.text.coercion import Coerce, compile_coercion
from naftiko_runtime.plan.text.names import find_name
from naftiko_runtime.plan.text.values import UnfitValue, cookie_value, header_value, path_segment, query_value

Admit = Callable[[Arguments], dict[str, object]]


def compile_admission(inputs: Sequence[Input]) -> Admit:
    """The check of a function's arguments. Absent optional inputs stay absent, unless they have a default."""
    if not inputs:
        return _admit_nothing
    coercions: dict[str, Coerce | None] = {item.name: _compile_check(item) for item in inputs}
    required = tuple(item.name for item in inputs if item.required)
    defaults = {item.name: item.default for item in inputs if item.has_default}

    def admit(arguments: Arguments) -> dict[str, object]:
        admitted: dict[str, object] = {}
        problems: list[FieldError] = []
        seen: dict[str, str] = {}
        unknown = 0
        for given, value in arguments.items():
            name = given if given in coercions else find_name(given, coercions) if unknown < MOST_UNKNOWN else None
            if name is None:
                unknown += 1
                if unknown <= MOST_UNKNOWN:
                    problems.append(_unknown(given, coercions))
                continue
            if name in seen:
                problems.append(FieldError(given, f"is given twice, as `{seen[name]}` too"))
                continue
            seen[name] = given
            coerce = coercions[name]
            try:
                if coerce is None:
                    admitted[name] = value
                # JSON null for an input that has a type means that the caller left it out; models write it that way.
                elif value is not None:
                    admitted[name] = coerce(value)
                elif name in required:
                    problems.append(FieldError(given, "is required"))
            except UnfitValue as unfit:
                problems.append(FieldError(given, str(unfit)))
        problems += [FieldError(name, "is required") for name in required if name not in seen]
        if problems:
            raise ArgumentError(problems)
        return {**defaults, **admitted} if defaults else admitted

    return admit


_SPELLINGS: Mapping[Place, Callable[[object], object]] = {
    Place.PATH: path_segment,
    Place.HEADER: header_value,
    Place.COOKIE: cookie_value,
    Place.QUERY: query_value,
}


def _compile_check(item: Input) -> Coerce | None:
    """Coerce an input, then see that it can be spelled where it goes, so that one refusal names every field (C13)."""
    coerce = compile_coercion(item.schema)
    spellings = tuple(_SPELLINGS[place] for place in item.spelled if place in _SPELLINGS)
    if not spellings:
        return coerce

    def check(value: object) -> object:
        admitted = value if coerce is None else coerce(value)
        for spell in spellings:
            spell(admitted)
        return admitted

    return check


def _admit_nothing(arguments: Arguments) -> dict[str, object]:
    if arguments:
        raise ArgumentError([_unknown(name, {}) for name in islice(arguments, MOST_UNKNOWN)])
    return {}


def _unknown(name: str, known: Mapping[str, object]) -> FieldError:
    # What no input is called may be any text of any length: enough of it to be found again.
    field = name if len(name) <= 80 else f"{name[:79]}…"
    near = nearest(field, known)
    if near is not None:
        return FieldError(field, f"is no input here; did you mean `{near}`?")
    names = list(known)
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return FieldError(field, f"is no input here; there are: {listed}" if names else "is no input here; there are none")


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
