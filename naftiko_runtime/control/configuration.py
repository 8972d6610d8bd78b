"""What does a capability serve? Told by its names alone.

A compiled plan holds the values of variables, in paths, bodies and credentials. So only what callers see anyway is told
of it, and of a call no more than the names of its operation: a secret has no way in.
"""

from __future__ import annotations

from typing import Any

from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.face import McpFace, Plan, RestFace, SkillFace
from naftiko_runtime.plan.model.function import Function


def configuration_of(file: str, plan: Plan) -> dict[str, Any]:
    """A capability as a JSON value."""
    adapters = [*map(_rest, plan.rest), *map(_mcp, plan.mcp), *map(_skill, plan.skills)]
    adapters += [{"type": face.kind} for face in plan.controls]
    return {"file": file, "label": plan.label, "version": plan.version, "adapters": adapters}


def _rest(face: RestFace) -> dict[str, Any]:
    operations = [
        {"method": route.method, "path": route.path, "name": route.function.name, "calls": _calls(route.function)}
        for route in face.routes
    ]
    return {"type": face.kind, "namespace": face.namespace, "operations": operations}


def _mcp(face: McpFace) -> dict[str, Any]:
    tools = [{"name": tool.name, "calls": _calls(tool.function)} for tool in face.tools]
    return {"type": face.kind, "namespace": face.namespace, "transport": face.transport, "tools": tools}


def _skill(face: SkillFace) -> dict[str, Any]:
    return {"type": face.kind, "namespace": face.namespace, "skills": [skill.name for skill in face.skills]}


def _calls(function: Function) -> str | None:
    if not isinstance(function.action, Call):
        return None
    target = function.action.target
    return f"{target.namespace}.{target.resource}.{target.operation}"
