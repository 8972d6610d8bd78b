"""MCP endpoints on real listeners."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.plan.model.face import Tool
from tests.mcp.faces import VERSION, face_of
from tests.mcp.wire import encoded
from tests.records import Records


@asynccontextmanager
async def listening(application: ASGIApp) -> AsyncIterator[str]:
    """The URL of a server of `application` on a free loopback port."""
    config = uvicorn.Config(application, http="httptools", lifespan="off", log_config=None, access_log=False)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        # Started and stopped by hand, because the server's own loop and its own shutdown sleep.
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup([bound])
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            for listener in server.servers:
                listener.close()
                await listener.wait_closed()


class Caller:
    """Posts messages to one endpoint."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self.url = url
        self.client = client

    async def post(self, message: object, headers: Any) -> httpx.Response:
        return await self.client.post(self.url, content=encoded(message), headers=headers)


Serve = Callable[..., Awaitable[Caller]]


@pytest.fixture
async def serve(engine: Engine, records: Records) -> AsyncIterator[Serve]:
    """`await serve(*tools)`, with the endpoint's own options by name: a caller of a real server of them."""
    async with AsyncExitStack() as stack:

        async def start(*tools: Tool, left_out: tuple[Tool, ...] = (), **options: Any) -> Caller:
            endpoint = McpEndpoint(
                face_of(*tools, left_out=left_out),
                engine,
                records.observe,
                version=VERSION,
                **options,
            )
            await stack.enter_async_context(endpoint.run())
            url = await stack.enter_async_context(listening(endpoint)) + "/mcp"
            return Caller(url, await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10)))

        yield start
