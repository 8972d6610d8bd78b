"""What has become of one request so far?

An exchange is the only mutable thing of this face: it sends the answer, remembers what was sent, and turns into the one
record that is told of the request when it is over.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.caller import CallerLeftError
from naftiko_runtime.asgi.methods import told_method
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.rest.answer import Answer

if TYPE_CHECKING:
    from starlette.types import Send

    from naftiko_runtime.rest.endpoint import Endpoint

CALLER_LEFT = 499
"""The status in a record of a request that nobody waited for (nginx's number; it is never sent)."""


class Exchange:
    """One request and its answer. `endpoint` is None until, and unless, a route is found; `operation` is what the
    record says without one.
    """

    __slots__ = (
        "_send",
        "_started",
        "begun",
        "code",
        "endpoint",
        "method",
        "operation",
        "request_id",
        "status",
        "upstream_status",
    )

    def __init__(self, method: str, request_id: str, send: Send) -> None:
        self._started = perf_counter()
        self._send = send
        self.method = method
        self.operation = ""
        self.request_id = request_id
        self.endpoint: Endpoint | None = None
        self.begun = False
        self.status = CALLER_LEFT
        self.upstream_status: int | None = None
        self.code = ""

    async def answer(self, answer: Answer) -> None:
        """Send a complete answer; its content is left out for HEAD. Raises `CallerLeftError`."""
        status, headers, content, self.upstream_status, self.code = answer
        await self.begin(status, headers)
        await self.send(b"" if self.method == "HEAD" else content, more=False)

    async def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send status and headers, and the request's id among them. Raises `CallerLeftError`."""
        headers.append((b"x-request-id", self.request_id.encode()))
        try:
            await self._send({"type": "http.response.start", "status": status, "headers": headers})
        except OSError:
            raise CallerLeftError from None
        self.begun = True
        self.status = status

    async def send(self, content: bytes, *, more: bool) -> None:
        """Send a piece of the content, the last one with `more=False`. Raises `CallerLeftError`."""
        try:
            await self._send({"type": "http.response.body", "body": content, "more_body": more})
        except OSError:
            raise CallerLeftError from None

    def record(self) -> RequestRecord:
        """What is told of this request. The operation is the method alone where no route was found."""
        milliseconds = (perf_counter() - self._started) * 1000
        endpoint = self.endpoint
        if endpoint is None:
            operation = self.operation or told_method(self.method)
            capability = name = ""
        else:
            operation, capability, name = endpoint.operation, endpoint.function.capability, endpoint.name
        return RequestRecord(
            self.request_id,
            "rest",
            operation,
            capability,
            name,
            self.status,
            self.upstream_status,
            milliseconds,
            self.code,
        )
