"""How is a request told that it was refused, or that it failed? As RFC 9457 problem documents (C16).

`type` is left out, which the RFC reads as `about:blank`: the title is then the status's own phrase, and what a program
should look at is `code`. A document holds no secret and nothing the caller sent but the names of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from naftiko_runtime.engine.outcome import FailureKind
from naftiko_runtime.errors import FieldError

PROBLEM = "application/problem+json"

NO_ROUTE = "NK8007"
NO_METHOD = "NK8008"
BODY_TOO_LARGE = "NK8009"
BODY_UNREADABLE = "NK8010"
BODY_TYPE = "NK8011"
NOT_ACCEPTABLE = "NK8016"

STATUS: Mapping[FailureKind, int] = {
    FailureKind.ARGUMENTS: 400,
    FailureKind.UPSTREAM_STATUS: 502,
    FailureKind.TRANSPORT: 502,
    FailureKind.DEADLINE: 504,
    FailureKind.TOO_LARGE: 502,
    FailureKind.DECODING: 502,
    FailureKind.NO_BASE_ADDRESS: 502,
    FailureKind.INTERNAL: 500,
    FailureKind.NOT_SERVED: 501,
}
"""The status of each failure. An upstream's own status passes instead of 502 where it is known."""

# RFC 9110 §15, which renamed 413.
_TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


class RefusalError(Exception):
    """This face refuses the request; nothing reached an upstream. `headers` go with the answer, names in lower case."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Sequence[FieldError] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)
        self.headers = tuple(headers)
        super().__init__(detail)


def render_problem(status: int, code: str, detail: str, request_id: str, fields: Sequence[FieldError] = ()) -> bytes:
    """The document's bytes. `fields` become `errors`, in the order given; without any there is no `errors`."""
    document: dict[str, object] = {"title": _TITLES[status], "status": status, "detail": detail, "code": code}
    if fields:
        document["errors"] = [{"field": field, "problem": problem} for field, problem in fields]
    document["requestId"] = request_id
    return orjson.dumps(document)
