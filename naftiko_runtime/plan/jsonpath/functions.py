"""The functions a JSONPath may end in: Jayway's, which the reference engine runs (language §4.4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

Number = int | float


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, list | dict | str) else None


def _of_numbers(function: Callable[[list[Number]], Number]) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        items = value if isinstance(value, list) else []
        numbers = [item for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
        try:
            result = function(numbers) if numbers else None
            return None if isinstance(result, float) and not math.isfinite(result) else result
        except OverflowError:
            # An integer beyond a double's range met a division or a fraction: JSON has no number for the result.
            return None

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
