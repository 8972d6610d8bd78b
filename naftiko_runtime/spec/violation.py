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

from jsonschema_rs import ValidationError

from naftiko_runtime.diagnostics.suggest import nearest, one_edit
from naftiko_runtime.spec.document import Pointer

Reader = Callable[["_Scene", Any], Iterator["Violation"]]
"""Turns one failed keyword, seen in its place, into violations."""

_QUOTED = 40
"""Characters of a found value that a message shows."""

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


class _Scene(NamedTuple):
    """Where a keyword failed: the value found, and the subschemas from the root to the one with the keyword."""

    pointer: Pointer
    found: Any
    trail: list[dict[str, Any]]

    @property
    def schema(self) -> dict[str, Any]:
        return self.trail[-1]

    @property
    def definition(self) -> dict[str, Any]:
        return next(schema for schema in reversed(self.trail) if isinstance(schema.get("title"), str))

    @property
    def subject(self) -> str:
        """The value in question, as the text names it."""
        if not self.pointer:
            return "the file"
        last = self.pointer[-1]
        if isinstance(last, str):
            return f"`{last}`"
        owner = next((part for part in reversed(self.pointer) if isinstance(part, str)), None)
        return f"item {last + 1}" if owner is None else f"item {last + 1} of `{owner}`"


def read_violations(error: ValidationError, root: dict[str, Any], document: Any) -> Iterator[Violation]:
    """The violations that one error of the validator stands for. `root` is the schema, `document` what it judged."""
    pointer = tuple(error.instance_path)
    scene = _Scene(pointer, _value_at(document, pointer), _trail(root, list(error.evaluation_path)[:-1]))
    return READERS[error.kind.name](scene, error.kind.value)


def _value_at(value: Any, pointer: Pointer) -> Any:
    for part in pointer:
        value = value[part]
    return value


def _trail(root: dict[str, Any], path: list[str | int]) -> list[dict[str, Any]]:
    node: Any = root
    trail = [root]
    for part in path:
        node = _target(root, node) if part == "$ref" else node[part]
        if isinstance(node, dict):
            trail.append(node)
    return trail


