"""May one runtime be used in several event loops? One after the other, and beside each other in threads."""

from __future__ import annotations

import asyncio
import gc
import threading

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from naftiko_runtime import Runtime, TransportError
from tests.library.quays import DEMO, ENV, quays
from tests.upstream import Answer, Upstream


@pytest.fixture
def runtime(upstream: Upstream) -> Runtime:
    upstream.answer("GET", "/quays", Answer.json([1]))
    return Runtime(quays(), env=ENV, upstreams={"quays": upstream.url})


@pytest.mark.parametrize("closes", [True, False], ids=["closed each time", "never closed"])
def test_loops_one_after_the_other(runtime: Runtime, closes: bool) -> None:
    async def use() -> object:
        found = await runtime.call("quays-rest.list")
        if closes:
            await runtime.close()
        return found

    assert [asyncio.run(use()) for _ in range(3)] == [[1]] * 3
    gc.collect()


def test_an_application_in_loops_one_after_the_other(runtime: Runtime) -> None:
    application = Starlette(routes=[Mount("/caps", runtime.asgi())])

    async def use() -> object:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(application), base_url="http://here", headers={"accept": "application/json"}
        ) as client:
            asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"cursor": "x"}}
            # A cursor is none of the fast path's business, so the official server is started in each loop.
            refused = await client.post("/caps/mcp", json=asked, headers={"accept": "application/json"})
            return (await client.get("/caps/quays")).json(), "error" in refused.json()

    assert [asyncio.run(use()) for _ in range(2)] == [([1], True)] * 2
    gc.collect()


def test_loops_in_threads_beside_each_other(runtime: Runtime) -> None:
    found: list[object] = []
    together = threading.Barrier(4)

    async def use() -> None:
        together.wait()
        found.extend(await asyncio.gather(*(runtime.call("quays-rest.list") for _ in range(8))))
        await runtime.close()

    threads = [threading.Thread(target=asyncio.run, args=(use(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[1]] * 32


async def test_a_close_in_one_loop_leaves_the_others_alone(runtime: Runtime) -> None:
    await runtime.call("quays-rest.list")
    await asyncio.to_thread(asyncio.run, runtime.close())
    assert await runtime.call("quays-rest.list") == [1]
    await runtime.close()


async def test_closing_ends_what_is_under_way(runtime: Runtime, upstream: Upstream) -> None:
    hold = threading.Event()
    upstream.answer("GET", "/quays", Answer(hold=hold))
    call = asyncio.create_task(runtime.call("quays-rest.list"))
    await asyncio.to_thread(upstream.wait_for_requests, 1)
    try:
        await runtime.close()
        with pytest.raises(TransportError):
            await call
    finally:
        hold.set()


async def test_closing_what_was_never_used_does_nothing() -> None:
    await Runtime(DEMO).close()
