from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from naftiko_runtime.spec.schema.judgement import failures

SCHEMAS: dict[str, dict[str, Any]] = {
    "type": {"type": ["integer", "null"]},
    "enum": {"enum": ["a", "b"]},
    "pattern": {"pattern": "^[a-z]+$"},
    "pattern without an end": {"pattern": "^a"},
    "minimum": {"minimum": 1},
    "maximum": {"maximum": 1},
    "minLength": {"minLength": 2},
    "maxLength": {"maxLength": 1},
    "minItems": {"minItems": 1},
    "minProperties": {"minProperties": 2},
    "required": {"required": ["a", "b"]},
    "properties": {"properties": {"a": {"type": "string"}, "b": True}},
    "closed": {"properties": {"a": True}, "additionalProperties": False},
    "a map": {"additionalProperties": {"type": "string"}},
    "propertyNames": {"propertyNames": {"pattern": "^[ab]$"}},
    "items": {"items": {"type": "string"}},
    "contains": {"contains": {"type": "string"}},
    "allOf": {"allOf": [{"type": "object"}, {"required": ["a"]}]},
    "anyOf": {"anyOf": [{"type": "string"}, {"required": ["a"], "type": "object"}]},
    "oneOf": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    "not": {"not": {"type": "string"}},
    "if": {"if": {"type": "object"}, "then": {"required": ["a"]}, "else": {"type": "string"}},
    "if without else": {"if": {"type": "string"}, "then": {"minLength": 2}},
    "reference": {"$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}, "type": "object"}}, "$ref": "#/$defs/a"},
}

VALUES = (
    None,
    True,
    False,
    0,
    1,
    2,
    1.0,
    1.5,
    -1,
    10**40,
    "",
    "a",
    "b",
    "ab",
    "a\n",
    "ba",
    [],
    ["a"],
    [1],
    [[], "a"],
    {},
)
OBJECTS = ({"a": 1}, {"a": "a"}, {"b": 1}, {"a": {}, "b": "b"}, {"c": "c"}, {"a": {"a": 5}}, {"a": "", "aa": []})

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_keyword_is_judged_as_the_reference_does(schema):
    reference = Draft202012Validator(schema)
    for value in (*VALUES, *OBJECTS):
        # Python's `$` lets a line break follow, ECMA 262's does not: the reference is wrong there.
        if value != "a\n":
            assert (failures(schema, value) == []) == reference.is_valid(value), value


@given(st.sampled_from(list(SCHEMAS.values())), JSON)
def test_any_value_is_judged_as_the_reference_does(schema, value):
    assert (failures(schema, value) == []) == Draft202012Validator(schema).is_valid(value)


def test_the_end_of_a_pattern_is_the_end_of_the_text():
    assert failures(SCHEMAS["pattern"], "a\n")


def test_a_failure_knows_its_place_and_its_definition():
    schema = {
        "title": "a list",
        "items": {"title": "a thing", "properties": {"007": {"title": {}, "type": "string"}}},
    }
    [failure] = failures(schema, [{"007": ""}, {"007": 7}])
    assert failure.pointer == (1, "007")
    assert failure.found == 7
    assert failure.definition["title"] == "a thing"


def test_a_wrong_type_silences_the_rest_of_its_schema():
    schema = {"type": "object", "required": ["a"], "not": {}}
    assert [failure.keyword for failure in failures(schema, 5)] == ["type"]
