"""What do a listing and a call come to, whichever path takes them?"""

from __future__ import annotations

import base64

import pytest

from naftiko_runtime.mcp.freshness import LIST_TTL_MILLISECONDS
from naftiko_runtime.plan.model.function import Refused
from tests.mcp.conftest import Serve
from tests.mcp.faces import BROKEN, ECHO, EVERY, SPOKEN, STRICT, VERSION, asking, tool_of, typed, whole
from tests.mcp.wire import ERAS, HANDSHAKE, STATELESS, call_of, headers_of, message_of, result_of
from tests.records import Records
from tests.upstream import Answer, Upstream

PATHS = pytest.mark.parametrize("fast", [True, False], ids=["fast", "official"])
EACH_ERA = pytest.mark.parametrize("revision", ERAS)


@PATHS
@pytest.mark.parametrize("revision", [None, *HANDSHAKE])
async def test_initialize_negotiates_every_handshake_revision(serve: Serve, fast: bool, revision: str | None) -> None:
    caller = await serve(ECHO, fast=fast)
    offer = {
        "protocolVersion": revision or HANDSHAKE[0],
        "capabilities": {},
        "clientInfo": {"name": "c", "version": "1"},
    }
    reply = await caller.post(message_of(revision, "initialize", **offer), headers_of(revision))

    result = result_of(reply)
    assert result["protocolVersion"] == offer["protocolVersion"]
    assert result["serverInfo"] == {"name": "hand-tools", "version": VERSION}
    assert "tools" in result["capabilities"]


async def test_discover_names_the_stateless_revision(serve: Serve) -> None:
    caller = await serve(ECHO)
    message = message_of(STATELESS, "server/discover")
    result = result_of(await caller.post(message, headers_of(STATELESS, "server/discover")))

    assert result["supportedVersions"] == [STATELESS]
    assert (result["ttlMs"], result["cacheScope"]) == (LIST_TTL_MILLISECONDS, "public")


@PATHS
@pytest.mark.parametrize("revision", [None, *HANDSHAKE, STATELESS])
async def test_tools_are_listed_in_document_order(serve: Serve, fast: bool, revision: str | None) -> None:
    caller = await serve(*EVERY, fast=fast)
    result = result_of(await caller.post(message_of(revision, "tools/list"), headers_of(revision, "tools/list")))

    assert [tool["name"] for tool in result["tools"]] == [tool.name for tool in EVERY]
    assert result["tools"][0] == {
        "name": "echo",
        "title": "Echo",
        "description": "Says what it was told.",
        "inputSchema": ECHO.function.input_schema,
        "annotations": {"readOnlyHint": True},
        "outputSchema": ECHO.function.output_schema,
    }
    assert result["tools"][1].keys() == {"name", "description", "inputSchema"}
    assert "nextCursor" not in result


@PATHS
@EACH_ERA
@pytest.mark.parametrize("cursor", ["", "2"])
async def test_a_cursor_nobody_gave_is_refused(serve: Serve, fast: bool, revision: str, cursor: str) -> None:
    caller = await serve(ECHO, fast=fast)
    message = message_of(revision, "tools/list", cursor=cursor)
    reply = await caller.post(message, headers_of(revision, "tools/list"))

    assert reply.json()["error"]["code"] == -32602


@PATHS
@EACH_ERA
@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("text", 'a "text"\nof two lines é'),
        ("number", "4.5"),
        ("list", '[1,{"a":2}]'),
        ("nothing", "null"),
        ("yes", "true"),
        ("empty-text", ""),
    ],
)
async def test_a_value_that_is_no_object_is_text_alone(
    serve: Serve, fast: bool, revision: str, tool: str, text: str
) -> None:
    caller = await serve(*SPOKEN, fast=fast)
    result = result_of(await caller.post(call_of(revision, tool), headers_of(revision, "tools/call", tool)))

    assert result["content"] == [{"type": "text", "text": text}]
    assert result["isError"] is False
    assert "structuredContent" not in result


@PATHS
@EACH_ERA
async def test_a_failed_call_is_a_result_that_tells_status_path_and_message(
    serve: Serve, upstream: Upstream, records: Records, fast: bool, revision: str
) -> None:
    upstream.answer("GET", "/jobs/5", Answer(404, b'{"message": "no such job"}'))
    caller = await serve(asking("job", upstream.url, path="/jobs/5", shape=whole), fast=fast)
    result = result_of(await caller.post(call_of(revision, "job"), headers_of(revision, "tools/call", "job")))

    text = 'upstream answered 404 for /jobs/5: {"message": "no such job"}'
    assert (result["content"], result["isError"]) == ([{"type": "text", "text": text}], True)
    assert "structuredContent" not in result
    assert [(r.operation, r.status, r.upstream_status, r.code) for r in records] == [("job", 200, 404, "NK8002")]


@PATHS
@EACH_ERA
async def test_refused_arguments_are_a_result_that_names_every_field(
    serve: Serve, records: Records, fast: bool, revision: str
) -> None:
    caller = await serve(STRICT, fast=fast)
    message = call_of(revision, "strict", {"id": "five", "nme": "x"})
    result = result_of(await caller.post(message, headers_of(revision, "tools/call", "strict")))

    assert result["isError"] is True
    lines = result["content"][0]["text"].splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == ["id", "name", "nme"]
    assert [record.code for record in records] == ["NK8001"]


