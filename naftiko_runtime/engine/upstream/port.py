"""The port through which every upstream request leaves (D1): send one request, get status, headers, bytes or a stream.

Nothing outside this folder knows which HTTP client stands behind it. The adapters of the port pass one shared contract
suite (tests/engine/upstream), which is what makes them interchangeable.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from naftiko_runtime.errors import TransportError
from naftiko_runtime.plan.model.call import UpstreamRequest


class Limits(NamedTuple):
    """Deadlines in seconds, sizes in bytes (C14b). `call` is for one call of an upstream, `steps` for all steps of a
    function together, None for as long as one call. `body` counts the decoded bytes of an answer, so that no
    compression can beat it; `request` those that a caller may send.
    """

    connect: float = 5.0
    call: float = 30.0
    body: int = 50 * 1024 * 1024
    request: int = 10 * 1024 * 1024
    steps: float | None = None

    @property
    def together(self) -> float:
        """Seconds that all steps of a function have together."""
        return self.call if self.steps is None else self.steps


class ResponseTooLargeError(TransportError):
    """The decoded answer is larger than `limit` bytes; reading stopped there and the connection is dropped."""

    code = "NK8005"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the upstream's answer is larger than {limit} bytes")


class UpstreamResponse(Protocol):
    """An answer whose head has come. Its body can be read once, by `read` or by `stream`."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Lower-case names in the upstream's order, repeats kept; they describe the decoded body.

        A header with values beyond ASCII is left out: their encoding could only be guessed.
        """
        ...

    async def read(self) -> bytes:
        """The whole decoded body. Raises ResponseTooLargeError, TransportError or DeadlineError."""
        ...

    def stream(self) -> AsyncIterator[bytes]:
        """The decoded body as it comes, under the same limits."""
        ...


class Upstream(Protocol):
    """Sends requests. One object serves every call of a process; it pools connections and is closed once."""

    def exchange(self, request: UpstreamRequest) -> AbstractAsyncContextManager[UpstreamResponse]:
        """Send `request`; the context yields its answer and releases the connection.

        Redirects are not followed, no proxy or credential is taken from the environment, no cookie is kept. What a
        `body` raises while it is sent comes out as it is.
        Raises `TransportError` (unreachable, broken, framing) and `DeadlineError`; their texts hold no query string.
        """
        ...

    async def close(self) -> None:
        """Release every connection."""
        ...
