"""What a compiled capability can do: its functions, and what each of them does when it is invoked.

Everything that can be decided from the text and the bound variables is decided here, once. A request only looks things
up in these values; it never parses a spec, a template or a JSONPath. All values are frozen and may be shared between
requests, faces and event loops.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from naftiko_runtime.formats.model import Decode
from naftiko_runtime.plan.forward import Forward
from naftiko_runtime.plan.negotiated import Negotiated
from naftiko_runtime.plan.steps import Orchestration

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
    `withheld` are the keys of its query, as they are sent, whose values no answer may quote.
    With `at_once` the answer's head and each piece of its body are wanted as soon as they come, however few they are.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    path: str
    authentication: Negotiated | None = None
    body: AsyncIterator[bytes] | None = None
    withheld: tuple[str, ...] = ()
    at_once: bool = False


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
