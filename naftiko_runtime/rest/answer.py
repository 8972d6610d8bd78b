"""What does an outcome look like to a REST caller? (C16)

A success has the upstream's status and the shaped value; what an upstream refused has its status, body and headers as
they are; everything else is a problem document. An ETag names bytes, so it is weakened where the bytes are ours.
"""

from __future__ import annotations

from typing import NamedTuple

from naftiko_runtime.asgi.access.denial import DeniedError
from naftiko_runtime.asgi.problem import PROBLEM, render_problem
from naftiko_runtime.engine.media import essence
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Headers, Streamed, Success
from naftiko_runtime.errors import FieldError
from naftiko_runtime.rest.problem import STATUS, RefusalError

WITHOUT_CONTENT = frozenset({204, 304})
"""Statuses whose answers have no content (RFC 9110 §6.4.1)."""

_PROBLEM_TYPE = (b"content-type", PROBLEM.encode())
# These are about our message, so they are ours to write.
_OWN = frozenset({"content-type", "content-length", "x-request-id"})
# What an upstream says of its own document isn't true of ours.
_NOT_OF_STEPS = _OWN | {
    "content-disposition",
    "content-language",
    "content-location",
    "content-range",
    "etag",
    "last-modified",
}
# What a browser would take for a page of this origin, which may ask everything here and read the answers.
_ACTIVE = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "application/xml", "text/xml"})
_NOT_SNIFFED = (b"x-content-type-options", b"nosniff")
_INERT = (_NOT_SNIFFED, (b"content-security-policy", b"sandbox"))


class Answer(NamedTuple):
    """A response, complete but for its request id. `code` is the stable code of what failed, else empty."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes
    upstream_status: int | None
    code: str


def answer_success(outcome: Success) -> Answer:
    """The response of a complete result."""
    status, content, media_type, passed, upstream_status, shaped = outcome
    if status in WITHOUT_CONTENT:
        return Answer(status, _passed(passed, _OWN, shaped), b"", upstream_status, "")
    headers = [(b"content-length", b"%d" % len(content))]
    if media_type:
        headers.insert(0, (b"content-type", media_type.encode("latin-1")))
    if media_type != JSON and content:
        headers += _held_still(media_type)
    if passed:
        headers += _passed(passed, _OWN, shaped)
    return Answer(status, headers, content, upstream_status, "")


def streamed_headers(outcome: Streamed) -> list[tuple[bytes, bytes]]:
    """The headers of a result that passes as it comes; its length is told where the upstream told it."""
    headers = _passed(outcome.headers, _OWN, weaken=False)
    if outcome.length:
        headers.append((b"content-length", outcome.length.encode()))
    if outcome.media_type and outcome.status not in WITHOUT_CONTENT:
        headers.append((b"content-type", outcome.media_type.encode("latin-1")))
    return headers if outcome.status in WITHOUT_CONTENT else [*headers, *_held_still(outcome.media_type)]


def answer_failure(outcome: Failure, fields: tuple[FieldError, ...], request_id: str) -> Answer:
    """The response of a call that has no result. `fields` are its field errors as the caller writes them."""
    code = outcome.kind.value
    if outcome.kind is FailureKind.UPSTREAM_STATUS and outcome.status is not None and not outcome.step:
        headers = _passed(outcome.headers, _OWN, weaken=False)
        if outcome.status in WITHOUT_CONTENT:
            return Answer(outcome.status, headers, b"", outcome.status, code)
        if outcome.media_type:
            headers.append((b"content-type", outcome.media_type.encode("latin-1")))
        headers.append((b"content-length", b"%d" % len(outcome.content)))
        if outcome.content:
            headers += _held_still(outcome.media_type)
        return Answer(outcome.status, headers, outcome.content, outcome.status, code)
    status = STATUS[outcome.kind]
    if outcome.status is not None and outcome.status >= 400:
        status = outcome.status
    content = render_problem(status, outcome.code or code, outcome.detail, request_id, fields)
    headers = [*_problem_headers(content), *_passed(outcome.headers, _NOT_OF_STEPS, weaken=False)]
    return Answer(status, headers, content, outcome.status, code)


def answer_refusal(refusal: RefusalError | DeniedError, request_id: str) -> Answer:
    """The response of a request that this face refused."""
    fields = refusal.fields if isinstance(refusal, RefusalError) else ()
    content = render_problem(refusal.status, refusal.code, refusal.detail, request_id, fields)
    headers = [*_problem_headers(content), *refusal.headers]
    return Answer(refusal.status, headers, content, None, refusal.code)


def _problem_headers(content: bytes) -> list[tuple[bytes, bytes]]:
    return [_PROBLEM_TYPE, (b"content-length", b"%d" % len(content))]


def _held_still(media_type: str) -> tuple[tuple[bytes, bytes], ...]:
    """What keeps a browser from running what an upstream wrote."""
    kind = essence(media_type)[0]
    return () if kind == JSON else _INERT if kind in _ACTIVE else (_NOT_SNIFFED,)


def _passed(headers: Headers, own: frozenset[str], weaken: bool) -> list[tuple[bytes, bytes]]:
    passed = []
    for name, value in headers:
        if name in own:
            continue
        if weaken and name == "etag" and not value.startswith("W/"):
            value = f"W/{value}"
        passed.append((name.encode("latin-1"), value.encode("latin-1")))
    return passed
