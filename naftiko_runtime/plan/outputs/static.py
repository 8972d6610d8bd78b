"""Values that no upstream gives: static outputs, and the mock answers made of them (language §5.6).

A `value` may hold placeholders of the function's inputs. It is brought to its declared type; one that can't be is a
finding at load where it is constant, and stays text where a caller's input decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from naftiko_runtime.plan.jsonpath.path import MISSING
from naftiko_runtime.plan.model.call import Arguments, Shape
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.parts import part_of
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.coercion import COERCIONS, lenient
from naftiko_runtime.plan.text.names import find_value
from naftiko_runtime.plan.text.template import Placeholder, TemplateError, parse_template, placeholders
from naftiko_runtime.plan.text.values import UnfitValue, to_text
from naftiko_runtime.spec.model.capability import OutputParameter
from naftiko_runtime.spec.text.document import Pointer


def compile_static(output: OutputParameter, variables: Variables, findings: Findings) -> Shape:
    """The builder of an output with a fixed `value` or `const`."""
    value = output.value
    coerce = COERCIONS.get(output.type or "")
    if isinstance(value, str) and "{{" in value:
        return _templated(output, value, variables, findings)
    try:
        constant = value if coerce is None or value is None else coerce(value)
    except UnfitValue as unfit:
        help_text = f"write a value of type {output.type}, or another `type`"
        findings.error("NK5005", f"the static value {unfit}", (*output.at, "value"), help_text)
        constant = None
    return lambda payload, arguments: constant


def _templated(output: OutputParameter, text: str, variables: Variables, findings: Findings) -> Shape:
    try:
        parts = parse_template(text)
    except TemplateError as error:
        findings.error("NK4002", f"malformed placeholder: {error}", (*output.at, "value"), "write `{{name}}`")
        return lambda payload, arguments: None
    coerce = COERCIONS.get(output.type or "")
    keep = None if coerce is None else lenient(coerce)
    is_sole = len(parts) == 1
    at = (*output.at, "value")
    pieces = tuple(part if isinstance(part, str) else _piece(part, variables, at) for part in parts)

    def build(payload: Any, arguments: Mapping[str, object]) -> Any:
        values = [piece if isinstance(piece, str) else piece(arguments) for piece in pieces]
        value = values[0] if is_sole else "".join("" if item is None else to_text(item) for item in values)
        return value if keep is None else keep(value)

    return build


def _piece(placeholder: Placeholder, variables: Variables, at: Pointer) -> str | Callable[[Arguments], object]:
    """The value of a variable, or what reads an input; nothing for an undeclared variable, which is reported."""
    name = variables.caller_name(placeholder.name, at)
    if name is not None:
        return _reading(name)
    return variables.value(placeholder.name, at) if placeholder.name in variables else ""


def _reading(name: str) -> Callable[[Arguments], object]:
    part = part_of(name)

    def read(arguments: Arguments) -> object:
        value = find_value(name, arguments)
        if value is not None or part is None:
            return value
        found = part.select(find_value(part.whole, arguments))
        return None if found is MISSING else found

    return read


def static_inputs(outputs: Sequence[OutputParameter], variables: Variables) -> tuple[str, ...]:
    """The inputs that static values of outputs name, each once, in order."""
    names: dict[str, None] = {}
    for output in outputs:
        if output.has_value and isinstance(output.value, str) and "{{" in output.value:
            try:
                parts = parse_template(output.value)
            except TemplateError:
                continue
            at = (*output.at, "value")
            asked = (variables.caller_name(placeholder.name, at) for placeholder in placeholders(parts))
            names.update(dict.fromkeys(name for name in asked if name is not None))
        names.update(dict.fromkeys(static_inputs([child for _, child in output.properties or ()], variables)))
        if output.items is not None:
            names.update(dict.fromkeys(static_inputs([output.items], variables)))
    return tuple(names)


def has_static(outputs: Sequence[OutputParameter]) -> bool:
    """Whether any output, at any depth, has a static value: what makes a function without a call a mock."""
    return any(
        output.has_value
        or has_static([child for _, child in output.properties or ()])
        or (output.items is not None and has_static([output.items]))
        for output in outputs
    )


def compile_mock(
    outputs: Sequence[OutputParameter], variables: Variables, findings: Findings
) -> Callable[[Arguments], Any]:
    """The answer of a mock: an object of its named outputs, or the value of a sole unnamed one."""
    if len(outputs) == 1 and outputs[0].name is None:
        build = _mock_value(outputs[0], variables, findings)
        return lambda arguments: build(None, arguments)
    members = tuple((output.name or "value", _mock_value(output, variables, findings)) for output in outputs)
    return lambda arguments: {name: member(None, arguments) for name, member in members}


def _mock_value(output: OutputParameter, variables: Variables, findings: Findings) -> Shape:
    if output.has_value:
        return compile_static(output, variables, findings)
    if output.properties:
        members = tuple((name, _mock_value(child, variables, findings)) for name, child in output.properties)
        return lambda payload, arguments: {name: member(payload, arguments) for name, member in members}
    if output.items is not None:
        item = _mock_value(output.items, variables, findings)
        return lambda payload, arguments: [item(payload, arguments)]
    return lambda payload, arguments: None
