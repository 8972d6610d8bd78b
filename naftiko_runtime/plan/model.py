"""What a compiled capability is: functions, and the faces that show them.

Everything that can be decided from the text and the bound variables is decided here, once. A request only looks things
up in these values; it never parses a spec, a template or a JSONPath. All values are frozen and may be shared between
requests, faces and event loops.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.formats.model import Decode
from naftiko_runtime.plan.forward import Forward
from naftiko_runtime.plan.negotiated import Negotiated
from naftiko_runtime.plan.policy import Access
from naftiko_runtime.plan.steps import Orchestration
from naftiko_runtime.spec.control import NAMESPACE, Management, Observability

if TYPE_CHECKING:
    from naftiko_runtime.plan.offerings import Caching, Prompt, Readable

Arguments = Mapping[str, object]
"""What a caller gave, by the names of the function's inputs; an absent optional input has no key."""


class Place(StrEnum):
    """Where a REST face finds an input in the request (C13). `DOCUMENT` is the whole JSON body."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"
    DOCUMENT = "document"


class UpstreamRequest(NamedTuple):
    """One HTTP request, ready to leave. A NamedTuple, because one is made per call and this is the cheapest frozen
    value.

    `url` is absolute and fully percent-encoded. `path` is the URL's path without its query: what may be told to a
    caller or a log, because a query can carry a credential. `authentication` is what it still lacks to be let in; None
    where it is complete. A request has at most one of `content`, its whole body, and `body`, which is sent as it comes.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    path: str
    authentication: Negotiated | None = None
    body: AsyncIterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in the text something was written. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Input:
    """One argument a caller may give a function.

    `schema` is its JSON Schema 2020-12 (`{}` for any value). `place` and `key` say where a REST face reads it: the
    placeholder of the exposed path, the query key, the header name (lower case), the body's field. `spelled` are the
    places of the upstream request where it stands as it is: what can't be spelled there is refused with the others.
    `within` are the names below the body's field `key` that lead to it; none where it is that field.
    """

    name: str
    schema: Mapping[str, Any]
    required: bool
    description: str
    place: Place
    key: str
    default: object = None
    has_default: bool = False
    spelled: tuple[Place, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason why a `call` means this operation: the rule (`path shape`, `sibling operation`, …) and what it saw."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Target:
    """The consumed operation a function calls, and the evidence that chose it among namesakes (empty: only one)."""

    namespace: str
    resource: str
    operation: str
    method: str
    path: str
    origin: Origin
    evidence: tuple[Evidence, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.namespace}.{self.resource}.{self.operation})"


@dataclass(frozen=True, slots=True)
class Supply:
    """Where one parameter of the upstream request comes from, in words: what `explain` shows."""

    parameter: str
    place: str
    source: str


Shape = Callable[[object, Mapping[str, object]], object]
"""Shapes a decoded payload: `shape(payload, arguments)` → the function's result (C14b). Pure."""


class BinaryAnswer(NamedTuple):
    """What is declared of an answer of bytes: its media type (empty: the upstream's), and the most bytes it may have
    (None: the engine's own limit).
    """

    media_type: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Call:
    """The action of a function that calls one consumed operation.

    `build` makes the request from admitted arguments; it raises `ArgumentError` for a value that can't travel where it
    is meant to (C14), `DeadlineError` never. `shape` is None where the upstream's body passes as it is; `identity` is
    true where the result is the whole document, whose bytes then pass untouched once they parsed (D3). `decode` reads
    the payload of a format other than JSON; `binary` is there for bytes.
    """

    target: Target
    build: Callable[[Arguments], UpstreamRequest]
    format: str
    shape: Shape | None
    identity: bool
    decode: Decode | None = None
    binary: BinaryAnswer | None = None
    supplies: tuple[Supply, ...] = ()
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Mock:
    """The action of a function that answers from static values; `answer` gets the admitted arguments."""

    answer: Callable[[Arguments], object]


@dataclass(frozen=True, slots=True)
class Refused:
    """The action of a function that was left out of a partly served file (C6b): the code of the diagnostic that says
    why, its message and its place.
    """

    code: str
    message: str
    place: str


Action = Call | Mock | Orchestration | Refused | Forward
"""What a function does when it is invoked."""


@dataclass(frozen=True, slots=True)
class Function:
    """The transport-neutral unit. A REST operation, an MCP tool and a CLI call are faces of a function.

    `admit` checks raw arguments and coerces them without loss (`"5"` → 5); it raises `ArgumentError` naming every
    field. `input_schema` is a complete JSON Schema object, `output_schema` is present where the outputs are typed.
    """

    name: str
    capability: str
    namespace: str
    description: str
    origin: Origin
    inputs: tuple[Input, ...]
    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any] | None
    admit: Callable[[Arguments], dict[str, object]]
    action: Action

    @property
    def qualified_name(self) -> str:
        """`namespace.name`, the name logs, `naftiko call` and the library use."""
        return f"{self.namespace}.{self.name}"


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
    """One skill. `attributes` are its further keys as written; `folder` is where its pages lie, if it has any."""

    name: str
    description: str
    attributes: Mapping[str, object]
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
