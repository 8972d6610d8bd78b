"""Which failure does an error of a call mean?"""

from __future__ import annotations

from naftiko_runtime.engine.outcome import Failure, FailureKind
from naftiko_runtime.engine.upstream.port import ResponseTooLargeError
from naftiko_runtime.errors import (
    AddressError,
    ArgumentError,
    CredentialError,
    DeadlineError,
    InvocationError,
    ScriptFailureError,
    TransportError,
)

_KINDS: tuple[tuple[type[InvocationError], FailureKind], ...] = (
    (ResponseTooLargeError, FailureKind.TOO_LARGE),
    (DeadlineError, FailureKind.DEADLINE),
    (TransportError, FailureKind.TRANSPORT),
    (AddressError, FailureKind.NO_BASE_ADDRESS),
    (CredentialError, FailureKind.CREDENTIAL),
    (ScriptFailureError, FailureKind.SCRIPT),
)


def to_failure(error: InvocationError) -> Failure:
    """The failure an invocation error means. Its text is fit for a caller: the tree keeps secrets out of texts."""
    if isinstance(error, ArgumentError):
        return Failure(FailureKind.ARGUMENTS, "the input can't make a right request", fields=error.fields)
    kind = next((kind for type_, kind in _KINDS if isinstance(error, type_)), FailureKind.INTERNAL)
    return Failure(kind, str(error), cause=error)
