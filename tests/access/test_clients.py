"""Do real clients get in over real sockets: curl, httpx, the official MCP client with its own OAuth?"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

from tests.access.library import ENV, PASSWORD, TOKEN, USER, call, every_scheme, library, oauth
from tests.authorization_server import CLIENT, SECRET, AuthorizationServer, authorizing
from tests.runner import Running, command, free_ports, request, running
from tests.upstream import Upstream

CURL = shutil.which("curl")


@pytest.fixture(scope="module")
def authority() -> Iterator[AuthorizationServer]:
    with authorizing() as server:
        yield server


@pytest.fixture(scope="module")
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, upstream_server: Upstream, authority: AuthorizationServer, port: int
) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("desk")
    (folder / "schemes.yaml").write_text(every_scheme(upstream_server.url), encoding="utf-8")
    resource = f"http://127.0.0.1:{port}/signed/mcp"
    adapters = {"signed": ("mcp", oauth(authority.issuer, resource, "scopes: [loans]"))}
    (folder / "oauth.yaml").write_text(library(adapters, upstream_server.url), encoding="utf-8")
    with running("run", str(folder), "--port", str(port), "--workers", "2", "--no-watch", env=ENV) as run:
        yield run


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("scheme", "flags"),
    [
        ("bearer", ["--oauth2-bearer", TOKEN]),
        ("bearer", ["-H", f"Authorization: Bearer {TOKEN}"]),
        ("key", ["-H", f"X-Desk-Key: {TOKEN}"]),
        ("query", ["-G", "--data-urlencode", f"desk%20key={TOKEN}"]),
        ("basic", ["-u", f"{USER}:{PASSWORD}"]),
        ("digest", ["--digest", "-u", f"{USER}:{PASSWORD}"]),
        ("digest", ["--anyauth", "-u", f"{USER}:{PASSWORD}"]),
        ("basic", ["--anyauth", "-u", f"{USER}:{PASSWORD}"]),
    ],
)
def test_curl_gets_in(scheme: str, flags: Sequence[str], desk: Running, port: int, upstream: Upstream) -> None:
    words = [
        str(CURL),
        "-sS",
        "-o",
        "-",
        "-w",
        "%{http_code}",
        *flags,
        f"http://127.0.0.1:{port}/{scheme}-rest/loans",
    ]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)
    assert ended.stdout.endswith("200"), ended
    assert upstream.only.header("authorization") is None


def test_a_nonce_of_one_worker_is_known_to_the_other(desk: Running, port: int) -> None:
    auth = httpx.DigestAuth(USER, PASSWORD)
    for _ in range(12):
        # A connection each, so that both workers get some.
        with httpx.Client(auth=auth, trust_env=False) as client:
            answer = client.get(f"http://127.0.0.1:{port}/digest-rest/loans")
        assert answer.status_code == 200
        assert len(answer.history) <= 1


def test_no_credential_of_a_caller_is_logged(desk: Running, port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    request("GET", f"{url}/query-rest/loans?desk%20key={TOKEN}")
    request("GET", f"{url}/bearer-rest/loans", headers={"authorization": "Bearer n0-such-token"})
    desk.wait_for(lambda event: event.get("status") == 401)
    assert not any(secret in desk.err + desk.out for secret in (TOKEN, PASSWORD, "n0-such-token"))


def test_a_changed_credential_counts_from_the_reload_on(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    before = library({"desk": ("rest", "{type: bearer, token: '{{TOKEN}}'}"), "tools": ("mcp", "")})
    file.write_text(before, encoding="utf-8")
    with running("run", str(tmp_path), "--port", "0", env=ENV) as run:
        url = run.url("mcp").removesuffix("/mcp")
        assert request("GET", f"{url}/desk/openapi.json").status == 401
        assert request("POST", f"{url}/tools/mcp", **message()).status == 200
        asked = "authentication: {type: bearer, token: 'new-{{TOKEN}}'}"
        after = before.replace("description: Loans.\n      \n", f"description: Loans.\n      {asked}\n")
        file.write_text(after.replace("token: '{{TOKEN}}'", "token: 'new-{{TOKEN}}'"), encoding="utf-8")
        run.wait_for(lambda event: event.get("event") == "reloaded")
        for path in ("/desk/openapi.json", "/tools/mcp"):
            method = "POST" if path.endswith("mcp") else "GET"
            sent = message() if method == "POST" else {"headers": {}}
            assert request(method, f"{url}{path}", **sent).status == 401
            sent["headers"]["authorization"] = f"Bearer {TOKEN}"
            assert request(method, f"{url}{path}", **sent).status == 401
            sent["headers"]["authorization"] = f"Bearer new-{TOKEN}"
            assert request(method, f"{url}{path}", **sent).status == 200


def message() -> dict[str, Any]:
    made = call("tools/list")
    return {"body": str(made["content"]).encode(), "headers": made["headers"]}


def test_explain_says_who_asks(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    adapters = {"desk": ("rest", "{type: bearer, token: '{{TOKEN}}'}"), "tools": ("mcp", "")}
    file.write_text(library(adapters), encoding="utf-8")
    lines = command("explain", str(file)).out.splitlines()
    assert "rest desk on 127.0.0.1:8080, asks for bearer authentication" in lines
    assert "mcp tools on 127.0.0.1:8080" in lines


class Storage:
    """What a client keeps of its authorization; nothing at first."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


async def called(url: str, auth: httpx2.Auth, mode: Any) -> list[str]:
    async with (
        httpx2.AsyncClient(auth=auth, trust_env=False) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode, read_timeout_seconds=15) as client,
    ):
        result = await client.call_tool("list-loans", {})
        assert result.is_error is False
        return [tool.name for tool in (await client.list_tools()).tools]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_official_client_authorizes_itself(
    mode: str, desk: Running, authority, port: int, upstream: Upstream
):
    url = f"http://127.0.0.1:{port}/signed/mcp"
    came: list[AuthorizationCodeResult] = []

    async def agree(address: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as browser:
            answer = parse_qs(urlsplit((await browser.get(address)).headers["location"]).query)
        came.append(AuthorizationCodeResult(code=answer["code"][0], state=answer["state"][0], iss=answer["iss"][0]))

    async def come_back() -> AuthorizationCodeResult:
        return came.pop()

    back = "http://127.0.0.1:1/back"
    metadata = OAuthClientMetadata.model_validate({"client_name": "test", "redirect_uris": [back]})
    auth = OAuthClientProvider(url, metadata, Storage(), agree, come_back)
    assert await called(url, auth, mode) == ["list-loans"]
    asked = [item for item in authority.requests if item.path == "/authorize"][-1].query
    assert (asked["resource"], asked["scope"]) == (url, "loans")
    assert upstream.only.header("authorization") is None


async def test_the_official_client_authorizes_itself_without_a_user(desk: Running, authority, port: int, upstream):
    url = f"http://127.0.0.1:{port}/signed/mcp"
    auth = ClientCredentialsOAuthProvider(url, Storage(), CLIENT, SECRET, issuer=authority.issuer)
    assert await called(url, auth, "auto") == ["list-loans"]
