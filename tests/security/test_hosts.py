"""Does a page in a browser reach what listens on loopback? Its Host is a name that was rebound, its Origin its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from naftiko_runtime import Runtime
from tests.host.harbours import capability, mcp_adapter, rest_adapter
from tests.mcp.conftest import listening
from tests.runner import Reply, command, request, running

SKILL = """\
    - type: skill
      namespace: pilots
      port: 3000
      skills:
        - {name: berthing, description: How to berth., location: "file:///./berthing"}"""
FORWARD = """\
    - type: rest
      namespace: passing
      port: 8080
      resources:
        - {path: "/passed/{path}", name: passed, forward: {targetNamespace: quay, trustedHeaders: [accept]}}"""
TOKEN = "t0"
GUARDED = rest_adapter("guarded", 8080, path="/guarded") + f"\n      authentication: {{type: bearer, token: {TOKEN}}}"
PATHS = [
    "/",
    "/ships",
    "/own/ships",
    "/nothing",
    "/openapi.json",
    "/docs",
    "/passed/anything",
    "/guarded",
    "/skills",
    "/skills/berthing/contents/page.md",
    "/mcp",
    "/tools/mcp",
    "/health/live",
    "/control/status",
]
REBOUND = {"Host": "rebound.example"}
LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
SPEAKS_MCP = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


def written(folder: Path, *more: str) -> Path:
    """A capability with every kind of adapter."""
    pages = folder / "berthing"
    pages.mkdir()
    (pages / "page.md").write_text("A page.")
    path = folder / "harbour.yaml"
    adapters = [rest_adapter("own", 8080), GUARDED, FORWARD, SKILL, mcp_adapter("tools", 9090), *more]
    consumed = "  consumes:\n    - {type: http, namespace: quay, baseUri: 'http://127.0.0.1:1'}\n"
    path.write_text(capability(*adapters).replace("capability:\n", f"capability:\n{consumed}"))
    return path


CONTROL = "    - {type: control, port: 9100, management: {info: true}}"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = written(tmp_path_factory.mktemp("every"), CONTROL)
    with running("run", str(file), "--port", "0") as server:
        yield _root(server.url("mcp"))


def _root(url: str) -> str:
    return f"http://{urlsplit(url).netloc}"


def is_refused(reply: Reply) -> bool:
    return (reply.status, reply.media_type) == (403, "application/problem+json") and reply.json["code"] == "NK8012"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [REBOUND, {"Origin": "https://rebound.example"}, {"Origin": "null"}],
    ids=["host", "origin", "opaque"],
)
def test_nothing_answers_a_page_of_another_site(url: str, path: str, headers: dict[str, str]) -> None:
    reply = request("GET", url + path, headers=headers)

    assert is_refused(reply)
    assert reply.json["requestId"] == reply.headers["x-request-id"]
    assert b"rebound" not in reply.body


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "HEAD", "PURGE"])
def test_no_method_is_answered_either(url: str, method: str) -> None:
    assert request(method, url + "/ships", headers=REBOUND).status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_callers_of_this_machine_use_its_names(url: str, host: str) -> None:
    named = f"{host}:{urlsplit(url).port}"

    assert request("GET", url + "/ships", headers={"Host": named}).json == {"by": "own"}
    assert request("GET", url + "/skills", headers={"Host": named, "Origin": f"http://{host}:3000"}).status == 200


def test_a_refused_request_is_told_once_with_its_code(tmp_path: Path) -> None:
    with running("run", str(written(tmp_path)), "--port", "0") as server:
        reply = request("GET", _root(server.url("mcp")) + "/ships?secret=1", headers=REBOUND)
        wanted = reply.headers["x-request-id"]
        event = server.wait_for(lambda event: event.get("requestId") == wanted)
        told = [item for item in server.events if item.get("requestId") == wanted]

    assert len(told) == 1
    assert (event["status"], event["code"], event["operation"]) == (403, "NK8012", "GET")
    assert "rebound" not in server.err


def test_a_listener_on_every_interface_is_reached_as_it_was(tmp_path: Path) -> None:
    file = written(tmp_path)
    with running("run", str(file), "--host", "0.0.0.0", "--port", "0") as server:
        port = urlsplit(server.url("mcp")).port
        for host in ("0.0.0.0", "127.0.0.1", "localhost", socket.gethostname()):
            named = {"Host": f"{host}:{port}"}
            assert request("GET", f"http://127.0.0.1:{port}/ships", headers=named).status == 200, host


# --- behind a proxy on this machine


def test_a_proxy_may_pass_on_a_name_that_was_allowed(tmp_path: Path) -> None:
    env = {"NAFTIKO_ALLOW_HOST": "twin.example"}
    file = written(tmp_path, CONTROL)
    with running("run", str(file), "--port", "0", "--allow-host", "API.example", env=env) as server:
        root = _root(server.url("mcp"))
        for host in ("api.example", "api.example:8443", "twin.example", "localhost"):
            for path in ("/ships", "/skills", "/docs", "/"):
                assert request("GET", root + path, headers={"Host": host}).status == 200, (host, path)
            assert request("POST", root + "/mcp", LIST, {**SPEAKS_MCP, "Host": host}).status == 200, host
        page = {"Host": "api.example", "Origin": "https://api.example"}
        assert request("GET", root + "/ships", headers=page).status == 200
        assert is_refused(request("GET", root + "/ships", headers=REBOUND))
        # Whoever comes through the proxy is not on this machine.
        assert is_refused(request("GET", root + "/control/status", headers={"Host": "api.example"}))


@pytest.mark.parametrize(
    "name", ["https://api.example", "api.example:443", "api.example/v1", "", "a b", "user@api.example", "*"]
)
def test_what_is_no_name_of_a_host_is_told(tmp_path: Path, name: str) -> None:
    ended = command("run", str(written(tmp_path)), "--allow-host", name)

    assert ended.code == 2
    assert "--allow-host" in ended.err


# --- inside another application


async def test_an_embedding_application_decides_for_itself() -> None:
    runtime = Runtime(capability(rest_adapter("own", 8080), mcp_adapter("tools", 9090)))
    async with listening(runtime.asgi()) as url, httpx.AsyncClient(trust_env=False) as client, runtime:
        rest = await client.get(url + "/ships", headers=REBOUND)
        # What speaks MCP over HTTP has to look at Origin, wherever it is (2025-06-18 §Transports).
        mcp = await client.post(url + "/mcp", content=LIST, headers={**SPEAKS_MCP, **REBOUND})

    assert (rest.status_code, mcp.status_code) == (200, 403)


async def test_an_embedding_application_may_name_its_hosts() -> None:
    text = capability(rest_adapter("own", 8080), mcp_adapter("tools", 9090))
    runtime = Runtime(text, allow_hosts=["api.example"])
    allowed = {"Host": "api.example"}
    async with listening(runtime.asgi()) as url, httpx.AsyncClient(trust_env=False) as client, runtime:
        answers = [
            await client.get(url + "/ships", headers=allowed),
            await client.post(url + "/mcp", content=LIST, headers={**SPEAKS_MCP, **allowed}),
            await client.get(url + "/ships", headers=REBOUND),
            await client.post(url + "/mcp", content=LIST, headers={**SPEAKS_MCP, **REBOUND}),
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 403, 403]
