"""What a compiled capability shows: its adapters, each with what it offers, and the plan that holds all of them.

A face says where it listens, who may call and what there is; it decides nothing that a request would have to wait for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.offerings import Caching, Prompt, Readable
from naftiko_runtime.plan.model.policy import Access
from naftiko_runtime.spec.model.control import NAMESPACE, Management, Observability


@dataclass(frozen=True, slots=True)
class Route:
    """One exposed operation: a method, `*` for each, and a path template whose placeholders are written `{name}`."""

    method: str
    path: str
    function: Function
    resource: str = ""


@dataclass(frozen=True, slots=True)
class RestFace:
    """A REST adapter: what to listen on and which routes to serve. `port` None: none was declared.

    `left_out` are routes that only say why they are not served (C6b). `version` is what the file says its own is.
    `access` is who may call, None for everybody.
    """

    kind: ClassVar[str] = "rest"
    namespace: str
    address: str
    port: int | None
    description: str
    routes: tuple[Route, ...]
    left_out: tuple[Route, ...] = ()
    version: str = ""
    access: Access | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """An MCP tool: a function with its title and its annotations (MCP names: `readOnlyHint`, …)."""

    name: str
    title: str
    description: str
    annotations: Mapping[str, bool]
    function: Function


@dataclass(frozen=True, slots=True)
class McpFace:
    """An MCP adapter. `transport` is `http` or `stdio`; `port` None: none was declared.

    `left_out` are tools that are not listed and only say why they are not served (C6b). `access` is who may call, None
    for everybody; it holds over HTTP alone. `caching` is what the text says of how long clients may keep what they are
    told.
    """

    kind: ClassVar[str] = "mcp"
    namespace: str
    address: str
    port: int | None
    transport: str
    description: str
    tools: tuple[Tool, ...]
    left_out: tuple[Tool, ...] = ()
    access: Access | None = None
    resources: tuple[Readable, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    caching: Caching | None = None

    @property
    def offers_nothing(self) -> bool:
        """Whether clients find nothing here."""
        return not (self.tools or self.prompts or any(not item.is_left_out for item in self.resources))


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Functions of one subject that faces share; they can be called by name, and nobody listens for them.

    `left_out` are functions that only say why they are not served (C6b).
    """

    namespace: str
    label: str
    functions: tuple[Function, ...]
    left_out: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class Invocation:
    """How an agent does what a skill's tool says: `action` of the adapter `namespace`; `mode` is `rest` or `mcp`."""

    namespace: str
    action: str
    mode: str


@dataclass(frozen=True, slots=True)
class SkillTool:
    """One tool of a skill; without an invocation it is a page of instructions in the skill's folder."""

    name: str
    description: str
    invocation: Invocation | None
    instruction: str


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill. `attributes` are its further keys as written; `folder` is where its pages lie, if it has any;
    nothing outside of `root` is shown, whatever becomes of the folder.
    """

    name: str
    description: str
    attributes: Mapping[str, object]
    root: Path | None
    folder: Path | None
    tools: tuple[SkillTool, ...]


@dataclass(frozen=True, slots=True)
class SkillFace:
    """A skill adapter. `port` None: none was declared. `access` is who may read it, None for everybody."""

    kind: ClassVar[str] = "skill"
    namespace: str
    address: str
    port: int | None
    description: str
    skills: tuple[Skill, ...]
    access: Access | None = None


@dataclass(frozen=True, slots=True)
class ControlFace:
    """A control adapter: which endpoints it has, and what is observed for them. It is nameless in the language; its
    namespace here is what addresses and overrides call it by.
    """

    kind: ClassVar[str] = "control"
    namespace: ClassVar[str] = NAMESPACE
    description: ClassVar[str] = ""
    address: str
    port: int | None
    management: Management
    observability: Observability
    access: Access | None = None


Face = RestFace | McpFace | SkillFace | ControlFace
"""An adapter, compiled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One capability, compiled. `diagnostics` holds the warnings that came with it, in file order."""

    label: str
    file: str
    version: str
    rest: tuple[RestFace, ...]
    mcp: tuple[McpFace, ...]
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    skills: tuple[SkillFace, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    controls: tuple[ControlFace, ...] = ()

    @property
    def faces(self) -> tuple[Face, ...]:
        """All adapters."""
        return (*self.rest, *self.mcp, *self.skills, *self.controls)
