"""What does an outcome mean to Python? A value that is returned, or one of the package's errors that is raised."""

from __future__ import annotations

from typing import Any

from naftiko_runtime.engine.decoding import UndecodableError, decode_json
from naftiko_runtime.engine.media import essence, is_json, is_text, text_of
from naftiko_runtime.engine.outcome import Failure, FailureKind, Outcome, Success
from naftiko_runtime.errors import ArgumentError, InvocationError, TransportError, UpstreamError


def to_value(outcome: Outcome) -> Any:
    """The result of a call: the JSON value, text as `str`, anything else as `bytes`; None for an empty answer.

    Raises the error that a failure means.
    """
    if isinstance(outcome, Failure):
        raise to_error(outcome)
    return _decoded(outcome) if outcome.content else None


def to_error(failure: Failure) -> InvocationError:
    """The error that a failure means, with its stable code. Its text is fit for a caller: it holds no secret."""
    if failure.kind is FailureKind.ARGUMENTS:
        return ArgumentError(failure.fields)
    if failure.kind is FailureKind.UPSTREAM_STATUS and failure.status is not None:
        return UpstreamError(failure.status, failure.path, failure.content, failure.step)
    if failure.cause is not None:
        failure.cause.args = (failure.detail,)  # which names the step too
        return failure.cause
    # An answer that is not what it should be could not be read: to a caller that is the upstream's way of breaking.
    is_unreadable = failure.kind is FailureKind.DECODING
    error = TransportError(failure.detail) if is_unreadable else InvocationError(failure.detail)
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
