"""Who gets in with which credential, on every face, and what is told to those who don't?"""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.access.conftest import Serve
from tests.access.library import ASKED, PASSWORD, PATHS, TOKEN, USER, call, every_scheme, library
from tests.upstream import Upstream

KINDS = ("rest", "mcp", "skill")


def pair(text: str, encoding: str = "utf-8") -> str:
    return f"Basic {base64.b64encode(text.encode(encoding)).decode()}"


RIGHT: dict[str, dict[str, Any]] = {
    "open": {},
    "bearer": {"headers": {"authorization": f"Bearer {TOKEN}"}},
    "key": {"headers": {"x-desk-key": TOKEN}},
    "query": {"params": {"desk key": TOKEN}},
    "keys": {"headers": {"x-one": TOKEN, "x-two": f"two-{TOKEN}"}},
    "basic": {"auth": httpx.BasicAuth(USER, PASSWORD)},
    "digest": {"auth": httpx.DigestAuth(USER, PASSWORD)},
}

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("bearer", {}),
    ("bearer", {"headers": {"authorization": "Bearer"}}),
    ("bearer", {"headers": {"authorization": "Bearer "}}),
    ("bearer", {"headers": {"authorization": f"Bearer {TOKEN}x"}}),
    ("bearer", {"headers": {"authorization": f"Bearer {TOKEN[:-1]}"}}),
    ("bearer", {"headers": {"authorization": f"Bearer x{TOKEN}"}}),
    ("bearer", {"headers": {"authorization": TOKEN}}),
    ("bearer", {"headers": {"authorization": f"Token {TOKEN}"}}),
    ("bearer", {"headers": {"authorization": "Bearer é".encode()}}),
    ("bearer", {"headers": {"authorization": "Bearer ***"}}),
    ("bearer", {"params": {"access_token": TOKEN}}),
    ("key", {}),
    ("key", {"headers": {"x-desk-key": ""}}),
    ("key", {"headers": {"x-desk-key": TOKEN.upper()}}),
    ("key", {"headers": {"x_desk_key": TOKEN}}),
    ("key", {"params": {"x-desk-key": TOKEN}}),
    ("query", {}),
    ("query", {"params": {"desk key": ""}}),
    ("query", {"params": {"Desk Key": TOKEN}}),
    ("query", {"headers": {"desk-key": TOKEN}}),
    ("keys", {"headers": {"x-one": TOKEN}}),
    ("keys", {"headers": {"x-one": f"two-{TOKEN}", "x-two": TOKEN}}),
    ("basic", {}),
    ("basic", {"auth": httpx.BasicAuth(USER, "guess")}),
    ("basic", {"auth": httpx.BasicAuth("eve", PASSWORD)}),
    ("basic", {"auth": httpx.BasicAuth("", "")}),
    ("basic", {"headers": {"authorization": "Basic %%%"}}),
    (
        "basic",
        {"headers": {"authorization": f"Basic {base64.b64encode('ada:open: sésame'.encode('latin-1')).decode()}"}},
    ),
    ("digest", {}),
    ("digest", {"auth": httpx.DigestAuth(USER, "guess")}),
    ("digest", {"auth": httpx.DigestAuth("eve", PASSWORD)}),
    ("digest", {"auth": httpx.BasicAuth(USER, PASSWORD)}),
    ("digest", {"headers": {"authorization": "Digest ,,,"}}),
]


async def ask(client: httpx.AsyncClient, scheme: str, kind: str, sent: dict[str, Any]) -> httpx.Response:
    url = f"/{scheme}-{kind}{PATHS[kind]}"
    if kind == "mcp":
        message = call()
        headers = {**message.pop("headers"), **sent.get("headers", {})}  # type: ignore[dict-item]
        return await client.post(url, **{**message, **sent, "headers": headers})
    return await client.get(url, **sent)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", RIGHT)
