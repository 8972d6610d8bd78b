"""Does the fast path ever say anything else than the SDK does?

The same request goes to two endpoints of the same tools, one with the fast path and one without. Status, media type,
message and what is told of the call must be equal: for hand-picked requests, and for whatever Hypothesis makes of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.mcp.application import McpEndpoint
from tests.mcp.asgi import RawHeaders, ask, body_of
from tests.mcp.faces import EVERY, VERSION, face_of
from tests.mcp.wire import (
    CAPABILITIES_KEY,
    CLIENT_KEY,
    HANDSHAKE,
    JSON_HEADERS,
    STATELESS,
    VERSION_KEY,
    call_of,
    encoded,
    headers_of,
    message_of,
    raw,
)

NAMES = [tool.name for tool in EVERY]
REVISIONS = [None, *HANDSHAKE, STATELESS]


class Pair:
    """The two endpoints, on a loop of their own."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._records: list[RequestRecord] = []
        engine = Engine(HttpxUpstream())
        self._endpoints = [
            McpEndpoint(face_of(*EVERY), engine, self._records.append, version=VERSION, fast=fast)
            for fast in (True, False)
        ]

    def answers(self, headers: RawHeaders, body: bytes) -> list[Any]:
        """What each endpoint answers, and tells."""
        return [self._runner.run(self._answer(endpoint, headers, body)) for endpoint in self._endpoints]

    async def _answer(self, endpoint: McpEndpoint, headers: RawHeaders, body: bytes) -> Any:
        self._records.clear()
        reply = await ask(endpoint, [*headers, (b"x-request-id", b"the-same")], body_of(body))
        told = [record._replace(request_id="", milliseconds=0) for record in self._records]
        content = reply.json if reply.media_type and reply.body else reply.body
        return reply.status, reply.media_type, content, told

    async def stop(self) -> None:
        for endpoint in self._endpoints:
            async with endpoint.run():
                pass


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with asyncio.Runner() as runner:
        both = Pair(runner)
        yield both
        runner.run(both.stop())


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("name", [*NAMES, "nobody"])
def test_every_tool_answers_alike(pair: Pair, revision: str | None, name: str) -> None:
    headers = raw(headers_of(revision, "tools/call", name))
    fast, official = pair.answers(headers, encoded(call_of(revision, name, {"text": "a", "count": "5"}, "id")))

    assert fast == official


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("method", ["tools/list", "ping", "server/discover", "initialize", "prompts/list", "x"])
def test_every_method_answers_alike(pair: Pair, revision: str | None, method: str) -> None:
    fast, official = pair.answers(raw(headers_of(revision, method)), encoded(message_of(revision, method)))

    assert fast == official


texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
identifiers = st.integers() | texts | scalars
arguments = st.dictionaries(st.sampled_from(["value", "count", "text", "id", "nme"]) | texts, values, max_size=4)
capabilities = st.fixed_dictionaries(
    {},
    optional={
        "sampling": st.just({}) | values,
        "roots": st.sampled_from([{}, {"listChanged": True}, {"listChanged": 1}, {"listChanged": None}]),
        "elicitation": st.sampled_from([{}, {"form": {}}, {"url": {"a": 1}}, {"form": 5}]),
        "experimental": st.dictionaries(texts, values, max_size=2),
        "extensions": st.dictionaries(texts, st.dictionaries(texts, values, max_size=2), max_size=2),
        "tasks": values,
        "other": values,
    },
)
clients = st.fixed_dictionaries(
    {"name": texts | scalars, "version": texts}, optional={"title": texts | scalars, "websiteUrl": texts, "x": values}
)
metas = st.fixed_dictionaries(
    {},
    optional={
        VERSION_KEY: st.sampled_from([*HANDSHAKE, STATELESS, STATELESS, STATELESS]) | values,
        CAPABILITIES_KEY: capabilities | values,
        CLIENT_KEY: clients | values,
        "progressToken": scalars,
        "traceparent": texts | scalars,
        "tracestate": texts | scalars,
        "baggage": texts | scalars,
        "other/key": values,
    },
)
MANY = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(
    revision=st.sampled_from(REVISIONS), name=st.sampled_from(NAMES), given_arguments=arguments, identifier=identifiers
)
def test_all_arguments_and_ids_answer_alike(
    pair: Pair, revision: str | None, name: str, given_arguments: object, identifier: object
) -> None:
    headers = raw(headers_of(revision, "tools/call", name))
    fast, official = pair.answers(headers, encoded(call_of(revision, name, given_arguments, identifier)))

    assert fast == official


