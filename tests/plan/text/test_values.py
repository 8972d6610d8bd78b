"""A value is spelled in one way in each place of a request (C14)."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.text.values import (
    ABSENT,
    UnfitValue,
    cookie_value,
    from_json,
    header_value,
    path_segment,
    query_key,
    query_value,
    to_json,
    to_text,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


def deep(levels: int) -> object:
    value: object = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "a b"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (-0.5, "-0.5"),
        (5.0, "5.0"),
        (10**30, "1" + "0" * 30),
        (None, "null"),
        ([1, "a"], '[1,"a"]'),
        ({"a": None}, '{"a":null}'),
        ("é", "é"),
    ],
)
def test_a_value_as_text_is_written_as_json_writes_it(value, text):
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("é", "%C3%A9"),
        ("a?b=c", "a%3Fb%3Dc"),
        ("ft:job/1 é", "ft%3Ajob%2F1%20%C3%A9"),
        ("a-b_c.d~e", "a-b_c.d~e"),
        ("...", "..."),
        (True, "true"),
        (5, "5"),
        (2.5, "2.5"),
    ],
)
def test_a_path_value_is_one_percent_encoded_segment(value, segment):
    assert path_segment(value) == segment


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1], "a text, a number or a boolean"),
        ({}, "a text, a number or a boolean"),
        (None, "a text, a number or a boolean"),
        ("", "must not be empty"),
        (float("inf"), "must be a finite number"),
        ("\ud800", "whole Unicode characters"),
    ],
)
def test_what_is_no_segment_is_refused_in_words(value, words):
    with pytest.raises(UnfitValue, match=words):
        path_segment(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("x&y", "x%26y"),
        ("a+b c", "a%2Bb%20c"),
        ("100%", "100%25"),
        ("a=b#c", "a%3Db%23c"),
        (False, "false"),
        (5, "5"),
        ({"a": 1}, "%7B%22a%22%3A1%7D"),
    ],
)
def test_a_query_value_is_percent_encoded(value, text):
    assert query_value(value) == text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("limit", "limit"),
        ("filter[x]", "filter[x]"),
        ("$top", "$top"),
        ("a:b", "a:b"),
        ("a&b", "a%26b"),
        ("a=b", "a%3Db"),
    ],
)
def test_a_query_key_keeps_the_marks_that_apis_write_into_keys(name, key):
    assert query_key(name) == key


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (" a\t", "a"), ("a\tb", "a\tb"), (True, "true"), (["a", 5, True], "a, 5, true"), ([], ""), ("", "")],
)
def test_a_header_value_is_visible_ascii(value, text):
    assert header_value(value) == text


@pytest.mark.parametrize(("value", "text"), [("a1-_.~", "a1-_.~"), (5, "5"), ("", "")])
def test_a_cookie_value_is_of_its_octets(value, text):
    assert cookie_value(value) == text


@pytest.mark.parametrize("value", ["a b", 'a"b', "a,b", "a;b", "a\\b", "é", ["a"], "a\r\nb", "\x00"])
def test_a_cookie_value_of_other_octets_is_refused(value):
    with pytest.raises(UnfitValue):
        cookie_value(value)


@pytest.mark.parametrize("value", [2**64, -(2**70), {"a": [2**64]}, deep(300), {1: "a"}])
def test_json_that_orjson_refuses_is_written_all_the_same(value):
    assert json.loads(to_json(value)) == json.loads(json.dumps(value))


@pytest.mark.parametrize("value", ["\ud800", object(), [2**64, float("nan")], [10**5000], deep(100_000), {(): 1}])
def test_what_is_no_json_is_refused(value):
    with pytest.raises(UnfitValue, match="can't be written as JSON"):
        to_json(value)


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**40, -(10**19)])
def test_integers_keep_every_digit(number):
    assert from_json(b'{"id":%d}' % number) == {"id": number}


@pytest.mark.parametrize(
    "text", [b"", b"NaN", b"[1e400]", b'"\\ud800"', b'"\xff"', b"[1] 2", b"[12345678901234567890,]"]
)
def test_what_is_no_json_is_not_read(text):
    with pytest.raises(orjson.JSONDecodeError):
        from_json(text)


def test_absent_is_told_apart_from_null():
    assert ABSENT is not None
    assert repr(ABSENT) == "ABSENT"


@given(JSON)
def test_json_round_trips(value):
    assert from_json(to_json(value)) == value
