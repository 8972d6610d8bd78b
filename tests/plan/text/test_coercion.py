"""A value is brought to its declared type where nothing is lost by it, and refused in words otherwise (C13)."""

from __future__ import annotations

import json
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.text.coercion import (
    compile_coercion,
    is_pattern,
    to_array,
    to_boolean,
    to_integer,
    to_number,
    to_object,
    to_string,
)
from naftiko_runtime.plan.text.values import UnfitValue


@pytest.mark.parametrize(
    ("coerce", "value", "result"),
    [
        (to_string, "a", "a"),
        (to_string, "é", "é"),
        (to_string, 5, "5"),
        (to_string, 2.5, "2.5"),
        (to_string, True, "true"),
        (to_integer, 5, 5),
        (to_integer, "5", 5),
        (to_integer, "-5", -5),
        (to_integer, 5.0, 5),
        (to_integer, -(2.0**53), -(2**53)),
        (to_integer, "9" * 100, int("9" * 100)),
        (to_number, 5, 5),
        (to_number, 2.5, 2.5),
        (to_number, "5", 5),
        (to_number, "2.50", 2.5),
        (to_number, "-0.1", -0.1),
        (to_number, "1e3", 1000.0),
        (to_number, "1E-7", 1e-7),
        (to_number, "123456789012345678901234567890", 123456789012345678901234567890),
        (to_boolean, True, True),
        (to_boolean, "true", True),
        (to_boolean, "False", False),
        (to_array, [1], [1]),
        (to_array, "[1, 2]", [1, 2]),
        (to_array, "[]", []),
        (to_array, "[123456789012345678901234567890]", [123456789012345678901234567890]),
        (to_object, {"a": 1}, {"a": 1}),
        (to_object, '{"a": {}}', {"a": {}}),
    ],
)
def test_a_value_is_brought_to_its_type(coerce, value, result):
    coerced = coerce(value)
    assert coerced == result
    assert type(coerced) is type(result)


@pytest.mark.parametrize(
    ("coerce", "value", "words"),
    [
        (to_string, None, "must be text, got null"),
        (to_string, ["a"], "must be text, got a list"),
        (to_string, {"a": 1}, "must be text, got an object"),
        (to_string, float("nan"), "must be text, got a number"),
        (to_string, "\ud800", "must be text of whole Unicode characters"),
        (to_integer, True, "must be a whole number, got a boolean"),
        (to_integer, 5.5, "must be a whole number, got a number"),
        (to_integer, 2.0**54, "must be a whole number, got a number"),
        (to_integer, float("inf"), "must be a whole number, got a number"),
        (to_integer, "5.0", "must be a whole number, got the text '5.0'"),
        (to_integer, "1e3", "got the text '1e3'"),
        (to_integer, "05", "got the text '05'"),
        (to_integer, "+5", r"got the text '\+5'"),
        (to_integer, " 5", "got the text ' 5'"),
        (to_integer, "5\n", "got the text"),
        (to_integer, "٣", "got the text"),
        (to_integer, "1_000", "got the text '1_000'"),
        (to_integer, "", "got the text ''"),
        (to_integer, "9" * 101, "got the text '9{40}'…"),
        (to_number, "1e400", "must be a number that keeps its digits"),
        (to_number, "1e-400", "must be a number that keeps its digits"),
        (to_number, "12345678901234567890.5", "must be a number that keeps its digits"),
        (to_number, "0.1000000000000000055511151231257827", "must be a number that keeps its digits"),
        (to_number, "1e99999", "must be a number, got"),
        (to_number, "NaN", "must be a number"),
        (to_number, "Infinity", "must be a number"),
        (to_number, float("nan"), "must be a number, got a number"),
        (to_number, False, "must be a number, got a boolean"),
        (to_number, ".5", "must be a number"),
        (to_number, "5.", "must be a number"),
        (to_number, "1" * 101, "must be a number"),
        (to_boolean, 1, "must be true or false, got a number"),
        (to_boolean, "yes", "must be true or false"),
        (to_boolean, "1", "must be true or false"),
        (to_array, "a,b", "must be a list, got the text 'a,b'"),
        (to_array, '{"a": 1}', "must be a list"),
        (to_array, {"a": 1}, "must be a list, got an object"),
        (to_array, "[\ud800]", "must be a list"),
        (to_array, "[" * 100_000, "must be a list"),
        (to_object, "[1]", "must be an object"),
        (to_object, "null", "must be an object"),
        (to_object, 5, "must be an object, got a number"),
        (to_object, object(), "must be an object, got something else"),
    ],
)
def test_a_value_that_would_lose_something_is_refused_in_words(coerce, value, words):
    with pytest.raises(UnfitValue, match=words):
        coerce(value)


