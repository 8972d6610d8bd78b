"""What becomes of a call that can't be made rightly? The caller is told why, and nothing reaches the upstream."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp.shared.exceptions import MCPError

from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.conftest import Servers
from tests.acceptance.exchange import Capability
from tests.acceptance.own import LIBRARY, SHIPYARD
from tests.acceptance.verdicts import assert_problem, plain, text
from tests.runner import request
from tests.upstream import Upstream

JSON_HEADERS = {"Content-Type": "application/json"}
DEEP = b"[" * 100_000
ONE_BYTE_TOO_MANY = 10 * 1024 * 1024 + 1


REFUSED_ON_REST = [
    (SHIPYARD, "GET", "/v1/dry-docks?page_size=abc", None, {"page_size"}),
    (SHIPYARD, "GET", "/v1/dry-docks?page_size=", None, {"page_size"}),
    (SHIPYARD, "GET", "/v1/dry-docks?page_size=1.5&flooded=perhaps", None, {"page_size", "flooded"}),
    (SHIPYARD, "GET", "/v1/dry-docks/%2E%2E", None, {"dry_dock_id"}),
    (SHIPYARD, "GET", "/v1/dry-docks/%2e", None, {"dry_dock_id"}),
    (SHIPYARD, "POST", "/v1/dry-docks/.%2E/release", None, {"dry_dock_id"}),
    (SHIPYARD, "GET", "/v1/dry-docks/a%0D%0Ab", None, {"dry_dock_id"}),
    (SHIPYARD, "GET", "/v1/dry-docks/a%00b", None, {"dry_dock_id"}),
    (LIBRARY, "GET", "/v1/loans/branches/limits", None, {"branch_name"}),
    (LIBRARY, "GET", "/v1/shelf/export?page_number=x", None, {"shelf_id", "page_number"}),
    (LIBRARY, "DELETE", "/v1/loans/..?waive=perhaps", None, {"id", "waive"}),
    (LIBRARY, "POST", "/v1/loans", None, {"body"}),
    (LIBRARY, "POST", "/v1/loans", b'{"title": ', {"body"}),
    (LIBRARY, "POST", "/v1/loans", b"[1, 2]", {"body"}),
    (LIBRARY, "POST", "/v1/loans", b'"text"', {"body"}),
    (LIBRARY, "POST", "/v1/loans", b"null", {"body"}),
    (LIBRARY, "POST", "/v1/loans", b'{"epochs": NaN}', {"body"}),
    (LIBRARY, "POST", "/v1/loans", b'{"title": "\xff"}', {"body"}),
    (LIBRARY, "POST", "/v1/loans", DEEP, {"body"}),
]


@pytest.mark.parametrize(
    ("capability", "method", "target", "body", "fields"),
    REFUSED_ON_REST,
    ids=[f"{row[1]}-{row[2]}-{(row[3] or b'')[:12]!r}" for row in REFUSED_ON_REST],
)
def test_a_bad_rest_request_is_told_field_by_field(
    servers: Servers,
    upstream: Upstream,
    capability: Capability,
    method: str,
    target: str,
    body: bytes | None,
    fields: set[str],
) -> None:
    reply = request(method, servers[capability].url("rest") + target, body, JSON_HEADERS if body else {})

    problem = assert_problem(reply, 400)
    assert plain(error["field"] for error in problem["errors"]) == plain(fields)
    assert upstream.requests == []


@pytest.mark.parametrize("target", ["/v1/dry-docks//release", "/v1/dry-docks/%FF", "/v1/dry-docks/../dry-docks"])
def test_a_path_that_names_nothing_reaches_no_upstream(servers: Servers, upstream: Upstream, target: str) -> None:
    reply = request("POST" if target.endswith("release") else "GET", servers[SHIPYARD].url("rest") + target)

    assert reply.status in (400, 404)
    assert upstream.requests == []


def test_a_body_over_the_limit_is_refused_before_it_is_read(servers: Servers, upstream: Upstream) -> None:
    address = urlsplit(servers[LIBRARY].url("rest"))
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=5) as connection:
        head = f"POST /v1/loans HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {ONE_BYTE_TOO_MANY}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        problem = json.loads(answer.read())

    assert (answer.status, problem["code"]) == (413, "NK8009")
    assert upstream.requests == []


REFUSED_ON_MCP: list[tuple[Capability, str, dict[str, Any], set[str]]] = [
    (LIBRARY, "get-branch-limits", {}, {"branch_name"}),
    (LIBRARY, "export-shelf", {"page_number": "x"}, {"shelf_id", "page_number"}),
    (LIBRARY, "show-loan", {"id": ".."}, {"id"}),
    (LIBRARY, "show-loan", {"id": ""}, {"id"}),
    (LIBRARY, "show-loan", {"id": "a\r\nb"}, {"id"}),
    (LIBRARY, "show-loan", {"id": None}, {"id"}),
    (LIBRARY, "show-loan", {"id": ["a"]}, {"id"}),
    (LIBRARY, "list-all-loans", {"colour": "red"}, {"colour"}),
    (LIBRARY, "lend-book", {"body": "text"}, {"body"}),
    (LIBRARY, "lend-book", {"body": [1]}, {"body"}),
    (SHIPYARD, "find-dry-docks", {"page_size": "abc", "flooded": "perhaps"}, {"page_size", "flooded"}),
    (SHIPYARD, "find-dry-docks", {"page_size": 1.5, "colour": 1}, {"page_size", "colour"}),
    (SHIPYARD, "find-dry-docks", {"page_size": True}, {"page_size"}),
]


@pytest.mark.parametrize("revision", ERAS)
@pytest.mark.parametrize(("capability", "tool", "arguments", "fields"), REFUSED_ON_MCP)
async def test_bad_tool_arguments_are_told_field_by_field(
    servers: Servers,
    upstream: Upstream,
    capability: Capability,
    tool: str,
    arguments: dict[str, Any],
    fields: set[str],
    revision: str,
) -> None:
    async with over_http(servers[capability].url("mcp"), revision) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error is True
    assert [field for field in fields if field not in text(result)] == []
    assert upstream.requests == []


LOSSLESS: list[tuple[Capability, str, dict[str, Any], str, Any]] = [
    (SHIPYARD, "find-dry-docks", {"page_size": "5"}, "page_size=5", None),
    (SHIPYARD, "find-dry-docks", {"page_size": 5.0}, "page_size=5", None),
    (SHIPYARD, "find-dry-docks", {"flooded": "true"}, "flooded=true", None),
    (LIBRARY, "lend-book", {"body": '{"title": "x"}'}, "", {"title": "x"}),
]


@pytest.mark.parametrize(("capability", "tool", "arguments", "query", "document"), LOSSLESS)
async def test_an_argument_is_coerced_where_nothing_is_lost(
    servers: Servers,
    upstream: Upstream,
    capability: Capability,
    tool: str,
    arguments: dict[str, Any],
    query: str,
    document: Any,
) -> None:
    async with over_http(servers[capability].url("mcp"), ERAS[1]) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error is False, text(result)
    assert upstream.only.query == query
    assert (upstream.only.json if document else None) == document


@pytest.mark.parametrize("revision", ERAS)
async def test_an_unknown_tool_is_a_protocol_error(servers: Servers, upstream: Upstream, revision: str) -> None:
    async with over_http(servers[LIBRARY].url("mcp"), revision) as client:
        with pytest.raises(MCPError, match="no-such-tool") as caught:
            await client.call_tool("no-such-tool", {})

    assert caught.value.error.code == -32602
    assert upstream.requests == []


@pytest.mark.parametrize("header", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
def test_a_foreign_origin_or_host_is_refused_on_loopback(servers: Servers, header: dict[str, str]) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    reply = request("POST", servers[LIBRARY].url("mcp"), body, JSON_HEADERS | accept | header)

    assert reply.status == 403


def test_an_unknown_route_is_not_found(servers: Servers, upstream: Upstream) -> None:
    reply = request("GET", servers[LIBRARY].url("rest") + "/v1/nothing")

    assert_problem(reply, 404)
    assert upstream.requests == []


def test_a_wrong_method_tells_the_right_ones(servers: Servers, upstream: Upstream) -> None:
    reply = request("PATCH", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert_problem(reply, 405)
    assert {"GET", "DELETE"} <= {method.strip() for method in reply.headers["allow"].split(",")}
    assert upstream.requests == []


def test_head_answers_as_get_without_a_body(servers: Servers, upstream: Upstream) -> None:
    reply = request("HEAD", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert (reply.status, reply.media_type, reply.body) == (200, "application/json", b"")
    assert upstream.only.path == "/v1/loans/5"


def test_options_tells_the_methods(servers: Servers, upstream: Upstream) -> None:
    reply = request("OPTIONS", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert reply.status in (200, 204)
    assert {"GET", "DELETE", "HEAD", "OPTIONS"} <= {method.strip() for method in reply.headers["allow"].split(",")}
    assert upstream.requests == []


def test_literal_segments_win_over_placeholders(servers: Servers, upstream: Upstream) -> None:
    request("POST", servers[LIBRARY].url("rest") + "/v1/loans/quote", b"{}", JSON_HEADERS)

    assert upstream.only.path == "/v1/loans/quote"


def test_the_credentials_of_a_caller_never_leave(servers: Servers, upstream: Upstream) -> None:
    own = {"Authorization": "Bearer callers-own", "Cookie": "session=callers-own", "X-Api-Key": "callers-own"}
    request("GET", servers[LIBRARY].url("rest") + "/v1/loans/5", headers=own)

    assert upstream.only.header("Authorization") == f"Bearer {LIBRARY.canary}"
    assert "callers-own" not in str(upstream.only)


def test_a_problem_is_found_in_the_log_by_its_request_id(servers: Servers) -> None:
    server = servers[LIBRARY]
    problem = assert_problem(request("GET", server.url("rest") + "/v1/loans/branches/limits"), 400)

    logged = server.wait_for(lambda event: event.get("event") == "request" and problem["requestId"] in event.values())
    assert 400 in logged.values()
    assert problem["code"] in logged.values()


def test_no_secret_is_in_any_log(servers: Servers) -> None:
    for capability in (LIBRARY, SHIPYARD):
        request("GET", servers[capability].url("rest") + "/v1/nothing?token=callers-secret-value")
        logs = servers[capability].err + servers[capability].out
        assert capability.canary not in logs
        assert "callers-secret-value" not in logs
