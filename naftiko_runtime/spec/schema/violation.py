"""What does a failed keyword of a schema mean to the person who wrote the file?

A validator speaks of keywords and subschemas; a reader thinks of tools and operations. Each keyword our schemas use has
one sentence and one way out here. Names of objects come from the `title` of their definition, never from the code; a
value below `authentication` is never quoted, because it may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest, one_edit
from naftiko_runtime.spec.schema.judgement import Failure, Schema, resolve
from naftiko_runtime.spec.text.document import Pointer

Reader = Callable[[Failure, Schema], Iterator["Violation"]]
"""Turns one failed keyword of a schema into violations."""

_QUOTED = 40
"""Characters of a found value that a message shows."""

_GUESSED = 100
"""Unknown keys of one mapping for which a word somewhat like them is looked for."""

_TYPES = MappingProxyType(
    {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "`true` or `false`",
        "array": "a list",
        "object": "a mapping",
        "null": "nothing",
    }
)

_PUBLIC_CREDENTIAL_KEYS = frozenset({"type", "placement", "in", "tokenValidation"})


class Violation(NamedTuple):
    """One place where a file leaves a schema.

    `kind` is unknown-key, missing-key, type, value, length or other. `pointer` leads to the offending value; for a
    missing key to the mapping that lacks it, for an unknown key to the value under that key. `near` is the known key an
    unknown one is a single slip away from. `missing` holds the keys of which one has to be added.
    """

    kind: str
    pointer: Pointer
    message: str
    help: str
    near: str | None = None
    missing: tuple[str, ...] = ()


def read_violations(failure: Failure, root: Schema) -> Iterator[Violation]:
    """The violations that a failed keyword of the schema `root` stands for."""
    return READERS[failure.keyword](failure, root)


def _subject(pointer: Pointer) -> str:
    """The value at a pointer, as the text names it."""
    if not pointer:
        return "the file"
    last = pointer[-1]
    if isinstance(last, str):
        return f"`{last}`"
    owner = next((part for part in reversed(pointer) if isinstance(part, str)), None)
    return f"item {last + 1}" if owner is None else f"item {last + 1} of `{owner}`"


def _read_unknown_keys(failure: Failure, _: Schema) -> Iterator[Violation]:
    known = list(failure.schema["properties"])
    for count, key in enumerate(failure.keys):
        near = one_edit(key, known)
        # Looking for a likeness is dear: a mapping with so many unknown keys is no slip of the hand.
        meant = near or (nearest(key, known) if count < _GUESSED else None)
        yield _unknown_key(failure, key, f"{did_you_mean(meant)}known keys: {', '.join(known)}", near)


def _unknown_key(failure: Failure, key: str, help_: str, near: str | None) -> Violation:
    message = f"`{shortened(key)}` is not a key of {failure.definition['title']}"
    return Violation("unknown-key", (*failure.pointer, key), message, help_, near)


def _read_missing_key(failure: Failure, root: Schema) -> Iterator[Violation]:
    [key] = failure.keys
    # An object whose kind is not told yet is open, so a slip in the very key that tells it shows only here.
    if "additionalProperties" not in failure.definition:
        slip = next((written for written in failure.found if one_edit(written, [key])), None)
        if slip is not None:
            yield _unknown_key(failure, slip, f"did you mean `{key}`?", key)
            return
    described = failure.definition.get("properties", {}).get(key, {})
    expected = _expected(root, described)
    help_ = f"add `{key}`: {expected}" if expected else f"add `{key}`"
    message = f"{failure.definition['title']} needs `{key}`"
    yield Violation("missing-key", failure.pointer, message, help_, missing=(key,))


def _read_alternatives(failure: Failure, _: Schema) -> Iterator[Violation]:
    """`anyOf` and `oneOf` hold nothing but required keys in our schemas: one is lacking, or one too many there."""
    title = failure.definition["title"]
    if failure.keys:
        first, second = failure.keys[:2]
        message = f"`{second}` can't stand beside `{first}` in {title}"
        yield Violation("other", (*failure.pointer, second), message, "keep one of them")
        return
    keys = tuple(branch["required"][0] for branch in failure.schema[failure.keyword])
    listed = ", ".join(f"`{key}`" for key in keys[:-1]) + f" or `{keys[-1]}`"
    yield Violation("missing-key", failure.pointer, f"{title} needs {listed}", "add one of them", missing=keys)


def _read_type(failure: Failure, root: Schema) -> Iterator[Violation]:
    yield _unexpected(failure, root, "type")


def _read_value(failure: Failure, root: Schema) -> Iterator[Violation]:
    yield _unexpected(failure, root, "value")


def _unexpected(failure: Failure, root: Schema, kind: str) -> Violation:
    expected = _expected(root, failure.schema)
    message = f"{_subject(failure.pointer)} must be {expected}, found {_described(failure)}"
    return Violation(kind, failure.pointer, message, _way_out(failure, expected))


def _read_enum(failure: Failure, root: Schema) -> Iterator[Violation]:
    allowed = failure.schema["enum"]
    if not isinstance(failure.found, str):
        yield _unexpected(failure, root, "type")
        return
    hint = did_you_mean(nearest(failure.found, allowed))
    message = f"{_subject(failure.pointer)} can't be `{shortened(failure.found)}`"
    yield Violation("value", failure.pointer, message, f"{hint}allowed: {', '.join(allowed)}")


def _read_names(failure: Failure, root: Schema) -> Iterator[Violation]:
    title = resolve(root, failure.schema["propertyNames"])["title"]
    for key in failure.keys:
        message = f"`{shortened(key)}` must be {title}"
        yield Violation("value", (*failure.pointer, key), message, f"rename it to {title}")


def _read_empty(failure: Failure, _: Schema) -> Iterator[Violation]:
    message = f"{_subject(failure.pointer)} must not be empty"
    yield Violation("length", failure.pointer, message, "fill it in, or leave the key out")


def _read_too_long(failure: Failure, _: Schema) -> Iterator[Violation]:
    limit = failure.schema["maxLength"]
    message = f"{_subject(failure.pointer)} has {len(failure.found)} characters, {limit} are allowed"
    yield Violation("length", failure.pointer, message, "shorten it")


def _read_forbidden(failure: Failure, _: Schema) -> Iterator[Violation]:
    help_ = f"leave {_subject(failure.pointer)} out"
    yield Violation("other", failure.pointer, failure.schema["description"], help_)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "additionalProperties": _read_unknown_keys,
        "required": _read_missing_key,
        "anyOf": _read_alternatives,
        "oneOf": _read_alternatives,
        "type": _read_type,
        "enum": _read_enum,
        "pattern": _read_value,
        "minimum": _read_value,
        "maximum": _read_value,
        "minItems": _read_empty,
        "minProperties": _read_empty,
        "minLength": _read_empty,
        "maxLength": _read_too_long,
        "propertyNames": _read_names,
        "not": _read_forbidden,
    }
)
"""Reader of each keyword that our schemas assert; a schema with another one is a mistake of ours (a test holds it)."""


def _expected(root: Schema, schema: Schema) -> str:
    """What a schema asks for, in a few words; empty where it asks for nothing in particular."""
    schema = resolve(root, schema)
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    names = schema.get("type", [])
    types = [names] if isinstance(names, str) else names
    if "title" in schema and not {"object", "array"} & set(types):
        return str(schema["title"])
    phrase = " or ".join(_TYPES[name] for name in types)
    if "minimum" in schema and "maximum" in schema:
        return f"{phrase} from {schema['minimum']} to {schema['maximum']}"
    return f"{phrase}, at least {schema['minimum']}" if "minimum" in schema else phrase


def _described(failure: Failure) -> str:
    """What was found, in a few words, and never a secret."""
    found = failure.found
    kind = _kind_of(found)
    if isinstance(found, dict | list) or found is None:
        return kind
    if isinstance(found, int) and found.bit_length() > _QUOTED:
        return "a number of many digits"
    if _may_be_secret(failure.pointer):
        return kind
    if isinstance(found, str):
        return f"{kind} {json.dumps(shortened(found), ensure_ascii=False)}"
    return f"`{json.dumps(found)}`" if isinstance(found, bool) else f"{kind} {shortened(str(found))}"


def _kind_of(found: Any) -> str:
    if isinstance(found, str):
        return "text"
    if isinstance(found, bool):
        return "a boolean"
    if isinstance(found, int | float):
        return "the number"
    if found is None:
        return "nothing"
    return "a mapping" if isinstance(found, dict) else "a list"


def _may_be_secret(pointer: Pointer) -> bool:
    return bool({"authentication", "auth"} & set(pointer)) and pointer[-1] not in _PUBLIC_CREDENTIAL_KEYS


def shortened(text: str) -> str:
    """A text of a file as a message quotes it: not all of a long one, and nothing that is no UTF-8."""
    shown = text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
    # A lone surrogate could not be written to any log or answer.
    return shown.encode("utf-8", "replace").decode("utf-8")


def _way_out(failure: Failure, expected: str) -> str:
    found, types = failure.found, failure.schema.get("type", "string")
    wanted = {types} if isinstance(types, str) else set(types)
    if found is None:
        return "give it a value, or leave the key out"
    if "string" in wanted and isinstance(found, bool | int | float):
        return "put it between quotes to make it text"
    if isinstance(found, str) and wanted & {"integer", "number", "boolean"}:
        return "write it as a plain number" if "boolean" not in wanted else "write `true` or `false` without quotes"
    if wanted == {"array"}:
        return "write a list: each item on a line of its own, after `- `"
    if wanted == {"object"}:
        known = failure.schema.get("properties")
        return f"write keys and their values: {', '.join(known)}" if known else "write keys and their values"
    return f"write {expected}"
