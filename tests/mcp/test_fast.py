"""Which requests are answered without the SDK?

A wrong "no" costs time, a wrong "yes" breaks the protocol. So what is taken is listed here with care, and what is not
is held against the SDK's own answers in test_differential.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from naftiko_runtime.mcp.fast import BODY_LIMIT, FastPath, FastRequest
from naftiko_runtime.mcp.listing import Listing
from tests.mcp.faces import EVERY, VERSION, face_of, saying
from tests.mcp.wire import (
    CAPABILITIES_KEY,
    CLIENT_KEY,
    HANDSHAKE,
    STATELESS,
    VERSION_KEY,
    Document,
    call_of,
    encoded,
    headers_of,
    message_of,
    raw,
)

PATH = FastPath(Listing(face_of(*EVERY, saying("größe", 1))), "hand-tools", VERSION)
REVISIONS = [None, *HANDSHAKE, STATELESS]
HEADERS = headers_of(STATELESS, "tools/call", "echo")


def read(headers: dict[str, str], message: object) -> FastRequest | None:
    return PATH.read(dict(raw(headers)), encoded(message))


def call_with(meta: Document | None = None, params: Document | None = None, **envelope: object) -> Document:
    """A stateless call of `echo`, changed; None in an envelope or the parameters takes a key away."""
    message = call_of(STATELESS, "echo")
    message["params"]["_meta"] |= meta or {}
    message["params"] |= params or {}
    changed = message | envelope
    changed["params"] = {k: v for k, v in changed["params"].items() if v is not None} if changed.get("params") else None
    return {key: value for key, value in changed.items() if value is not None}


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("identifier", [0, -7, 2**70, "", "a", 'é"\\'], ids=repr)
def test_a_plain_call_is_taken(revision: str | None, identifier: object) -> None:
    message = call_of(revision, "echo", {"value": [1, {"a": None}], "count": 2**70}, identifier)
    found = read(headers_of(revision, "tools/call", "echo"), message)

    assert found is not None
    assert json.loads(found.identifier) == identifier
    assert found.stateless is (revision == STATELESS)
    assert found.listed is not None
    assert found.listed.tool.name == "echo"
    assert found.arguments == {"value": [1, {"a": None}], "count": 2**70}


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_plain_listing_is_taken(revision: str | None) -> None:
    found = read(headers_of(revision, "tools/list"), message_of(revision, "tools/list"))

    assert found is not None
    assert found.listed is None


@pytest.mark.parametrize("arguments", [None, {}])
def test_arguments_may_be_absent_or_null(arguments: object) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "echo", "arguments": arguments}}
    found = read(headers_of(None), message)

    assert found is not None
    assert found.arguments == {}


CAPABILITIES: list[Document] = [
    {},
    {"elicitation": {}, "sampling": {}, "roots": {}},
    {"elicitation": {"form": {}, "url": {}}, "sampling": {"tools": {}}},
    {"roots": {"listChanged": True}},
    {"experimental": {"x": {"y": [1]}}, "extensions": {"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html"]}}},
]


@pytest.mark.parametrize(
    "meta",
    [
        *({CAPABILITIES_KEY: capabilities} for capabilities in CAPABILITIES),
        {CLIENT_KEY: {"name": "c", "version": "1"}},
        {CLIENT_KEY: {"name": "c", "version": "1", "title": "C"}},
        {
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "tracestate": "a=b",
            "baggage": "c=d",
        },
    ],
    ids=str,
)
def test_what_ordinary_clients_say_of_themselves_is_taken(meta: Document) -> None:
    assert read(HEADERS, call_with(meta)) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"accept": "*/*"},
        {"accept": "text/html, Application/JSON;q=0.5"},
        {"accept": "application/*"},
        {"content-type": "application/json; charset=utf-8"},
        {"mcp-session-id": "1"},
        {"mcp-name": " echo\t", "mcp-method": "tools/call ", "mcp-protocol-version": f" {STATELESS} "},
    ],
    ids=str,
)
def test_headers_may_vary_in_form(changes: dict[str, str]) -> None:
    assert read(HEADERS | changes, call_with()) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"accept": "text/event-stream"},
        {"accept": ""},
        {"content-type": "text/plain"},
        {"content-type": ""},
        {"mcp-protocol-version": "2031-01-01"},
        {"mcp-protocol-version": "2025-06-18, 2025-06-18"},
        {"mcp-method": "tools/list"},
        {"mcp-method": ""},
        {"mcp-name": "Echo"},
        {"mcp-name": ""},
        {"mcp-name": "=?base64?ZWNobw==?="},
    ],
    ids=str,
)
def test_unusual_headers_are_left_to_the_sdk(changes: dict[str, str]) -> None:
    assert read(HEADERS | changes, call_with()) is None


@pytest.mark.parametrize(
    "message",
    [
        call_with(id=True),
        call_with(id=1.0),
        call_with(id=[1]),
        {key: value for key, value in call_with().items() if key != "id"},
        call_with(jsonrpc="1.0"),
        call_with(extra=1),
        call_with(method="tools/forget"),
        call_with(method="tools/list"),
        {**call_with(), "params": [1]},
        call_with(params={"name": "unknown"}),
        call_with(params={"name": 5}),
        call_with(params={"name": "mirrored"}),
        call_with(params={"name": None}),
        call_with(params={"arguments": [1]}),
        call_with(params={"arguments": "{}"}),
        call_with(params={"inputResponses": {}}),
        call_with(params={"requestState": "x"}),
        call_with(params={"task": {}}),
        call_with(params={"_meta": None}),
        call_with(params={"_meta": 5}),
        call_with({"progressToken": 1}),
        call_with({"io.modelcontextprotocol/logLevel": "info"}),
        call_with({"traceparent": 1}),
        call_with({VERSION_KEY: "2025-06-18"}),
        call_with({VERSION_KEY: None}),
        call_with({CAPABILITIES_KEY: None}),
        call_with({CAPABILITIES_KEY: []}),
        call_with({CAPABILITIES_KEY: {"sampling": True}}),
        call_with({CAPABILITIES_KEY: {"sampling": {"tools": True}}}),
        call_with({CAPABILITIES_KEY: {"roots": {"listChanged": "yes"}}}),
        call_with({CAPABILITIES_KEY: {"tasks": {}}}),
        call_with({CLIENT_KEY: None}),
        call_with({CLIENT_KEY: {"name": "c"}}),
        call_with({CLIENT_KEY: {"name": "c", "version": 1}}),
        call_with({CLIENT_KEY: {"name": "c", "version": "1", "icons": []}}),
        [call_with()],
        5,
        b"{",
        b"",
        b"[" * 3000,
        call_with(params={"arguments": {"value": [[] for _ in range(150)]}}),
    ],
    ids=repr,
)
def test_an_unusual_message_is_left_to_the_sdk(message: Any) -> None:
    assert read(HEADERS, message) is None


def test_a_listing_with_a_cursor_is_left_to_the_sdk() -> None:
    message = message_of("2025-06-18", "tools/list", cursor="x")

    assert read(headers_of("2025-06-18"), message) is None


def test_a_progress_token_is_left_to_the_sdk_before_the_stateless_era() -> None:
    message = call_of("2025-06-18", "echo")
    message["params"]["_meta"] = {"progressToken": "x"}

    assert read(headers_of("2025-06-18"), message) is None


def test_a_name_that_a_header_can_not_carry_is_left_to_the_sdk() -> None:
    headers = headers_of(STATELESS, "tools/call", "größe")

    assert read(headers, call_of(STATELESS, "größe")) is None


def test_a_long_number_with_too_many_digits_is_left_to_the_sdk() -> None:
    body = encoded(call_of(None, "echo", {"value": 1})).replace(b'"value": 1', b'"value": ' + b"1" * 5000)

    assert PATH.read(dict(raw(headers_of(None))), body) is None


def test_the_size_limit_is_exact() -> None:
    empty = encoded(call_of(None, "echo", {"text": ""}))
    text = "x" * (BODY_LIMIT - len(empty))
    headers = dict(raw(headers_of(None)))

    assert PATH.read(headers, encoded(call_of(None, "echo", {"text": text}))) is not None
    assert PATH.read(headers, encoded(call_of(None, "echo", {"text": text + "x"}))) is None
