"""Which requests are traced, which traces are kept, and what a span knows."""

from __future__ import annotations

import asyncio

import pytest

from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.tracing import MOST_SPANS, Trace, current, note_failure, within
from naftiko_runtime.telemetry.tracer import Sampling, Tracer, describe

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def _record(code: str = "", status: int = 200, upstream: int | None = None) -> RequestRecord:
    return RequestRecord("r1", "rest", "GET /ships", "Harbour", "ships.list", status, upstream, 1.5, code)


@pytest.mark.parametrize(
    ("ratio", "flags", "recorded"),
    [(1.0, "", True), (0.0, "", False), (1.0, "00", False), (0.0, "01", True)],
)
def test_a_caller_who_has_decided_is_followed(ratio: float, flags: str, recorded: bool) -> None:
    headers = [(b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-{flags}".encode())] if flags else []

    assert Tracer(Sampling(ratio, "w3c", 10)).begin(headers).trace.recorded is recorded


def test_about_the_share_that_was_asked_for_is_traced() -> None:
    tracer = Tracer(Sampling(0.25, "w3c", 10))
    recorded = sum(tracer.begin([]).trace.recorded for _ in range(4000))

    # Five standard deviations of a binomial distribution are 137.
    assert 850 < recorded < 1150


def test_the_last_traces_are_kept_newest_first() -> None:
    tracer = Tracer(Sampling(1.0, "w3c", 10))
    traces = [tracer.begin([]).trace for _ in range(15)]
    for trace in traces:
        tracer.keep(trace)

    assert tracer.traces == traces[:4:-1]


def test_a_smaller_ring_takes_over_the_newest() -> None:
    large, small = Tracer(Sampling(1.0, "w3c", 20)), Tracer(Sampling(1.0, "w3c", 10))
    traces = [large.begin([]).trace for _ in range(15)]
    for trace in traces:
        large.keep(trace)
    small.take_over(large)

    assert small.traces == traces[:4:-1]


def test_whoever_wants_finished_traces_is_told_of_each() -> None:
    told: list[Trace] = []
    tracer = Tracer(Sampling(1.0, "w3c", 10), told.append)
    trace = tracer.begin([]).trace
    tracer.keep(trace)

    assert told == [trace]


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (_record(), False),
        (_record("NK8001", 400), False),
        (_record("NK8002", 404, 404), True),
        (_record("NK8003", 502), True),
        (_record("NK8001", 200), True),
    ],
)
def test_what_the_caller_did_wrong_is_no_error_of_ours(record: RequestRecord, error: bool) -> None:
    span = Tracer(Sampling(1.0, "w3c", 10)).begin([])
    describe(span, record)

    assert (span.name, span.error) == ("GET /ships", error)
    assert span.attributes.get("error.type", "") == record.code


async def test_spans_side_by_side_find_their_own_parents() -> None:
    root = Tracer(Sampling(1.0, "w3c", 10)).begin([])

    async def step(name: str) -> None:
        with within(name, number=1):
            await asyncio.sleep(0)
            with within(f"{name}-inner"):
                await asyncio.sleep(0)

    with root:
        await asyncio.gather(step("a"), step("b"))
    spans = {span.name: span for span in root.trace.spans[1:]}

    assert {name: spans[name].parent_id for name in ("a", "b")} == {"a": root.span_id, "b": root.span_id}
    assert [spans[f"{name}-inner"].parent_id for name in "ab"] == [spans[name].span_id for name in "ab"]
    assert spans["a"].attributes == {"number": 1}
    assert current() is None


def test_an_exception_makes_its_span_an_error() -> None:
    root = Tracer(Sampling(1.0, "w3c", 10)).begin([])
    with root, pytest.raises(ZeroDivisionError), within("step"):
        raise ZeroDivisionError

    assert [span.error for span in root.trace.spans] == [False, True]


def test_a_failure_is_noted_on_the_current_span_alone() -> None:
    note_failure()
    root = Tracer(Sampling(1.0, "w3c", 10)).begin([])
    with root, within("step"):
        note_failure()

    assert [span.error for span in root.trace.spans] == [False, True]


def test_nothing_is_opened_where_nobody_records() -> None:
    root = Tracer(Sampling(0.0, "w3c", 10)).begin([])
    with root, within("step") as span:
        assert span is None
    with within("step") as span:
        assert span is None


def test_a_trace_has_an_end() -> None:
    root = Tracer(Sampling(1.0, "w3c", 10)).begin([])
    with root:
        for _ in range(MOST_SPANS):
            with within("step"):
                pass

    assert (len(root.trace.spans), root.trace.dropped) == (MOST_SPANS, 1)


def test_moments_of_a_trace_are_moments_of_the_day() -> None:
    root = Tracer(Sampling(1.0, "w3c", 10)).begin([])

    assert root.trace.nanoseconds(root.started + 0.5) - root.trace.began == 500_000_000
