"""What outcomes look like on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import pytest

from naftiko_runtime.engine.outcome import Failure, FailureKind, Streamed, Success
from naftiko_runtime.errors import FieldError
from naftiko_runtime.rest.answer import answer_failure, answer_refusal, answer_success, streamed_headers
from naftiko_runtime.rest.problem import RefusalError

JSON = "application/json"
HEADERS = (
    ("etag", '"v1"'),
    ("link", "<next>"),
    ("content-type", "text/html"),
    ("content-length", "99"),
    ("x-request-id", "theirs"),
)


def test_a_success_has_its_type_and_length() -> None:
    answer = answer_success(Success(201, b"{}", JSON, (), 201, shaped=True))

    assert answer == (201, [(b"content-type", b"application/json"), (b"content-length", b"2")], b"{}", 201, "")


def test_an_empty_success_has_no_type() -> None:
    answer = answer_success(Success(200, b"", "", (), 200, shaped=True))

    assert answer.headers == [(b"content-length", b"0")]


@pytest.mark.parametrize(
    ("shaped", "etag", "sent"),
    [(True, '"v1"', b'W/"v1"'), (True, 'W/"v1"', b'W/"v1"'), (False, '"v1"', b'"v1"')],
)
def test_an_etag_is_weakened_where_the_bytes_are_ours(shaped: bool, etag: str, sent: bytes) -> None:
    answer = answer_success(Success(200, b"{}", JSON, (("etag", etag),), 200, shaped))

    assert dict(answer.headers)[b"etag"] == sent


def test_headers_about_the_message_are_written_once() -> None:
    answer = answer_success(Success(200, b"{}", JSON, HEADERS, 200, shaped=False))

    assert answer.headers == [
        (b"content-type", b"application/json"),
        (b"content-length", b"2"),
        (b"etag", b'"v1"'),
        (b"link", b"<next>"),
    ]


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_content_have_none(status: int) -> None:
    success = answer_success(Success(status, b"{}", JSON, HEADERS, status, shaped=False))
    failure = answer_failure(Failure(FailureKind.UPSTREAM_STATUS, "", status, "/x", b"{}", JSON, HEADERS), (), "id")

    assert success.content == failure.content == b""
    assert success.headers == failure.headers == [(b"etag", b'"v1"'), (b"link", b"<next>")]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FailureKind.ARGUMENTS, 400),
        (FailureKind.UPSTREAM_STATUS, 502),
        (FailureKind.TRANSPORT, 502),
        (FailureKind.DEADLINE, 504),
        (FailureKind.TOO_LARGE, 502),
        (FailureKind.DECODING, 502),
        (FailureKind.NO_BASE_ADDRESS, 502),
        (FailureKind.INTERNAL, 500),
    ],
)
def test_each_failure_is_a_problem_with_its_code(kind: FailureKind, status: int) -> None:
    answer = answer_failure(Failure(kind, "what went wrong"), (), "id-1")

    problem = orjson.loads(answer.content)
    assert (answer.status, answer.code, answer.upstream_status) == (status, kind.value, None)
    assert answer.headers[0] == (b"content-type", b"application/problem+json")
    assert problem == {
        "title": problem["title"],
        "status": status,
        "detail": "what went wrong",
        "code": kind.value,
        "requestId": "id-1",
    }
    assert problem["title"]


def test_every_kind_of_failure_has_a_status() -> None:
    for kind in FailureKind:
        assert answer_failure(Failure(kind, ""), (), "id").status >= 400


def test_field_errors_are_listed_in_order() -> None:
    fields = (FieldError("b", "is required"), FieldError("a", "is not an integer"))
    answer = answer_failure(Failure(FailureKind.ARGUMENTS, "", fields=fields), fields, "id")

    assert orjson.loads(answer.content)["errors"] == [
        {"field": "b", "problem": "is required"},
        {"field": "a", "problem": "is not an integer"},
    ]


def test_an_upstream_refusal_passes_as_it_is() -> None:
    failure = Failure(FailureKind.UPSTREAM_STATUS, "", 404, "/x", b"<p>gone</p>", "text/html", HEADERS)
    answer = answer_failure(failure, (), "id")

    assert answer == (
        404,
        [
            (b"etag", b'"v1"'),
            (b"link", b"<next>"),
            (b"content-type", b"text/html"),
            (b"content-length", b"11"),
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"sandbox"),
        ],
        b"<p>gone</p>",
        404,
        "NK8002",
    )


def test_an_upstream_refusal_without_a_type_gets_none() -> None:
    answer = answer_failure(Failure(FailureKind.UPSTREAM_STATUS, "", 500, "/x"), (), "id")

    assert answer.headers == [(b"content-length", b"0")]


@pytest.mark.parametrize(
    ("media_type", "sniffed", "runs"),
    [
        ("text/html", False, False),
        ("Text/HTML; charset=utf-8", False, False),
        ("image/svg+xml", False, False),
        ("application/xml", False, False),
        ("image/png", False, True),
        ("application/pdf", False, True),
        ("", False, True),
        ("application/json; charset=utf-8", True, True),
    ],
)
def test_what_an_upstream_wrote_is_no_page_of_this_origin(media_type: str, sniffed: bool, runs: bool) -> None:
    failure = answer_failure(Failure(FailureKind.UPSTREAM_STATUS, "", 500, "/x", b"x", media_type), (), "id")
    success = answer_success(Success(200, b"x", media_type, (), 200, shaped=False))
    streamed = streamed_headers(Streamed(200, nothing(), media_type, (), ""))

    for headers in (failure.headers, success.headers, streamed):
        assert (b"x-content-type-options" not in dict(headers)) is sniffed
        assert (b"content-security-policy" not in dict(headers)) is runs


def test_a_refusal_of_ours_is_a_problem_with_its_own_headers() -> None:
    answer = answer_refusal(RefusalError(405, "NK8008", "detail", headers=[(b"allow", b"GET")]), "id")

    assert (answer.status, answer.code, dict(answer.headers)[b"allow"]) == (405, "NK8008", b"GET")
    assert dict(answer.headers)[b"content-length"] == str(len(answer.content)).encode()


async def nothing() -> AsyncIterator[bytes]:
    no_chunks: tuple[bytes, ...] = ()
    for chunk in no_chunks:
        yield chunk


@pytest.mark.parametrize(
    ("status", "media_type", "last"),
    [
        (200, "text/csv", [(b"content-type", b"text/csv"), (b"x-content-type-options", b"nosniff")]),
        (200, "", [(b"x-content-type-options", b"nosniff")]),
        (304, "text/csv", []),
    ],
)
def test_a_stream_keeps_the_length_that_the_upstream_told(
    status: int, media_type: str, last: list[tuple[bytes, bytes]]
) -> None:
    headers = streamed_headers(Streamed(status, nothing(), media_type, HEADERS, "4"))

    assert headers == [(b"etag", b'"v1"'), (b"link", b"<next>"), (b"content-length", b"4"), *last]
