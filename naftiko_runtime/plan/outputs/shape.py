"""Output parameters → a function that shapes a decoded payload (C14b, language §4.3).

`mapping` selects and shifts the root for `properties` and `items`; shapes nest to any depth; a value is brought to its
declared type where nothing is lost by it and kept as it is otherwise; what is missing is null with its key present.
Compiled at load; pure; a compiled shape has a result for every payload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from naftiko_runtime.plan.jsonpath.path import MISSING, Select, compile_path, split_path, walk
from naftiko_runtime.plan.jsonpath.query import JsonPathError
from naftiko_runtime.plan.model.call import Shape
from naftiko_runtime.plan.outputs.static import compile_static, has_static
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.coercion import COERCIONS, lenient
from naftiko_runtime.spec.model.capability import OutputParameter

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
    outputs: Sequence[OutputParameter],
    consumed: Sequence[OutputParameter],
    variables: Variables,
    findings: Findings,
) -> Shape | None:
    """The shape of a function's result; None where there are no outputs, so that the payload passes as it is.

    One output is the result itself; several named ones form one object, like properties. `consumed` are the called
    operation's own outputs: a mapping whose first name the payload lacks reads the one of that name.
    """
    if not outputs:
        return None
    named = {output.name: output for output in consumed if output.name and output.mapping}
    compiler = _Compiler(variables, findings, named)
    if len(outputs) == 1:
        build = compiler.output(outputs[0])
        if not _is_whole_object(outputs[0]):
            return build
        # Of a null payload each member is missing, as of an empty one.
        return lambda payload, arguments: build({} if payload is None else payload, arguments)
    unnamed = [output for output in outputs if output.name is None]
    if unnamed:
        help_text = "give each output a `name`, or keep one output only"
        message = f"{len(outputs)} outputs form one object, but {len(unnamed)} of them have no `name`"
        findings.error("NK5003", message, unnamed[0].at, help_text)
        return None
    return compiler.members([(output.name or "", output) for output in outputs])


def compile_members(outputs: Sequence[OutputParameter], variables: Variables, findings: Findings) -> Shape:
    """The object of named outputs, each read from the payload or, without a mapping, from its field of that name."""
    return _Compiler(variables, findings, {}).members([(output.name or "", output) for output in outputs])


class _Compiler:
    """Compiles outputs of one function; what is wrong is reported and compiles to null.

    `consumed` is empty below a shifted root: what the called operation declares is about the whole payload.
    """

    def __init__(self, variables: Variables, findings: Findings, consumed: Mapping[str, OutputParameter]) -> None:
        self._variables = variables
        self._findings = findings
        self._consumed = consumed

    def output(self, output: OutputParameter) -> Shape:
        """A result, or an item of a list: its mapping is read from the payload."""
        return _nulled(self._mapped(output))

    def members(self, outputs: Sequence[tuple[str, OutputParameter]]) -> Shape:
        """The object of named outputs, each read from the payload: its key is there even where its value is missing."""
        pairs = tuple((name, _nulled(self._member(name, output))) for name, output in outputs)
        return lambda payload, arguments: {name: member(payload, arguments) for name, member in pairs}

    def _member(self, name: str, output: OutputParameter) -> Shape:
        """A property: without a mapping it is the field of its own name; an object whose properties say where to read
        reads its parent (language §4.3).
        """
        if output.mapping is not None or output.has_value or _says_where(output):
            return self._mapped(output)
        return self._value(output, self._from_either((name,), walk((name,))), self._below)

    def _mapped(self, output: OutputParameter) -> Shape:
        return self._value(output, self._select(output), self if output.mapping in WHOLE else self._below)

    @property
    def _below(self) -> _Compiler:
        return _Compiler(self._variables, self._findings, {})

    def _value(self, output: OutputParameter, select: Select, inner: _Compiler) -> Shape:
        self._check(output)
        if output.has_value:
            return compile_static(output, self._variables, self._findings)
        if output.properties:
            return _object(inner.members(output.properties), select)
        if output.items is not None:
            return _array(self._below.output(output.items), select)
        return _typed(output.type, select)

    def _check(self, output: OutputParameter) -> None:
        """Report keys that contradict each other."""
        if output.has_value and output.mapping is not None:
            help_text = "keep `mapping` for a value of the answer, `value` for a fixed one"
            self._findings.error("NK5004", "an output has a `mapping` and a `value`", output.at, help_text)
        if output.properties and output.type not in (None, "object"):
            self._conflict("properties", f"of type `{output.type}`", output)
        elif output.items is not None and output.type not in (None, "array"):
            self._conflict("items", f"of type `{output.type}`", output)
        elif output.properties and output.items is not None:
            self._conflict("items", "with `properties`", output)

    def _conflict(self, key: str, beside: str, output: OutputParameter) -> None:
        kind = "object" if key == "properties" else "array"
        message = f"an output {beside} can't have `{key}`"
        self._findings.error("NK5007", message, (*output.at, key), f"write `type: {kind}`, or remove `{key}`", key=True)

    def _select(self, output: OutputParameter) -> Select:
        if output.mapping in WHOLE:
            return lambda payload: payload
        path = self._written(output)
        select = self._path(path, output)
        steps = None if select is _nothing else split_path(path)
        return select if steps is None else self._from_either(steps, select)

    def _written(self, output: OutputParameter) -> str:
        return self._variables.filled(output.mapping or "", (*output.at, "mapping"))

    def _path(self, path: str, output: OutputParameter) -> Select:
        try:
            return compile_path(path)
        except JsonPathError as error:
            code = "NK5002" if error.is_refused else "NK5001"
            help_text = "write a path such as `$.data.name`, `$.items[0]` or `$.items[*].id`"
            # What a parser says quotes the path, and a variable in it may be a secret.
            reason = error if path == (output.mapping or "") else "it is no path once its variables are filled in"
            self._findings.error(code, f"`{output.mapping}`: {reason}", (*output.at, "mapping"), help_text)
            return _nothing

    def _from_either(self, steps: tuple[Any, ...], select: Select) -> Select:
        """`select`; where the payload lacks its first name, what the consumed output of that name reads."""
        first = steps[0] if steps else None
        output = self._consumed.get(first) if isinstance(first, str) else None
        if output is None:
            return select
        declared = self._path(self._written(output), output)
        rest = walk(steps[1:])

        def from_either(payload: Any) -> Any:
            if isinstance(payload, dict) and first in payload:
                return select(payload)
            value = declared(payload)
            return MISSING if value is MISSING else rest(value)

        return from_either


def _says_where(output: OutputParameter) -> bool:
    """Whether a property of an object, however deep, has a mapping or a value of its own."""
    return any(
        child.mapping is not None or child.has_value or _says_where(child) for _, child in output.properties or ()
    )


def _nothing(payload: Any) -> Any:
    return MISSING


def _nulled(build: Shape) -> Shape:
    return lambda payload, arguments: None if (value := build(payload, arguments)) is MISSING else value


def _object(members: Shape, select: Select) -> Shape:
    def build(payload: Any, arguments: Mapping[str, object]) -> Any:
        root = select(payload)
        return root if root is MISSING or root is None else members(root, arguments)

    return build


def _array(item: Shape, select: Select) -> Shape:
    def build(payload: Any, arguments: Mapping[str, object]) -> Any:
        root = select(payload)
        if root is MISSING or root is None:
            return root
        # A sole element that lost its list keeps its shape (formats without lists write it so).
        elements = root if isinstance(root, list) else [root]
        return [item(element, arguments) for element in elements]

    return build


def _typed(kind: str | None, select: Select) -> Shape:
    coerce = COERCIONS.get(kind or "") if kind in _SCALARS else None
    if coerce is None:
        return lambda payload, arguments: select(payload)
    keep = lenient(coerce)
    return lambda payload, arguments: value if (value := select(payload)) is MISSING else keep(value)


def _is_whole_object(output: OutputParameter) -> bool:
    """Whether an output is an object made of the whole payload, which can't be missing."""
    return bool(output.properties) and output.mapping in WHOLE and not output.has_value


