"""The functions a JSONPath may end in: Jayway's, which the reference engine runs (language §4.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _numbers(value: Any) -> list[float]:
    return [item for item in value if isinstance(item, int | float) and not isinstance(item, bool)]


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, list | dict | str) else None


def _of_numbers(function: Callable[[list[float]], float]) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        numbers = _numbers(value) if isinstance(value, list) else []
        return function(numbers) if numbers else None

    return apply


def _concatenate(value: Any) -> Any:
    return "".join(item for item in value if isinstance(item, str)) if isinstance(value, list) else None


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "length": _length,
    "size": _length,
    "min": _of_numbers(min),
    "max": _of_numbers(max),
    "sum": _of_numbers(sum),
    "avg": _of_numbers(lambda numbers: sum(numbers) / len(numbers)),
    "keys": lambda value: list(value) if isinstance(value, dict) else None,
    "concat": _concatenate,
}
"""Each takes what the path selected; what it can't work on gives null, never an error."""