@MANY
@given(
    revision=st.sampled_from([None, "2025-06-18", STATELESS, STATELESS]),
    method=st.sampled_from(["tools/call", "tools/call", "tools/list"]),
    meta=metas,
    plain=st.booleans(),
    more=st.dictionaries(st.sampled_from(["arguments", "task", "inputResponses", "requestState", "cursor"]), values),
)
def test_all_parameters_answer_alike(
    pair: Pair, revision: str | None, method: str, meta: dict[str, Any], plain: bool, more: dict[str, Any]
) -> None:
    stated = {VERSION_KEY: STATELESS, CAPABILITIES_KEY: {}, **meta} if plain else meta
    named = {"name": "echo"} if method == "tools/call" else {}
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**named, **more, "_meta": stated}}
    fast, official = pair.answers(raw(headers_of(revision, method, "echo")), encoded(message))

    assert fast == official


HEADER_VALUES = {
    "accept": ["application/json", "*/*", "text/event-stream", "application/*;q=0", "", "APPLICATION/JSON"],
    "content-type": ["application/json;charset=utf-8", "Application/JSON", "text/plain", "application/jsonx", ""],
    "mcp-protocol-version": [*HANDSHAKE, STATELESS, "2031-01-01", "", " 2025-06-18 ", "2025-6-18"],
    "mcp-method": ["tools/call", "tools/list", "Tools/Call", "", " tools/call"],
    "mcp-name": ["echo", "text", "=?base64?ZWNobw==?=", "=?base64?!!?=", "=?base64??=", "", "echo ", "Echo"],
    "mcp-session-id": ["abc", "", "0123456789abcdef0123456789abcdef"],
    "last-event-id": ["5"],
    "mcp-param-region": ["west"],
    "content-encoding": ["gzip"],
}
headers_drawn = st.lists(
    st.sampled_from([(name, value) for name, choices in HEADER_VALUES.items() for value in choices]), max_size=3
)


@MANY
@given(revision=st.sampled_from(REVISIONS), changes=headers_drawn, repeat=st.booleans())
def test_all_headers_answer_alike(
    pair: Pair, revision: str | None, changes: list[tuple[str, str]], repeat: bool
) -> None:
    usual = raw(headers_of(revision, "tools/call", "echo"))
    changed = [(name.encode(), value.encode()) for name, value in changes]
    kept = usual if repeat else [item for item in usual if item[0] not in {name for name, _ in changed}]
    fast, official = pair.answers(kept + changed, encoded(call_of(revision, "echo", {"count": 5})))

    assert fast == official


@MANY
@given(
    revision=st.sampled_from(["2025-06-18", STATELESS]),
    at=st.integers(0, 400),
    drop=st.integers(0, 3),
    put=st.sampled_from(
        [b"", b"{", b"}", b"[", b",", b'"', b"0", b"1e999", b"NaN", b"\xff", b"\\ud800", b"\x00", b" "]
    ),
)
def test_all_damage_answers_alike(pair: Pair, revision: str, at: int, drop: int, put: bytes) -> None:
    body = encoded(call_of(revision, "echo", {"count": 5, "value": [1, {"a": "b"}]}))
    cut = at % len(body)
    headers = raw(headers_of(revision, "tools/call", "echo"))
    fast, official = pair.answers(headers, body[:cut] + put + body[cut + drop :])

    assert fast == official


@pytest.mark.parametrize("depth", [10, 74, 100, 190, 250, 900, 2000])
@pytest.mark.parametrize("revision", ["2025-06-18", STATELESS])
def test_all_depths_answer_alike(pair: Pair, revision: str, depth: int) -> None:
    body = encoded(call_of(revision, "echo", {"value": 0})).replace(
        b'"value": 0', b'"value": ' + b"[" * depth + b"]" * depth
    )
    fast, official = pair.answers(raw(headers_of(revision, "tools/call", "echo")), body)

    assert fast == official


def test_a_key_given_twice_answers_alike(pair: Pair) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"id":2,"method":"x","method":"tools/call","params":{"name":"text","name":"echo"}}'
    fast, official = pair.answers(raw(JSON_HEADERS), body)

    assert fast == official
