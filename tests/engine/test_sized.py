from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.outcome import Failure, FailureKind, Streamed, Success
from naftiko_runtime.engine.sized import DEFAULT_LIMIT, is_declared_larger, limit_of, media_type_of
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.spec.load import read_text
from tests.plan.photos import text
from tests.upstream import Answer, Upstream


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(ReqwestUpstream())
    yield engine
    await engine.close()


def photo(upstream: Upstream | None = None, operation: str = "", raw: str = "binary") -> Function:
    """The tool of a capability whose answers are bytes."""
    base = {"photos": upstream.url} if upstream else {}
    plan = compile_plan(read_text(text(operation, raw=raw), "photos.yaml"), None, upstreams=base).plan
    assert plan is not None
    return plan.mcp[0].tools[0].function


def call(operation: str = "", raw: str = "binary") -> Call:
    action = photo(None, operation, raw).action
    assert isinstance(action, Call)
    return action


@pytest.mark.parametrize(
    ("made", "limit"), [(call(), DEFAULT_LIMIT), (call(", maxBinarySize: 0"), 0), (call(raw="csv"), None)]
)
def test_bytes_have_a_limit(made: Call, limit: int | None) -> None:
    assert limit_of(made) == limit


@pytest.mark.parametrize(
    ("made", "sent", "told"),
    [
        (call(", outputMediaType: image/png"), "image/gif", "image/png"),
        (call(), "image/gif", "image/gif"),
        (call(), "", "application/octet-stream"),
        (call(raw="csv"), "text/csv", "text/csv"),
        (call(raw="csv"), "", ""),
    ],
)
def test_bytes_have_a_media_type(made: Call, sent: str, told: str) -> None:
    assert media_type_of(made, [("content-type", sent)] if sent else []) == told


@pytest.mark.parametrize(("length", "larger"), [("5", False), ("6", True), ("x", False), (None, False)])
def test_what_an_answer_says_of_its_length_counts(length: str | None, larger: bool) -> None:
    assert is_declared_larger([] if length is None else [("content-length", length)], 5) is larger


@pytest.mark.parametrize("chunked", [False, True])
async def test_bytes_up_to_the_limit_pass_and_more_do_not(engine: Engine, upstream: Upstream, chunked: bool) -> None:
    function = photo(upstream, ", maxBinarySize: 5")
    upstream.answer("GET", "/p", Answer(200, b"12345", (), chunked=chunked))
    outcome = await engine.invoke(function, {})
    assert isinstance(outcome, Success)
    assert outcome.content == b"12345"

    upstream.answer("GET", "/p", Answer(200, b"123456", (), chunked=chunked))
    outcome = await engine.invoke(function, {})
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.detail) == (FailureKind.TOO_LARGE, "the upstream's answer is larger than 5 bytes")


async def test_bytes_stream_up_to_the_limit(engine: Engine, upstream: Upstream) -> None:
    upstream.answer("GET", "/p", Answer(200, b"12345", (), chunked=True))
    outcome = await engine.stream(photo(upstream, ", maxBinarySize: 5"), {})
    assert isinstance(outcome, Streamed)
    assert b"".join([piece async for piece in outcome.chunks]) == b"12345"


async def test_declared_bytes_beyond_the_limit_are_no_stream(engine: Engine, upstream: Upstream) -> None:
    upstream.answer("GET", "/p", Answer(200, b"123456", ()))
    outcome = await engine.stream(photo(upstream, ", maxBinarySize: 5"), {})
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.TOO_LARGE


async def test_a_refusal_beyond_the_limit_is_told(engine: Engine, upstream: Upstream) -> None:
    upstream.answer("GET", "/p", Answer(404, b"not here", ()))
    for outcome in (
        await engine.invoke(photo(upstream, ", maxBinarySize: 5"), {}),
        await engine.stream(photo(upstream, ", maxBinarySize: 5"), {}),
    ):
        assert isinstance(outcome, Failure)
        assert (outcome.status, outcome.content) == (404, b"not here")


async def test_a_large_answer_of_a_format_is_decoded_aside(engine: Engine, upstream: Upstream) -> None:
    source = text(rest=", outputParameters: [{type: array}]", raw="csv")
    plan = compile_plan(read_text(source, "photos.yaml"), None, upstreams={"photos": upstream.url}).plan
    assert plan is not None
    upstream.answer("GET", "/p", Answer(200, b"a\n" + b"1\n" * 50_000, ()))
    outcome = await engine.invoke(plan.rest[0].routes[0].function, {})
    assert isinstance(outcome, Success)
    assert outcome.content.startswith(b'[{"a":"1"},')
