"""Which keywords of a schema fail on a value, and where?

A compiled validator says quickly whether a file is right. Where it is not, its report copies the whole mapping around
each mistake, so that a hostile file of 4 MiB takes gigabytes, and gives the key `"007"` as the number 7
(jsonschema-rs 0.60). So a wrong file is judged once more here: by the keywords our schemas use and no others, without
recursion, with exact places and nothing copied.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from naftiko_runtime.spec.text.document import Pointer

Schema = dict[str, Any]


class Failure(NamedTuple):
    """A keyword that `found`, the value at `pointer`, does not satisfy.

    `schema` holds the keyword, `definition` is the innermost schema around it that has a title. `keys` are the keys it
    is about: those unknown, missing or misnamed, or those present of which only one may be.
    """

    keyword: str
    pointer: Pointer
    found: Any
    schema: Schema
    definition: Schema
    keys: tuple[str, ...] = ()


class _Task(NamedTuple):
    """A value to be judged by a schema."""

    root: Schema
    schema: Schema
    found: Any
    pointer: Pointer
    definition: Schema

    def fails(self, keyword: str, keys: Iterable[str] = ()) -> Failure:
        return Failure(keyword, self.pointer, self.found, self.schema, self.definition, tuple(keys))

    def also(self, schema: Schema) -> _Task:
        """The same value, judged by another schema too."""
        return self._replace(schema=schema)

    def part(self, schema: Schema, part: str | int) -> _Task:
        """A part of the value."""
        return _Task(self.root, schema, self.found[part], (*self.pointer, part), self.definition)

    def holds(self, schema: Schema) -> bool:
        """Whether the value satisfies another schema."""
        return next(_judge(self.also(schema)), None) is None


def resolve(root: Schema, schema: Schema) -> Schema:
    """The definition a schema refers to, or itself; our schemas keep all definitions in one place."""
    if "$ref" not in schema:
        return schema
    target: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return target


def failures(root: Schema, value: Any) -> list[Failure]:
    """Every keyword that fails; of `if`, only the branch it selects counts. Places come in no particular order."""
    return list(_judge(_Task(root, root, value, (), root)))


def _judge(task: _Task) -> Iterator[Failure]:
    waiting = [task]
    while waiting:
        task = waiting.pop()
        schema = resolve(task.root, task.schema)
        definition = schema if isinstance(schema.get("title"), str) else task.definition
        task = task._replace(schema=schema, definition=definition)
        if "type" in schema and not _is_any(task.found, schema["type"]):
            # What else the schema asks of a value of the right type would be noise.
            yield task.fails("type")
            continue
        for keyword, argument in schema.items():
            judge = _KEYWORDS.get(keyword)
            for outcome in judge(task, argument) if judge is not None else ():
                if isinstance(outcome, Failure):
                    yield outcome
                else:
                    waiting.append(outcome)


Outcomes = Iterator[Failure | _Task]


def _is_any(found: Any, names: str | list[str]) -> bool:
    return any(_is_a(found, name) for name in ([names] if isinstance(names, str) else names))


def _is_a(found: Any, name: str) -> bool:
    """JSON Schema's idea of a type: 1.0 is an integer, `true` is no number; JSON itself has no infinity."""
    if isinstance(found, bool):
        return name == "boolean"
    if isinstance(found, int):
        return name in ("integer", "number")
    if isinstance(found, float):
        return math.isfinite(found) and (name == "number" or (name == "integer" and found.is_integer()))
    return (name, type(found)) in _JSON_TYPES


_JSON_TYPES = frozenset({("string", str), ("array", list), ("object", dict), ("null", type(None))})


def _enum(task: _Task, allowed: list[str]) -> Outcomes:
    if task.found not in allowed:
        yield task.fails("enum")


def _pattern(task: _Task, pattern: str) -> Outcomes:
    if isinstance(task.found, str) and not _compile(pattern).search(task.found):
        yield task.fails("pattern")


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # ECMA 262: `$` is the end of the text, where Python's also lets a line break follow.
    return re.compile(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern, re.ASCII)


