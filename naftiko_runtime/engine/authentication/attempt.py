"""What is an exchange with a negotiated credential? A request, and at a 401 the same request, better signed.

How a request is signed differs by the kind of credential, and so does whether another try is worth it; sending, reading
a refusal to its end and handing on the answer that counts does not. A request is sent again only as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from naftiko_runtime.engine.upstream.port import Upstream, UpstreamResponse
from naftiko_runtime.plan.model.call import UpstreamRequest

Headers = list[tuple[str, str]]

_UNAUTHORIZED = 401


class Attempt(Protocol):
    """One call with one credential, however often it has to be sent."""

    async def sign(self, request: UpstreamRequest) -> UpstreamRequest:
        """The request with what is known of the credential by now. Raises `InvocationError` where it can't be had."""
        ...

    def may_retry(self, headers: Headers) -> bool:
        """Learn from a 401 with these headers; whether the request is worth sending again. False in the end."""
        ...

    def let_in(self, headers: Headers) -> None:
        """Learn from any other answer."""
        ...


@asynccontextmanager
async def exchanged(upstream: Upstream, request: UpstreamRequest, attempt: Attempt) -> AsyncIterator[UpstreamResponse]:
    """As `Upstream.exchange`, with the answer to the last try."""
    while True:
        async with upstream.exchange(await attempt.sign(request)) as response:
            if response.status != _UNAUTHORIZED:
                attempt.let_in(response.headers)
            elif attempt.may_retry(response.headers):
                # Read to its end, the refusal gives its connection back.
                await response.read()
                continue
            yield response
            return
