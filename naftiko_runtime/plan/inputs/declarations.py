"""What does a declared input say about its value?

Type, enum, pattern and default of a declaration, brought into agreement: an enum and a default are of the declared
type. What can't agree is reported once, by `check_declaration`, and left out of the schema, so that compiling goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.text.coercion import COERCIONS, Coerce, compile_coercion, is_pattern
from naftiko_runtime.plan.text.names import fold
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue
from naftiko_runtime.spec.model.capability import InputParameter
from naftiko_runtime.spec.text.document import Pointer

_NO_PATTERN = "no regular expression as JSON Schema has them"


def schema_of(parameter: InputParameter) -> dict[str, Any] | None:
    """The JSON Schema of what a declaration says; None where it says nothing about the value."""
    schema: dict[str, Any] = {}
    coerce = COERCIONS.get(parameter.type or "")
    if coerce is not None:
        schema["type"] = parameter.type
    if parameter.enum:
        schema["enum"] = [item for item in map(_fitted(coerce), parameter.enum) if item is not ABSENT]
    if parameter.pattern is not None and is_pattern(parameter.pattern):
        schema["pattern"] = parameter.pattern
    further = parameter.schema or {}
    schema.update({key: value for key, value in further.items() if not _items_problem(key, value)})
    return schema or None


def default_of(parameter: InputParameter | None) -> object:
    """The declared default in its type; ABSENT where there is none, which a null says too."""
    if parameter is None or not parameter.has_default or parameter.default is None:
        return ABSENT
    fitted = _fitted(COERCIONS.get(parameter.type or ""))(parameter.default)
    return parameter.default if fitted is ABSENT else fitted


def check_declaration(parameter: InputParameter, findings: Findings) -> None:
    """Report an enum, pattern or default that does not fit its type (NK4012)."""
    coerce = COERCIONS.get(parameter.type or "")
    for index, item in enumerate(parameter.enum or ()):
        at = (*parameter.at, "enum", index)
        _check_value(item, coerce, f"a value of the enum of `{parameter.name}`", at, findings)
    _check_value(
        default_of(parameter),
        compile_coercion(schema_of(parameter) or {}),
        f"the default of `{parameter.name}`",
        (*parameter.at, "default"),
        findings,
    )
    if parameter.pattern is not None and not is_pattern(parameter.pattern):
        _report_unusable(parameter, "pattern", f"it is {_NO_PATTERN}", findings)
    for key, value in (parameter.schema or {}).items():
        if problem := _items_problem(key, value):
            _report_unusable(parameter, key, problem, findings)


def check_names(owner: str, inputs: tuple[InputParameter, ...], findings: Findings) -> None:
    """Report names that are one name (NK4004): they fold alike (C13), so which of them is meant could only be guessed.

    One that repeats an earlier input, or says `in: query` of a path's placeholder too, is no second input.
    """
    first: dict[str, InputParameter] = {}
    for parameter in inputs:
        twin = first.setdefault(fold(parameter.name), parameter)
        is_repeated = twin.place == parameter.place or "path" in (twin.place, parameter.place)
        if twin.name != parameter.name or not is_repeated:
            where = f" (in {twin.place})" if twin.place else ""
            message = f"`{owner}` has an input of this name already: `{twin.name}`{where}"
            help_text = "names are compared by letters and digits alone; give one of them another name"
            related = (findings.related("the other is here", (*twin.at, "name")),)
            findings.error("NK4004", message, (*parameter.at, "name"), help_text, related=related)


def fitted(value: object, schema: dict[str, Any] | None) -> object:
    """`value` in the type of a schema; raises UnfitValue where it can't be."""
    coerce = compile_coercion(schema) if schema else None
    return value if coerce is None else coerce(value)


def _fitted(coerce: Coerce | None) -> Callable[[object], object]:
    """The coercion as a function that gives ABSENT for what does not fit."""

    def fit(value: object) -> object:
        try:
            return value if coerce is None else coerce(value)
        except UnfitValue:
            return ABSENT

    return fit


def _check_value(value: object, coerce: Coerce | None, words: str, at: Pointer, findings: Findings) -> None:
    if value is ABSENT or coerce is None:
        return
    try:
        coerce(value)
    except UnfitValue as unfit:
        findings.error("NK4012", f"{words} {unfit}", at, "give a value that fits the declaration")


def _report_unusable(parameter: InputParameter, key: str, problem: str, findings: Findings) -> None:
    message = f"the `{key}` of `{parameter.name}` can't be used: {problem}"
    help_text = "patterns are those of ECMA 262, such as `^[a-z]+$`, and enums are lists"
    findings.error("NK4012", message, (*parameter.at, key), help_text)


def _items_problem(key: str, value: object) -> str:
    """What is wrong with a pattern or an enum below `items`, however deep."""
    if key != "items" or not isinstance(value, dict):
        return ""
    if not isinstance(value.get("enum", []), list):
        return "an `enum` in them is no list"
    if "pattern" in value and not is_pattern(value["pattern"]):
        return f"a pattern in them is {_NO_PATTERN}"
    return _items_problem("items", value.get("items"))
