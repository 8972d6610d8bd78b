"""What a raw query string says."""

from __future__ import annotations

import pytest

from naftiko_runtime.rest.query import parse_query


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (b"a=1", ["1"]),
        (b"a=", [""]),
        (b"a", [""]),
        (b"b=2", None),
        (b"a=1&b=2&a=3", ["1", "3"]),
        (b"a=x+y%20z", ["x y z"]),
        (b"a=%2B", ["+"]),
        (b"a=x%26y%3Dz%23%25", ["x&y=z#%"]),
        (b"a=x=y", ["x=y"]),
        (b"a=1,2", ["1,2"]),
        (b"a=1;b=2", ["1;b=2"]),
        (b"%61=1", ["1"]),
        (b"a=%C3%A9", ["é"]),
        ("a=é".encode(), ["é"]),
        (b"a=%252F", ["%2F"]),
        (b"a=%ff", [None]),
        (b"a=\xff", [None]),
        (b"a=%zz", [None]),
        (b"a=%", [None]),
        (b"%ff=1&a=2", ["2"]),
        (b"A=1", None),
        (b"&&a=1&", ["1"]),
    ],
)
def test_a_wanted_key_has_its_values(query: bytes, values: list[str | None] | None) -> None:
    assert parse_query(query, {"a"}).get("a") == values


def test_keys_that_nobody_wants_are_not_kept() -> None:
    assert parse_query(b"utm_source=x&a=1&%ff=%ff", {"a"}) == {"a": ["1"]}
