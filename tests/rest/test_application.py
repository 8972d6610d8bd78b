"""Requests and answers of the whole face, through the ASGI interface."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.types import Message

from naftiko_runtime.asgi.request_id import new_request_id
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.function import Refused
from tests.records import Records
from tests.rest.asgi import RawHeaders, ask, scope_of
from tests.rest.conftest import Serve
from tests.rest.plans import admission, calling_function, echo_function, face_of, function_of, input_at
from tests.upstream import Answer, Upstream

LIST = Route("GET", "/jobs", echo_function("list"))
GET = Route("GET", "/jobs/{id}", echo_function("get", input_at(Place.PATH, "id", required=True)))
CREATE = Route(
    "POST",
    "/jobs",
    echo_function(
        "create",
        input_at(Place.BODY, "model", required=True),
        input_at(Place.BODY, "epochCount", key="epoch_count", schema={"type": "integer"}),
        input_at(Place.QUERY, "dry", schema={"type": "integer"}),
    ),
)
JSON: RawHeaders = [(b"content-type", b"application/json")]


async def test_a_success_is_json_with_its_length_and_an_id(serve: Serve) -> None:
    reply = await ask(serve(LIST), "GET", b"/jobs")

    assert (reply.status, reply.json) == (200, {"function": "list", "arguments": {}})
    assert reply.header("content-type") == "application/json"
    assert reply.header("content-length") == str(len(reply.body))
    assert re.fullmatch(r"[0-9a-f]{16}", reply.header("x-request-id") or "")


async def test_inputs_come_from_path_query_and_body(serve: Serve) -> None:
    reply = await ask(serve(CREATE), "POST", b"/jobs?dry=1&more=x", JSON, b'{"model": "m", "epoch_count": 3}')

    assert reply.json["arguments"] == {"model": "m", "epochCount": 3, "dry": 1}


async def test_a_path_value_is_decoded_once(serve: Serve) -> None:
    reply = await ask(serve(GET), "GET", b"/jobs/ft%3Ajob%2F1%20%C3%A9%2520")

    assert reply.json["arguments"] == {"id": "ft:job/1 é%20"}


@pytest.mark.parametrize(
    ("target", "headers", "body", "status", "code", "fields"),
    [
        (b"/jobs", JSON, b"{}", 400, "NK8001", ["model"]),
        (b"/jobs", [], b"", 400, "NK8001", ["model"]),
        (b"/jobs?dry=x", JSON, b'{"epoch_count": "many"}', 400, "NK8001", ["model", "epoch_count", "dry"]),
        (b"/jobs?dry=1&dry=1", JSON, b'{"modle": "m"}', 400, "NK8001", ["dry", "modle", "model"]),
        (b"/jobs", JSON, b"{", 400, "NK8010", ["body"]),
        (b"/jobs", JSON, b"[]", 400, "NK8001", ["body", "model"]),
        (b"/jobs", [(b"content-type", b"text/xml")], b"<a/>", 415, "NK8011", []),
        (b"/jobs", [(b"content-length", b"1001")], b"{}", 413, "NK8009", []),
        (b"/jobs", JSON, b" " * 1001, 413, "NK8009", []),
    ],
)
async def test_a_bad_request_is_told_field_by_field(
    serve: Serve,
    records: Records,
    target: bytes,
    headers: RawHeaders,
    body: bytes,
    status: int,
    code: str,
    fields: list[str],
) -> None:
    reply = await ask(serve(CREATE), "POST", target, headers, body)

    assert (reply.status, reply.header("content-type")) == (status, "application/problem+json")
    assert (reply.json["code"], reply.json["status"]) == (code, status)
    assert sorted(error["field"] for error in reply.json.get("errors", [])) == sorted(fields)
    assert reply.json["requestId"] == reply.header("x-request-id")
    assert [(record.status, record.code) for record in records] == [(status, code)]


async def test_a_body_that_nobody_wants_is_not_read(serve: Serve) -> None:
    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await serve(LIST)(scope_of("GET", b"/jobs", [(b"content-length", b"5000")]), receive, send)
    assert sent[0]["status"] == 200


async def test_an_unknown_path_is_not_found(serve: Serve, records: Records) -> None:
    reply = await ask(serve(LIST), "GET", b"/jobs/")

    assert (reply.status, reply.json["code"]) == (404, "NK8007")
    assert [(record.operation, record.capability, record.function) for record in records] == [("GET", "", "")]


async def test_an_unknown_method_is_recorded_without_its_text(serve: Serve, records: Records) -> None:
    reply = await ask(serve(LIST), "SECRET", b"/jobs")

    assert reply.status == 405
    assert records[0].operation == "OTHER"


async def test_a_method_that_is_not_exposed_is_told_which_are(serve: Serve) -> None:
    reply = await ask(serve(LIST, CREATE), "PUT", b"/jobs")

    assert (reply.status, reply.json["code"]) == (405, "NK8008")
    assert reply.header("allow") == "GET, HEAD, OPTIONS, POST"


async def test_options_tells_the_methods(serve: Serve, records: Records) -> None:
    reply = await ask(serve(LIST), "OPTIONS", b"/jobs")

    assert (reply.status, reply.header("allow"), reply.body) == (204, "GET, HEAD, OPTIONS", b"")
    assert [(record.status, record.code) for record in records] == [(204, "")]


async def test_a_declared_options_is_served(serve: Serve) -> None:
    reply = await ask(serve(Route("OPTIONS", "/jobs", echo_function("options"))), "OPTIONS", b"/jobs")

    assert reply.json["function"] == "options"


async def test_head_is_get_without_its_content(serve: Serve) -> None:
    application = serve(LIST)
    get = await ask(application, "GET", b"/jobs")
    head = await ask(application, "HEAD", b"/jobs")

    assert (head.status, head.header("content-length"), head.body) == (200, str(len(get.body)), b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"accept", b"text/html")], 406),
        ([(b"accept", b"text/html"), (b"accept", b"application/json")], 200),
        ([(b"accept", b"*/*")], 200),
    ],
)
async def test_accept_may_leave_out_what_would_be_sent(serve: Serve, headers: RawHeaders, status: int) -> None:
    assert (await ask(serve(LIST), "GET", b"/jobs", headers)).status == status


async def test_accept_does_not_matter_where_the_type_is_the_upstreams(serve: Serve, upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer(200, b"a,b\n", (("Content-Type", "text/csv"),)))
    route = Route("GET", "/export", calling_function("export", upstream.url))
    reply = await ask(serve(route), "GET", b"/export", [(b"accept", b"text/csv")])

    assert (reply.status, reply.header("content-type"), reply.body) == (200, "text/csv", b"a,b\n")


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (b"abc-1._Z", True),
        (b"x" * 128, True),
        (b"x" * 129, False),
        (b"", False),
        (b"a b", False),
        (b'"><script>', False),
        (b"abc\n", False),
    ],
)
async def test_a_callers_request_id_is_taken_over_where_it_is_harmless(
    serve: Serve, records: Records, value: bytes, taken: bool
) -> None:
    reply = await ask(serve(LIST), "GET", b"/jobs", [(b"x-request-id", value)])

    assert (reply.header("x-request-id") == value.decode()) is taken
    assert records[0].request_id == reply.header("x-request-id")


def test_request_ids_differ() -> None:
    assert len({new_request_id() for _ in range(1000)}) == 1000


async def test_a_request_is_recorded_once_and_without_its_values(serve: Serve, records: Records) -> None:
    await ask(serve(GET), "GET", b"/jobs/secret?token=secret", [(b"authorization", b"secret")])

    (record,) = records
    assert "secret" not in repr(record)
    assert record[1:7] == ("rest", "GET /jobs/{id}", "by-hand", "hand.get", 200, None)
    assert (record.milliseconds > 0, record.code) == (True, "")


async def test_a_refusal_of_the_upstream_passes_and_is_recorded(
    serve: Serve, upstream: Upstream, records: Records
) -> None:
    upstream.answer("GET", "*", Answer.json({"error": "no such job"}, 404, (("Retry-After", "7"),)))
    route = Route("GET", "/get", calling_function("get", upstream.url, shape=lambda payload, _arguments: payload))
    reply = await ask(serve(route), "GET", b"/get")

    assert (reply.status, reply.json, reply.header("retry-after")) == (404, {"error": "no such job"}, "7")
    assert [(record.status, record.upstream_status, record.code) for record in records] == [(404, 404, "NK8002")]


@pytest.mark.parametrize("moment", ["http.response.start", "http.response.body"])
async def test_a_caller_who_has_left_is_recorded_and_nothing_is_raised(
    serve: Serve, records: Records, moment: str
) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == moment:
            raise ConnectionResetError

    await serve(LIST)(scope_of("GET", b"/jobs", []), receive, send)
    assert [(record.status, record.code) for record in records] == [(499, "")]


async def test_a_defect_is_told_without_its_text_and_left_to_the_server(serve: Serve, records: Records) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise RuntimeError("a secret of the runtime")

    with pytest.raises(RuntimeError):
        await serve(CREATE)(scope_of("POST", b"/jobs", []), receive, send)
    assert sent[0]["status"] == 500
    assert b"NK8014" in sent[1]["body"]
    assert b"secret" not in sent[1]["body"]
    assert [(record.status, record.code) for record in records] == [(500, "NK8014")]


async def test_a_defect_in_the_middle_of_an_answer_is_left_to_the_server(serve: Serve, records: Records) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            raise RuntimeError

    async def receive() -> Message:
        return {"type": "http.request"}

    with pytest.raises(RuntimeError):
        await serve(LIST)(scope_of("GET", b"/jobs", []), receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert [(record.status, record.code) for record in records] == [(200, "NK8014")]


async def test_a_field_error_names_what_the_caller_writes(serve: Serve) -> None:
    size = input_at(Place.QUERY, "pageSize", key="page-size", schema={"type": "integer"})
    reply = await ask(serve(Route("GET", "/jobs", echo_function("list", size))), "GET", b"/jobs?page-size=x")

    assert reply.json["errors"] == [{"field": "page-size", "problem": "is not an integer"}]


async def test_an_operation_without_inputs_can_still_be_refused(serve: Serve) -> None:
    hidden = (input_at(Place.QUERY, "hidden", required=True),)
    odd = Route("GET", "/odd", replace(echo_function("odd"), admit=admission(hidden)))
    reply = await ask(serve(odd), "GET", b"/odd")

    assert reply.json["errors"] == [{"field": "hidden", "problem": "is required"}]


LEFT_OUT = function_of("lost", Refused("NK3001", "no such operation", "by-hand.yaml:1:1"))


@pytest.mark.parametrize("accept", [b"*/*", b"text/html"])
async def test_a_route_that_was_left_out_answers_501_whatever_is_asked(serve: Serve, accept: bytes) -> None:
    face = replace(face_of(LIST), left_out=(Route("POST", "/jobs/{id}", LEFT_OUT),))
    reply = await ask(serve(face), "POST", b"/jobs/%ff?a=1", [(b"accept", accept)], b"{")

    assert (reply.status, reply.header("content-type")) == (501, "application/problem+json")
    assert (reply.json["title"], reply.json["code"]) == ("Not Implemented", "NK3001")
    assert reply.json["detail"] == "left out: no such operation (by-hand.yaml:1:1)"


async def test_a_route_that_is_served_comes_before_one_that_was_left_out(serve: Serve) -> None:
    face = replace(face_of(LIST), left_out=(Route("GET", "/jobs", LEFT_OUT),))

    assert (await ask(serve(face), "GET", b"/jobs")).status == 200
