from __future__ import annotations

import pytest

from naftiko_runtime.diagnostics.codes import CODES
from naftiko_runtime.engine.failures import to_failure
from naftiko_runtime.engine.outcome import FailureKind
from naftiko_runtime.engine.upstream.port import ResponseTooLargeError
from naftiko_runtime.errors import (
    AddressError,
    ArgumentError,
    DeadlineError,
    FieldError,
    InvocationError,
    TransportError,
)


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_kind_of_failure_has_a_code(kind):
    assert kind.value in CODES


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ArgumentError([FieldError("a", "is required")]), FailureKind.ARGUMENTS),
        (ResponseTooLargeError(5), FailureKind.TOO_LARGE),
        (DeadlineError("call", 30), FailureKind.DEADLINE),
        (TransportError("broken"), FailureKind.TRANSPORT),
        (AddressError("none"), FailureKind.NO_BASE_ADDRESS),
        (InvocationError("other"), FailureKind.INTERNAL),
    ],
)
def test_every_invocation_error_is_a_failure_of_its_kind(error, kind):
    failure = to_failure(error)
    assert failure.kind is kind
    assert failure.fields == getattr(error, "fields", ())
    assert failure.detail
