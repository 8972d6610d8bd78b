"""A skill adapter, compiled into its face: every tool of a skill points to something that is there.

Whoever reads a skill acts on it, so a tool that leads nowhere is refused at load (language §7.1), and so is a page that
can't be told from a tool. A folder may come later, or change: what is missing of it is a warning.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest
from naftiko_runtime.plan.authentication.access import Accesses
from naftiko_runtime.plan.model.face import Invocation, Skill, SkillFace, SkillTool
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.spec.model import skills as written
from naftiko_runtime.spec.model.capability import Behaviour, Spec
from naftiko_runtime.spec.text.document import Pointer


class _Offered(NamedTuple):
    """Something a skill's tool may point to."""

    invocation: Invocation
    call: str | None


def compile_skills(
    spec: Spec,
    address: Callable[[written.SkillAdapter], str],
    accesses: Accesses,
    findings: Findings,
) -> tuple[SkillFace, ...]:
    """The skill faces of a file. `address` gives what an adapter listens on. One whose authentication is wrong has
    none: a partly served file must not show it to everybody.
    """
    compiler = _Compiler(tuple(_offered(spec)), spec.absent, findings)
    faces = [(adapter, compiler.face(adapter, address(adapter))) for adapter in spec.skills if adapter.namespace]
    return tuple(
        replace(face, access=accesses.of(adapter.at)) for adapter, face in faces if not accesses.is_shut(adapter.at)
    )


def _offered(spec: Spec) -> Iterator[_Offered]:
    for mcp in spec.mcp:
        for tool in mcp.tools:
            yield _offer(mcp.namespace, tool.name, "mcp", tool.behaviour)
    for rest in spec.rest:
        for operation in rest.operations:
            yield _offer(rest.namespace, operation.name, "rest", operation.behaviour)


def _offer(namespace: str, name: str, mode: str, behaviour: Behaviour) -> _Offered:
    return _Offered(Invocation(namespace, name, mode), behaviour.call)


class _Compiler:
    """Compiles skill adapters against what the other adapters of the file offer."""

    def __init__(self, offered: tuple[_Offered, ...], absent: frozenset[tuple[str, str]], findings: Findings) -> None:
        self._offered = offered
        self._absent = absent
        self._findings = findings

    def face(self, adapter: written.SkillAdapter, address: str) -> SkillFace:
        """The face of one adapter. Of two skills with one name the first is kept."""
        skills: dict[str, Skill] = {}
        for skill in adapter.skills:
            if skill.name in skills:
                message = f"a second skill is called `{skill.name}`; the first one is served"
                self._findings.warning("NK3015", message, (*skill.at, "name"), "give it a name of its own")
            else:
                skills[skill.name] = self._skill(skill)
        return SkillFace(adapter.namespace, address, adapter.port, adapter.description, tuple(skills.values()))

    def _skill(self, skill: written.Skill) -> Skill:
        if skill.folder_problem:
            message = f"the folder of the skill `{skill.name}` can't be had: {skill.folder_problem}"
            help_text = "name a folder below the capability's own; until it is there the skill has no pages"
            self._findings.warning("NK3016", message, (*skill.at, "location"), help_text)
        tools = (self._tool(tool, skill) for tool in skill.tools)
        return Skill(
            skill.name,
            skill.description,
            skill.attributes,
            skill.root,
            skill.folder,
            tuple(tool for tool in tools if tool is not None),
        )

    def _tool(self, tool: written.SkillTool, skill: written.Skill) -> SkillTool | None:
        said = [name for name in ("from", "call", "instruction") if _says(tool, name)]
        if len(said) != 1:
            found = " and ".join(f"`{name}`" for name in said) or "neither `from` nor `instruction`"
            help_text = "write `from: {sourceNamespace: …, action: …}` for a tool, or `instruction: page.md` for a page"
            message = f"the tool `{tool.name}` of a skill says {found}"
            self._findings.error("NK3017", message, tool.at, help_text, concerns=(tool.at,))
            return None
        if tool.instruction is not None:
            return self._page(tool, tool.instruction, skill)
        invocation = self._source(tool, *tool.source) if tool.source is not None else self._caller(tool)
        return None if invocation is None else SkillTool(tool.name, tool.description, invocation, "")

    def _page(self, tool: written.SkillTool, page: str, skill: written.Skill) -> SkillTool | None:
        at = (*tool.at, "instruction")
        if skill.location is None:
            message = f"`{page}` is a page of the skill `{skill.name}`, which has no `location`"
            self._findings.error(
                "NK3017", message, at, "write `location: file:///./folder` beside `tools`", concerns=(at,)
            )
            return None
        if skill.folder is not None and not skill.folder_problem and not os.path.isfile(skill.folder / page):
            message = f"there is no page `{page}` in the folder of the skill `{skill.name}` yet"
            self._findings.warning("NK3016", message, at, "add it, or mend its name")
        return SkillTool(tool.name, tool.description, None, page)

    def _source(self, tool: written.SkillTool, namespace: str, action: str) -> Invocation | None:
        at = (*tool.at, "from", "sourceNamespace")
        offered = [item.invocation for item in self._offered if item.invocation.namespace == namespace]
        if not offered and ("exposes", namespace) in self._absent:
            return None
        if not offered:
            names = sorted({item.invocation.namespace for item in self._offered})
            self._unknown(f"no adapter `{namespace}` in this file", namespace, names, at)
            return None
        for invocation in offered:
            if invocation.action == action:
                return invocation
        names = [item.action for item in offered]
        self._unknown(f"`{namespace}` has no `{action}`", action, names, (*tool.at, "from", "action"))
        return None

    def _caller(self, tool: written.SkillTool) -> Invocation | None:
        """What exposes the operation that a group's tool calls."""
        for item in self._offered:
            if item.call == tool.call:
                return item.invocation
        names = sorted({item.call for item in self._offered if item.call})
        self._unknown(f"nothing in this file exposes `{tool.call}`", tool.call or "", names, (*tool.at, "call"))
        return None

    def _unknown(self, message: str, name: str, names: list[str], at: Pointer) -> None:
        hint = did_you_mean(nearest(name, names))
        self._findings.error("NK3017", message, at, f"{hint}there are: {', '.join(names) or 'none'}", concerns=(at,))


def _says(tool: written.SkillTool, name: str) -> bool:
    return {"from": tool.source, "call": tool.call, "instruction": tool.instruction}[name] is not None
