"""What does a message over HTTP come to, whichever path takes it?"""

from __future__ import annotations

import base64
import json

import pytest

from naftiko_runtime.mcp.fast import BODY_LIMIT as FAST_LIMIT
from tests.mcp.conftest import Serve
from tests.mcp.faces import ECHO, MIRRORED, SPOKEN, saying
from tests.mcp.wire import ERAS, JSON_HEADERS, STATELESS, call_of, encoded, headers_of, message_of, post_raw, result_of
from tests.records import Records

PATHS = pytest.mark.parametrize("fast", [True, False], ids=["fast", "official"])
EACH_ERA = pytest.mark.parametrize("revision", ERAS)


@PATHS
@pytest.mark.parametrize(("revision", "status"), [("2025-06-18", 200), (STATELESS, 404)])
async def test_an_unknown_method_is_a_protocol_error(serve: Serve, fast: bool, revision: str, status: int) -> None:
    caller = await serve(ECHO, fast=fast)
    reply = await caller.post(message_of(revision, "tools/forget"), headers_of(revision, "tools/forget"))

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, -32601)


@PATHS
@pytest.mark.parametrize(
    "changes",
    [
        {"mcp-method": "tools/list"},
        {"mcp-name": "text"},
        {"mcp-name": "=?base64?dGV4dA==?="},
        {"mcp-name": "=?base64?!?="},
        {"mcp-method": None},
        {"mcp-name": None},
    ],
    ids=str,
)
async def test_headers_that_contradict_the_body_are_refused(
    serve: Serve, fast: bool, changes: dict[str, str | None]
) -> None:
    caller = await serve(ECHO, *SPOKEN, fast=fast)
    changed = {**headers_of(STATELESS, "tools/call", "echo"), **changes}
    headers = {name: value for name, value in changed.items() if value is not None}
    reply = await caller.post(call_of(STATELESS, "echo"), headers)

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, -32020)


@PATHS
@pytest.mark.parametrize("pad", ["{}", "{} \t", "  {}"])
@pytest.mark.parametrize("name", ["echo", "=?base64?ZWNobw==?="])
async def test_a_header_may_be_encoded_or_padded(serve: Serve, fast: bool, name: str, pad: str) -> None:
    caller = await serve(ECHO, fast=fast)
    headers = {key: pad.format(value) for key, value in headers_of(STATELESS, "tools/call", name).items()}
    status, content = await post_raw(caller.url, headers, encoded(call_of(STATELESS, "echo")))

    assert status == 200
    assert json.loads(content)["result"]["structuredContent"] == {"arguments": {}}


@PATHS
async def test_a_tool_whose_name_is_not_ascii_can_be_called(serve: Serve, fast: bool) -> None:
    caller = await serve(saying("größe", 1), fast=fast)
    name = f"=?base64?{base64.b64encode('größe'.encode()).decode()}?="
    reply = await caller.post(call_of(STATELESS, "größe"), headers_of(STATELESS, "tools/call", name))

    assert result_of(reply)["content"] == [{"type": "text", "text": "1"}]


@PATHS
@pytest.mark.parametrize(("region", "status"), [("west", 200), ("east", 400), (None, 400)])
async def test_mirrored_arguments_are_compared(serve: Serve, fast: bool, region: str | None, status: int) -> None:
    caller = await serve(MIRRORED, fast=fast)
    headers = headers_of(STATELESS, "tools/call", "mirrored")
    if region is not None:
        headers["mcp-param-region"] = region
    reply = await caller.post(call_of(STATELESS, "mirrored", {"region": "west"}), headers)

    assert reply.status_code == status


@PATHS
async def test_a_revision_that_does_not_exist_is_refused(serve: Serve, fast: bool) -> None:
    caller = await serve(ECHO, fast=fast)
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2031-01-01",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {**headers_of("2031-01-01"), "mcp-method": "tools/call", "mcp-name": "echo"}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "echo", "_meta": meta}}
    reply = await caller.post(message, headers)

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, -32022)
    assert STATELESS in reply.json()["error"]["data"]["supported"]


