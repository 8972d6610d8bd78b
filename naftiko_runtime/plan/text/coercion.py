"""One value → the declared type, without loss, or a sentence that says why not (C13).

A query string has only text and a language model often writes `"5"` for 5 or a JSON text for a list, so values are
brought to their declared type where nothing is lost by it; everything else is refused by name before it reaches an
upstream.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jsonschema_rs import FancyRegexOptions, ValidationError, Validator, validator_for

from naftiko_runtime.plan.text.values import UnfitValue, from_json, to_json, to_text

Coerce = Callable[[object], object]
"""Returns the value in its type; raises UnfitValue."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,99})\Z")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,4})?\Z")

# Beyond 2^53 a float no longer says which integer it was.
_EXACT = 2**53

_BOUNDS = ("minimum", "maximum", "minLength", "maxLength")

# A pattern is the author's, the text it judges any caller's: this matcher runs most patterns in linear time and gives
# up on the others (look-around, back references) after so many steps.
_PATIENCE = FancyRegexOptions(backtrack_limit=100_000)


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
        if not _is_unicode(value):
            raise UnfitValue("must be text of whole Unicode characters")
        return value
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return to_text(value)
    raise UnfitValue(f"must be text, got {_shown(value)}")


def _is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8: one with half a surrogate pair can't, and so can't travel at all."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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
    """A number; `"2.5"` is 2.5. A text with more digits than a JSON number keeps is refused."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if isinstance(value, str) and _INTEGER.match(value):
        return int(value)
    if isinstance(value, str) and len(value) <= 100 and _NUMBER.match(value):
        number = float(value)
        if math.isfinite(number) and Decimal(repr(number)) == Decimal(value):
            return number
        raise UnfitValue(f"must be a number that keeps its digits, got {_shown(value)}")
    raise UnfitValue(f"must be a number, got {_shown(value)}")


def to_boolean(value: object) -> object:
    """True or false; the texts `true` and `false` in any case."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise UnfitValue(f"must be true or false, got {_shown(value)}")


def to_array(value: object) -> object:
    """A list, or its JSON text."""
    found = _from_json_text(value)
    if isinstance(found, list):
        return found
    raise UnfitValue(f"must be a list, got {_shown(value)}")


def to_object(value: object) -> object:
    """An object, or its JSON text."""
    found = _from_json_text(value)
    if isinstance(found, dict):
        return found
    raise UnfitValue(f"must be an object, got {_shown(value)}")


def _from_json_text(value: object) -> object:
    """What a text says as JSON, where it says anything; any other value as it is."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value.encode())
    except (ValueError, RecursionError):
        return None


COERCIONS: Mapping[str, Coerce] = {
    "string": to_string,
    "integer": to_integer,
    "number": to_number,
    "boolean": to_boolean,
    "array": to_array,
    "object": to_object,
}
"""By the language's type names, which are JSON Schema's."""


def lenient(coerce: Coerce) -> Coerce:
    """The coercion of what nobody can be asked to mend: a value that does not fit stays as it is, and so does null."""

    def keep(value: object) -> object:
        if value is None:
            return None
        try:
            return coerce(value)
        except UnfitValue:
            return value

    return keep


def compile_coercion(schema: Mapping[str, Any]) -> Coerce | None:
    """The coercion a schema asks for: its type first, then `items`, `enum`, `pattern` and bounds; None where any value
    will do. A pattern that is none (`is_pattern`) takes no text: nothing passes that could not be judged.
    """
    base = _base(schema)
    checks: list[Coerce] = [] if base is None else [base]
    items = schema.get("items")
    if isinstance(items, Mapping) and (item := compile_coercion(items)) is not None:
        checks.append(_each(item))
    if "enum" in schema:
        # In the declared type, so that `enum: [1, 2]` of a `string` takes `"1"`.
        checks.append(_one_of(list(schema["enum"] if base is None else map(lenient(base), schema["enum"]))))
    if "pattern" in schema:
        checks.append(_matching(schema["pattern"]))
    bounds = {key: schema[key] for key in _BOUNDS if key in schema}
    if bounds:
        checks.append(_within(bounds))
    return checks[0] if len(checks) == 1 else _in_turn(tuple(checks)) if checks else None


def _base(schema: Mapping[str, Any]) -> Coerce | None:
    kind = schema.get("type")
    return COERCIONS.get(kind) if isinstance(kind, str) else None


def _in_turn(coercions: tuple[Coerce, ...]) -> Coerce:
    def coerce(value: object) -> object:
        for step in coercions:
            value = step(value)
        return value

    return coerce


def _each(item: Coerce) -> Coerce:
    return lambda value: [item(element) for element in value] if isinstance(value, list) else value


def _one_of(allowed: list[object]) -> Coerce:
    shown = (item if isinstance(item, str) else to_json(item).decode() for item in allowed[:20])
    words = ", ".join(shown) + (", …" if len(allowed) > 20 else "")

    def check(value: object) -> object:
        if not any(value == item and isinstance(value, bool) == isinstance(item, bool) for item in allowed):
            raise UnfitValue(f"must be one of {words}, got {_shown(value)}")
        return value

    return check


def is_pattern(pattern: object) -> bool:
    """Whether a pattern is a regular expression as JSON Schema has them (ECMA 262)."""
    return _judge({"pattern": pattern}) is not None


def _matching(pattern: str) -> Coerce:
    judge = _judge({"pattern": pattern})

    def check(value: object) -> object:
        if isinstance(value, str) and not _holds(judge, value):
            raise UnfitValue(f"must match {pattern}, got {_shown(value)}")
        return value

    return check


def _within(bounds: Mapping[str, Any]) -> Coerce:
    judge = _judge(bounds)
    words = ", ".join(f"{key} {bound}" for key, bound in bounds.items())

    def check(value: object) -> object:
        if isinstance(value, int | float | str) and not _holds(judge, value):
            raise UnfitValue(f"must keep to {words}, got {_shown(value)}")
        return value

    return check


def _holds(judge: Validator | None, value: int | float | str) -> bool:
    return judge is not None and (not isinstance(value, str) or _is_unicode(value)) and judge.is_valid(value)


def _judge(schema: Mapping[str, Any]) -> Validator | None:
    try:
        return validator_for(dict(schema), pattern_options=_PATIENCE)
    except ValidationError:
        return None
