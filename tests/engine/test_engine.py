from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.outcome import Failure, FailureKind, Streamed, Success
from naftiko_runtime.engine.upstream import Limits, ReqwestUpstream
from naftiko_runtime.errors import TransportError
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.spec.load import read_text
from tests.plan.ships import CALL, SET, capability, plan
from tests.upstream import Answer, Upstream, refusing

WHOLE = "outputParameters: [{type: object, mapping: $.}]"
NAME = "outputParameters: [{type: string, mapping: $.name}]"
BODY = 100_000


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(ReqwestUpstream(Limits(connect=1.0, call=1.0, body=BODY)))
    yield engine
    await engine.close()


def ship(upstream: Upstream | None, outputs: str = "", operation: str = "", url: str = "") -> Function:
    """The tool of a capability that calls `upstream`."""
    text = capability(operation, path="/ships/{id}", tool=f"{CALL}, {outputs}" if outputs else CALL)
    base = url or (upstream.url if upstream else "")
    return plan(text, upstreams={"ships": base} if base else None).mcp[0].tools[0].function


async def read(streamed: Streamed) -> bytes:
    """The whole of a body that comes in chunks."""
    return b"".join([chunk async for chunk in streamed.chunks])


async def test_a_call_sends_the_request_and_gives_the_whole_answer(engine, upstream):
    upstream.answer(
        "GET", "/ships/7%2F8", Answer.json({"name": "Ada"}, headers=(("ETag", '"1"'), ("Set-Cookie", "a=b")))
    )
    outcome = await engine.invoke(ship(upstream, WHOLE), {"id": "7/8"})
    assert outcome == Success(200, b'{"name": "Ada"}', "application/json", (("etag", '"1"'),), 200, True)
    assert (upstream.only.method, upstream.only.body) == ("GET", b"")


async def test_a_call_shapes_the_answer(engine, upstream):
    upstream.answer("GET", "/ships/7", Answer.json({"name": "Ada"}))
    outcome = await engine.invoke(ship(upstream, NAME), {"id": 7})
    assert isinstance(outcome, Success)
    assert outcome.content == b'"Ada"'


async def test_refused_arguments_reach_no_upstream_and_are_all_named(engine, upstream):
    outcome = await engine.invoke(ship(upstream), {"name": "x"})
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.ARGUMENTS
    assert [field for field, _ in outcome.fields] == ["name", "id"]
    assert upstream.requests == []


@pytest.mark.parametrize("way", ["invoke", "stream"])
async def test_a_value_that_can_not_travel_reaches_no_upstream(engine, upstream, way):
    outcome = await getattr(engine, way)(ship(upstream), {"id": ".."})
    assert outcome.kind is FailureKind.ARGUMENTS
    assert [field for field, _ in outcome.fields] == ["id"]
    assert upstream.requests == []


@pytest.mark.parametrize("way", ["invoke", "stream"])
@pytest.mark.parametrize("status", [301, 400, 404, 500])
async def test_an_answer_outside_2xx_is_told_as_it_is(engine, upstream, way, status):
    headers = (("Location", "/x"), ("Retry-After", "3"))
    upstream.answer("GET", "/ships/7", Answer.json({"error": "no"}, status, headers))
    outcome = await getattr(engine, way)(ship(upstream), {"id": 7})
    assert outcome == Failure(
        FailureKind.UPSTREAM_STATUS,
        f"the upstream answered {status} for /ships/7",
        status=status,
        path="/ships/7",
        content=b'{"error": "no"}',
        media_type="application/json",
        headers=(("location", "/x"), ("retry-after", "3")),
    )


@pytest.mark.parametrize("way", ["invoke", "stream"])
async def test_an_upstream_that_can_not_be_reached_is_told(engine, way):
    with refusing() as url:
        outcome = await getattr(engine, way)(ship(None, url=url), {"id": 7})
    assert outcome.kind is FailureKind.TRANSPORT


@pytest.mark.parametrize("outputs", ["", WHOLE])
async def test_an_upstream_that_is_too_slow_is_told(engine, upstream, outputs):
    hold = threading.Event()
    upstream.answer("*", "*", Answer(hold=hold))
    outcome = await engine.stream(ship(upstream, outputs), {"id": 7})
    hold.set()
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.DEADLINE


async def test_an_answer_that_is_too_large_is_told(engine, upstream):
    upstream.answer("*", "*", Answer(body=b"x" * (BODY + 1)))
    outcome = await engine.invoke(ship(upstream), {"id": 7})
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.TOO_LARGE


async def test_an_error_answer_that_is_too_large_is_told(engine, upstream):
    upstream.answer("*", "*", Answer(status=500, body=b"x" * (BODY + 1)))
    outcome = await engine.stream(ship(upstream), {"id": 7})
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.TOO_LARGE


async def test_an_answer_that_is_no_json_is_told(engine, upstream):
    upstream.answer("*", "*", Answer(body=b"<html>"))
    outcome = await engine.invoke(ship(upstream, NAME), {"id": 7})
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.DECODING


@pytest.mark.parametrize("way", ["invoke", "stream"])
async def test_without_an_address_every_call_fails_with_the_reason(engine, way):
    text = capability(path="/ships/{id}", api="baseUri: ''")
    outcome = await getattr(engine, way)(plan(text).mcp[0].tools[0].function, {"id": 7})
    assert outcome.kind is FailureKind.NO_BASE_ADDRESS
    assert "--upstream ships=URL" in outcome.detail