@PATHS
@pytest.mark.parametrize("body", [b"{not json", b"", b"\xff", b'{"jsonrpc":"2.0","id":1,', b"[" * 3000], ids=repr)
@EACH_ERA
async def test_what_is_not_json_is_a_parse_error(serve: Serve, fast: bool, body: bytes, revision: str) -> None:
    caller = await serve(ECHO, fast=fast)
    reply = await caller.post(body, headers_of(revision, "tools/call", "echo"))

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, -32700)


@PATHS
@EACH_ERA
async def test_a_batch_is_refused(serve: Serve, records: Records, fast: bool, revision: str) -> None:
    caller = await serve(ECHO, fast=fast)
    reply = await caller.post([call_of(revision, "echo")], headers_of(revision, "tools/call", "echo"))

    error = {"code": -32600, "message": "a message is one JSON object; a list of them is not taken"}
    assert (reply.status_code, reply.json()) == (400, {"jsonrpc": "2.0", "id": None, "error": error})
    assert records == []


@PATHS
@EACH_ERA
async def test_a_notification_is_accepted(serve: Serve, fast: bool, revision: str) -> None:
    caller = await serve(ECHO, fast=fast)
    message = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    reply = await caller.post(message, headers_of(revision, "notifications/initialized"))

    assert (reply.status_code, reply.content) == (202, b"")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
async def test_other_methods_are_refused(serve: Serve, records: Records, method: str) -> None:
    caller = await serve(ECHO)
    reply = await caller.client.request(method, caller.url)

    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "NK8008"
    assert [(r.operation, r.status, r.code) for r in records] == [(method, 405, "NK8008")]


@PATHS
async def test_a_large_request_is_served(serve: Serve, fast: bool) -> None:
    caller = await serve(ECHO, fast=fast)
    text = "x" * (FAST_LIMIT + 1)
    message = call_of("2025-06-18", "echo", {"text": text})
    reply = await caller.post(message, headers_of("2025-06-18"))

    assert result_of(reply)["structuredContent"] == {"arguments": {"text": text}}


@PATHS
async def test_a_request_beyond_the_limit_is_refused(serve: Serve, records: Records, fast: bool) -> None:
    caller = await serve(ECHO, fast=fast, body_limit=1000)
    reply = await caller.post(b"x" * 1001, JSON_HEADERS)

    assert (reply.status_code, reply.json()["code"], reply.headers["connection"]) == (413, "NK8009", "close")
    assert [(r.operation, r.status, r.code) for r in records] == [("POST", 413, "NK8009")]


@PATHS
@pytest.mark.parametrize("given", ["abc-1.2_3", "é", "a b", "x" * 129])
async def test_the_request_id_is_told_to_caller_and_observer(
    serve: Serve, records: Records, fast: bool, given: str
) -> None:
    caller = await serve(ECHO, fast=fast)
    headers = [(b"x-request-id", given.encode()), *headers_of("2025-06-18").items()]
    reply = await caller.post(call_of("2025-06-18", "echo"), headers)

    assert reply.headers["x-request-id"] == records[0].request_id
    assert (records[0].request_id == given) is (given == "abc-1.2_3")


@PATHS
@EACH_ERA
async def test_a_header_sent_twice_is_left_to_the_sdk(serve: Serve, fast: bool, revision: str) -> None:
    caller = await serve(ECHO, fast=fast)
    headers = [*headers_of(revision, "tools/call", "echo").items(), ("mcp-protocol-version", revision)]
    reply = await caller.post(call_of(revision, "echo"), headers)

    assert reply.status_code == (400 if revision == STATELESS else 200)


@PATHS
@pytest.mark.parametrize("accept", ["text/html", None])
async def test_a_caller_who_takes_no_json_is_refused(serve: Serve, fast: bool, accept: str | None) -> None:
    caller = await serve(ECHO, fast=fast)
    headers = {"content-type": "application/json", "accept": accept or "text/event-stream"}
    reply = await caller.post(call_of(None, "echo"), headers)

    assert reply.status_code == 406
