"""Which trace a request belongs to, by the two specifications."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.engine.tracing import Trace
from naftiko_runtime.telemetry.propagation import NOBODY, Remote, read_b3, read_w3c, write_b3, write_w3c

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def _headers(**values: str) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in values.items()]


@pytest.mark.parametrize(
    ("value", "remote"),
    [
        (f"00-{TRACE}-{SPAN}-01", Remote(TRACE, SPAN, True)),
        (f"00-{TRACE}-{SPAN}-00", Remote(TRACE, SPAN, False)),
        (f" 00-{TRACE}-{SPAN}-03 ", Remote(TRACE, SPAN, True)),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", Remote(TRACE, SPAN, True)),
        (f"00-{TRACE}-{SPAN}-01-more", NOBODY),
        (f"ff-{TRACE}-{SPAN}-01", NOBODY),
        (f"00-{'0' * 32}-{SPAN}-01", NOBODY),
        (f"00-{TRACE}-{'0' * 16}-01", NOBODY),
        (f"00-{TRACE.upper()}-{SPAN}-01", NOBODY),
        (f"00-{TRACE[1:]}-{SPAN}-01", NOBODY),
        ("", NOBODY),
    ],
)
def test_a_traceparent_is_taken_as_w3c_has_it(value: str, remote: Remote) -> None:
    assert read_w3c(_headers(traceparent=value)) == remote


def test_two_traceparents_are_none() -> None:
    assert read_w3c(_headers(traceparent=f"00-{TRACE}-{SPAN}-01") * 2) == NOBODY


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["a=1,b=2"], "a=1,b=2"),
        (["a=1", "b=2"], "a=1,b=2"),
        (["a=\x7f"], ""),
        (["a=" + "1" * 511], ""),
        ([], ""),
    ],
)
def test_a_tracestate_goes_with_its_parent(states: list[str], state: str) -> None:
    headers = _headers(traceparent=f"00-{TRACE}-{SPAN}-01")
    headers += [(b"tracestate", value.encode("latin-1")) for value in states]

    assert read_w3c(headers).state == state


def test_a_tracestate_alone_is_nothing() -> None:
    assert read_w3c(_headers(tracestate="a=1")) == NOBODY


@pytest.mark.parametrize(
    ("value", "remote"),
    [
        (f"{TRACE}-{SPAN}-1", Remote(TRACE, SPAN, True, single=True)),
        (f"{TRACE}-{SPAN}-d", Remote(TRACE, SPAN, True, single=True)),
        (f"{TRACE}-{SPAN}-0-{SPAN}", Remote(TRACE, SPAN, False, single=True)),
        (f"{TRACE}-{SPAN}", Remote(TRACE, SPAN, None, single=True)),
        (f"{TRACE[:16]}-{SPAN}-1", Remote("0" * 16 + TRACE[:16], SPAN, True, single=True)),
        ("0", Remote(sampled=False, single=True)),
        ("1", Remote(sampled=True, single=True)),
        ("what", Remote(single=True)),
        (f"{'0' * 32}-{SPAN}-1", Remote(single=True)),
    ],
)
def test_b3_is_read_from_one_header(value: str, remote: Remote) -> None:
    assert read_b3(_headers(b3=value)) == remote


@pytest.mark.parametrize(
    ("headers", "remote"),
    [
        ({"x_b3_traceid": TRACE, "x_b3_spanid": SPAN, "x_b3_sampled": "1"}, Remote(TRACE, SPAN, True)),
        ({"x_b3_traceid": TRACE, "x_b3_spanid": SPAN, "x_b3_sampled": "false"}, Remote(TRACE, SPAN, False)),
        ({"x_b3_traceid": TRACE, "x_b3_spanid": SPAN}, Remote(TRACE, SPAN, None)),
        ({"x_b3_traceid": TRACE, "x_b3_spanid": SPAN, "x_b3_flags": "1"}, Remote(TRACE, SPAN, True)),
        ({"x_b3_traceid": TRACE, "x_b3_sampled": "0"}, Remote(sampled=False)),
        ({"x_b3_traceid": "nothing", "x_b3_spanid": SPAN}, NOBODY),
        ({"x_b3_traceid": TRACE[:16], "x_b3_spanid": SPAN}, Remote("0" * 16 + TRACE[:16], SPAN, None)),
        ({}, NOBODY),
    ],
)
def test_b3_is_read_from_several_headers(headers: dict[str, str], remote: Remote) -> None:
    assert read_b3(_headers(**headers)) == remote


@pytest.mark.parametrize("recorded", [True, False])
def test_what_is_written_is_read_again(recorded: bool) -> None:
    trace = Trace(TRACE, recorded=recorded, state="a=1")
    single = Trace(TRACE, recorded=recorded, single=True)

    assert read_w3c(_pairs(write_w3c(trace, SPAN))) == Remote(TRACE, SPAN, recorded, "a=1")
    assert read_b3(_pairs(write_b3(trace, SPAN))) == Remote(TRACE, SPAN, recorded)
    assert read_b3(_pairs(write_b3(single, SPAN))) == Remote(TRACE, SPAN, recorded, single=True)


@given(st.binary(), st.binary())
def test_no_header_can_break_reading(first: bytes, second: bytes) -> None:
    for name in (b"traceparent", b"tracestate", b"b3", b"x-b3-traceid", b"x-b3-sampled"):
        for remote in (read_w3c([(name, first), (name, second)]), read_b3([(name, first), (b"x-b3-spanid", second)])):
            assert remote.trace_id == "" or len(remote.trace_id) == 32


def _pairs(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]
