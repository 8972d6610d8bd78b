"""A JSONPath is compiled at load to a function that selects (C14b, D4, language §4.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpath_ng.ext.parser import parse

from naftiko_runtime.plan.jsonpath.path import ALL, MISSING, compile_path, split_path, walk
from naftiko_runtime.plan.jsonpath.query import JsonPathError

SHIP = {
    "id": 7,
    "name": "N",
    "list": [{"a": 1, "n": {"x": 2}}, {"a": 2}],
    "o": {"k": "v"},
    "First Name": "z",
    "nil": None,
}


@pytest.mark.parametrize("path", ["", " ", "$", "$.", " $. "])
def test_the_whole_document_has_several_spellings(path):
    assert compile_path(path)(SHIP) is SHIP


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.id", 7),
        ("id", 7),
        (".id", 7),
        ("$.id.", 7),
        ("$['id']", 7),
        ('$["id"]', 7),
        ("$.['id']", 7),
        ("$[ 'id' ]", 7),
        ("$.o.k", "v"),
        ("$.o['k']", "v"),
        ("$.First Name", "z"),
        ("First Name", "z"),
        ("$.list[0].a", 1),
        ("$.list[-1].a", 2),
        ("list[0].n.x", 2),
        ("$.list[0]['n'].x", 2),
        ("$.nil", None),
        ("$.list", SHIP["list"]),
        ("$.list[*].a", [1, 2]),
        ("$.list.*.a", [1, 2]),
        ("$.list.[*].a", [1, 2]),
        ("$.list[*].n.x", [2]),
        ("$.list[*].zzz", []),
        ("$.list[*]", SHIP["list"]),
        ("$.o[*]", ["v"]),
        ("$.o.*", ["v"]),
        ("$.nil[*]", []),
        ("$.name[*]", []),
    ],
)
def test_a_plain_path_selects_a_value_and_one_with_a_wildcard_a_list(path, value):
    assert compile_path(path)(SHIP) == value


@pytest.mark.parametrize(
    "path",
    [
        "$.zzz",
        "$.zzz.a",
        "$.id.a",
        "$.nil.a",
        "$.list[2]",
        "$.list[-3]",
        "$.list[99999999999999999999]",
        "$.list[2].a",
        "$.o[0]",
        "$.name[0]",
        "$.list.a",
        "$.zzz[*]",
        "$.zzz[*].a",
        "$.zzz[0:1]",
        "$.zzz.length()",
        "$.zzz[?(@.a)]",
    ],
)
def test_a_path_whose_names_lead_nowhere_selects_nothing_which_is_not_null(path):
    assert compile_path(path)(SHIP) is MISSING


def test_wildcards_behind_wildcards_give_one_flat_list():
    nested = {"a": [{"b": [1, [2]]}, {"b": {"x": 3}}, {"c": 1}, 5]}
    assert compile_path("$.a[*].b[*]")(nested) == [1, [2], 3]
    assert compile_path("$[*][*].b[*]")(nested) == [1, [2], 3]


@pytest.mark.parametrize(
    "name", ["a-b", "a_b", "a:b", "a~b", "a+b", "a/b", "a,b", "@odata", "#", "é", "0", "a.b", "it's", 'a"b']
)
def test_a_name_of_any_characters_is_found_in_brackets(name):
    quoted = name.replace("'", "\\'")
    assert compile_path(f"$['{quoted}']")({name: 1}) == 1


@pytest.mark.parametrize("name", ["a-b", "a_b", "a:b", "a~b", "a+b", "a/b", "a b", "é", "0"])
def test_a_name_without_marks_of_the_grammar_needs_no_brackets(name):
    assert compile_path(f"$.{name}")({name: 1}) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.list.length()", 2),
        ("$.length()", 6),
        ("$.name.length()", 1),
        ("$.id.length()", None),
        ("$.list.size()", 2),
        ("$.list[*].a.sum()", 3),
        ("$.list[*].a.avg()", 1.5),
        ("$.list[*].a.min()", 1),
        ("$.list[*].a.max()", 2),
        ("$.list[*].zzz.sum()", None),
        ("$.o.keys()", ["k"]),
        ("$.list.keys()", None),
        ("$.o[*].concat()", "v"),
        ("$.name.concat()", None),
        ("$.id.sum()", None),
        ("$..a.sum()", 3),
        ("$.o[*].max()", None),
    ],
)
def test_a_path_may_end_in_a_function(path, value):
    assert compile_path(path)(SHIP) == value


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("$..", "no JSONPath from `..` on"),
        ("$.a[", r"no JSONPath from `\[` on"),
        ("$.a['b", "no JSONPath from"),
        ("$.a.foo()", "no JSONPath from"),
        ("$x", "no JSONPath from `x` on"),
        ("{{$.id}}", "no JSONPath from"),
        ("$.{{name}}", r"no JSONPath from `.\{\{name\}\}` on"),
        ("$.a[?(@.x=='y')", "no JSONPath from"),
        ("$.a|$.b", "no JSONPath from"),
        ("$.*~", "no JSONPath from"),
    ],
)
def test_what_is_no_path_is_an_error_that_says_from_where(path, message):
    with pytest.raises(JsonPathError, match=message) as error:
        compile_path(path)
    assert not error.value.is_refused


def test_a_message_quotes_a_part_of_a_long_path():
    with pytest.raises(JsonPathError) as error:
        compile_path("$" + "(" * 900)
    assert len(str(error.value)) < 100


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.", ()),
        ("$.a.b", ("a", "b")),
        ("a[0]", ("a", 0)),
        ("$.a[*]['b c'].", ("a", ALL, "b c")),
        ("$..a", None),
        ("$.a[0:1]", None),
        ("$.a.length()", None),
    ],
)
def test_a_plain_path_is_its_steps(path, steps):
    assert split_path(path) == steps


def test_steps_are_walked():
    assert walk(("list", 0, "n"))(SHIP) == {"x": 2}


def test_missing_says_what_it_is():
    assert repr(MISSING) == "MISSING"


NAMES = st.sampled_from(["a", "b", "c d"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=3),
    max_leaves=25,
)
DEFINITE = st.lists(NAMES | st.integers(-3, 3), max_size=4)


def written(steps: list[object]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in steps)


@given(DOCUMENTS, DEFINITE)
def test_a_plain_path_selects_what_jsonpath_ng_selects(document, steps):
    found = compile_path(written(steps))(document)
    assert ([] if found is MISSING else [found]) == values(written(steps), document)


def values(path: str, document: object) -> list[object]:
    return [match.value for match in parse(path).find(document)]


@given(DOCUMENTS, st.lists(NAMES | st.integers(-3, 3) | st.just("*"), max_size=5).filter(lambda steps: "*" in steps))
def test_a_path_with_wildcards_selects_what_jsonpath_ng_selects(document, steps):
    path = "$" + "".join(
        "[*]" if step == "*" else f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in steps
    )
    found = compile_path(path)(document)
    assert ([] if found is MISSING else found) == values(path, document)