def output_schema(outputs: Sequence[OutputParameter]) -> dict[str, Any] | None:
    """The JSON Schema of a result, where the outputs say more than "an object": present only where every answer fits.

    A missing value is null, so each member allows null. A result whose own mapping can be missing may be null as a
    whole, which MCP's `outputSchema` can't say, so there is none then; nor for a sole named output with static values,
    which a mock wraps in its name.
    """
    if len(outputs) > 1:
        if any(output.name is None for output in outputs):
            return None
        return {"type": "object", "properties": {output.name: member_schema(output) for output in outputs}}
    for only in outputs:
        if _is_whole_object(only) and (only.name is None or not has_static(outputs)):
            properties = {name: member_schema(child) for name, child in only.properties or ()}
            return {"type": "object", "properties": properties}
    return None


def member_schema(output: OutputParameter) -> dict[str, Any]:
    """The JSON Schema of one member of a result; each may be null."""
    schema: dict[str, Any] = {}
    # A static value is what it is, whatever else is written beside it; so nothing is promised of it.
    if output.properties and not output.has_value:
        schema["type"] = ["object", "null"]
        schema["properties"] = {name: member_schema(child) for name, child in output.properties}
    elif output.items is not None and not output.has_value:
        schema["type"] = ["array", "null"]
        schema["items"] = member_schema(output.items)
    if output.description:
        schema["description"] = output.description
    return schema
