"""Does a runtime answer inside another application as it does alone? On real sockets, with the official MCP client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

import fastapi
import httpx
import pytest
import uvicorn
from mcp import Client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from naftiko_runtime import Runtime
from tests.library.quays import DEMO, ENV, mock_route, mock_tools, quays
from tests.mcp.conftest import listening
from tests.upstream import Upstream


def in_starlette(application: ASGIApp) -> tuple[ASGIApp, str]:
    return Starlette(routes=[Mount("/caps", application), Route("/own", own)]), "/caps"


def in_fastapi(application: ASGIApp) -> tuple[ASGIApp, str]:
    app = fastapi.FastAPI()
    app.add_route("/own", own)
    app.mount("/caps", application)
    return app, "/caps"


def behind_a_proxy(application: ASGIApp) -> tuple[ASGIApp, str]:
    app, prefix = in_fastapi(application)

    async def told_of_the_proxy(scope: Scope, receive: Receive, send: Send) -> None:
        # A prefix that the proxy takes off before it passes a request on: what servers do with `--root-path`.
        await app({**scope, "root_path": "/api/v1"}, receive, send)

    return told_of_the_proxy, prefix


def deep_in_routers(application: ASGIApp) -> tuple[ASGIApp, str]:
    inner = Router([Mount("/two", application)])
    return Starlette(routes=[Mount("/one", inner), Route("/own", own)]), "/one/two"


def at_the_root(application: ASGIApp) -> tuple[ASGIApp, str]:
    return Starlette(routes=[Route("/own", own), Mount("/", application)]), ""


PLACES: dict[str, Callable[[ASGIApp], tuple[ASGIApp, str]]] = {
    item.__name__: item for item in (in_starlette, in_fastapi, behind_a_proxy, deep_in_routers, at_the_root)
}


def own(request: Request) -> PlainTextResponse:
    return PlainTextResponse("the application's own")


@contextlib.asynccontextmanager
async def mounted(runtime: Runtime, place: str) -> AsyncIterator[str]:
    """The URL of a runtime inside an application that does not know its lifespan."""
    application, prefix = PLACES[place](runtime.asgi())
    async with listening(application) as url:
        yield url + prefix
    await runtime.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        yield client


@pytest.mark.parametrize("place", PLACES)
async def test_the_routes_of_the_application_stay_its_own(place: str, client: httpx.AsyncClient) -> None:
    runtime = Runtime(mock_route("one", "/own"))
    application, prefix = PLACES[place](runtime.asgi())
    async with runtime, listening(application) as url:
        said = [(await client.get(f"{url}{path}")).text for path in ("/own", f"{prefix}/one/own")]
    assert said == ["the application's own", '{"by":"one"}']


@pytest.mark.parametrize("place", PLACES)
async def test_rest_answers_below_the_mount(place: str, client: httpx.AsyncClient) -> None:
    async with mounted(Runtime(DEMO), place) as url:
        bare = await client.get(f"{url}/hello/A%2FB%20c")
        prefixed = await client.get(f"{url}/harbour/hello/Ada")
        posted = await client.post(f"{url}/bookings", json={"ship": "Aurora", "nights": 2})
        missing = await client.get(f"{url}/nowhere")
        index = await client.get(f"{url}/", headers={"accept": "application/json"})

    assert bare.json()["greeting"] == "Hello A/B c"
    assert prefixed.json()["greeting"] == "Hello Ada"
    assert posted.json() == {"ship": "Aurora", "nights": 2, "status": "requested"}
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert [item["namespace"] for item in index.json()["adapters"]] == ["harbour", "harbour-tools"]


@pytest.mark.parametrize("path", ["/mcp", "/harbour-tools/mcp"])
@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("place", PLACES)
async def test_mcp_answers_below_the_mount(place: str, mode: str, path: str) -> None:
    async with (
        mounted(Runtime(DEMO), place) as url,
        Client(url + path, mode=mode, read_timeout_seconds=15) as client,
    ):
        listed = await client.list_tools()
        said = await client.call_tool("say-hello", {"name": "Ada"})
    assert [tool.name for tool in listed.tools] == ["say-hello", "show-harbour", "find-ship", "book-berth"]
    assert said.structured_content == {"greeting": "Hello Ada", "harbour": "Lindholm"}


async def test_a_path_value_travels_undecoded_through_the_mount(upstream: Upstream, client: httpx.AsyncClient) -> None:
    runtime = Runtime(quays(), env=ENV, upstreams={"quays": upstream.url})
    async with mounted(runtime, "in_starlette") as url:
        await client.get(f"{url}/quays/a%2Fb%3F")
    assert upstream.only.path == "/quays/a%2Fb%3F"


async def test_two_runtimes_serve_in_one_application(client: httpx.AsyncClient) -> None:
    one, two = Runtime(mock_route("one")), Runtime(mock_route("two"))
    async with (
        one,
        two,
        listening(Starlette(routes=[Mount("/one", one.asgi()), Mount("/two", two.asgi())])) as url,
    ):
        said = [(await client.get(f"{url}/{name}/who")).json() for name in ("one", "two")]
    assert said == [{"by": "one"}, {"by": "two"}]


async def test_capabilities_of_one_runtime_share_its_address(client: httpx.AsyncClient) -> None:
    runtime = Runtime([mock_route("east"), mock_route("west"), mock_tools("north", "who"), mock_tools("south", "who")])
    async with mounted(runtime, "in_starlette") as url:
        said = [(await client.get(f"{url}{path}/who")).json()["by"] for path in ("", "/east", "/west")]
        for namespace in ("north", "south"):
            async with Client(f"{url}/{namespace}/mcp") as mcp:
                found = (await mcp.call_tool("who")).structured_content
                assert found == {"by": namespace}
        async with Client(f"{url}/mcp") as mcp:
            assert [tool.name for tool in (await mcp.list_tools()).tools] == [tool.name for tool in runtime.tools()]
    assert said == ["east", "east", "west"]


async def test_an_adapter_for_pipes_is_not_served_over_http(client: httpx.AsyncClient) -> None:
    runtime = Runtime(mock_tools("east", "who").replace("port: 8080", "transport: stdio"))
    async with mounted(runtime, "in_starlette") as url:
        assert (await client.post(f"{url}/east/mcp", json={})).status_code == 404
    assert await runtime.call("east.who") == {"by": "east"}


async def test_a_control_adapter_is_not_served_because_the_process_is_the_embedding_programs(
    client: httpx.AsyncClient,
) -> None:
    steered = [mock_route(name) + "    - {type: control, port: 9100}\n" for name in ("east", "west")]
    async with mounted(Runtime(steered), "in_starlette") as url:
        found = [(await client.get(f"{url}{path}/health/live")).status_code for path in ("", "/control")]
        assert found == [404, 404]
        assert [(await client.get(f"{url}/{name}/who")).json()["by"] for name in ("east", "west")] == ["east", "west"]
        index = (await client.get(f"{url}/", headers={"accept": "application/json"})).json()
    assert [item["kind"] for item in index["adapters"]] == ["rest", "rest"]


async def test_served_alone_it_answers_and_lets_go_when_the_server_stops(upstream: Upstream) -> None:
    runtime = Runtime(quays(), env=ENV, upstreams={"quays": upstream.url})
    config = uvicorn.Config(runtime.asgi(), lifespan="on", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([bound]))
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            url = f"http://127.0.0.1:{bound.getsockname()[1]}"
            bound.listen()
            answer = await client.get(f"{url}/quays/7")
        server.should_exit = True
        await serving
    assert answer.json() == upstream.last.echo()


async def test_a_web_socket_is_refused() -> None:
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    await Runtime(DEMO).asgi()({"type": "websocket", "path": "/"}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]


async def test_another_application_in_this_process_may_be_the_upstream() -> None:
    async def list_quays(request: Request) -> JSONResponse:
        return JSONResponse([request.url.path, request.query_params["api_key"]])

    inner = Starlette(routes=[Route("/v1/quays", list_quays)])
    runtime = Runtime(quays(), env=ENV, transport=httpx.ASGITransport(inner))
    outer = httpx.ASGITransport(Starlette(routes=[Mount("/caps", runtime.asgi())]))
    async with runtime, httpx.AsyncClient(transport=outer, base_url="http://here") as client:
        answer = await client.get("/caps/quays")
    assert answer.json() == ["/v1/quays", ENV["QUAY_KEY"]]
