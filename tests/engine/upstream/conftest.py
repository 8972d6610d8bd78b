"""Every test of the contract runs against every adapter of the port, over a real loopback socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from naftiko_runtime.engine.upstream import HttpxUpstream, Limits, ReqwestUpstream, Upstream
from tests.engine.upstream.server import Server, serving

OpenUpstream = Callable[[Limits], Upstream]

ADAPTERS: dict[str, OpenUpstream] = {
    "reqwest": ReqwestUpstream,
    "httpx": lambda limits: HttpxUpstream(limits=limits),
}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture(params=ADAPTERS)
async def open_upstream(request: pytest.FixtureRequest) -> AsyncIterator[OpenUpstream]:
    opened: list[Upstream] = []

    def open_one(limits: Limits) -> Upstream:
        opened.append(ADAPTERS[request.param](limits))
        return opened[-1]

    yield open_one
    for upstream in opened:
        await upstream.close()


@pytest.fixture
async def upstream(open_upstream: OpenUpstream) -> Upstream:
    return open_upstream(Limits(connect=5.0, call=5.0))
