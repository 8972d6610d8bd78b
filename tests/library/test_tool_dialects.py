"""Does every definition keep the rules that the providers publish?

The rules are written down here as checks of a definition, each with where it comes from. They are held against the
tools of files with everything that providers are known to refuse, and against every kind of input of the language.
"""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from naftiko_runtime import Runtime, ToolDefinition
from tests.library.quays import DEMO, ENV, SHIPYARD, mock_tools, quays

LONG = "word " * 400

EVERY_INPUT = (
    """\
naftiko: 1.0.0-alpha2
info: {label: Inputs, description: Every kind of input.}
capability:
  exposes:
    - type: mcp
      namespace: inputs
      port: 8080
      description: Inputs.
      tools:
        - name: every
          description: DESCRIPTION
          inputParameters:
            - {name: text, type: string, enum: [a, b], pattern: "^[a-z]$", default: a}
            - {name: count, type: integer, enum: [1, 2], description: How many.}
            - {name: share, type: number}
            - {name: is-open, type: boolean}
            - {name: list, type: array}
            - {name: whole, type: object, description: All of it.}
            - {name: "größe", type: string}
            - {name: "%s", type: string}
            - {name: "@type", type: string}
          outputParameters: [{name: by, type: string, value: me}]
""".replace("DESCRIPTION", LONG)
    % ("x" * 70)
)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "anything": {"description": "Whatever it is."},
        "when": {"type": "string", "format": "date-time", "minLength": 1},
        "address": {"type": "string", "format": "uri"},
        "nested": {
            "type": "object",
            "properties": {"kind": {"type": "string"}, "more": {"type": "array", "items": {"type": "array"}}},
            "required": ["kind"],
            "additionalProperties": False,
        },
        "free": {"type": "array", "items": {"type": "object"}, "maxItems": 3},
    },
    "required": ["nested"],
    "additionalProperties": False,
}


def definitions() -> list[ToolDefinition]:
    served = Runtime([DEMO, SHIPYARD, quays(), EVERY_INPUT, mock_tools("east", "a.b", "a" * 90)], env=ENVIRONMENT)
    return [*served.tools(), ToolDefinition("schema", "Nested.", SCHEMA)]


ENVIRONMENT = {**ENV, "SHIPYARD_API_KEY": "k"}
TOOLS = {f"{tool.namespace}.{tool.tool[:20]}": tool for tool in definitions()}


@pytest.fixture(params=TOOLS)
def tool(request: pytest.FixtureRequest) -> ToolDefinition:
    return TOOLS[request.param]


def test_anthropic_takes_it(tool: ToolDefinition) -> None:
    entry = json.loads(json.dumps(tool.to_anthropic()))
    # Messages API, `tools[]`: name, description and input_schema; other keys are options of the API's own.
    assert entry.keys() == {"name", "description", "input_schema"}
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", entry["name"])
    schema = entry["input_schema"]
    # `input_schema.type` is the constant "object"; unions may not stand at its top.
    assert schema["type"] == "object"
    assert not {"oneOf", "anyOf", "allOf"} & schema.keys()
    # "Property keys should match pattern" (invalid_request_error).
    assert all(re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", key) for key in schema["properties"])
    assert set(schema.get("required", [])) <= schema["properties"].keys()
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("responses", [False, True], ids=["chat completions", "responses"])
def test_openai_takes_it(tool: ToolDefinition, responses: bool) -> None:
    entry = json.loads(json.dumps(tool.to_openai(responses=responses)))
    assert entry["type"] == "function"
    if responses:
        # Responses API: the function's fields stand beside `type`, and `strict` is true unless it is said to be false.
        assert entry.keys() == {"type", "name", "description", "parameters", "strict"}
        assert entry["strict"] is False
        function = entry
    else:
        # Chat Completions API: they stand below `function`; `strict` is false unless it is said.
        assert entry.keys() == {"type", "function"}
        function = entry["function"]
        assert function.keys() == {"name", "description", "parameters"}
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function["name"])
    assert len(function["description"]) <= 1024
    parameters = function["parameters"]
    # "schema must be a JSON Schema of 'type: "object"'", "object schema missing properties".
    assert parameters["type"] == "object"
    assert isinstance(parameters["properties"], dict)
    assert not {"oneOf", "anyOf", "allOf", "enum", "not"} & parameters.keys()
    # "array schema missing items".
    assert all("items" in node for node in nodes(parameters) if node.get("type") == "array")
    jsonschema.Draft202012Validator.check_schema(parameters)


