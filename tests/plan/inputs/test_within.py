"""What the `value` of an exposed input says: where in the body it stands, or what it is without being given."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.model.call import Place
from tests.plan.ships import capability, inputs, marked, only_error, request, rest, tool

ANY = "inputParameters: [{name: a, in: query}, {name: b, in: query}]"


def exposing(declared: str, method: str = "POST") -> str:
    return capability(ANY, method=method, exposed=f"call: ships.find, inputParameters: [{declared}]")


@pytest.mark.parametrize(
    ("value", "key", "within"),
    [
        ("$.user.id", "user", ("id",)),
        ("$.user.home.city", "user", ("home", "city")),
        ("$['a b'].id", "a b", ("id",)),
        ("$.other", "other", ()),
    ],
)
@pytest.mark.parametrize("place", [", in: body", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_of_names_is_a_place_in_the_body(value, key, within, place, method):
    found = inputs(rest(exposing(f'{{name: a, type: object, value: "{value}"{place}}}', method)))["a"]
    assert (found.place, found.key, found.within, found.has_default) == (Place.BODY, key, within, False)


@pytest.mark.parametrize(
    "declared",
    [
        "name: a, in: body, type: string, value: ‸$",
        "name: a, in: body, type: string, value: ‸'$.users[0].id'",
        "name: a, in: body, type: string, value: ‸'$.users[*]'",
        "name: a, in: body, type: string, value: ‸'$..id'",
        "name: a, in: body, type: string, value: ‸'$.[['",
        "name: a, in: body, type: string, value: ‸'$.a + 1'",
        "name: a, in: query, type: string, value: ‸$.user.id",
        "name: a, in: query, type: string, value: ‸'{{TOKEN}}'",
    ],
)
def test_any_other_path_or_template_is_refused_where_it_stands(declared):
    text = exposing(f"{{{declared.replace('‸', '')}}}")
    found = only_error(text)
    value = declared.partition("‸")[2].strip("'")
    assert (found.code, value in marked(text, found)) == ("NK4012", True)


def test_any_other_value_is_a_default():
    text = exposing("{name: a, in: query, type: integer, value: 7}, {name: b, in: query, type: string, value: x}")
    found = inputs(rest(text))
    assert [(item.default, item.required) for item in found.values()] == [(7, False), ("x", False)]
    assert request(rest(text)).url.endswith("?a=7&b=x")


def test_a_default_comes_before_a_value():
    text = exposing("{name: a, in: query, type: integer, value: 7, default: 8}")
    assert inputs(rest(text))["a"].default == 8


def test_a_tool_takes_a_place_in_the_body_by_its_name():
    declared = "{name: a, type: string, description: A., value: $.user.id}"
    text = capability(ANY, tool=f"call: ships.find, inputParameters: [{declared}]")
    assert tool(text).input_schema["required"] == ["a"]
