"""A capability file as typed values, in the words of the language (language §13).

Every value knows `at`, the pointer of the text it came from, so that later stages can point back. Values hold what the
text says and decide nothing: which operation a `call` means, or where an input travels, is the plan's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from naftiko_runtime.spec.model.authentication import Authentication
from naftiko_runtime.spec.model.control import ControlAdapter
from naftiko_runtime.spec.model.prompts import Prompt
from naftiko_runtime.spec.model.resources import Resource
from naftiko_runtime.spec.model.scripts import ScriptFiles
from naftiko_runtime.spec.model.skills import SkillAdapter
from naftiko_runtime.spec.model.steps import Step, StepMapping
from naftiko_runtime.spec.text.document import Pointer


@dataclass(frozen=True, slots=True)
class Info:
    """What the file says about itself; `label` falls back to `title`, which the catalogue writes (C9)."""

    label: str
    description: str
    version: str


@dataclass(frozen=True, slots=True)
class Bind:
    """A source of variables. `keys` pairs each variable with the key its provider knows it by."""

    namespace: str
    location: str | None
    keys: tuple[tuple[str, str], ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class InputParameter:
    """An input of a consumed operation, an exposed operation, a tool or a function.

    `required` is None where the text does not say; `place` (`in`) and `type` likewise. `value` is a fixed value or a
    template.
    """

    name: str
    place: str | None
    type: str | None
    description: str
    required: bool | None
    value: object
    default: object
    has_default: bool
    enum: tuple[object, ...] | None
    pattern: str | None
    schema: dict[str, Any] | None
    at: Pointer


@dataclass(frozen=True, slots=True)
class OutputParameter:
    """How a part of a result is shaped. `mapping` is a JSONPath; `value` and `const` are static."""

    name: str | None
    type: str | None
    mapping: str | None
    value: object
    has_value: bool
    properties: tuple[tuple[str, OutputParameter], ...] | None
    items: OutputParameter | None
    description: str
    at: Pointer


@dataclass(frozen=True, slots=True)
class Body:
    """A request body template: `kind` is json, text, xml, sparql, formUrlEncoded, multipartForm or raw."""

    kind: str
    data: object
    at: Pointer


@dataclass(frozen=True, slots=True)
class Binary:
    """What is said of an answer of bytes. `size` is the most there may be, as it is written at `size_at`; `at` is the
    place of the media type.
    """

    media_type: str
    size: object
    size_at: Pointer
    at: Pointer


@dataclass(frozen=True, slots=True)
class ConsumedOperation:
    """One HTTP operation of an upstream API. `path` is its own one where it has it, else its resource's.

    `output_schema` selects in answers of some formats; of others it names a file, of which `schema_content` is what it
    holds.
    """

    namespace: str
    resource: str
    name: str
    method: str
    path: str
    description: str
    inputs: tuple[InputParameter, ...]
    body: Body | None
    output_format: str
    output_schema: str
    schema_content: bytes | None
    binary: Binary
    outputs: tuple[OutputParameter, ...]
    at: Pointer
    path_at: Pointer


@dataclass(frozen=True, slots=True)
class Consumes:
    """One upstream HTTP API. `operations` are in the order of the text, inputs of outer levels already in them;
    `inputs` are those of the outermost level. With a tunnel, `base_uri` is an address inside of it.
    """

    namespace: str
    base_uri: str
    authentication: Authentication | None
    operations: tuple[ConsumedOperation, ...]
    inputs: tuple[InputParameter, ...]
    has_tunnel: bool
    at: Pointer


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an exposed operation, a tool or an aggregate function does: a call with its `with`, steps, what the
    aggregate function does that `ref` names, or mock values.
    """

    call: str | None
    ref: str | None
    steps: tuple[Step, ...]
    mappings: tuple[StepMapping, ...]
    with_values: tuple[tuple[str, object], ...]
    inputs: tuple[InputParameter, ...]
    outputs: tuple[OutputParameter, ...]
    binary: Binary
    at: Pointer


@dataclass(frozen=True, slots=True)
class ExposedOperation:
    """One method of an exposed path."""

    name: str
    method: str
    path: str
    resource: str
    description: str
    behaviour: Behaviour
    at: Pointer
    path_at: Pointer


@dataclass(frozen=True, slots=True)
class Forward:
    """A resource that passes requests on to a consumed API. `trusted` are the headers of callers that go with them."""

    name: str
    path: str
    description: str
    target: str
    trusted: tuple[str, ...]
    at: Pointer
    path_at: Pointer


@dataclass(frozen=True, slots=True)
class Tool:
    """One MCP tool. `hints` holds what the text says: readOnly, destructive, idempotent, openWorld."""

    name: str
    label: str
    description: str
    hints: dict[str, bool]
    behaviour: Behaviour
    at: Pointer


@dataclass(frozen=True, slots=True)
class AggregateFunction:
    """A function that tools and operations refer to. `semantics` holds what the text says: safe, idempotent,
    cacheable.
    """

    name: str
    description: str
    semantics: dict[str, bool]
    behaviour: Behaviour
    at: Pointer


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Functions of one subject, shared by adapters."""

    namespace: str
    label: str
    functions: tuple[AggregateFunction, ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class Rest:
    """A REST adapter."""

    namespace: str
    address: str | None
    port: int | None
    description: str
    authentication: Authentication | None
    operations: tuple[ExposedOperation, ...]
    forwards: tuple[Forward, ...]
    at: Pointer


@dataclass(frozen=True, slots=True)
class Mcp:
    """An MCP adapter; `transport` is http or stdio. Clients may keep what they are told for `ttl` milliseconds, within
    `cache_scope`; each is None where the text says nothing.
    """

    namespace: str
    address: str | None
    port: int | None
    transport: str
    description: str
    authentication: Authentication | None
    tools: tuple[Tool, ...]
    resources: tuple[Resource, ...]
    prompts: tuple[Prompt, ...]
    ttl: int | None
    cache_scope: str | None
    at: Pointer


@dataclass(frozen=True, slots=True)
class Spec:
    """One capability file. `flawed` are the pointers of objects the schema check refused: what depends on them is not
    reported a second time. `scripts` are the files of script steps, by the places of the steps. `absent` has
    section and namespace of what could not be imported, which was told: what refers to it is not reported either.
    """

    file: str
    info: Info
    version: str
    binds: tuple[Bind, ...]
    consumes: tuple[Consumes, ...]
    aggregates: tuple[Aggregate, ...]
    rest: tuple[Rest, ...]
    mcp: tuple[Mcp, ...]
    skills: tuple[SkillAdapter, ...]
    controls: tuple[ControlAdapter, ...]
    flawed: tuple[Pointer, ...]
    absent: frozenset[tuple[str, str]] = frozenset()
    scripts: Mapping[Pointer, ScriptFiles] = field(default_factory=dict)
