"""Output parameters → a function that shapes a decoded payload (C14b, language §4.3).

`mapping` selects and shifts the root for `properties` and `items`; shapes nest to any depth; a value is brought to its
declared type where nothing is lost by it and kept as it is otherwise; what is missing is null with its key present.
Compiled at load; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from naftiko_runtime.plan.coercion import COERCIONS
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.jsonpath import MISSING, JsonPathError, Select, compile_path, split_path
from naftiko_runtime.plan.model import Shape
from naftiko_runtime.plan.static import compile_static
from naftiko_runtime.plan.values import UnfitValue
from naftiko_runtime.spec.document import Pointer
from naftiko_runtime.spec.model import OutputParameter

Build = Callable[[Any, Mapping[str, object]], Any]

WHOLE = (None, "", "$", "$.")
"""The spellings of "the whole payload"."""

# A text is what a number or boolean becomes when declared `string`; a list or object declared as a scalar stays itself.
_SCALARS = ("string", "number", "integer", "boolean")


def is_identity(outputs: Sequence[OutputParameter]) -> bool:
    """Whether outputs mean the whole document as it is, so that its bytes can pass untouched (D3)."""
    if len(outputs) != 1:
        return False
    only = outputs[0]
    return (
        only.mapping in WHOLE
        and not only.has_value
        and not only.properties
        and only.items is None
        and only.type not in _SCALARS
    )


def compile_shape(
    outputs: Sequence[OutputParameter], consumed: Sequence[OutputParameter], findings: Findings
) -> Shape | None:
    """The shape of a function's result; None where there are no outputs, so that the payload passes as it is.

    One output is the result itself; several named ones form one object. `consumed` are the called operation's own outputs:
    a mapping whose first name the payload lacks reads the one of that name.
    """
    if not outputs:
        return None
    compiler = _Compiler(consumed, findings)
    if len(outputs) == 1:
        return compiler.output(outputs[0])
    unnamed = [output for output in outputs if output.name is None]
    if unnamed:
        help_text = "give each output a `name`, or keep one output only"
        message = f"{len(outputs)} outputs form one object, but {len(unnamed)} of them have no `name`"
        findings.error("NK5003", message, unnamed[0].at, help_text)
        return None
    return _object_of([(output.name or "", compiler.output(output)) for output in outputs])


def _object_of(members: list[tuple[str, Build]]) -> Build:
    pairs = tuple(members)

    def build(payload: Any, arguments: Mapping[str, object]) -> Any:
        return {name: None if (value := member(payload, arguments)) is MISSING else value for name, member in pairs}

    return build


class _Compiler:
    """Compiles outputs of one function; what is wrong is reported and compiles to null."""

    def __init__(self, consumed: Sequence[OutputParameter], findings: Findings) -> None:
        self._findings = findings
        self._consumed = {output.name: output for output in consumed if output.name and output.mapping is not None}

    def output(self, output: OutputParameter) -> Build:
        """A result, or an item of a list: its mapping is read from the payload."""
        build = self._value(output, self._select(output))
        return lambda payload, arguments: None if (value := build(payload, arguments)) is MISSING else value

    def _member(self, name: str, output: OutputParameter) -> Build:
        """A property: without a mapping it is the field of its own name; an object with properties reads its parent."""
        if output.mapping is None and not output.has_value and not output.properties:
            return self._value(output, _field(name))
        return self._value(output, self._select(output))

    def _value(self, output: OutputParameter, select: Select) -> Build:
        if output.has_value and output.mapping is not None:
            help_text = "keep `mapping` for a value of the answer, `value` for a fixed one"
            self._findings.error("NK5004", "an output has a `mapping` and a `value`", output.at, help_text)
        if output.has_value:
            return compile_static(output, self._findings)
        if output.properties and output.type not in (None, "object"):
            self._conflict("properties", output)
        if output.items is not None and output.type not in (None, "array"):
            self._conflict("items", output)
        if output.properties:
            return self._object(output, select)
        if output.items is not None:
            return self._array(output.items, select)
        return _typed(output.type, select)

    def _conflict(self, key: str, output: OutputParameter) -> None:
        kind = "object" if key == "properties" else "array"
        message = f"an output of type `{output.type}` can't have `{key}`"
        self._findings.error("NK5007", message, (*output.at, key), f"write `type: {kind}`, or remove `{key}`", key=True)

    def _object(self, output: OutputParameter, select: Select) -> Build:
        members = tuple((name, self._member(name, child)) for name, child in output.properties or ())

        def build(payload: Any, arguments: Mapping[str, object]) -> Any:
            root = select(payload)
            if root is MISSING or root is None:
                return root
            return {name: None if (value := member(root, arguments)) is MISSING else value for name, member in members}

        return build

    def _array(self, items: OutputParameter, select: Select) -> Build:
        item = self.output(items)

        def build(payload: Any, arguments: Mapping[str, object]) -> Any:
            root = select(payload)
            if root is MISSING or root is None:
                return root
            # A sole element that lost its list keeps its shape (formats without lists write it so).
            elements = root if isinstance(root, list) else [root]
            return [item(element, arguments) for element in elements]

        return build

    def _select(self, output: OutputParameter) -> Select:
        if output.mapping in WHOLE:
            return lambda payload: payload
        path = output.mapping or ""
        at: Pointer = (*output.at, "mapping")
        try:
            return self._with_consumed(path, compile_path(path))
        except JsonPathError as error:
            code = "NK5002" if error.is_refused else "NK5001"
            help_text = "write a path such as `$.data.name`, `$.items[0]` or `$.items[*].id`"
            self._findings.error(code, f"`{path}`: {error}", at, help_text)
            return lambda payload: None

    def _with_consumed(self, path: str, select: Select) -> Select:
        steps = split_path(path if path.startswith("$") else f"$.{path}")
        first = steps[0] if steps else None
        output = self._consumed.get(first) if isinstance(first, str) else None
        if output is None or steps is None:
            return select
        inner = compile_path(output.mapping or "$")
        rest = _walk_steps(path, str(first))

        def from_either(payload: Any) -> Any:
            if isinstance(payload, dict) and first in payload:
                return select(payload)
            value = inner(payload)
            return MISSING if value is MISSING else rest(value)

        return from_either


def _walk_steps(path: str, first: str) -> Select:
    """The rest of a path behind its first name, as a path of its own."""
    text = path.removeprefix("$").removeprefix(".")
    for spelling in (first, f"['{first}']", f'["{first}"]'):
        if text.startswith(spelling):
            return compile_path("$" + text[len(spelling) :])
    return lambda payload: MISSING


def _field(name: str) -> Select:
    return lambda payload: payload.get(name, MISSING) if isinstance(payload, dict) else MISSING


def _typed(kind: str | None, select: Select) -> Build:
    coerce = COERCIONS.get(kind or "") if kind in _SCALARS else None
    if coerce is None:
        return lambda payload, arguments: select(payload)

    def build(payload: Any, arguments: Mapping[str, object]) -> Any:
        value = select(payload)
        if value is MISSING or value is None:
            return value
        try:
            return coerce(value)
        except UnfitValue:
            return value

    return build


def output_schema(outputs: Sequence[OutputParameter]) -> dict[str, Any] | None:
    """The JSON Schema of a result, where the outputs say more than "an object": present only where every answer fits it.

    A missing value is null, so each member allows null. A result whose own mapping can be missing may be null as a whole,
    which MCP's `outputSchema` can't say, so there is none then.
    """
    if len(outputs) > 1:
        if any(output.name is None for output in outputs):
            return None
        return {"type": "object", "properties": {output.name: _member_schema(output) for output in outputs}}
    if len(outputs) == 1 and outputs[0].properties and outputs[0].mapping in WHOLE:
        return {
            "type": "object",
            "properties": {name: _member_schema(child) for name, child in outputs[0].properties},
        }
    return None


def _member_schema(output: OutputParameter) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if output.properties:
        schema["type"] = ["object", "null"]
        schema["properties"] = {name: _member_schema(child) for name, child in output.properties}
    elif output.items is not None:
        schema["type"] = ["array", "null"]
        schema["items"] = _member_schema(output.items)
    if output.description:
        schema["description"] = output.description
    return schema