async def test_a_mock_answers_without_an_upstream(engine):
    text = capability(tool="outputParameters: [{name: a, type: string, value: 'Ahoy {{name}}'}]")
    function = plan(text).mcp[0].tools[0].function
    expected = Success(200, b'{"a":"Ahoy Ada"}', "application/json", (), None, True)
    assert await engine.invoke(function, {"name": "Ada"}) == expected
    assert await engine.stream(function, {"name": "Ada"}) == expected


async def test_a_mock_refuses_what_json_can_not_say(engine):
    text = capability(
        tool="outputParameters: [{name: a, type: string, value: '{{name}}'}, {name: b, value: '{{c}}', type: string}]"
    )
    outcome = await engine.invoke(plan(text).mcp[0].tools[0].function, {"name": "\ud800", "c": "x"})
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.ARGUMENTS
    assert [field for field, _ in outcome.fields] == ["name"]


async def test_an_unshaped_answer_comes_in_chunks_with_its_type(engine, upstream):
    upstream.answer(
        "*", "*", Answer(body=b"x" * 50_000, headers=(("Content-Type", "text/csv"), ("ETag", "1")), chunked=True)
    )
    streamed = await engine.stream(ship(upstream), {"id": 7})
    assert isinstance(streamed, Streamed)
    assert (streamed.status, streamed.media_type, streamed.headers) == (200, "text/csv", (("etag", "1"),))
    assert await read(streamed) == b"x" * 50_000


async def test_a_shaped_answer_is_never_streamed(engine, upstream):
    upstream.answer("*", "*", Answer.json({"name": "Ada"}))
    assert isinstance(await engine.stream(ship(upstream, WHOLE), {"id": 7}), Success)


async def test_a_stream_that_nobody_reads_releases_the_upstream_when_closed(engine, upstream):
    upstream.answer("*", "*", Answer(body=b"x" * 50_000))
    streamed = await engine.stream(ship(upstream), {"id": 7})
    assert isinstance(streamed, Streamed)
    await streamed.chunks.aclose()
    await streamed.chunks.aclose()
    assert isinstance(await engine.stream(ship(upstream), {"id": 8}), Streamed)


async def test_a_stream_that_breaks_raises_what_broke_it(engine, upstream):
    upstream.answer("*", "*", Answer(body=b"x" * 90_000, cut_after=80_000, chunked=True))
    streamed = await engine.stream(ship(upstream), {"id": 7})
    assert isinstance(streamed, Streamed)
    with pytest.raises(TransportError):
        await read(streamed)
    await streamed.chunks.aclose()


async def test_many_calls_share_one_engine(engine, upstream):
    function = ship(upstream, "outputParameters: [{type: string, mapping: $.path}]")
    outcomes = await asyncio.gather(*(engine.invoke(function, {"id": number}) for number in range(50)))
    assert [outcome.content for outcome in outcomes] == [f'"/ships/{number}"'.encode() for number in range(50)]


async def test_what_the_text_declares_arrives_at_the_upstream(engine, upstream):
    api = "baseUri: https://ships.invalid, authentication: {type: bearer, token: '{{TOKEN}}'}"
    text = capability(
        "inputParameters: [{name: X-Fleet, in: header}, {name: tags, in: query, type: array}, {name: c, in: cookie}], "
        "body: {note: '{{note}}', ship: {id: '{{id}}'}}",
        path="/ships/{id}",
        method="POST",
        api=api,
    )
    function = plan(text, upstreams={"ships": f"{upstream.url}/v2/"}).mcp[0].tools[0].function
    given = {"id": "ft:job/1 é", "X-Fleet": "north", "tags": '["x&y", 5, true]', "c": "1", "note": [None, 2**70]}
    assert isinstance(await engine.invoke(function, given), Success)
    arrived = upstream.only
    assert (arrived.method, arrived.path) == ("POST", "/v2/ships/ft%3Ajob%2F1%20%C3%A9")
    assert arrived.arguments == [("tags", "x&y"), ("tags", "5"), ("tags", "true")]
    assert arrived.json == {"note": [None, 2**70], "ship": {"id": "ft:job/1 é"}}
    assert (arrived.header("Authorization"), arrived.header("X-Fleet")) == ("Bearer t0ken", "north")
    assert (arrived.header("Cookie"), arrived.header("Content-Type")) == ("c=1", "application/json")


async def test_what_was_left_out_answers_why_and_asks_nobody(engine, upstream):
    text = capability(tool="call: ships.fnid")
    found = compile_plan(read_text(text, "ships.yaml"), SET, partial=True).plan
    assert found is not None
    (tool,) = found.mcp[0].left_out
    for invoke in (engine.invoke, engine.stream):
        outcome = await invoke(tool.function, {"whatever": 1})
        assert isinstance(outcome, Failure)
        assert (outcome.kind, outcome.code) == (FailureKind.NOT_SERVED, "NK3001")
        assert outcome.detail == "left out: no operation `fnid` in consumes `ships` (ships.yaml:25:58)"
    assert upstream.requests == []
