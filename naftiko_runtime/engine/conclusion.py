"""An upstream's complete answer → the outcome of the call. Pure: bytes and numbers in, a value out.

The one rule: an answer outside 2xx is never shaped and never success (C14b).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from naftiko_runtime.engine.decoding import UndecodableError, check_json, decode_json, in_utf8
from naftiko_runtime.engine.defects import log_defect
from naftiko_runtime.engine.headers import content_type, passing
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Outcome, Success
from naftiko_runtime.engine.sized import media_type_of
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.text.values import to_json

LARGE = 64 * 1024
"""Bytes of an answer beyond JSON from which on it is decoded in a thread of its own: it takes long."""


def decoded(call: Call, headers: list[tuple[str, str]], body: bytes) -> Any:
    """The payload of an answer. Raises UndecodableError."""
    kind = content_type(headers)
    return decode_json(in_utf8(body, kind)) if call.decode is None else call.decode(body, kind)


def undecodable(error: UndecodableError, headers: list[tuple[str, str]], path: str) -> Failure:
    """The failure that tells of an answer that is not what it should be."""
    kind = content_type(headers) or "no media type"
    return Failure(FailureKind.DECODING, f"the upstream's answer ({kind}) is {error}", path=path)


def conclude(
    call: Call,
    arguments: Mapping[str, object],
    path: str,
    status: int,
    headers: list[tuple[str, str]],
    body: bytes,
) -> Outcome:
    """The outcome of an answer. `path` is the asked path without its query."""
    if not 200 <= status <= 299:
        return rejected(path, status, headers, body)
    if call.shape is None:
        return Success(status, body, media_type_of(call, headers), passing(headers), status, False)
    if not body or (call.decode is None and body.isspace()):
        # 204, or an empty 200: there is nothing to shape, and an empty body is an answer (language §4.5).
        return Success(status, b"", "", passing(headers), status, True)
    try:
        if call.identity:
            body = in_utf8(body, content_type(headers))
            check_json(body)
            return Success(status, body, JSON, passing(headers), status, True)
        value = decoded(call, headers, body)
    except UndecodableError as error:
        return undecodable(error, headers, path)
    try:
        content = to_json(call.shape(value, arguments))
    except Exception as error:  # noqa: BLE001 - a shape is total; whatever it raises is our mistake, not the caller's
        log_defect(f"shaping the answer of {call.target}", error)
        return Failure(FailureKind.INTERNAL, "the upstream's answer could not be shaped", path=path)
    return Success(status, content, JSON, passing(headers), status, True)


def rejected(path: str, status: int, headers: list[tuple[str, str]], body: bytes) -> Failure:
    """The failure that tells an answer outside 2xx as it is."""
    return Failure(
        FailureKind.UPSTREAM_STATUS,
        f"the upstream answered {status} for {path}",
        status=status,
        path=path,
        content=body,
        media_type=content_type(headers),
        headers=passing(headers),
    )
