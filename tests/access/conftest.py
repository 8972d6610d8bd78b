"""One authorization server for all tests of the folder, and capabilities served to a client of httpx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest

from naftiko_runtime import Runtime
from tests.access.library import ENV
from tests.authorization_server import AuthorizationServer, authorizing

Serve = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def authority() -> Iterator[AuthorizationServer]:
    with authorizing() as server:
        yield server


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(text)` gives a client of the capability; its requests reach the application without a socket."""
    async with AsyncExitStack() as stack:

        async def client(text: str) -> httpx.AsyncClient:
            runtime = await stack.enter_async_context(Runtime(text, env=ENV))
            transport = httpx.ASGITransport(runtime.asgi())  # type: ignore[arg-type]
            return await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="https://library.test")
            )

        yield client
