"""What would a caller give? For every input a face shows, a value that fits its schema and can be told from all others.

A text holds a space and a letter beyond ASCII, so that a path or query that forgets its percent-encoding is seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PATTERN_TRIALS = (
    "1",
    "abc",
    "ABC",
    "a1b2c3",
    "1.0",
    "2024-01-31",
    "2024-01-31T10:00:00Z",
    "00000000-0000-4000-8000-{:012d}",
)


def fold(name: str) -> str:
    """The lower-cased letters and digits of a name: what makes two spellings one name."""
    return re.sub(r"[^a-z0-9]+", "", name.lower()) or name


def fitting_value(schema: Mapping[str, Any], name: str, number: int, *, plain: bool = False) -> Any:
    """The `number`-th value of a call, for the input `name`. `plain` keeps a text to letters, digits and `-`."""
    if schema.get("enum"):
        return schema["enum"][0]
    if "pattern" in schema:
        return _matching(schema["pattern"], number)
    match schema.get("type"):
        case "integer":
            return max(int(schema.get("minimum", 0)), min(1000 + number, int(schema.get("maximum", 1000 + number))))
        case "number":
            return number + 0.5
        case "boolean":
            return number % 2 == 0
        case "array":
            items = schema.get("items") or {}
            return [fitting_value(items, f"{name}{letter}", number, plain=plain) for letter in "ab"]
        case "object":
            return {"field": fitting_value({}, name, number, plain=plain)}
        case _:
            return f"v{number}-{fold(name)}" if plain else f"v{number} {fold(name)}é"


def _matching(pattern: str, number: int) -> str:
    for trial in _PATTERN_TRIALS:
        text = trial.format(number)
        if re.search(pattern, text):
            return text
    return f"no text of ours matches {pattern}"


def as_text(value: Any) -> str:
    """A value as it stands in a path, a query or a header."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
