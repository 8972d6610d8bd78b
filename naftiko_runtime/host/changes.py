"""What is different for callers, from one layout to the next?

Routes and tools are compared by what callers and upstreams see of them: names, schemas, and the request that a call
would make. A file that was changed without any effect changes nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from naftiko_runtime.errors import InvocationError
from naftiko_runtime.host.layout import Layout
from naftiko_runtime.plan.model import Call, Function, McpFace, Mock, Tool

Exposed = Mapping[tuple[str, str], object]
"""What is exposed: by namespace and name, a value that is equal where nothing changed."""


class Difference(NamedTuple):
    """Names of what came, went and is another now, each as `namespace` and `METHOD /path` or the tool's name."""

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


def routes_of(layout: Layout) -> Exposed:
    """Every exposed operation."""
    faces = (face for listener in layout.listeners for face in listener.rest)
    return {(face.namespace, f"{route.method} {route.path}"): route.function for face in faces for route in face.routes}


def tools_of(layout: Layout) -> Exposed:
    """Every tool, on listeners and on standard input."""
    faces = [face for listener in layout.listeners for face in listener.mcp]
    faces += [layout.stdio] if layout.stdio is not None else []
    return {(face.namespace, tool.name): tool for face in faces for tool in face.tools}


def differ(before: Exposed, after: Exposed) -> Difference:
    """What is different between two such mappings."""
    return Difference(
        tuple(key for key in after if key not in before),
        tuple(key for key in before if key not in after),
        tuple(key for key, value in after.items() if key in before and _is_other(before[key], value)),
    )


def tools_differ(before: McpFace, after: McpFace) -> bool:
    """Whether a client that listed the tools of a face must list them again."""
    return before is not after and list(map(_shown, before.tools)) != list(map(_shown, after.tools))


def _is_other(before: object, after: object) -> bool:
    # A face that was not loaded again holds the same objects.
    return before is not after and _portrait(before) != _portrait(after)


def _portrait(exposed: object) -> object:
    if isinstance(exposed, Tool):
        return _shown(exposed), _behaviour(exposed.function)
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
            made = (action.build(examples), action.supplies, action.format, action.mapping, action.identity)
            return schemas, made
        return schemas, action.answer(examples) if isinstance(action, Mock) else action
    except InvocationError as error:
        return schemas, str(error)
