"""Reading a request's body: its size, its type, its document."""

from __future__ import annotations

import pytest
from starlette.types import Message

from naftiko_runtime.asgi.caller import CallerLeftError
from naftiko_runtime.rest.body import parse_json, read_body
from naftiko_runtime.rest.problem import RefusalError

LIMIT = 10


class Caller:
    """Sends a body in the given pieces, then leaves. `asked` counts how often the server asked for more."""

    def __init__(self, *pieces: bytes) -> None:
        last = len(pieces) - 1
        self._messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": index < last} for index, piece in enumerate(pieces)
        ]
        self.asked = 0

    async def __call__(self) -> Message:
        self.asked += 1
        return self._messages.pop(0) if self._messages else {"type": "http.disconnect"}


@pytest.mark.parametrize("pieces", [[b""], [b"{}"], [b"", b""], [b"12345", b"67890"], [b"", b"{", b"}"]])
async def test_a_body_is_put_together(pieces: list[bytes]) -> None:
    assert await read_body(Caller(*pieces), [], LIMIT) == b"".join(pieces)


async def test_a_message_may_leave_out_what_has_a_default() -> None:
    async def receive() -> Message:
        return {"type": "http.request"}

    assert await read_body(receive, [], LIMIT) == b""


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"Application/JSON; charset=utf-8",
        b" application/json ",
        b"application/merge-patch+json",
        b"application/json;",
    ],
)
async def test_json_types_are_taken(content_type: bytes) -> None:
    assert await read_body(Caller(b"{}"), [(b"content-type", content_type)], LIMIT) == b"{}"


@pytest.mark.parametrize(
    ("headers", "piece"),
    [
        ([(b"content-type", b"application/x-www-form-urlencoded")], b"a=1"),
        ([(b"content-type", b"text/plain")], b"{}"),
        ([(b"content-type", b"application/jsonp")], b"{}"),
        ([(b"content-type", b"")], b"{}"),
        ([(b"content-encoding", b"gzip")], b"{}"),
    ],
)
async def test_other_types_and_codings_are_refused(headers: list[tuple[bytes, bytes]], piece: bytes) -> None:
    with pytest.raises(RefusalError) as caught:
        await read_body(Caller(piece), headers, LIMIT)

    assert (caught.value.status, caught.value.code) == (415, "NK8011")


@pytest.mark.parametrize("header", [(b"content-type", b"text/plain"), (b"content-encoding", b"gzip")])
async def test_no_body_has_no_type(header: tuple[bytes, bytes]) -> None:
    assert await read_body(Caller(b""), [header], LIMIT) == b""


async def test_the_identity_coding_is_none() -> None:
    assert await read_body(Caller(b"{}"), [(b"content-encoding", b"Identity")], LIMIT) == b"{}"


@pytest.mark.parametrize("length", [b"11", b"9" * 5000])
async def test_a_declared_length_beyond_the_limit_is_refused_unread(length: bytes) -> None:
    caller = Caller(b"x" * 11)
    with pytest.raises(RefusalError) as caught:
        await read_body(caller, [(b"content-length", length)], LIMIT)

    assert (caught.value.status, caught.value.code, caller.asked) == (413, "NK8009", 0)


@pytest.mark.parametrize("length", [None, b"5", b"-1"])
async def test_a_body_is_counted_whatever_its_declared_length(length: bytes | None) -> None:
    caller = Caller(b"x" * 6, b"x" * 5, b"never asked for")
    headers = [(b"host", b"here")] if length is None else [(b"content-length", length)]
    with pytest.raises(RefusalError) as caught:
        await read_body(caller, headers, LIMIT)

    assert (caught.value.status, caller.asked) == (413, 2)


async def test_a_caller_who_leaves_while_sending_is_gone() -> None:
    with pytest.raises(CallerLeftError):
        await read_body(Caller(), [], LIMIT)


@pytest.mark.parametrize(
    ("content", "document"),
    [
        (b'{"a": [1, 2.5, null, true, "\xc3\xa9"]}', {"a": [1, 2.5, None, True, "é"]}),
        (b"0", 0),
        (b"null", None),
        (b"9223372036854775807", 2**63 - 1),
        (b"18446744073709551616", 2**64),
        (b"-9223372036854775809", -(2**63) - 1),
        (b'{"id": 123456789012345678901234567890}', {"id": 123456789012345678901234567890}),
        (b'"12345678901234567890"', "12345678901234567890"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_is_read_without_loss(content: bytes, document: object) -> None:
    assert parse_json(content) == document


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"a": NaN}', "line 1, column 7"),
        (b'{"a": 1,\n "b": }', "line 2, column 7"),
        (b"[1e999]", "line 1"),
        (b"[1" + b"0" * 400 + b"]", "line 1"),
        (b'"\xff"', "line 1"),
        (b'"\\ud800"', "line 1"),
        (b"\xef\xbb\xbf{}", "line 1"),
        (b"[" * 100_000, "line 1"),
        (b"{} {}", "line 1, column 4"),
        (b" ", "line 1"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(content: bytes, place: str) -> None:
    with pytest.raises(RefusalError) as caught:
        parse_json(content)

    refusal = caught.value
    assert (refusal.status, refusal.code, [field for field, _ in refusal.fields]) == (400, "NK8010", ["body"])
    assert place in refusal.detail


def test_deep_documents_with_long_integers_are_read_or_refused() -> None:
    # How deep the standard library reads differs between versions of Python; that it never breaks does not.
    content = b"[" * 1020 + b"12345678901234567890" + b"]" * 1020
    read: object
    try:
        read = parse_json(content)
    except RefusalError as refusal:
        read = refusal.detail
    while isinstance(read, list):
        (read,) = read
    assert read in (12345678901234567890, "The body is nested too deeply.")
