"""What is told of skills: all of them in short, one of them in full. Pure: values in, JSON values out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from naftiko_runtime.plan.model.face import Skill, SkillTool


def catalogue(skills: Iterable[Skill]) -> dict[str, Any]:
    """All skills: what each is for, and the names of its tools."""
    listed = [_summary(skill) for skill in skills]
    return {"count": len(listed), "skills": listed}


def detail(skill: Skill) -> dict[str, Any]:
    """One skill with its further attributes and its tools."""
    tools = [_tool(tool) for tool in skill.tools]
    return {"name": skill.name, "description": skill.description, **skill.attributes, "tools": tools}


def _summary(skill: Skill) -> dict[str, Any]:
    summary: dict[str, Any] = {"name": skill.name, "description": skill.description}
    licence = skill.attributes.get("license")
    if licence is not None:
        summary["license"] = licence
    return summary | {"tools": [tool.name for tool in skill.tools]}


def _tool(tool: SkillTool) -> dict[str, Any]:
    told: dict[str, Any] = {"name": tool.name, "description": tool.description}
    invocation = tool.invocation
    if invocation is None:
        return told | {"type": "instruction", "instruction": tool.instruction}
    target = {"targetNamespace": invocation.namespace, "action": invocation.action, "mode": invocation.mode}
    return told | {"type": "derived", "invocationRef": target}
