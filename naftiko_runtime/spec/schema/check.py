"""Does a file have the shape of the language, and where does it not?

There are two kinds of schema: the official ones decide what each generation of the language is, the runtime one also
takes what public files write (C9). All choose shapes by `if` and `then`, so that a mistake fails one keyword and not
each branch of a `oneOf`. A compiled validator decides; only what it refuses is judged again, for words. All mistakes of
a file are told in one go, in the order of the text, and none is told twice under two names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator

from naftiko_runtime.data import data_path
from naftiko_runtime.spec.schema.judgement import failures
from naftiko_runtime.spec.schema.spelling import Spelling
from naftiko_runtime.spec.schema.violation import Violation, read_violations
from naftiko_runtime.spec.text.document import Pointer

_RUNTIME = "naftiko-runtime.json"

_OFFICIAL: Mapping[str, str] = MappingProxyType(
    {
        "naftiko-0.4": "naftiko-0.5",
        "naftiko-0.5": "naftiko-0.5",
        "naftiko-1.0.0-alpha1": "naftiko-1.0.0-alpha1",
        "naftiko-1.0.0-alpha2": "naftiko-1.0.0-alpha2",
        "naftiko-1.0.0-alpha3": "naftiko-1.0.0-alpha2",
        "ikanos-1.0.0-alpha3": "ikanos-1.0.0-beta5",
        "ikanos-1.0.0-alpha4": "ikanos-1.0.0-beta5",
        "ikanos-1.0.0-beta1": "ikanos-1.0.0-beta5",
        "ikanos-1.0.0-beta2": "ikanos-1.0.0-beta5",
        "ikanos-1.0.0-beta3": "ikanos-1.0.0-beta5",
        "ikanos-1.0.0-beta4": "ikanos-1.0.0-beta5",
        "ikanos-1.0.0-beta5": "ikanos-1.0.0-beta5",
    }
)
"""The schema file that decides each generation (root key and version), without `.json`: its own or the nearest."""


class _Compiled(NamedTuple):
    """A schema ready to decide; kept, because compiling takes longer than checking an ordinary file."""

    schema: dict[str, Any]
    validator: Draft202012Validator


def check_runtime(value: object, spelling: Spelling | None = None) -> list[Violation]:
    """Where `value` leaves the runtime schema, in the order of the text. Versions are judged elsewhere.

    `value` has the canonical form; with a `spelling` it is told in the words of the author.
    """
    return _check(_runtime(is_keyed=spelling is not None and spelling.is_keyed), value, spelling)


def check_official(value: object, *, generation: str = "naftiko-1.0.0-alpha2") -> list[Violation]:
    """Where `value` leaves the official schema of a generation, in the order of the text; empty when that accepts it.

    `generation` is the root key and the version, as in `ikanos-1.0.0-beta5`. For 0.4, naftiko alpha3 and the ikanos
    stages before beta5 this is an approximation, because no schema of their own is at hand: the nearest one decides,
    asked for their version. Alpha3 changed nothing but the version; 0.4 may have written what 0.5 refuses; an early
    ikanos stage gets away with keys that a later one brought (language §13.3).

    Raises `KeyError` for a generation that was never published.
    """
    return _check(_official(generation), value)


@cache
def _runtime(*, is_keyed: bool) -> _Compiled:
    """The runtime schema; what a definition keeps under `later` is known to the generations of keyed maps alone."""
    schema = _load(_RUNTIME)
    for definition in schema["$defs"].values():
        if is_keyed and "later" in definition:
            definition["properties"] |= definition["later"]
    return _compile(schema)


@cache
def _official(generation: str) -> _Compiled:
    schema = _load(f"{_OFFICIAL[generation]}.json")
    key, _, version = generation.partition("-")
    schema["properties"][key] = {"enum": [version]}
    return _compile(schema)


def _load(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(data_path("schemas", name).read_bytes())
    return schema


def _compile(schema: dict[str, Any]) -> _Compiled:
    return _Compiled(schema, Draft202012Validator(schema))


def _check(compiled: _Compiled, value: object, spelling: Spelling | None = None) -> list[Violation]:
    schema, validator = compiled
    if _is_valid(validator, value):
        return []
    read = read_violations if spelling is None else spelling.read
    found = [violation for failure in failures(schema, value) for violation in read(failure, schema)]
    order = _Order(value)
    return sorted(_without_echoes(found), key=lambda violation: order.rank(violation.pointer))


def _is_valid(validator: Draft202012Validator, value: object) -> bool:
    try:
        return validator.is_valid(value)
    except UnicodeEncodeError:
        # A lone surrogate, which YAML can escape into a text, has no UTF-8 form: only the slow judge can look at it.
        return False


def _without_echoes(found: list[Violation]) -> list[Violation]:
    """Drop the missing keys that stand there with a slip of the hand: the unknown key tells."""
    slips = {(violation.pointer[:-1], violation.near) for violation in found if violation.near}
    return [violation for violation in found if not any((violation.pointer, key) in slips for key in violation.missing)]


class _Order:
    """The order of the text: where each key stands among its siblings."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._positions: dict[int, dict[str, int]] = {}

    def rank(self, pointer: Pointer) -> tuple[int, ...]:
        """A key to sort pointers by; a mapping comes before what it holds."""
        value = self._root
        ranks: list[int] = []
        for part in pointer:
            ranks.append(part if isinstance(part, int) else self._position(value, part))
            value = value[part]
        return tuple(ranks)

    def _position(self, mapping: dict[str, Any], key: str) -> int:
        positions = self._positions.get(id(mapping))
        if positions is None:
            positions = {name: place for place, name in enumerate(mapping)}
            self._positions[id(mapping)] = positions
        return positions[key]
