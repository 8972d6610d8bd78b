"""Reading a skill adapter: what agents can learn to do here, and where its pages lie (language §7.1).

A skill describes; it never executes. Its tools point to operations and tools of the other adapters of the file, or to
a page of instructions in the skill's own folder. A `group`, which the catalogue writes, is a skill whose tools say what
they `call`.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from naftiko_runtime.spec.model.authentication import Authentication, read_authentication
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer
from naftiko_runtime.spec.text.material import MaterialError

_ATTRIBUTES = (
    "license",
    "compatibility",
    "argument-hint",
    "allowed-tools",
    "user-invocable",
    "disable-model-invocation",
    "metadata",
)


@dataclass(frozen=True, slots=True)
class SkillTool:
    """One tool of a skill. It has one of: `source`, an adapter's namespace and the name of its operation or tool; a
    `call` that one of them makes; an `instruction`, a page in the skill's folder.
    """

    name: str
    description: str
    source: tuple[str, str] | None
    call: str | None
    instruction: str | None
    at: Pointer


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill. `attributes` are its further keys as they are written. `folder` is where its pages lie; None without
    a `location`, or where that can't be had; `folder_problem` says so, and whether it is there yet. It is not to lead
    out of `root`.
    """

    name: str
    description: str
    attributes: dict[str, object]
    location: str | None
    root: Path | None
    folder: Path | None
    folder_problem: str
    tools: tuple[SkillTool, ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class SkillAdapter:
    """A skill adapter."""

    namespace: str
    address: str | None
    port: int | None
    description: str
    authentication: Authentication | None
    skills: tuple[Skill, ...]
    at: Pointer


def read_skill_adapter(fields: Fields) -> SkillAdapter:
    """A skill adapter."""
    groups = tuple(fields.items("groups"))
    if groups:
        fields.note("`groups` of a skill adapter", "groups")
    return SkillAdapter(
        namespace=fields.text("namespace"),
        address=fields.optional_text("address"),
        port=fields.integer("port"),
        description=fields.text("description"),
        authentication=read_authentication(fields),
        skills=(
            *(_read_skill(skill, "tools") for skill in fields.items("skills")),
            *(_read_skill(group, "skills") for group in groups),
        ),
        at=fields.at,
    )


def _read_skill(fields: Fields, tools: str) -> Skill:
    location = fields.optional_text("location")
    folder, problem = (None, "") if location is None else _folder(fields, location)
    return Skill(
        name=fields.text("name"),
        description=fields.text("description"),
        attributes={name: fields.values[name] for name in _ATTRIBUTES if fields.values.get(name) is not None},
        location=location,
        root=fields.material.root,
        folder=folder,
        folder_problem=problem,
        tools=tuple(_read_tools(fields, tools)),
        at=fields.at,
    )


def _folder(fields: Fields, location: str) -> tuple[Path | None, str]:
    try:
        folder = fields.material.locate(location)
    except MaterialError as error:
        return None, str(error)
    # `Path.is_dir` raises for a name that is too long for any file.
    return folder, "" if os.path.isdir(folder) else "there is no such folder yet"


def _read_tools(fields: Fields, key: str) -> Iterator[SkillTool]:
    for tool in fields.items(key):
        source = tool.mapping("from")
        yield SkillTool(
            name=tool.text("name"),
            description=tool.text("description"),
            source=(source.text("sourceNamespace"), source.text("action")) if "from" in tool else None,
            call=tool.optional_text("call"),
            instruction=tool.optional_text("instruction"),
            at=tool.at,
        )
