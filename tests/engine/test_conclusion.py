"""A complete answer has one outcome; outside 2xx it is never shaped and never success (C14b)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

import pytest

from naftiko_runtime.engine.conclusion import conclude, rejected
from naftiko_runtime.engine.outcome import Failure, FailureKind, Success
from naftiko_runtime.errors import AddressError
from naftiko_runtime.plan.model.call import Arguments, Call, Origin, Shape, Target, UpstreamRequest
from naftiko_runtime.plan.outputs.shape import is_identity
from tests.plan.written import outputs_of, shape_of

JSON = "application/json"
HEADERS = [("content-type", "application/json; charset=utf-8"), ("etag", '"1"'), ("set-cookie", "s=1")]


def never(arguments: Arguments) -> UpstreamRequest:
    raise AddressError("a conclusion makes no request")


def call_of(outputs: str | None, shape: Shape | None = None) -> Call:
    target = Target("ships", "ship", "find", "GET", "/ships", Origin("ships.yaml", 1, 1))
    if outputs is None:
        return Call(target, never, "json", shape, False)
    return Call(target, never, "json", shape_of(outputs), is_identity(outputs_of(outputs)))


WHOLE, NAMED = call_of("[{type: object, mapping: $.}]"), call_of("[{type: string, mapping: $.name}]")
PASSED = call_of(None)


def outcome(call: Call, status: int, body: bytes, arguments: Mapping[str, object] | None = None) -> Success | Failure:
    return conclude(call, arguments or {}, "/ships", status, HEADERS, body)


@pytest.mark.parametrize(
    ("call", "body", "content"),
    [
        (WHOLE, b'{ "name" : "N" }', b'{ "name" : "N" }'),
        (WHOLE, b"[12345678901234567890123]", b"[12345678901234567890123]"),
        (WHOLE, b"\xef\xbb\xbf{}", b"{}"),
        (WHOLE, b"null", b"null"),
        (NAMED, b'{"name":"N"}', b'"N"'),
        (NAMED, b"\xef\xbb\xbf" + b'{"name":"N"}', b'"N"'),
        (NAMED, b"{}", b"null"),
        (NAMED, b'{"name":12345678901234567890123}', b'"12345678901234567890123"'),
        (NAMED, '{"name":"é"}'.encode(), '"é"'.encode()),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 299])
def test_a_success_is_shaped_and_keeps_its_status(call, body, content, status):
    assert outcome(call, status, body) == Success(status, content, JSON, (("etag", '"1"'),), status, True)


@pytest.mark.parametrize(("call", "content"), [(WHOLE, '{"name":"é"}'), (NAMED, '"é"')])
def test_json_that_says_its_character_set_is_shaped_and_becomes_utf_8(call, content):
    headers = [("content-type", "application/json; charset=ISO-8859-1")]
    result = conclude(call, {}, "/ships", 200, headers, '{"name":"é"}'.encode("latin-1"))

    assert result == Success(200, content.encode(), JSON, (), 200, True)


def test_a_deep_document_is_shaped_too():
    body = b'{"o":' + b"[" * 500 + b"]" * 500 + b"}"
    found = outcome(call_of("[{type: array, mapping: $.o}]"), 200, body)
    assert isinstance(found, Success)
    assert found.content == body[5:-1]


@pytest.mark.parametrize("body", [b"anything \xff", b"", b'{"name":"N"}'])
def test_without_outputs_the_body_passes_as_it_is(body):
    assert outcome(PASSED, 200, body) == Success(200, body, HEADERS[0][1], (("etag", '"1"'),), 200, False)


@pytest.mark.parametrize("call", [WHOLE, NAMED])
@pytest.mark.parametrize(("status", "body"), [(204, b""), (200, b""), (200, b" \r\n")])
def test_an_empty_answer_is_an_answer(call, status, body):
    assert outcome(call, status, body) == Success(status, b"", "", (("etag", '"1"'),), status, True)


@pytest.mark.parametrize("call", [WHOLE, NAMED, PASSED])
@pytest.mark.parametrize("status", [100, 199, 300, 302, 304, 400, 401, 404, 429, 500, 503, 599])
def test_an_answer_outside_2xx_is_told_as_it_is(call, status):
    found = outcome(call, status, b'{"name":"s3cret"}')
    assert found == rejected("/ships", status, HEADERS, b'{"name":"s3cret"}')
    assert isinstance(found, Failure)
    assert (found.kind, found.status, found.content) == (FailureKind.UPSTREAM_STATUS, status, b'{"name":"s3cret"}')
    assert (found.detail, found.path) == (f"the upstream answered {status} for /ships", "/ships")
    assert (found.media_type, found.headers) == (HEADERS[0][1], (("etag", '"1"'),))


@pytest.mark.parametrize("call", [WHOLE, NAMED])
@pytest.mark.parametrize("body", [b"<html>s3cret</html>", b"\xff", b"{", b"[1e999]", b"[" * 100_000, b"\xef\xbb\xbf"])
def test_a_success_that_is_no_json_is_a_failure_that_names_its_media_type(call, body):
    found = outcome(call, 200, body)
    assert isinstance(found, Failure)
    assert (found.kind, found.path, found.content) == (FailureKind.DECODING, "/ships", b"")
    assert found.detail.startswith("the upstream's answer (application/json; charset=utf-8) is not JSON: ")
    assert "s3cret" not in found.detail


def test_a_failure_says_that_there_is_no_media_type():
    found = conclude(NAMED, {}, "/ships", 200, [], b"x")
    assert isinstance(found, Failure)
    assert "(no media type)" in found.detail


def test_a_shape_sees_the_arguments():
    call = call_of("[{type: object, properties: {who: {type: string, value: '{{user}}'}}}]")
    found = outcome(call, 200, b"{}", {"user": "ada"})
    assert isinstance(found, Success)
    assert json.loads(found.content) == {"who": "ada"}


def broken(payload: object, arguments: Mapping[str, object]) -> object:
    raise RuntimeError("s3cret")


def unwritable(payload: object, arguments: Mapping[str, object]) -> object:
    return "\ud800"


@pytest.mark.parametrize(
    ("shape", "told"), [(broken, "RuntimeError at test_conclusion.py:"), (unwritable, "UnfitValue at values.py:")]
)
def test_a_shape_that_breaks_is_our_mistake_and_the_log_alone_tells_its_place(shape, told, caplog):
    caplog.set_level(logging.INFO)
    found = outcome(call_of(None, shape), 200, b"{}")
    assert found == Failure(FailureKind.INTERNAL, "the upstream's answer could not be shaped", path="/ships")
    [record] = caplog.records
    assert (record.levelno, told in record.getMessage(), "s3cret" in caplog.text) == (logging.ERROR, True, False)
