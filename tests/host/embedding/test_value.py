from __future__ import annotations

import pytest

from naftiko_runtime.engine.failures import to_failure
from naftiko_runtime.engine.outcome import Failure, FailureKind
from naftiko_runtime.engine.upstream.port import ResponseTooLargeError
from naftiko_runtime.errors import (
    AddressError,
    CredentialError,
    DeadlineError,
    InvocationError,
    ScriptFailureError,
    TransportError,
)
from naftiko_runtime.host.embedding.value import to_error


@pytest.mark.parametrize(
    "raised",
    [
        ResponseTooLargeError(5),
        DeadlineError("steps", 3.0),
        TransportError("no"),
        AddressError("no"),
        CredentialError("no"),
        ScriptFailureError("total.js", "no", 7),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_error_of_a_failure_is_the_one_that_was_raised(raised: InvocationError) -> None:
    error = to_error(to_failure(raised)._replace(detail="step `total`: it failed"))

    assert error is raised
    assert str(error) == "step `total`: it failed"


@pytest.mark.parametrize(
    ("failure", "type_", "code"),
    [
        (Failure(FailureKind.DECODING, "no"), TransportError, "NK8006"),
        (Failure(FailureKind.NOT_SERVED, "no", code="NK5010"), InvocationError, "NK5010"),
        (Failure(FailureKind.STEP, "no"), InvocationError, FailureKind.STEP.value),
    ],
)
def test_a_failure_that_was_never_raised_has_an_error_of_its_kind(
    failure: Failure, type_: type[InvocationError], code: str
) -> None:
    error = to_error(failure)

    assert (type(error), error.code, str(error)) == (type_, code, "no")
