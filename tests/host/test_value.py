from __future__ import annotations

import pytest

from naftiko_runtime.engine.outcome import Failure, FailureKind
from naftiko_runtime.engine.upstream.port import Limits, ResponseTooLargeError
from naftiko_runtime.host.value import to_error


@pytest.mark.parametrize(
    ("detail", "limit"), [(str(ResponseTooLargeError(5)), 5), ("too large", 7)], ids=["of the answer", "of the runtime"]
)
def test_an_answer_that_is_too_large_tells_its_limit(detail: str, limit: int) -> None:
    error = to_error(Failure(FailureKind.TOO_LARGE, detail), Limits(body=7))
    assert isinstance(error, ResponseTooLargeError)
    assert error.limit == limit