@given(st.integers(-(10**99), 10**99))
def test_a_whole_number_survives_its_text(number):
    assert to_integer(str(number)) == number
    assert to_number(str(number)) == number
    assert to_integer(to_string(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number):
    assert to_number(to_string(number)) == number


@given(st.text("0123456789.eE+-", max_size=12) | st.decimals(allow_nan=False, allow_infinity=False).map(str))
def test_a_text_becomes_the_number_it_says_or_none(text):
    for coerce in (to_integer, to_number):
        try:
            number = coerce(text)
        except UnfitValue:
            continue
        assert Fraction(text) == Fraction(str(number))


@given(st.lists(st.integers()) | st.dictionaries(st.text(), st.integers()))
def test_a_structure_survives_its_json_text(value):
    coerce = to_array if isinstance(value, list) else to_object
    assert coerce(json.dumps(value)) == value


def coerced(schema: dict[str, object], value: object) -> object:
    coerce = compile_coercion(schema)
    assert coerce is not None
    return coerce(value)


@pytest.mark.parametrize(
    "schema", [{}, {"type": "null"}, {"type": ["string", "null"]}, {"format": "date"}, {"items": True}]
)
def test_a_schema_that_asks_for_nothing_takes_any_value(schema):
    assert compile_coercion(schema) is None


@pytest.mark.parametrize(
    ("schema", "value", "result"),
    [
        ({"type": "integer"}, "5", 5),
        ({"type": "array", "items": {"type": "integer"}}, '["1", 2]', [1, 2]),
        ({"items": {"type": "integer"}}, ["1"], [1]),
        ({"items": {"type": "integer"}}, "no list", "no list"),
        ({"enum": ["a", "b"]}, "a", "a"),
        ({"type": "integer", "enum": [1, 2]}, "2", 2),
        ({"type": "string", "enum": [1, 2]}, "2", "2"),
        ({"type": "string", "enum": [1, 2]}, 2, "2"),
        ({"type": "integer", "enum": ["1", "x"]}, 1, 1),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc", "abc"),
        ({"pattern": "^[a-z]+$"}, 5, 5),
        ({"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]+$"}, "a1", "a1"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "9", 9),
        ({"type": "string", "minLength": 2, "maxLength": 3}, "ééé", "ééé"),
        ({"minimum": 1}, [0], [0]),
    ],
)
def test_a_schema_brings_a_value_to_its_type_and_judges_it(schema, value, result):
    assert coerced(schema, value) == result


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "array", "items": {"type": "integer"}}, ["a"], "must be a whole number, got the text 'a'"),
        ({"enum": ["a", "b"]}, "c", "must be one of a, b, got the text 'c'"),
        ({"enum": [1, 0]}, True, "must be one of 1, 0, got a boolean"),
        ({"enum": [True]}, 1, "must be one of true, got a number"),
        ({"enum": list(range(30))}, 30, "17, 18, 19, …, got a number"),
        ({"type": "integer", "enum": ["x"]}, 1, "must be one of x"),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc\n", "must match"),
        ({"type": "string", "pattern": r"^\d+$"}, "٣", "must match"),
        ({"pattern": "^a"}, "\ud800", "must match"),
        ({"type": "string", "pattern": "("}, "a", r"must match \("),
        ({"type": "integer", "minimum": 1}, 0, "must keep to minimum 1, got a number"),
        ({"type": "integer", "minimum": 1, "maximum": 2}, 3, "must keep to minimum 1, maximum 2"),
        ({"type": "string", "maxLength": 1}, "ab", "must keep to maxLength 1, got the text 'ab'"),
        ({"maxLength": 3}, "\ud800", "must keep to maxLength 3"),
        ({"minimum": "x"}, 5, "must keep to minimum x"),
    ],
)
def test_what_a_schema_does_not_take_is_refused_in_words(schema, value, words):
    with pytest.raises(UnfitValue, match=words):
        coerced(schema, value)


@pytest.mark.parametrize(("pattern", "is_right"), [("^a$", True), ("(?=a)b", True), ("(", False), ("[z-a]", False)])
def test_a_pattern_that_is_none_is_known_beforehand(pattern, is_right):
    assert is_pattern(pattern) is is_right


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(a|aa)+(?=c)$", r"^(a*)*\1$"])
def test_a_pattern_takes_bounded_time_whatever_the_text(pattern):
    start = time.process_time()
    with pytest.raises(UnfitValue):
        coerced({"type": "string", "pattern": pattern}, "a" * 5000 + "b")
    assert time.process_time() - start < 2
