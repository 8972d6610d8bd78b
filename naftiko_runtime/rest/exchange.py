"""What has become of one request so far?

An exchange is the only mutable thing of this face: it sends the answer, remembers what was sent, and turns into the one
record that is told of the request when it is over.
"""

from __future__ import annotations

from contextlib import aclosing
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from naftiko_runtime.asgi.caller import CallerLeftError
from naftiko_runtime.asgi.methods import told_method
from naftiko_runtime.engine.outcome import Chunks
from naftiko_runtime.engine.record import CALLER_LEFT, RequestRecord
from naftiko_runtime.rest.answer import WITHOUT_CONTENT, Answer

if TYPE_CHECKING:
    from starlette.types import Send

_NO_CONTENT = 204


class Subject(NamedTuple):
    """What a request is for, as its record says it: never the caller's own words."""

    operation: str
    capability: str
    function: str


class Exchange:
    """One request and its answer. `subject` is None until, and unless, it is known what the request is for."""

    __slots__ = (
        "_send",
        "_started",
        "begun",
        "code",
        "method",
        "request_id",
        "status",
        "subject",
        "upstream_status",
    )

    def __init__(self, method: str, request_id: str, send: Send) -> None:
        self._started = perf_counter()
        self._send = send
        self.method = method
        self.request_id = request_id
        self.subject: Subject | None = None
        self.begun = False
        self.status = CALLER_LEFT
        self.upstream_status: int | None = None
        self.code = ""

    async def answer(self, answer: Answer) -> None:
        """Send a complete answer; its content is left out for HEAD. Raises `CallerLeftError`."""
        status, headers, content, self.upstream_status, self.code = answer
        await self._begin(status, headers)
        await self._continue(b"" if self.method == "HEAD" else content, more=False)

    async def pass_on(self, status: int, headers: list[tuple[bytes, bytes]], chunks: Chunks) -> None:
        """Send an upstream's answer as it comes, and release the upstream. Raises `CallerLeftError` and what the chunks
        raise.
        """
        async with aclosing(chunks):
            self.upstream_status = status
            if status == _NO_CONTENT:
                # RFC 9110 §8.6: such an answer has no length either, whatever the upstream says.
                headers = [pair for pair in headers if pair[0] != b"content-length"]
            await self._begin(status, headers)
            if self.method != "HEAD" and status not in WITHOUT_CONTENT:
                async for chunk in chunks:
                    await self._continue(chunk, more=True)
            await self._continue(b"", more=False)

    def record(self) -> RequestRecord:
        """What is told of this request. The operation is the method alone where it is not known what it was for."""
        milliseconds = (perf_counter() - self._started) * 1000
        operation, capability, function = self.subject or (told_method(self.method), "", "")
        return RequestRecord(
            self.request_id,
            "rest",
            operation,
            capability,
            function,
            self.status,
            self.upstream_status,
            milliseconds,
            self.code,
        )

    async def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send status and headers, and the request's id among them."""
        headers.append((b"x-request-id", self.request_id.encode()))
        try:
            await self._send({"type": "http.response.start", "status": status, "headers": headers})
        except OSError:
            raise CallerLeftError from None
        self.begun = True
        self.status = status

    async def _continue(self, content: bytes, *, more: bool) -> None:
        """Send a piece of the content, the last one with `more=False`."""
        try:
            await self._send({"type": "http.response.body", "body": content, "more_body": more})
        except OSError:
            raise CallerLeftError from None
