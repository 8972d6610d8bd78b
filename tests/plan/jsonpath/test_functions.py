"""A function a path ends in works on what it selected, and gives null for what it can't work on (language §4.4)."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.jsonpath.functions import FUNCTIONS


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("length", [1, 2], 2),
        ("length", {"a": 1}, 1),
        ("length", "abc", 3),
        ("length", 5, None),
        ("length", None, None),
        ("size", [1], 1),
        ("min", [3, 1.5, 2], 1.5),
        ("max", [3, 1.5, 2], 3),
        ("max", [10**400], 10**400),
        ("sum", [1, 2.5], 3.5),
        ("sum", [10**400, 10**400], 2 * 10**400),
        ("sum", [10**400, 0.5], None),
        ("sum", [1e308, 1e308], None),
        ("avg", [1, 2], 1.5),
        ("avg", [10**400], None),
        ("sum", [1, True, "2", None, [3]], 1),
        ("sum", ["a"], None),
        ("sum", [], None),
        ("sum", 5, None),
        ("keys", {"a": 1, "b": 2}, ["a", "b"]),
        ("keys", [1], None),
        ("concat", ["a", 1, "b"], "ab"),
        ("concat", "a", None),
    ],
)
def test_a_function_gives_its_result_or_null(name, value, result):
    assert FUNCTIONS[name](value) == result
