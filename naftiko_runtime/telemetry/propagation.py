"""Which trace does a request belong to? Read from its headers, and written into those of the requests it causes.

Two forms: W3C Trace Context (`traceparent`, `tracestate`), and B3 as one header or several. What is not plainly right
is as if it were absent, as both specifications ask; nothing of a caller's text is passed on but a `tracestate`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from naftiko_runtime.engine.tracing import Trace

# W3C Trace Context §3.2: version 00 has exactly these fields; a later one may have more behind them.
_TRACEPARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 1
# §3.3.1.5: vendors should pass at least this many characters.
_LONGEST_STATE = 512
_STATE = re.compile(r"[\x20-\x7e\t]*")

_B3 = re.compile(rb"([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(?:-([01d])(?:-[0-9a-f]{16})?)?")
_B3_ID = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{16}")
_B3_SPAN = re.compile(rb"[0-9a-f]{16}")
_B3_SAMPLED = {b"1": True, b"d": True, b"true": True, b"0": False, b"false": False}
_B3_NAMES = frozenset({b"x-b3-traceid", b"x-b3-spanid", b"x-b3-sampled", b"x-b3-flags"})
_TRACE_DIGITS = 32

HeaderPairs = Iterable[tuple[bytes, bytes]]
"""Headers as ASGI has them: names in lower case."""

NAMES = frozenset({"traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags"})
"""Every header that carries a trace, in lower case."""


class Remote(NamedTuple):
    """What a caller says of the trace. The ids are empty where it only says whether to sample; `sampled` is None where
    it leaves that to us; `single` tells B3 in one header.
    """

    trace_id: str = ""
    span_id: str = ""
    sampled: bool | None = None
    state: str = ""
    single: bool = False


NOBODY = Remote()
"""A caller who says nothing."""


def read_w3c(headers: HeaderPairs) -> Remote:
    """The trace in `traceparent` and `tracestate`."""
    parents: list[bytes] = []
    states: list[bytes] = []
    for name, value in headers:
        if name == b"traceparent":
            parents.append(value)
        elif name == b"tracestate":
            states.append(value)
    match = _TRACEPARENT.fullmatch(parents[0].strip(b" \t")) if len(parents) == 1 else None
    if match is None or match[1] == b"ff" or (match[1] == b"00" and match[5]):
        return NOBODY
    trace_id, span_id = match[2].decode(), match[3].decode()
    if not int(trace_id, 16) or not int(span_id, 16):
        return NOBODY
    return Remote(trace_id, span_id, bool(int(match[4], 16) & _SAMPLED), _state(states))


def read_b3(headers: HeaderPairs) -> Remote:
    """The trace in `b3`, else in the `X-B3-…` headers."""
    found = {name: value.strip(b" \t") for name, value in headers if name == b"b3" or name in _B3_NAMES}
    if b"b3" in found:
        return _single(found[b"b3"].lower())
    sampled = True if found.get(b"x-b3-flags") == b"1" else _B3_SAMPLED.get(found.get(b"x-b3-sampled", b"").lower())
    trace_id, span_id = found.get(b"x-b3-traceid", b"").lower(), found.get(b"x-b3-spanid", b"").lower()
    if not _B3_ID.fullmatch(trace_id) or not _B3_SPAN.fullmatch(span_id) or not int(trace_id, 16):
        return Remote(sampled=sampled)
    return Remote(_padded(trace_id), span_id.decode(), sampled)


def write_w3c(trace: Trace, span_id: str) -> tuple[tuple[str, str], ...]:
    """The headers of a request that this span makes."""
    parent = ("traceparent", f"00-{trace.trace_id}-{span_id}-{'01' if trace.recorded else '00'}")
    return (parent, ("tracestate", trace.state)) if trace.state else (parent,)


def write_b3(trace: Trace, span_id: str) -> tuple[tuple[str, str], ...]:
    """As `write_w3c`, in the form of B3 that the caller used, several headers where it used none."""
    sampled = "1" if trace.recorded else "0"
    if trace.single:
        return (("b3", f"{trace.trace_id}-{span_id}-{sampled}"),)
    return (("x-b3-traceid", trace.trace_id), ("x-b3-spanid", span_id), ("x-b3-sampled", sampled))


def _state(values: list[bytes]) -> str:
    text = b",".join(values).decode("latin-1").strip()
    return text if len(text) <= _LONGEST_STATE and _STATE.fullmatch(text) else ""


def _single(value: bytes) -> Remote:
    if value in _B3_SAMPLED:
        return Remote(sampled=_B3_SAMPLED[value], single=True)
    match = _B3.fullmatch(value)
    if match is None or not int(match[1], 16):
        return Remote(single=True)
    sampled = None if match[3] is None else _B3_SAMPLED[match[3]]
    return Remote(_padded(match[1]), match[2].decode(), sampled, single=True)


def _padded(trace_id: bytes) -> str:
    return trace_id.decode().rjust(_TRACE_DIGITS, "0")
