"""A file's adapters on real sockets, each on a listener of its own, and the upstream side of them.

Every consumed address is replaced by one recording upstream, below a path of its own for each file and namespace, so
that what arrives can be told apart. Nothing can leave for anywhere else: a dummy credential must not reach a real API.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import uvicorn
from starlette.types import ASGIApp

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.upstream import ReqwestUpstream, UpstreamResponse
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.face import Plan
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.rest.application import RestApplication
from naftiko_runtime.spec.load import read_spec
from tests.corpus.truth import Truth

HOST = "127.0.0.1"


class OnlyTo:
    """The production upstream, for requests to one address alone."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._upstream = ReqwestUpstream()

    def exchange(self, request: UpstreamRequest) -> AbstractAsyncContextManager[UpstreamResponse]:
        """See `Upstream.exchange`."""
        assert request.url.startswith(f"{self._base}/"), f"a request would have left for {request.url[:60]}"
        return self._upstream.exchange(request)

    async def close(self) -> None:
        """See `Upstream.close`."""
        await self._upstream.close()


def base_path(file: int, namespace: str) -> str:
    """Where the consumed API `namespace` of the `file`-th file lies on the recording upstream."""
    return f"/{file}/{quote(namespace, safe='')}"


def load(path: Path, truth: Truth, file: int, upstream: str, *, partial: bool = False) -> Compilation:
    """Compile a file as `run` would, with `--partial` or without: every bound variable has a value, every consumed API
    its recording address.
    """
    process = truth.keys.get(None, {})
    files: dict[str, Mapping[str, object] | str] = {
        location: dict(values) for location, values in truth.keys.items() if location is not None
    }
    upstreams = {namespace: upstream + base_path(file, namespace) for namespace in truth.namespaces}
    environment = Environment(process=process, located=files)
    return compile_plan(read_spec(path), environment, upstreams=upstreams, partial=partial)


@asynccontextmanager
async def serving(plan: Plan, engine: Engine) -> AsyncIterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The URLs of a plan's REST adapters and of its MCP endpoints, in order, while they serve."""
    async with AsyncExitStack() as stack:
        rest = [RestApplication([face], engine, _unheeded) for face in plan.rest]
        mcp = [McpEndpoint(face, engine, _unheeded, version="0") for face in plan.mcp]
        for endpoint in mcp:
            await stack.enter_async_context(endpoint.run())
        applications: list[ASGIApp] = [*rest, *mcp]
        urls = [await stack.enter_async_context(_listening(application)) for application in applications]
        yield tuple(urls[: len(rest)]), tuple(urls[len(rest) :])


def _unheeded(record: RequestRecord) -> None:
    """Requests are judged by what arrives, not by what is recorded."""


@asynccontextmanager
async def _listening(application: ASGIApp) -> AsyncIterator[str]:
    config = uvicorn.Config(application, http="httptools", lifespan="off", log_config=None, access_log=False)
    # The protocol is named because asyncio only then turns Nagle off, which costs 40 ms a call.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.bind((HOST, 0))
        # Started and stopped by hand, because the server's own loop and its own shutdown sleep.
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup([bound])
        try:
            yield f"http://{HOST}:{bound.getsockname()[1]}"
        finally:
            for listener in server.servers:
                listener.close()
                await listener.wait_closed()
