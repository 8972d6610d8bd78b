"""What is different for callers, from one layout to the next?

Routes, tools and resources are compared by what callers and upstreams see of them: names, schemas, and the request that
a call would make. A file that was changed without any effect changes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from naftiko_runtime.errors import InvocationError
from naftiko_runtime.host.places.layout import Layout
from naftiko_runtime.mcp.news import Kind
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.face import Face, McpFace, RestFace, Tool
from naftiko_runtime.plan.model.function import Function, Mock
from naftiko_runtime.plan.model.offerings import Files, Readable, Resource

Exposed = Mapping[tuple[str, str], object]
"""What is exposed: by namespace and name, a value that is equal where nothing changed."""


class Difference(NamedTuple):
    """Names of what came, went and is another now, each as `namespace` and `METHOD /path`, a URI, or a name."""

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    altered: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.altered)


class Changes(NamedTuple):
    """What a reload changed. Files are those whose text is another now, whether they serve or not."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    routes: Difference
    tools: Difference
    resources: Difference
    prompts: Difference


def differences(before: Layout, after: Layout) -> tuple[Difference, Difference, Difference, Difference]:
    """What is different in routes, in tools, in resources and in prompts."""
    old, new = _faces(before), _faces(after)
    # An adapter that was not loaded again is the same object, and there are thousands of those.
    gone = [face for key, face in old.items() if key not in new]
    come = [face for key, face in new.items() if key not in old]
    return (
        differ(_routes(gone), _routes(come)),
        differ(_tools(gone), _tools(come)),
        differ(_resources(gone), _resources(come)),
        differ(_prompts(gone), _prompts(come)),
    )


def _faces(layout: Layout) -> dict[int, Face]:
    faces: list[Face] = [adapter.face for listener in layout.listeners for adapter in listener.adapters]
    return {id(face): face for face in (*faces, *([layout.stdio] if layout.stdio is not None else ()))}


def _routes(faces: Iterable[Face]) -> Exposed:
    return {
        (face.namespace, f"{route.method} {route.path}"): route.function
        for face in faces
        if isinstance(face, RestFace)
        for route in face.routes
    }


def _tools(faces: Iterable[Face]) -> Exposed:
    return {(face.namespace, tool.name): tool for face in faces if isinstance(face, McpFace) for tool in face.tools}


def _resources(faces: Iterable[Face]) -> Exposed:
    return {
        (face.namespace, item.uri if isinstance(item, Files) else item.uri.text): item
        for face in faces
        if isinstance(face, McpFace)
        for item in face.resources
        if not item.is_left_out
    }


def _prompts(faces: Iterable[Face]) -> Exposed:
    mcp = (face for face in faces if isinstance(face, McpFace))
    return {(face.namespace, prompt.name): prompt for face in mcp for prompt in face.prompts}


def differ(before: Exposed, after: Exposed) -> Difference:
    """What is different between two such mappings."""
    return Difference(
        tuple(key for key in after if key not in before),
        tuple(key for key in before if key not in after),
        tuple(key for key, value in after.items() if key in before and _is_other(before[key], value)),
    )


def _tools_differ(before: McpFace, after: McpFace) -> bool:
    """Whether a client that listed the tools of a face must list them again."""
    if before is after or len(before.tools) != len(after.tools):
        return before is not after
    return any(_is_shown_otherwise(one, other) for one, other in zip(before.tools, after.tools, strict=True))


def differing_lists(before: McpFace, after: McpFace) -> frozenset[Kind]:
    """The lists that a client of a face must ask for again."""
    differs: dict[Kind, bool] = {
        "tools": _tools_differ(before, after),
        "resources": list(map(_told, before.resources)) != list(map(_told, after.resources)),
        "prompts": before.prompts != after.prompts,
    }
    return frozenset(kind for kind, is_other in differs.items() if is_other)


def _told(item: Readable) -> object:
    """What clients are told of a resource."""
    if isinstance(item, Files):
        return item
    return item.name, item.title, item.description, item.uri.text, item.mime_type, item.is_left_out


def _is_shown_otherwise(before: Tool, after: Tool) -> bool:
    if before.function is after.function and before.name == after.name:
        return False
    return _shown(before) != _shown(after)


def _is_other(before: object, after: object) -> bool:
    return _portrait(before) != _portrait(after)


def _portrait(exposed: object) -> object:
    if isinstance(exposed, Tool):
        return _shown(exposed), _behaviour(exposed.function)
    if isinstance(exposed, Resource):
        return _told(exposed), _behaviour(exposed.function)
    return _behaviour(exposed) if isinstance(exposed, Function) else exposed


def _shown(tool: Tool) -> object:
    function = tool.function
    schemas = (function.input_schema, function.output_schema)
    return tool.name, tool.title, tool.description, dict(tool.annotations), schemas


def _behaviour(function: Function) -> object:
    schemas = (function.description, function.inputs, function.input_schema, function.output_schema)
    action = function.action
    examples: dict[str, object] = {item.name: f"{{{item.name}}}" for item in function.inputs}
    try:
        if isinstance(action, Call):
            answered = (action.format, action.mapping, action.identity, action.binary)
            return schemas, action.build(examples), action.supplies, answered
        return schemas, action.answer(examples) if isinstance(action, Mock) else action
    except InvocationError as error:
        return schemas, str(error)
