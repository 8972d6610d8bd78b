"""How a call ended: what every face translates, and the only thing it needs to look at.

A face turns a `Success` into its own kind of answer and a `Failure` into its own kind of error by the tables it keeps;
it never looks at an upstream. NamedTuples, because one is made per call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import NamedTuple, Protocol

from naftiko_runtime.errors import FieldError, InvocationError

Headers = tuple[tuple[str, str], ...]
"""Response headers a caller may see (C16): lower-case names, never hop-by-hop ones or cookies."""

JSON = "application/json"


class FailureKind(StrEnum):
    """Why there is no result. The value is the stable code (NK8xxx)."""

    ARGUMENTS = "NK8001"
    UPSTREAM_STATUS = "NK8002"
    TRANSPORT = "NK8003"
    DEADLINE = "NK8004"
    TOO_LARGE = "NK8005"
    DECODING = "NK8006"
    NO_BASE_ADDRESS = "NK8013"
    INTERNAL = "NK8014"
    NOT_SERVED = "NK8017"
    CREDENTIAL = "NK8021"
    SCRIPT = "NK8023"
    STEP = "NK8024"


class Success(NamedTuple):
    """A complete result. `content` is the body as sent to a REST caller; JSON where `media_type` is `application/json`.

    `upstream_status` is None where no upstream was asked (a mock). `shaped` is false where the bytes are the
    upstream's.
    """

    status: int
    content: bytes
    media_type: str
    headers: Headers
    upstream_status: int | None
    shaped: bool


class Chunks(Protocol):
    """A body as it comes. It must be exhausted or closed; either releases the upstream.

    Iterating raises `TransportError` when the upstream breaks in the middle, and `DeadlineError` when it is too slow.
    """

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def __anext__(self) -> bytes: ...

    async def aclose(self) -> None:
        """Release the upstream; may be called more than once."""
        ...


class Streamed(NamedTuple):
    """A result that passes as it comes, after the upstream's head: its status, and its length where it told one."""

    status: int
    chunks: Chunks
    media_type: str
    headers: Headers
    length: str


class Opened(NamedTuple):
    """An answer of an upstream whose body comes yet. `headers` are all of the upstream's, names in lower case."""

    status: int
    headers: list[tuple[str, str]]
    chunks: Chunks


class Failure(NamedTuple):
    """No result. `detail` is fit for a caller: it holds no secret and no query string.

    For `UPSTREAM_STATUS`, `status`, `content`, `media_type` and `headers` are the upstream's, and `path` the URL path
    that was asked; for `ARGUMENTS`, `fields` names every field that was refused. For `NOT_SERVED`, `code` is that of
    the diagnostic for which the function was left out. `step` is the step that failed, empty for a call alone; then
    `detail` names it too, and says what its upstream said. `cause` is the error that was raised, where one was.
    """

    kind: FailureKind
    detail: str
    status: int | None = None
    path: str = ""
    content: bytes = b""
    media_type: str = ""
    headers: Headers = ()
    fields: tuple[FieldError, ...] = ()
    code: str = ""
    step: str = ""
    cause: InvocationError | None = None


Outcome = Success | Failure
