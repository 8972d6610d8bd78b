"""What a call of a consumed operation is, once compiled, and what it is made of.

Functions that call make such calls, and so do steps. A request only looks things up in these values; it never parses a
spec, a template or a JSONPath. All of them are frozen and may be shared between requests, faces and event loops.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from naftiko_runtime.formats.model import Decode
from naftiko_runtime.plan.model.negotiated import Negotiated

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
    `withheld` finds the values of its query that no answer may quote.
    With `at_once` the answer's head is wanted as soon as it comes, and so is each piece of a body that does not say how
    long it is.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    path: str
    authentication: Negotiated | None = None
    body: AsyncIterator[bytes] | None = None
    withheld: re.Pattern[str] | None = None
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


Shape = Callable[[Any, Mapping[str, object]], Any]
"""Shapes a decoded payload: `shape(payload, arguments)` → the function's result (C14b). Pure."""


class BinaryAnswer(NamedTuple):
    """What is declared of an answer of bytes: its media type (empty: the upstream's), and the most bytes it may have
    (None: the engine's own limit).
    """

    media_type: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Call:
    """The action of a function, or of a step, that calls one consumed operation.

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
