"""Whether `Accept` admits JSON."""

from __future__ import annotations

import pytest

from naftiko_runtime.rest.accept import admits_json


@pytest.mark.parametrize(
    ("accept", "admitted"),
    [
        (b"*/*", True),
        (b"application/json", True),
        (b"application/*", True),
        (b"Application/JSON;q=0.1", True),
        (b"text/html, application/xhtml+xml, */*;q=0.8", True),
        (b"text/html", False),
        (b"text/*, image/png", False),
        (b"application/problem+json", False),
        (b"application/json;q=0", False),
        (b"application/json;q=0, */*", False),
        (b"*/*;q=0", False),
        (b"application/*;q=0, */*", False),
        (b"application/json; charset=utf-8 ; q=1", True),
        (b"application/json;q=high", False),
        (b"", True),
        (b" , ", True),
        (b"\xff", False),
    ],
)
def test_the_most_specific_range_decides(accept: bytes, admitted: bool) -> None:
    assert admits_json(accept) is admitted
