"""What does each outcome look like to an MCP client?"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from naftiko_runtime.engine.message import MESSAGE_LIMIT
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Success
from naftiko_runtime.errors import FieldError
from naftiko_runtime.mcp.result import ToolResult, failure_text, render

ADDRESS = "naftiko://hand/tool"


def success(content: bytes, media_type: str = JSON) -> Success:
    return Success(200, content, media_type, (), 200, True)


def rejected(content: bytes, media_type: str = JSON) -> Failure:
    return Failure(FailureKind.UPSTREAM_STATUS, "", 500, "/a/b", content, media_type)


def blocks(result: ToolResult) -> Any:
    return json.loads(result.content)


@pytest.mark.parametrize("content", [b'{"a":1}', b' \n{"a": "\\u00e9"}', b"{}"])
def test_the_bytes_of_an_object_are_its_structured_content(content: bytes) -> None:
    result = render(success(content), ADDRESS, checked=True)

    assert result.structured == content
    assert blocks(result) == [{"type": "text", "text": content.decode()}]
    assert result.is_error is False


@pytest.mark.parametrize(
    ("content", "text"),
    [(b'"a\\n\\"b\\""', 'a\n"b"'), (b'""', ""), (b"[1]", "[1]"), (b"1.50", "1.50"), (b"null", "null")],
)
def test_other_json_is_text_alone(content: bytes, text: str) -> None:
    result = render(success(content), ADDRESS, checked=True)

    assert (blocks(result), result.structured) == ([{"type": "text", "text": text}], None)


@pytest.mark.parametrize("media_type", [JSON, "", "image/png"])
def test_no_content_is_an_empty_list(media_type: str) -> None:
    assert render(success(b"", media_type), ADDRESS, checked=True) == ToolResult(b"[]", None, is_error=False)


@pytest.mark.parametrize(
    "media_type", [JSON, "application/json; charset=utf-8", "application/hal+json", "Application/JSON"]
)
def test_json_that_an_upstream_only_claims_is_checked(media_type: str) -> None:
    assert render(success(b'{"a":1}', media_type), ADDRESS, checked=False).structured == b'{"a":1}'
    assert render(success(b'{"a":1', media_type), ADDRESS, checked=False) == ToolResult(
        b'[{"type":"text","text":"{\\"a\\":1"}]', None, is_error=False
    )


@pytest.mark.parametrize(
    ("media_type", "content", "text"),
    [
        ("text/html", b"<p>\xc3\xa9</p>", "<p>é</p>"),
        ("text/plain; charset=iso-8859-1", b"\xe9", "é"),
        ('text/csv;charset="utf-8"', b"a,b", "a,b"),
        ("text/plain; format=flowed", b"a", "a"),
        ("text/plain; charset=no-such", b"\xc3\xa9", "é"),
        ("text/plain; charset=base64", b"\xc3\xa9", "é"),
        ("text/plain", b"\xff", "\ufffd"),
        ("application/xml", b"<a/>", "<a/>"),
        ("application/atom+xml", b"<a/>", "<a/>"),
        ("application/yaml", b"a: 1", "a: 1"),
    ],
)
def test_what_people_read_is_text(media_type: str, content: bytes, text: str) -> None:
    result = render(success(content, media_type), ADDRESS, checked=False)

    assert (blocks(result), result.structured) == ([{"type": "text", "text": text}], None)


@pytest.mark.parametrize(
    ("media_type", "kind", "told"),
    [
        ("image/png", "image", "image/png"),
        ("Image/JPEG; q=1", "image", "image/jpeg"),
        ("audio/wav", "audio", "audio/wav"),
    ],
)
def test_pictures_and_sounds_are_sent_as_such(media_type: str, kind: str, told: str) -> None:
    data = base64.b64encode(b"\x00\xff").decode()
    result = render(success(b"\x00\xff", media_type), ADDRESS, checked=False)

    assert blocks(result) == [{"type": kind, "data": data, "mimeType": told}]


@pytest.mark.parametrize(
    ("media_type", "told"), [("application/pdf", "application/pdf"), ("", "application/octet-stream")]
)
def test_other_bytes_are_an_embedded_resource(media_type: str, told: str) -> None:
    data = base64.b64encode(b"\x00\xff").decode()
    result = render(success(b"\x00\xff", media_type), ADDRESS, checked=False)

    assert blocks(result) == [{"type": "resource", "resource": {"uri": ADDRESS, "mimeType": told, "blob": data}}]


@pytest.mark.parametrize(
    ("content", "media_type", "text"),
    [
        (b'{"message":"no"}', JSON, 'upstream answered 500 for /a/b: {"message":"no"}'),
        (b" down\n", "", "upstream answered 500 for /a/b: down"),
        (b"\xe9", "text/plain; charset=latin-1", "upstream answered 500 for /a/b: é"),
        (b"", "text/plain", "upstream answered 500 for /a/b"),
        (b"", "image/png", "upstream answered 500 for /a/b"),
        (b"\x89PNG", "image/png", "upstream answered 500 for /a/b: (image/png, 4 bytes)"),
    ],
)
def test_a_refusal_of_the_upstream_tells_status_path_and_message(content: bytes, media_type: str, text: str) -> None:
    result = render(rejected(content, media_type), ADDRESS, checked=True)

    assert (blocks(result), result.structured, result.is_error) == ([{"type": "text", "text": text}], None, True)


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_a_long_message_is_cut_between_characters(letter: str) -> None:
    text = failure_text(rejected(f"x{letter * MESSAGE_LIMIT}".encode()))
    message = text.partition(": ")[2]

    assert message == "x" + letter * (len(message) - 3) + " …"
    assert MESSAGE_LIMIT - 4 < len(message.encode()) <= MESSAGE_LIMIT


def test_a_message_of_exactly_the_limit_is_whole() -> None:
    assert failure_text(rejected(b"x" * MESSAGE_LIMIT)).endswith(": " + "x" * MESSAGE_LIMIT)


def test_refused_arguments_are_named_a_line_each() -> None:
    fields = (FieldError("a", "is required"), FieldError("b", "is no integer"))

    assert failure_text(Failure(FailureKind.ARGUMENTS, "", fields=fields)) == "a: is required\nb: is no integer"


@pytest.mark.parametrize("kind", [FailureKind.DEADLINE, FailureKind.TRANSPORT, FailureKind.INTERNAL])
def test_other_failures_tell_their_detail(kind: FailureKind) -> None:
    result = render(Failure(kind, "no answer within 30 s"), ADDRESS, checked=True)

    assert (blocks(result), result.is_error) == ([{"type": "text", "text": "no answer within 30 s"}], True)
