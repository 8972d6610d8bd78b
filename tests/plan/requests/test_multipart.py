from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.policy import HTTP

import pytest

from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.requests.body import parse_body
from naftiko_runtime.spec.model.capability import Body
from tests.plan.ships import capability, header, only_error, refused, request, tool


def posted(*parts: str, more: str = "") -> str:
    """A capability that posts a multipart body."""
    body = f"body: {{type: multipartForm, data: [{', '.join(parts)}]}}"
    return capability(f"{body}{more}", method="POST")


def read(made: UpstreamRequest) -> list[Message]:
    """The parts of a request, as a parser of mail reads them."""
    assert made.content is not None
    head = f"Content-Type: {header(made, 'content-type')}\r\n\r\n".encode()
    message = message_from_bytes(head + made.content, policy=HTTP)
    assert message.get_content_type() == "multipart/form-data"
    assert not message.defects
    parts = message.get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]


def told(part: Message) -> tuple[object, object, str | None, bytes]:
    """Name, file name, declared type and content of a part."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    place = "content-disposition"
    return part.get_param("name", header=place), part.get_param("filename", header=place), part["content-type"], content


@pytest.mark.parametrize(
    ("part", "value", "found"),
    [
        ("{name: a, value: x}", None, [("a", None, None, b"x")]),
        ("{name: a, value: '{{x}}'}", "é\r\n--b--", [("a", None, None, "é\r\n--b--".encode())]),
        ("{name: a, value: 'n {{x}}'}", 5, [("a", None, None, b"n 5")]),
        ("{name: a, value: '{{x}}'}", True, [("a", None, None, b"true")]),
        ("{name: a, value: '{{x}}'}", {"k": 1}, [("a", None, None, b'{"k":1}')]),
        ("{name: a, value: '{{x}}'}", ["1", "2"], [("a", None, None, b"1"), ("a", None, None, b"2")]),
        ("{name: a, value: 1.10}", None, [("a", None, None, b"1.10")]),
        ("{name: a, value: 007, filename: null}", None, [("a", None, None, b"007")]),
        ("{name: a, value: x, filename: f.bin}", None, [("a", "f.bin", "application/octet-stream", b"x")]),
        ("{name: a, value: x, contentType: text/csv}", None, [("a", None, "text/csv", b"x")]),
        (
            "{name: '{{x}}', value: v, filename: '{{x}}.txt', contentType: 'text/{{x}}; charset=utf-8'}",
            "q",
            [("q", "q.txt", 'text/q; charset="utf-8"', b"v")],
        ),
        (
            "{name: a, value: v, filename: 'a{{x}}\"b'}",
            '"; x="',
            [("a", "a%22; x=%22%22b", "application/octet-stream", b"v")],
        ),
        ("{name: '5', value: v, filename: 'a\"b'}", None, [("5", "a%22b", "application/octet-stream", b"v")]),
    ],
)
def test_a_part_says_what_it_is(part: str, value: object, found: object) -> None:
    assert [
        told(item) for item in read(request(tool(posted(part)), **({} if value is None else {"x": value})))
    ] == found


def test_a_part_without_a_value_is_left_out() -> None:
    made = request(tool(posted("{name: a, value: '{{a}}'}", "{name: b, value: '{{b}}'}")), b="x")
    assert [told(part)[0] for part in read(made)] == ["b"]


def test_a_body_without_parts_is_none() -> None:
    made = request(tool(posted("{name: a, value: '{{a}}'}")))
    assert (made.content, header(made, "content-type")) == (None, None)


def test_the_same_parts_make_the_same_body_and_others_another_boundary() -> None:
    function = tool(posted("{name: a, value: '{{x}}'}"))
    first, again, other = (request(function, x=value) for value in ("1", "1", "2"))
    assert first == again
    assert header(first, "content-type") != header(other, "content-type")


def test_a_fixed_content_type_does_not_lose_the_boundary() -> None:
    fixed = ", inputParameters: [{name: Content-Type, in: header, value: multipart/form-data}]"
    assert len(read(request(tool(posted("{name: a, value: x}", more=fixed))))) == 1


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        (
            "{name: a, value: v, filename: '{{x}}'}",
            "a\r\nX-Evil: 1",
            "must not hold line breaks or other control characters",
        ),
        ("{name: '{{x}}', value: v}", "a\n", "must not hold line breaks or other control characters"),
        ("{name: a, value: v, contentType: '{{x}}'}", "text/csv\r\nX: 1", "must be a media type such as text/csv"),
    ],
)
def test_no_value_begins_a_header(part: str, value: str, problem: str) -> None:
    assert refused(tool(posted(part)), {"x": value}) == {"x": problem}


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ('{name: "a\\r\\nb", value: v}', "`name` of a part must not hold line breaks"),
        ('{name: a, value: v, filename: "\\n"}', "`filename` of a part must not hold line breaks"),
        ("{name: a, value: v, contentType: csv}", "`contentType` of a part must be a media type"),
    ],
)
def test_a_head_that_can_not_be_is_refused_at_load(part: str, word: str) -> None:
    found = only_error(posted(part))
    assert (found.code, word in found.message) == ("NK4002", True)


@pytest.mark.parametrize("data", ["x", ["x", 5]])
def test_what_the_schema_refused_already_breaks_nothing(data: object) -> None:
    assert parse_body(Body("multipartForm", data, ())).names == ()
