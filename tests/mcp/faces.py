"""Faces written by hand: tools that answer by themselves, and tools that ask a real upstream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from naftiko_runtime.plan.inputs.admission import compile_admission
from naftiko_runtime.plan.model.call import Arguments, Call, Origin, Place, Shape, Target, UpstreamRequest
from naftiko_runtime.plan.model.face import McpFace, Tool
from naftiko_runtime.plan.model.function import Action, Function, Input, Mock

ORIGIN = Origin("by-hand.yaml", 1, 1)
VERSION = "9.8.7"

Schema = Mapping[str, Any]


def tool_of(
    name: str,
    action: Action,
    inputs: Mapping[str, Schema] | None = None,
    *,
    required: tuple[str, ...] = (),
    title: str = "",
    description: str = "",
    annotations: Mapping[str, bool] | None = None,
    output_schema: Schema | None = None,
    input_schema: Schema | None = None,
) -> Tool:
    given = tuple(Input(key, schema, key in required, "", Place.BODY, key) for key, schema in (inputs or {}).items())
    written = {"type": "object", "properties": dict(inputs or {}), "required": list(required)}
    function = Function(
        name=name,
        capability="by-hand",
        namespace="hand",
        description=description,
        origin=ORIGIN,
        inputs=given,
        input_schema=input_schema or written,
        output_schema=output_schema,
        admit=compile_admission(given),
        action=action,
    )
    return Tool(name, title, description, annotations or {}, function)


def face_of(
    *tools: Tool, description: str = "", namespace: str = "hand-tools", left_out: tuple[Tool, ...] = ()
) -> McpFace:
    return McpFace(namespace, "127.0.0.1", None, "http", description, tools, left_out)


def saying(name: str, value: object) -> Tool:
    """A tool that always answers the same value."""
    return tool_of(name, Mock(lambda _arguments: value))


def asking(
    name: str, base: str, *, path: str | None = None, shape: Shape | None = None, identity: bool = False
) -> Tool:
    """A tool that asks `GET {base}{path}`; without a shape the answer passes as it comes."""
    asked = f"/{name}" if path is None else path
    request = UpstreamRequest("GET", f"{base}{asked}", (), None, asked)
    target = Target("up", "things", name, "GET", asked, ORIGIN)
    return tool_of(name, Call(target, lambda _arguments: request, "json", shape, identity))


def whole(payload: object, _arguments: Mapping[str, object]) -> object:
    """The shape of a tool that passes the whole document."""
    return payload


def typed(name: str, base: str) -> Tool:
    """A tool that asks `GET {base}/{name}` and promises a name, which may be null, beside the id it was given."""

    def shape(payload: object, arguments: Mapping[str, object]) -> object:
        return {"id": arguments["id"], "name": payload.get("name") if isinstance(payload, dict) else None}

    properties: dict[str, Schema] = {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}}
    request = UpstreamRequest("GET", f"{base}/{name}", (), None, f"/{name}")
    target = Target("up", "things", name, "GET", f"/{name}", ORIGIN)
    action = Call(target, lambda _arguments: request, "json", shape, identity=False)
    promise = {"type": "object", "properties": properties, "required": ["id", "name"]}
    return tool_of(name, action, {"id": {"type": "integer"}}, required=("id",), output_schema=promise)


def failing(error: Exception) -> Callable[[Arguments], object]:
    def answer(_arguments: Arguments) -> object:
        raise error

    return answer


ECHO = tool_of(
    "echo",
    Mock(lambda arguments: {"arguments": dict(arguments)}),
    {"value": {}, "count": {"type": "integer"}, "text": {"type": "string"}},
    title="Echo",
    description="Says what it was told.",
    annotations={"readOnlyHint": True},
    output_schema={"type": "object", "properties": {"arguments": {"type": "object"}}},
)
STRICT = tool_of("strict", Mock(dict), {"id": {"type": "integer"}, "name": {"type": "string"}}, required=("id", "name"))
SPOKEN = (
    saying("object", {"a": None, "b": [1, 2.5, True, {"c": 'é\n"\\'}], "big": 2**70}),
    saying("text", 'a "text"\nof two lines é'),
    saying("number", 4.5),
    saying("list", [1, {"a": 2}]),
    saying("nothing", None),
    saying("yes", True),
    saying("empty-text", ""),
)
BROKEN = tool_of("broken", Mock(failing(RuntimeError("a secret"))))
MIRRORED = tool_of(
    "mirrored",
    Mock(lambda arguments: dict(arguments)),
    {"region": {"type": "string", "x-mcp-header": "Region"}},
)
EVERY = (ECHO, STRICT, *SPOKEN, BROKEN, MIRRORED)
