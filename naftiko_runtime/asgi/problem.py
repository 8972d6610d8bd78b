"""How is a caller told over HTTP that a request was refused, or that it failed? As RFC 9457 problem documents (C16).

`type` is left out, which the RFC reads as `about:blank`: the title is then the status's own phrase, and what a program
should look at is `code`. A document holds no secret and nothing the caller sent but the names of its fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import orjson

from naftiko_runtime.errors import FieldError

PROBLEM = "application/problem+json"

# RFC 9110 §15, which renamed 413.
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def _title(status: int) -> str:
    """The phrase of a status. One that an upstream gave may be any number."""
    if status in _TITLES:
        return _TITLES[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Status"


def render_problem(status: int, code: str, detail: str, request_id: str, fields: Sequence[FieldError] = ()) -> bytes:
    """The document's bytes. `fields` become `errors`, in the order given; without any there is no `errors`."""
    document: dict[str, object] = {"title": _title(status), "status": status, "detail": detail, "code": code}
    if fields:
        document["errors"] = [{"field": field, "problem": problem} for field, problem in fields]
    document["requestId"] = request_id
    return orjson.dumps(document)
