"""One value → the declared type, without loss, or a sentence that says why not (C13).

A query string has only text and a language model often writes `"5"` for 5 or a JSON text for a list, so values are brought
to their declared type where nothing is lost by it; everything else is refused by name before it reaches an upstream.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from naftiko_runtime.plan.values import UnfitValue, to_text

Coerce = Callable[[object], object]
"""Returns the value in its type; raises UnfitValue."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,99})\Z")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")

# Beyond 2^53 a float no longer says which integer it was.
_EXACT = 2**53


def _shown(value: object) -> str:
    kinds = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
        type(None): "null",
    }
    if isinstance(value, str):
        return f"the text {value[:40]!r}" + ("…" if len(value) > 40 else "")
    return kinds.get(type(value), "something else")


def to_string(value: object) -> object:
    """Text; numbers and booleans as JSON writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return to_text(value)
    raise UnfitValue(f"must be text, got {_shown(value)}")


def to_integer(value: object) -> object:
    """A whole number; `5.0` and `"5"` are 5."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    if isinstance(value, str) and _INTEGER.match(value):
        return int(value)
    raise UnfitValue(f"must be a whole number, got {_shown(value)}")


def to_number(value: object) -> object:
    """A number; `"2.5"` is 2.5."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= 100 and _NUMBER.match(value):
        return int(value) if _INTEGER.match(value) else float(value)
    raise UnfitValue(f"must be a number, got {_shown(value)}")


def to_boolean(value: object) -> object:
    """True or false; the texts `true` and `false` in any case."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise UnfitValue(f"must be true or false, got {_shown(value)}")


def _from_json_text(value: object, kind: type[list[Any]] | type[dict[str, Any]]) -> object:
    if isinstance(value, str):
        try:
            parsed = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
        if isinstance(parsed, kind):
            return parsed
    return None


def to_array(value: object) -> object:
    """A list, or its JSON text."""
    if isinstance(value, list):
        return value
    parsed = _from_json_text(value, list)
    if parsed is None:
        raise UnfitValue(f"must be a list, got {_shown(value)}")
    return parsed


def to_object(value: object) -> object:
    """An object, or its JSON text."""
    if isinstance(value, dict):
        return value
    parsed = _from_json_text(value, dict)
    if parsed is None:
        raise UnfitValue(f"must be an object, got {_shown(value)}")
    return parsed


COERCIONS: Mapping[str, Coerce] = {
    "string": to_string,
    "integer": to_integer,
    "number": to_number,
    "boolean": to_boolean,
    "array": to_array,
    "object": to_object,
}
"""By the language's type names, which are JSON Schema's."""


def compile_coercion(schema: Mapping[str, Any]) -> Coerce | None:
    """The coercion a schema asks for: its type first, then `items`, `enum` and `pattern`; None where any value will do."""
    base = COERCIONS.get(schema.get("type", ""))
    checks: list[Coerce] = []
    items = schema.get("items")
    if isinstance(items, Mapping) and (item := compile_coercion(items)) is not None:
        checks.append(_each(item))
    if "enum" in schema:
        checks.append(_one_of(tuple(schema["enum"])))
    if "pattern" in schema:
        checks.append(_matching(schema["pattern"]))
    if not checks:
        return base
    return _in_turn(((base,) if base is not None else ()) + tuple(checks))


def _in_turn(coercions: tuple[Coerce, ...]) -> Coerce:
    def coerce(value: object) -> object:
        for step in coercions:
            value = step(value)
        return value

    return coerce


def _each(item: Coerce) -> Coerce:
    return lambda value: [item(element) for element in value] if isinstance(value, list) else value


def _one_of(allowed: tuple[object, ...]) -> Coerce:
    words = ", ".join(to_text(item) for item in allowed[:20])

    def check(value: object) -> object:
        if not any(value == item and isinstance(value, bool) == isinstance(item, bool) for item in allowed):
            raise UnfitValue(f"must be one of {words}, got {_shown(value)}")
        return value

    return check


def _matching(pattern: str) -> Coerce:
    compiled = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, str) and not compiled.search(value):
            raise UnfitValue(f"must match {pattern}, got {_shown(value)}")
        return value

    return check