GEMINI_FIELDS = {  # ai.google.dev/api/caching#Schema
    "STRING": {"type", "description", "enum", "format", "pattern", "minLength", "maxLength"},
    "INTEGER": {"type", "description", "minimum", "maximum"},
    "NUMBER": {"type", "description", "minimum", "maximum"},
    "BOOLEAN": {"type", "description"},
    "ARRAY": {"type", "description", "items", "minItems", "maxItems"},
    "OBJECT": {"type", "description", "properties", "required"},
}


def test_gemini_takes_it(tool: ToolDefinition) -> None:
    entry = json.loads(json.dumps(tool.to_gemini()))
    assert entry.keys() <= {"name", "description", "parameters"}
    # FunctionDeclaration.name begins with a letter or an underscore; description is required.
    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_.-]{0,63}", entry["name"])
    assert entry["description"]
    if not tool.input_schema["properties"]:
        # "properties: should be non-empty for OBJECT type".
        assert "parameters" not in entry
        return
    parameters = entry["parameters"]
    assert parameters["type"] == "OBJECT"
    # "Parameter names must start with a letter or an underscore" and hold letters, digits and underscores (Vertex AI).
    assert all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}", key) for key in parameters["properties"])
    for node in nodes(parameters):
        if "anyOf" in node:
            # "When using any_of, it must be the only field set".
            assert node.keys() == {"anyOf"}
            continue
        assert node.keys() <= GEMINI_FIELDS[node["type"]]
        assert all(isinstance(item, str) for item in node.get("enum", []))
        # "only 'enum' and 'date-time' are supported for STRING type".
        assert node.get("format", "enum") in ("enum", "date-time")
        if node["type"] == "ARRAY":
            assert "items" in node
        if node["type"] == "OBJECT":
            assert node["properties"]
            assert set(node.get("required", [])) <= node["properties"].keys()


def nodes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema and every schema in it."""
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    return [schema, *(node for item in inner for node in nodes(item))]


def test_no_two_arguments_become_one() -> None:
    tool = TOOLS["inputs.every"]
    count = len(tool.input_schema["properties"])
    assert count == 9
    shown = [tool.to_anthropic()["input_schema"], tool.to_openai()["function"]["parameters"]]
    shown.append(tool.to_gemini()["parameters"])
    assert [len(schema["properties"]) for schema in shown] == [count] * 3
    assert [len(schema["required"]) for schema in shown] == [len(tool.input_schema["required"])] * 3


def test_what_a_dialect_cannot_say_is_said_in_words() -> None:
    properties = TOOLS["inputs.every"].to_gemini()["parameters"]["properties"]
    assert properties["count"] == {"type": "INTEGER", "description": "How many. One of: 1, 2."}
    assert properties["whole"] == {"type": "STRING", "description": "All of it. A JSON object, written as text."}
    assert properties["text"] == {"type": "STRING", "enum": ["a", "b"], "pattern": "^[a-z]$"}


async def test_what_gemini_answers_for_an_object_is_taken() -> None:
    arguments = {"text": "a", "count": 1, "share": 0.5, "is_open": True, "list": ["x"], "whole": '{"a": 1}'}
    spelled = {
        key: "x" for key in TOOLS["inputs.every"].to_gemini()["parameters"]["properties"] if key not in arguments
    }
    assert await Runtime(EVERY_INPUT).call_tool("every", arguments | spelled) == {"by": "me"}


def test_a_name_that_a_provider_takes_is_left_as_it_is() -> None:
    tool = Runtime(quays(), env=ENV).tools()[0]
    keys = {
        kind: list(schema["properties"])
        for kind, schema in {
            "anthropic": tool.to_anthropic()["input_schema"],
            "openai": tool.to_openai()["function"]["parameters"],
            "gemini": tool.to_gemini()["parameters"],
        }.items()
    }
    assert keys["anthropic"] == keys["openai"] == ["quay-id", "_top", "filter_kind_"]
    assert keys["gemini"] == ["quay_id", "_top", "filter_kind_"]
