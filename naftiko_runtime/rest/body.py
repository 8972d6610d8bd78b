"""What document did the caller send?

A body is read only for an operation that wants one, never beyond the limit, and only as JSON (RFC 8259): NaN, infinite
numbers (an integer of more than 308 digits is one), a byte order mark, lone surrogates and nesting beyond 1,024 levels
are refused with line and column; integers stay exact. A key given twice in one object counts with its last value, as
JavaScript and Python read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from naftiko_runtime.asgi.body import CLOSE, BodyTooLargeError, read_all
from naftiko_runtime.errors import FieldError
from naftiko_runtime.rest.problem import BODY_TOO_LARGE, BODY_TYPE, BODY_UNREADABLE, RefusalError

if TYPE_CHECKING:
    from starlette.types import Receive

RawHeaders = Sequence[tuple[bytes, bytes]]

_MEDIA_TYPE = re.compile(rb"application/(?:[a-z0-9!#$&^_.-]+\+)?json[ \t]*(?:;.*)?", re.IGNORECASE | re.DOTALL)
# orjson reads integers beyond 64 bits as floats. 19 digits is the shortest run that may be beyond.
_LONG_INTEGER = re.compile(rb"[0-9]{19}")


async def read_body(receive: Receive, headers: RawHeaders, limit: int) -> bytes:
    """The request's body, b"" where there is none. Raises `RefusalError` (413, 415) and `CallerLeftError`.

    `limit` is in bytes. A declared length beyond it is refused before anything is read.
    """
    content_type, encoding, length = _describe(headers)
    try:
        content = await read_all(receive, length, limit)
    except BodyTooLargeError as error:
        raise RefusalError(413, BODY_TOO_LARGE, str(error), headers=[CLOSE]) from None
    if content and content_type is not None and not _MEDIA_TYPE.fullmatch(content_type):
        raise RefusalError(415, BODY_TYPE, "The body must be JSON: send it with content-type application/json.")
    if content and encoding is not None and encoding.lower() != b"identity":
        raise RefusalError(
            415,
            BODY_TYPE,
            "The body must come without a content coding: send it without content-encoding.",
            headers=[(b"accept-encoding", b"identity")],
        )
    return content


def parse_json(content: bytes) -> object:
    """The JSON value of a body. Raises `RefusalError` (400) that says what is wrong and where."""
    try:
        document: object = orjson.loads(content)
        if _LONG_INTEGER.search(content):
            document = json.loads(content)
    except json.JSONDecodeError as error:
        raise _unreadable(f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise _unreadable("is nested too deeply") from None
    return document


def _describe(headers: RawHeaders) -> tuple[bytes | None, bytes | None, bytes]:
    """Content type, content coding and declared length (b"" where there is none)."""
    content_type = encoding = None
    length = b""
    for name, value in headers:
        if name == b"content-type":
            content_type = value.strip(b" \t")
        elif name == b"content-encoding":
            encoding = value.strip(b" \t")
        elif name == b"content-length":
            length = value
    return content_type, encoding, length


def _unreadable(problem: str) -> RefusalError:
    return RefusalError(400, BODY_UNREADABLE, f"The body {problem}.", fields=[FieldError("body", problem)])