@PATHS
@EACH_ERA
async def test_a_mistake_of_ours_is_a_result_without_its_text(
    serve: Serve, records: Records, fast: bool, revision: str, caplog: pytest.LogCaptureFixture
) -> None:
    caller = await serve(BROKEN, fast=fast)
    reply = await caller.post(call_of(revision, "broken"), headers_of(revision, "tools/call", "broken"))

    assert result_of(reply)["isError"] is True
    assert "secret" not in reply.text
    assert "internal error [NK8014] in the call of `broken`" in caplog.text
    assert [record.code for record in records] == ["NK8014"]


@PATHS
@EACH_ERA
async def test_an_empty_answer_is_an_empty_result(serve: Serve, upstream: Upstream, fast: bool, revision: str) -> None:
    upstream.answer("GET", "*", Answer(204, b"", ()))
    caller = await serve(asking("drop", upstream.url, shape=whole), fast=fast)
    result = result_of(await caller.post(call_of(revision, "drop"), headers_of(revision, "tools/call", "drop")))

    assert (result["content"], result["isError"]) == ([], False)


@PATHS
@EACH_ERA
async def test_an_image_is_sent_as_an_image(serve: Serve, upstream: Upstream, fast: bool, revision: str) -> None:
    upstream.answer("GET", "*", Answer(200, b"\x89PNG\x00", (("Content-Type", "image/png"),)))
    caller = await serve(asking("picture", upstream.url), fast=fast)
    result = result_of(await caller.post(call_of(revision, "picture"), headers_of(revision, "tools/call", "picture")))

    data = base64.b64encode(b"\x89PNG\x00").decode()
    assert result["content"] == [{"type": "image", "data": data, "mimeType": "image/png"}]


@PATHS
@EACH_ERA
async def test_the_whole_document_arrives_as_text_and_structure(
    serve: Serve, upstream: Upstream, records: Records, fast: bool, revision: str
) -> None:
    document = b' {"a": [1, 2.50, null],\n "big": 123456789012345678901234567890}'
    upstream.answer("GET", "*", Answer(200, document))
    caller = await serve(asking("all", upstream.url, shape=whole, identity=True), fast=fast)
    result = result_of(await caller.post(call_of(revision, "all"), headers_of(revision, "tools/call", "all")))

    assert result["structuredContent"] == {"a": [1, 2.5, None], "big": 123456789012345678901234567890}
    assert result["content"] == [{"type": "text", "text": document.decode()}]
    assert [(r.face, r.operation, r.capability, r.function, r.status, r.upstream_status, r.code) for r in records] == [
        ("mcp", "all", "by-hand", "hand.all", 200, 200, "")
    ]


@PATHS
@pytest.mark.parametrize(("revision", "status"), [("2025-06-18", 200), (STATELESS, 400)])
async def test_an_unknown_tool_is_a_protocol_error(
    serve: Serve, records: Records, fast: bool, revision: str, status: int
) -> None:
    caller = await serve(ECHO, fast=fast)
    reply = await caller.post(call_of(revision, "eco", {"a": 1}), headers_of(revision, "tools/call", "eco"))

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, -32602)
    assert [(r.operation, r.status, r.code) for r in records] == [("tools/call", status, "NK8007")]


@PATHS
@EACH_ERA
async def test_an_empty_answer_of_a_typed_tool_has_the_shape_of_nothing(
    serve: Serve, upstream: Upstream, records: Records, fast: bool, revision: str
) -> None:
    upstream.answer("GET", "*", Answer(204, b"", ()))
    caller = await serve(typed("drop", upstream.url), fast=fast)
    message = call_of(revision, "drop", {"id": "7"})
    result = result_of(await caller.post(message, headers_of(revision, "tools/call", "drop")))

    assert result["structuredContent"] == {"id": 7, "name": None}
    assert result["content"] == [{"type": "text", "text": '{"id":7,"name":null}'}]
    assert (result["isError"], [record.upstream_status for record in records]) == (False, [204])


@PATHS
@EACH_ERA
async def test_a_tool_that_was_left_out_is_not_listed_and_its_call_tells_why(
    serve: Serve, records: Records, fast: bool, revision: str
) -> None:
    lost = tool_of("lost", Refused("NK3001", "no such operation", "by-hand.yaml:1:1"))
    caller = await serve(ECHO, left_out=(lost,), fast=fast)
    listed = result_of(await caller.post(message_of(revision, "tools/list"), headers_of(revision, "tools/list")))
    result = result_of(await caller.post(call_of(revision, "lost", {}), headers_of(revision, "tools/call", "lost")))

    assert [tool["name"] for tool in listed["tools"]] == ["echo"]
    text = "NK3001: left out: no such operation (by-hand.yaml:1:1)"
    assert (result["content"], result["isError"]) == ([{"type": "text", "text": text}], True)
    assert [record.code for record in records] == ["NK8017"]
