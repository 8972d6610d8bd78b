"""Slices, unions, `..` and filters select what RFC 9535 says, in work bounded by the document (field-study E8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpath_ng.ext.parser import parse

from naftiko_runtime.plan.jsonpath.query import JsonPathError, compile_query
from tests.plan.jsonpath.test_path import DOCUMENTS, NAMES, values

LIST = [
    {"x": 1, "b": "k"},
    {"x": 2.5},
    {"x": "2"},
    {"x": None},
    {"x": True},
    {"y": [1, 2, 3]},
    {"x": [1]},
    {"x": {}},
]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [LIST]),
        ("$[1:3]", LIST[1:3]),
        ("$[-2:]", LIST[-2:]),
        ("$[::3]", LIST[::3]),
        ("$[::-1]", LIST[::-1]),
        ("$[0:99999999999999999999]", LIST),
        ("$[99999999999999999999:]", []),
        ("$[0,1]", LIST[:2]),
        ("$[0,0,-8]", LIST[:1]),
        ("$[7,8,-9]", LIST[7:]),
        ("$[0]['x','b','x','no']", [1, "k"]),
        ("$[0].*", [1, "k"]),
        ("$[5].y[*]", [1, 2, 3]),
        ("$..b", ["k"]),
        ("$..y[0]", [1]),
        ("$[0:6]..x", [1, 2.5, "2", None, True]),
        ("$[?(@.b)]", LIST[:1]),
        ("$[?@.b]", LIST[:1]),
        ("$[?(!@.x)]", [LIST[5]]),
        ("$[?(@.x == 1)]", LIST[:1]),
        ("$[?(@.x == true)]", [LIST[4]]),
        ("$[?(@.x == null)]", [LIST[3]]),
        ("$[?(@.x == '2')]", [LIST[2]]),
        ("$[?(@.x != 1)]", LIST[1:]),
        ("$[?(@.x > 1)]", [LIST[1]]),
        ("$[?(@.x >= 1)]", LIST[:2]),
        ("$[?(@.x < 2.5)]", LIST[:1]),
        ("$[?(@.x <= 2.5)]", LIST[:2]),
        ("$[?(@.x > '1')]", [LIST[2]]),
        ("$[?(@.x >= true)]", [LIST[4]]),
        ("$[?(@.x == 1 || @.b == 'z' || @.y)]", [LIST[0], LIST[5]]),
        ("$[?(@.x == 1 && @.b == 'k')]", LIST[:1]),
        ("$[?((@.x == 1 && @.b == 'k') || @.y)]", [LIST[0], LIST[5]]),
        ("$[?(@.y[0] == 1)]", [LIST[5]]),
        ("$[?(@['b'] == 'k')]", LIST[:1]),
        ("$[?(@.y[9] == 1)]", []),
        ("$[?(@.x.y == 1)]", []),
        ("$[?(@.x == @.b)]", [LIST[5]]),
        ("$[?(@.x == @.x)]", LIST[:6]),
        ("$[0][?(@ == 'k')]", ["k"]),
        ("$[5].y[?(@ > 1)]", [2, 3]),
        ("$[0].x[0:1]", []),
        ("$[0].b[?(@.x)]", []),
    ],
)
def test_a_query_selects_a_list(path, found):
    assert compile_query(path)(LIST) == found


def test_descending_takes_a_node_before_what_is_in_it():
    assert compile_query("$..a")({"a": {"a": [{"a": 1}, {"a": 2}]}}) == [
        {"a": [{"a": 1}, {"a": 2}]},
        [{"a": 1}, {"a": 2}],
        1,
        2,
    ]


STEPS = st.one_of(
    NAMES.map(lambda name: f"['{name}']"),
    st.lists(NAMES, min_size=2, max_size=2, unique=True).map(lambda names: f"['{names[0]}','{names[1]}']"),
    st.integers(-3, 3).map(lambda index: f"[{index}]"),
    st.just("[*]"),
    st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda ends: f"[{ends[0]}:{ends[1]}]"),
    st.sampled_from(["[?(@['a'])]", "[?(@['a'] == 1)]", "[?(@['b'] < 3 && @['a'])]", "[?(@ != 'a')]"]),
)


@given(DOCUMENTS, st.lists(STEPS, max_size=4))
def test_a_query_selects_what_jsonpath_ng_selects(document, steps):
    path = "$" + "".join(steps)
    assert compile_query(path)(document) == values(path, document)


@given(DOCUMENTS, NAMES, st.sampled_from(["", "[*]", "[0]", "['a']"]))
def test_descending_finds_what_jsonpath_ng_finds(document, name, rest):
    path = f"$..['{name}']{rest}"
    found = compile_query(path)(document)
    expected = [match.value for match in parse(path).find(document)]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_an_error_is_a_value_error():
    with pytest.raises(ValueError, match="no JSONPath"):
        compile_query("$[")
    assert not JsonPathError("x").is_refused
