"""One exchange, from a request written in one line to an answer as a value."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from naftiko_runtime.engine.upstream import Upstream
from naftiko_runtime.plan.model.call import UpstreamRequest

Pairs = tuple[tuple[str, str], ...]


class Fetched(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


Fetch = Callable[[Upstream, UpstreamRequest], Coroutine[Any, Any, Fetched]]


def request_for(url: str, method: str = "GET", headers: Pairs = (), content: bytes | None = None) -> UpstreamRequest:
    return UpstreamRequest(method, url, headers, content, urlsplit(url).path)


async def fetch(upstream: Upstream, request: UpstreamRequest) -> Fetched:
    async with upstream.exchange(request) as response:
        return Fetched(response.status, response.headers, await response.read())


async def fetch_streamed(upstream: Upstream, request: UpstreamRequest) -> Fetched:
    async with upstream.exchange(request) as response:
        body = b"".join([piece async for piece in response.stream()])
        return Fetched(response.status, response.headers, body)
