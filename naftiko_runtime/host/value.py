"""What does an outcome mean to Python? A value that is returned, or one of the package's errors that is raised."""

from __future__ import annotations

import re
from typing import Any

from naftiko_runtime.engine.decoding import UndecodableError, decode_json
from naftiko_runtime.engine.media import essence, is_json, is_text, text_of
from naftiko_runtime.engine.outcome import Failure, FailureKind, Outcome, Success
from naftiko_runtime.engine.upstream.port import Limits, ResponseTooLargeError
from naftiko_runtime.errors import (
    AddressError,
    ArgumentError,
    CredentialError,
    DeadlineError,
    InvocationError,
    TransportError,
    UpstreamError,
)

_ERRORS: dict[FailureKind, type[InvocationError]] = {
    FailureKind.TRANSPORT: TransportError,
    # An answer that is not what it should be could not be read: to a caller that is the upstream's way of breaking.
    FailureKind.DECODING: TransportError,
    FailureKind.NO_BASE_ADDRESS: AddressError,
    FailureKind.INTERNAL: InvocationError,
    FailureKind.CREDENTIAL: CredentialError,
}

_LIMIT = re.compile(r"larger than ([0-9]+) bytes")


def to_value(outcome: Outcome, limits: Limits) -> Any:
    """The result of a call: the JSON value, text as `str`, anything else as `bytes`; None for an empty answer.

    Raises the error that a failure means; `limits` are those the call was made under.
    """
    if isinstance(outcome, Failure):
        raise to_error(outcome, limits)
    return _decoded(outcome) if outcome.content else None


def to_error(failure: Failure, limits: Limits) -> InvocationError:
    """The error that a failure means, with its stable code. Its text is fit for a caller: it holds no secret."""
    if failure.kind is FailureKind.ARGUMENTS:
        return ArgumentError(failure.fields)
    if failure.kind is FailureKind.UPSTREAM_STATUS and failure.status is not None:
        return UpstreamError(failure.status, failure.path, failure.content, failure.step)
    if failure.kind is FailureKind.DEADLINE:
        connecting = DeadlineError("connect", limits.connect)
        return connecting if str(connecting) == failure.detail else DeadlineError("call", limits.call)
    if failure.kind is FailureKind.TOO_LARGE:
        # A binary answer has a limit of its own.
        stated = _LIMIT.search(failure.detail)
        return ResponseTooLargeError(int(stated[1]) if stated else limits.body)
    error = _ERRORS.get(failure.kind, InvocationError)(failure.detail)
    error.code = failure.code or failure.kind.value
    return error


def _decoded(success: Success) -> Any:
    kind, charset = essence(success.media_type)
    if is_json(kind):
        try:
            return decode_json(success.content)
        except UndecodableError:
            # The upstream's own bytes, passed as they are: it calls them JSON, and they are text at best.
            return text_of(success.content, charset)
    return text_of(success.content, charset) if is_text(kind) else success.content
