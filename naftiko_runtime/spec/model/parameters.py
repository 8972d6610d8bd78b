"""Reading inputs, outputs and bodies: what consumes and exposes have in common."""

from __future__ import annotations

import re
from dataclasses import replace

from naftiko_runtime.spec.model.capability import Body, InputParameter, OutputParameter
from naftiko_runtime.spec.model.fields import Fields

_OFFICIAL_INPUT_NAME = re.compile(r"[a-zA-Z0-9_*-]+\Z")

# What a text must look like to be a path into the answer; `$5 off` is only a text.
_JSONPATH = re.compile(r"\$(\Z|[.\[])")

# The keys of JSON Schema's own vocabulary that an input may carry; its other keys are the language's.
_SCHEMA_KEYS = ("items", "properties", "format", "minimum", "maximum", "minLength", "maxLength")


def read_inputs(owner: Fields, *, consumed: bool) -> tuple[InputParameter, ...]:
    """The `inputParameters` of an object, in order."""
    return tuple(
        _read_input(fields, consumed=consumed) for fields in owner.items("inputParameters") if fields.text("name")
    )


def _read_input(fields: Fields, *, consumed: bool) -> InputParameter:
    name = fields.text("name")
    if not _OFFICIAL_INPUT_NAME.match(name):
        fields.note("input names beyond letters, digits, `-`, `_` and `*`", "name")
    if consumed and any(key in fields for key in ("type", "required", "description", "default", "enum", "pattern")):
        fields.note("`type`, `required`, `description` … on consumed inputs")
    declared = _read_declaration(fields, name)
    return declared if consumed else _with_default(declared)


def _with_default(exposed: InputParameter) -> InputParameter:
    """An exposed input: a `value` that is no path and no template is what it has when its caller gives nothing."""
    value = exposed.value
    is_fixed = value is not None and not (isinstance(value, str) and (value.startswith("$") or "{{" in value))
    if exposed.has_default or not is_fixed:
        return exposed
    return replace(exposed, default=value, has_default=True)


def _read_declaration(fields: Fields, name: str) -> InputParameter:
    enum = fields.values.get("enum")
    schema = {key: fields.values[key] for key in _SCHEMA_KEYS if key in fields}
    return InputParameter(
        name=name,
        place=fields.optional_text("in"),
        type=fields.optional_text("type"),
        description=fields.text("description"),
        required=fields.boolean("required"),
        value=fields.values.get("value", fields.values.get("template")),
        default=fields.values.get("default"),
        has_default="default" in fields,
        enum=tuple(enum) if isinstance(enum, list) else None,
        pattern=fields.optional_text("pattern"),
        schema=schema or None,
        at=fields.at,
    )


def read_input_schema(owner: Fields) -> tuple[InputParameter, ...]:
    """The properties of an `inputSchema`, which integrations write where the language has `inputParameters`."""
    if "inputSchema" not in owner:
        return ()
    owner.note("`inputSchema` on a tool", "inputSchema")
    schema = owner.mapping("inputSchema")
    properties = schema.mapping("properties")
    required = schema.texts("required")
    return tuple(
        replace(_read_declaration(properties.mapping(name), name), required=name in required)
        for name in dict.fromkeys((*properties.values, *required))
    )


def inner_wins(outer: tuple[InputParameter, ...], inner: tuple[InputParameter, ...]) -> tuple[InputParameter, ...]:
    """Inputs of two levels as one list; where both have an input of one name and place, the inner level's counts."""
    names = {(parameter.name, parameter.place) for parameter in inner}
    return tuple(parameter for parameter in outer if (parameter.name, parameter.place) not in names) + inner


def read_outputs(owner: Fields, *, consumed: bool = False, orchestrated: bool = False) -> tuple[OutputParameter, ...]:
    """The `outputParameters` of an object, in order. Those of steps list the fields of an array's elements."""
    entries = owner.items("outputParameters")
    outputs = tuple(_read_output(fields, fields.optional_text("name"), orchestrated=orchestrated) for fields in entries)
    if not consumed:
        for output in outputs:
            _note_untyped(owner, output)
    return outputs


def _note_untyped(owner: Fields, output: OutputParameter) -> None:
    missing = (output.type == "object" and output.properties is None) or (
        output.type == "array" and output.items is None
    )
    if missing and output.mapping is not None:
        owner.relaxations.note("object or array outputs with a `mapping` and no `properties` or `items`", output.at)


def _read_output(fields: Fields, name: str | None, *, orchestrated: bool = False) -> OutputParameter:
    mapping = fields.optional_text("mapping")
    has_value = "value" in fields or "const" in fields
    value = fields.values.get("value", fields.values.get("const"))
    if mapping is None and isinstance(value, str) and _JSONPATH.match(value) and name is not None:
        # A named output says its JSONPath under `value` (language §4.3): it is a mapping by another name.
        mapping, value, has_value = value, None, False
    return OutputParameter(
        name=name,
        type=fields.optional_text("type"),
        mapping=mapping,
        value=value,
        has_value=has_value,
        properties=_read_properties(fields, orchestrated=orchestrated),
        items=_read_fields(fields) if orchestrated else _read_items(fields),
        description=fields.text("description"),
        at=fields.at,
    )


def _read_items(fields: Fields, *, orchestrated: bool = False) -> OutputParameter | None:
    """The `items` of an array; of a list, as the language once wrote it, the first entry."""
    items = fields.values.get("items")
    entry = fields.mapping("items") if isinstance(items, dict) else next(fields.items("items"), None)
    return None if entry is None else _read_output(entry, None, orchestrated=orchestrated)


def _read_fields(fields: Fields) -> OutputParameter | None:
    """The `items` of an array that steps make: the named fields of its elements, or what an element is."""
    entries = tuple(fields.items("items"))
    if not any("name" in entry for entry in entries):
        return _read_items(fields, orchestrated=True)
    named = ((entry.text("name"), entry) for entry in entries)
    properties = tuple((name, _read_output(entry, name, orchestrated=True)) for name, entry in named if name)
    at = (*fields.at, "items")
    return OutputParameter(None, "object", None, None, False, properties, None, "", at)


def _read_properties(fields: Fields, *, orchestrated: bool) -> tuple[tuple[str, OutputParameter], ...] | None:
    if not isinstance(fields.values.get("properties"), dict):
        return None
    owner = fields.mapping("properties")
    return tuple(
        (key, _read_output(owner.mapping(key), key, orchestrated=orchestrated))
        for key, value in owner.values.items()
        if isinstance(value, dict)
    )


def read_body(owner: Fields) -> Body | None:
    """The `body` of a consumed operation: a plain text, or `type` and `data`."""
    body = owner.values.get("body")
    at = (*owner.at, "body")
    if isinstance(body, str):
        return Body("raw", body, at)
    if isinstance(body, dict):
        if "data" in body:
            return Body(str(body.get("type", "json")), body["data"], (*at, "data"))
        return Body("json", body, at)
    return Body("json", body, at) if isinstance(body, list) else None
