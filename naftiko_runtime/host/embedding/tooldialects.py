"""How does each provider of models want a tool to be written?

All three take a name, a description and a schema, and each refuses a whole request for one schema it dislikes. What
they publish, and what they are known to refuse, is kept here as data and as small rules:

* Anthropic, Messages API: `input_schema` is a JSON Schema object; its property keys match `^[a-zA-Z0-9_.-]{1,64}$`.
* OpenAI: `parameters` is a JSON Schema object with `properties`; every array says its `items`; a description has at
  most
  1,024 characters. The Responses API is strict unless told otherwise, and strict schemas have no optional properties.
* Gemini: `parameters` is a `Schema`, a subset of OpenAPI 3.0: one `type` each, no `additionalProperties`, no `$schema`,
  no `default`; enums of strings alone; an object lists its properties; beside `anyOf` stands nothing; property keys are
  letters, digits and underscores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from naftiko_runtime.host.embedding.toolnames import argument_names
from naftiko_runtime.plan.text.values import to_text

Schema = Mapping[str, Any]

_PROPERTY_KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_LONGEST_DESCRIPTION = 1024

_GEMINI_KEYWORDS: dict[str, tuple[str, ...]] = {
    "string": ("pattern", "minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "boolean": (),
    "array": ("minItems", "maxItems"),
    "object": (),
}
_GEMINI_FORMATS = frozenset({"enum", "date-time"})
_GEMINI_SCALARS = ("STRING", "NUMBER", "BOOLEAN")


def anthropic_tool(name: str, description: str, schema: Schema) -> dict[str, Any]:
    """A tool of the Messages API."""
    return {"name": name, "description": description, "input_schema": _plain(schema)}


def openai_tool(name: str, description: str, schema: Schema) -> dict[str, Any]:
    """A tool of the Chat Completions API."""
    return {"type": "function", "function": _openai_function(name, description, schema)}


def openai_responses_tool(name: str, description: str, schema: Schema) -> dict[str, Any]:
    """A tool of the Responses API."""
    return {"type": "function", **_openai_function(name, description, schema), "strict": False}


def gemini_tool(name: str, description: str, schema: Schema) -> dict[str, Any]:
    """A function declaration of the Gemini API. A function without inputs has no `parameters`: they can't be empty."""
    declaration: dict[str, Any] = {"name": name, "description": description}
    properties = schema.get("properties") or {}
    if properties:
        names = argument_names(properties)
        parameters = {
            "type": "OBJECT",
            "properties": {names[key]: _gemini(value) for key, value in properties.items()},
            "required": [names[key] for key in schema.get("required", ())],
        }
        declaration["parameters"] = {key: value for key, value in parameters.items() if value}
    return declaration


def _openai_function(name: str, description: str, schema: Schema) -> dict[str, Any]:
    if len(description) > _LONGEST_DESCRIPTION:
        description = description[: _LONGEST_DESCRIPTION - 2].rstrip() + " …"
    return {"name": name, "description": description, "parameters": _with_items(_plain(schema))}


def _plain(schema: Schema) -> dict[str, Any]:
    """The schema itself, apart from names that are refused."""
    properties = schema.get("properties") or {}
    safe = argument_names(properties)
    names = {key: key if _PROPERTY_KEY.fullmatch(key) else safe[key] for key in properties}
    plain = deepcopy(dict(schema))
    plain["properties"] = {names[key]: value for key, value in plain.get("properties", {}).items()}
    if "required" in plain:
        plain["required"] = [names[key] for key in plain["required"]]
    return plain


def _with_items(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with `items` wherever an array lacks them: any will do."""
    if schema.get("type") == "array":
        schema.setdefault("items", {})
    if isinstance(items := schema.get("items"), dict):
        _with_items(items)
    for value in (schema.get("properties") or {}).values():
        _with_items(value)
    return schema


def _gemini(schema: Schema) -> dict[str, Any]:
    kind = schema.get("type")
    description = schema.get("description", "")
    if kind not in _GEMINI_KEYWORDS:
        # Any value: beside `anyOf` nothing may stand, so each of its branches says what the value is for.
        return {"anyOf": [_described({"type": scalar}, description) for scalar in _GEMINI_SCALARS]}
    if kind == "object" and not schema.get("properties"):
        # Gemini can't fill an object that lists no properties; the function takes its JSON text as well (C13).
        return _described({"type": "STRING"}, f"{description} A JSON object, written as text.".strip())
    found: dict[str, Any] = {"type": kind.upper()}
    found |= {keyword: schema[keyword] for keyword in _GEMINI_KEYWORDS[kind] if keyword in schema}
    if kind == "string" and schema.get("format") in _GEMINI_FORMATS:
        found["format"] = schema["format"]
    if "enum" in schema and kind == "string":
        found["enum"] = [to_text(item) for item in schema["enum"]]
    elif "enum" in schema:
        description = f"{description} One of: {', '.join(map(to_text, schema['enum']))}.".strip()
    if kind == "array":
        found["items"] = _gemini(schema.get("items") or {})
    if kind == "object":
        found["properties"] = {key: _gemini(value) for key, value in schema["properties"].items()}
        if schema.get("required"):
            found["required"] = list(schema["required"])
    return _described(found, description)


def _described(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {**schema, "description": description} if description else schema