def _minimum(task: _Task, least: float) -> Outcomes:
    if _is_a(task.found, "number") and task.found < least:
        yield task.fails("minimum")


def _maximum(task: _Task, most: float) -> Outcomes:
    if _is_a(task.found, "number") and task.found > most:
        yield task.fails("maximum")


def _min_length(task: _Task, least: int) -> Outcomes:
    if isinstance(task.found, str) and len(task.found) < least:
        yield task.fails("minLength")


def _max_length(task: _Task, most: int) -> Outcomes:
    if isinstance(task.found, str) and len(task.found) > most:
        yield task.fails("maxLength")


def _min_items(task: _Task, least: int) -> Outcomes:
    if isinstance(task.found, list) and len(task.found) < least:
        yield task.fails("minItems")


def _min_properties(task: _Task, least: int) -> Outcomes:
    if isinstance(task.found, dict) and len(task.found) < least:
        yield task.fails("minProperties")


def _required(task: _Task, keys: list[str]) -> Outcomes:
    if isinstance(task.found, dict):
        for key in keys:
            if key not in task.found:
                yield task.fails("required", [key])


def _properties(task: _Task, known: dict[str, Any]) -> Outcomes:
    if isinstance(task.found, dict):
        for key, schema in known.items():
            if key in task.found and schema is not True:
                yield task.part(schema, key)


def _additional_properties(task: _Task, schema: Schema | bool) -> Outcomes:
    if isinstance(task.found, dict):
        known = task.schema.get("properties", {})
        others = [key for key in task.found if key not in known]
        if isinstance(schema, dict):
            yield from (task.part(schema, key) for key in others)
        elif others:
            yield task.fails("additionalProperties", others)


def _property_names(task: _Task, schema: Schema) -> Outcomes:
    if isinstance(task.found, dict):
        misnamed = [key for key in task.found if not task._replace(found=key).holds(schema)]
        if misnamed:
            yield task.fails("propertyNames", misnamed)


def _items(task: _Task, schema: Schema) -> Outcomes:
    if isinstance(task.found, list):
        yield from (task.part(schema, index) for index in range(len(task.found)))


def _contains(task: _Task, schema: Schema) -> Outcomes:
    if isinstance(task.found, list) and not any(task._replace(found=item).holds(schema) for item in task.found):
        yield task.fails("contains")


def _all_of(task: _Task, schemas: list[Schema]) -> Outcomes:
    yield from map(task.also, schemas)


def _any_of(task: _Task, schemas: list[Schema]) -> Outcomes:
    if not any(task.holds(schema) for schema in schemas):
        yield task.fails("anyOf")


def _one_of(task: _Task, schemas: list[Schema]) -> Outcomes:
    """In our schemas each branch is a key that has to be there."""
    present = [schema["required"][0] for schema in schemas if task.holds(schema)]
    if len(present) != 1:
        yield task.fails("oneOf", present)


def _not(task: _Task, schema: Schema) -> Outcomes:
    if task.holds(schema):
        yield task.fails("not")


def _if(task: _Task, condition: Schema) -> Outcomes:
    branch = task.schema.get("then" if task.holds(condition) else "else")
    if branch is not None:
        yield task.also(branch)


_KEYWORDS: Mapping[str, Callable[[_Task, Any], Outcomes]] = MappingProxyType(
    {
        "enum": _enum,
        "pattern": _pattern,
        "minimum": _minimum,
        "maximum": _maximum,
        "minLength": _min_length,
        "maxLength": _max_length,
        "minItems": _min_items,
        "minProperties": _min_properties,
        "required": _required,
        "properties": _properties,
        "additionalProperties": _additional_properties,
        "propertyNames": _property_names,
        "items": _items,
        "contains": _contains,
        "allOf": _all_of,
        "anyOf": _any_of,
        "oneOf": _one_of,
        "not": _not,
        "if": _if,
    }
)