async def test_whoever_sends_what_is_asked_for_gets_in(scheme, kind, serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    assert (await ask(client, scheme, kind, RIGHT[scheme])).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("scheme", "sent"), WRONG)
async def test_whoever_does_not_is_told_what_to_send(scheme, sent, kind, serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    answer = await ask(client, scheme, kind, sent)
    assert (answer.status_code, answer.json()["code"]) == (401, "NK8019")
    assert answer.headers["content-type"] == "application/problem+json"
    asked = {"bearer": "Bearer", "basic": "Basic", "digest": "Digest"}.get(scheme, "ApiKey")
    assert answer.headers["www-authenticate"].startswith(f'{asked} realm="{scheme}-{kind}"')
    assert answer.headers["x-request-id"] == answer.json()["requestId"]
    assert upstream.requests == []
    assert TOKEN not in answer.text + str(answer.headers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("scheme", "twice"),
    [
        ("bearer", [("authorization", f"Bearer {TOKEN}")] * 2),
        ("bearer", [("authorization", f"Bearer {TOKEN}"), ("authorization", "Bearer x")]),
        ("key", [("x-desk-key", TOKEN)] * 2),
        ("basic", [("authorization", pair(f"{USER}:{PASSWORD}"))] * 2),
        ("digest", [("authorization", "Digest x")] * 2),
    ],
)
async def test_a_credential_that_came_twice_is_refused(scheme, twice, kind, serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    url = f"/{scheme}-{kind}{PATHS[kind]}"
    answer = await client.request("POST" if kind == "mcp" else "GET", url, headers=twice)
    assert (answer.status_code, answer.json()["code"]) == (400, "NK8019")
    assert "www-authenticate" in answer.headers


async def test_a_key_that_came_twice_in_the_query_is_refused(serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    answer = await client.get("/query-rest/loans", params=[("desk key", TOKEN)] * 2)
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["rest", "mcp"])
@pytest.mark.parametrize("scheme", [name for name in RIGHT if name != "open"])
async def test_what_a_caller_proves_itself_by_stays_here(scheme, kind, serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    await ask(client, scheme, kind, RIGHT[scheme])
    seen = str(upstream.only)
    assert upstream.only.header("authorization") is None
    assert not any(secret in seen for secret in (TOKEN, PASSWORD, "desk"))


@pytest.mark.parametrize("method", ["initialize", "tools/list", "tools/call"])
async def test_an_mcp_server_refuses_before_it_reads_the_message(method, serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    answer = await client.post("/bearer-mcp/mcp", **call(method))
    assert answer.status_code == 401
    right = await client.post("/bearer-mcp/mcp", **call(method, authorization=f"Bearer {TOKEN}"))
    assert right.status_code == 200


async def test_a_message_that_is_none_is_refused_like_any_other(serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    assert (await client.post("/bearer-mcp/mcp", content=b"{")).status_code == 401
    assert (await client.get("/bearer-mcp/mcp")).status_code == 401
    assert (await client.delete("/bearer-mcp/mcp")).status_code == 401


@pytest.mark.parametrize("scheme", ["bearer", "Bearer", "BEARER"])
async def test_the_name_of_a_scheme_has_no_case(scheme, serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    answer = await client.get("/bearer-rest/loans", headers={"authorization": f"{scheme}  {TOKEN} "})
    assert answer.status_code == 200


async def test_whoever_may_use_one_method_of_a_path_is_told_which_there_are(serve: Serve):
    adapter = """\
    - type: rest
      namespace: {name}
      port: 8080
      authentication: {asked}
      resources:
        - path: /loans
          operations: [{{method: {method}, name: {name}, outputParameters: [{{name: n, type: string, value: n}}]}}]
"""
    methods = {"key": "GET", "bearer": "POST"}
    adapters = [adapter.format(name=name, asked=ASKED[name], method=method) for name, method in methods.items()]
    client = await serve(library({}) + "".join(adapters))
    answers = [await client.delete("/loans", headers=headers) for headers in ({}, {"authorization": f"Bearer {TOKEN}"})]
    assert [(answer.status_code, answer.headers.get("allow")) for answer in answers] == [
        (401, None),
        (405, "GET, HEAD, OPTIONS, POST"),
    ]


GUARDED = {
    f"{scheme}-{kind}": (kind, ASKED["bearer"]) for scheme, kind in [("a", "rest"), ("b", "mcp"), ("c", "skill")]
}
OPENLY = {"/", "/.well-known/oauth-protected-resource"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    ["/loans", "/a-rest/loans", "/openapi.json", "/docs", "/a-rest/openapi.json", "/a-rest/docs", "/mcp", "/b-mcp/mcp",
     "/b-mcp/mcp/", "/skills", "/skills/lending", "/c-skill/skills", "/c-skill/skills/x/contents/y"],
)  # fmt: skip
async def test_there_is_no_way_around_a_guard(method, path, serve: Serve):
    client = await serve(library(GUARDED))
    answer = await client.request(method, path)
    # A page of ours has one method; which, is no secret.
    is_page = path.endswith(("openapi.json", "/docs")) and method not in ("GET", "HEAD")
    assert answer.status_code in ((401, 405, 204) if is_page else (401,))


async def test_an_index_does_not_show_what_a_guarded_adapter_offers(serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    shown = {item["namespace"]: item for item in (await client.get("/")).json()["adapters"]}
    assert shown["open-rest"]["operations"][0]["name"] == "list"
    assert (shown["bearer-rest"].get("operations"), shown["bearer-rest"]["authentication"]) == (None, "bearer")
    assert (shown["digest-mcp"].get("tools"), shown["digest-mcp"]["authentication"]) == (None, "digest")
    assert (shown["key-skill"].get("skills"), shown["key-skill"]["authentication"]) == (None, "apikey")
    page = (await client.get("/", headers={"accept": "text/html"})).text
    assert "asks for basic authentication" in page


async def test_a_description_of_the_port_leaves_out_what_is_guarded(serve: Serve, upstream: Upstream):
    client = await serve(every_scheme(upstream.url))
    described = (await client.get("/openapi.json")).json()
    assert list(described["paths"]) == ["/loans"]
    asked = await client.get("/bearer-rest/openapi.json", headers={"authorization": f"Bearer {TOKEN}"})
    assert "/loans" in next(iter(asked.json()["paths"]))


async def tools_of(client: httpx.AsyncClient, **headers: str) -> list[str]:
    answer = await client.post("/mcp", **call("tools/list", **headers))
    return [tool["name"] for tool in answer.json()["result"]["tools"]]


async def test_the_shared_server_has_the_tools_of_open_adapters_alone(serve: Serve):
    adapters = {"one": ("mcp", ""), "two": ("mcp", ASKED["bearer"]), "three": ("mcp", "")}
    client = await serve(library(adapters))
    assert await tools_of(client) == ["one_list-loans", "three_list-loans"]
    message = call()
    message["content"] = str(message["content"]).replace("list-loans", "two_list-loans")
    stolen = await client.post("/mcp", **message)
    assert stolen.json()["error"]["code"] == -32602


async def test_the_shared_server_asks_what_all_adapters_ask(serve: Serve):
    client = await serve(library({"one": ("mcp", ASKED["bearer"]), "two": ("mcp", ASKED["bearer"])}))
    assert (await client.post("/mcp", **call("tools/list"))).status_code == 401
    assert await tools_of(client, authorization=f"Bearer {TOKEN}") == ["one_list-loans", "two_list-loans"]


async def test_there_is_no_shared_server_where_each_adapter_asks_something_else(serve: Serve):
    client = await serve(library({"one": ("mcp", ASKED["bearer"]), "two": ("mcp", ASKED["basic"])}))
    answer = await client.post("/mcp", **call("tools/list", authorization=f"Bearer {TOKEN}"))
    assert answer.status_code == 404
    assert "allTools" not in (await client.get("/")).json()


async def test_a_route_that_two_adapters_declare_is_guarded_by_the_one_that_has_it(serve: Serve, upstream: Upstream):
    client = await serve(library({"one": ("rest", ASKED["bearer"]), "two": ("rest", "")}, upstream.url))
    assert (await client.get("/loans")).status_code == 401
    assert (await client.get("/two/loans")).status_code == 200