def _target(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The definition that a schema refers to; our schemas keep all of them in one place."""
    target: dict[str, Any] = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return target


def _read_unknown_keys(scene: _Scene, keys: list[str]) -> Iterator[Violation]:
    known = list(scene.schema["properties"])
    for key in keys:
        near = one_edit(key, known)
        meant = near or nearest(key, known)
        hint = f"did you mean `{meant}`? " if meant else ""
        yield _unknown_key(scene, key, f"{hint}known keys: {', '.join(known)}", near)


def _unknown_key(scene: _Scene, key: str, help_: str, near: str | None) -> Violation:
    message = f"`{_shortened(key)}` is not a key of {scene.definition['title']}"
    return Violation("unknown-key", (*scene.pointer, key), message, help_, near)


def _read_missing_key(scene: _Scene, key: str) -> Iterator[Violation]:
    # An object whose kind is not told yet is open, so a slip in the very key that tells it shows only here.
    if "additionalProperties" not in scene.definition:
        slip = next((written for written in scene.found if one_edit(written, [key])), None)
        if slip is not None:
            yield _unknown_key(scene, slip, f"did you mean `{key}`?", key)
            return
    maps = [schema["properties"] for schema in reversed(scene.trail) if isinstance(schema.get("properties"), dict)]
    described: dict[str, Any] = next((known[key] for known in maps if isinstance(known.get(key), dict)), {})
    expected = _expected(scene.trail[0], described)
    help_ = f"add `{key}`: {expected}" if expected else f"add `{key}`"
    yield Violation("missing-key", scene.pointer, f"{scene.definition['title']} needs `{key}`", help_, missing=(key,))


def _read_alternatives(scene: _Scene, _: object) -> Iterator[Violation]:
    """`anyOf` and `oneOf` hold nothing but required keys in our schemas: one is lacking, or one too many there."""
    branches = scene.schema.get("anyOf") or scene.schema["oneOf"]
    keys = tuple(branch["required"][0] for branch in branches)
    present = [key for key in scene.found if key in keys]
    title = scene.definition["title"]
    if present:
        message = f"`{present[1]}` can't stand beside `{present[0]}` in {title}"
        yield Violation("other", (*scene.pointer, present[1]), message, "keep one of them")
        return
    listed = ", ".join(f"`{key}`" for key in keys[:-1]) + f" or `{keys[-1]}`"
    yield Violation("missing-key", scene.pointer, f"{title} needs {listed}", "add one of them", missing=keys)


def _read_type(scene: _Scene, _: object) -> Iterator[Violation]:
    yield _unexpected(scene, "type")


def _read_value(scene: _Scene, _: object) -> Iterator[Violation]:
    yield _unexpected(scene, "value")


def _unexpected(scene: _Scene, kind: str) -> Violation:
    expected = _expected(scene.trail[0], scene.schema)
    message = f"{scene.subject} must be {expected}, found {_described(scene)}"
    return Violation(kind, scene.pointer, message, _way_out(scene, expected))


def _read_enum(scene: _Scene, _: object) -> Iterator[Violation]:
    allowed = [str(value) for value in scene.schema["enum"]]
    if not isinstance(scene.found, str):
        yield _unexpected(scene, "type")
        return
    meant = nearest(scene.found, allowed)
    hint = f"did you mean `{meant}`? " if meant else ""
    message = f"{scene.subject} can't be `{_shortened(scene.found)}`"
    yield Violation("value", scene.pointer, message, f"{hint}allowed: {', '.join(allowed)}")


def _read_key_pattern(scene: _Scene, error: ValidationError) -> Iterator[Violation]:
    key = str(error.instance)
    title = scene.schema["title"]
    yield Violation("value", (*scene.pointer, key), f"`{_shortened(key)}` must be {title}", f"rename it to {title}")


def _read_empty(scene: _Scene, _: object) -> Iterator[Violation]:
    yield Violation("length", scene.pointer, f"{scene.subject} must not be empty", "fill it in, or leave the key out")


def _read_too_long(scene: _Scene, limit: int) -> Iterator[Violation]:
    message = f"{scene.subject} has {len(scene.found)} characters, {limit} are allowed"
    yield Violation("length", scene.pointer, message, "shorten it")


def _read_forbidden(scene: _Scene, _: object) -> Iterator[Violation]:
    yield Violation("other", scene.pointer, scene.schema["description"], f"leave {scene.subject} out")


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
        "minLength": _read_empty,
        "maxLength": _read_too_long,
        "propertyNames": _read_key_pattern,
        "not": _read_forbidden,
    }
)
"""Reader of each keyword that our schemas assert; a schema with another one is a mistake of ours (a test holds it)."""


def _expected(root: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a schema asks for, in a few words; empty where it asks for nothing in particular."""
    if "$ref" in schema:
        return _expected(root, _target(root, schema))
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


def _described(scene: _Scene) -> str:
    """What was found, in a few words, and never a secret."""
    found = scene.found
    kind = _kind_of(found)
    if isinstance(found, dict | list) or found is None:
        return kind
    if _may_be_secret(scene.pointer):
        return kind
    if isinstance(found, str):
        return f"{kind} {json.dumps(_shortened(found), ensure_ascii=False)}"
    return f"`{json.dumps(found)}`" if isinstance(found, bool) else f"{kind} {_shortened(str(found))}"


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


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def _way_out(scene: _Scene, expected: str) -> str:
    found, types = scene.found, scene.schema.get("type", "string")
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
        known = scene.schema.get("properties")
        return f"write keys and their values: {', '.join(known)}" if known else "write keys and their values"
    return f"write {expected}"
