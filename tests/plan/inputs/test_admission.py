"""Arguments are checked field by field, all at once, before anything else happens (C13)."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from naftiko_runtime.errors import ArgumentError
from naftiko_runtime.plan.inputs.admission import compile_admission, input_schema
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.function import Input


def an_input(name: str, kind: str | None = "string", *, required: bool = False, **more: object) -> Input:
    default = more.pop("default", None)
    has_default = "default" in more or default is not None
    schema = {**({"type": kind} if kind else {}), **more}
    return Input(name, schema, required, "", Place.QUERY, name, default, has_default)


def admitted(inputs: list[Input], arguments: dict[str, object]) -> dict[str, object]:
    return compile_admission(inputs)(arguments)


def refused(inputs: list[Input], arguments: dict[str, object]) -> dict[str, str]:
    with pytest.raises(ArgumentError) as error:
        admitted(inputs, arguments)
    assert len({field for field, _ in error.value.fields}) == len(error.value.fields)
    return dict(error.value.fields)


SHIP, COUNT, ANY = an_input("ship_id", required=True), an_input("count", "integer"), an_input("any", None)


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ({"ship_id": "a"}, {"ship_id": "a"}),
        ({"ship_id": "a", "count": "5"}, {"ship_id": "a", "count": 5}),
        ({"ship_id": 5}, {"ship_id": "5"}),
        ({"shipId": "a", "COUNT": 1}, {"ship_id": "a", "count": 1}),
        ({"ship_id": "a", "count": None}, {"ship_id": "a"}),
        ({"ship_id": "a", "any": None}, {"ship_id": "a", "any": None}),
        ({"ship_id": "a", "any": {"x": [1]}}, {"ship_id": "a", "any": {"x": [1]}}),
        ({"ship_id": ""}, {"ship_id": ""}),
    ],
)
def test_arguments_are_admitted_under_the_names_and_types_of_the_inputs(arguments, result):
    assert admitted([SHIP, COUNT, ANY], arguments) == result


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({}, {"ship_id": "is required"}),
        ({"ship_id": None}, {"ship_id": "is required"}),
        ({"shipId": None}, {"shipId": "is required"}),
        ({"shipId": []}, {"shipId": "must be text, got a list"}),
        ({"ship_id": "a", "shipId": "b"}, {"shipId": "is given twice, as `ship_id` too"}),
        (
            {"shipId": [], "ship_id": "b"},
            {"shipId": "must be text, got a list", "ship_id": "is given twice, as `shipId` too"},
        ),
        ({"ship_id": "a", "cuont": 1}, {"cuont": "is no input here; did you mean `count`?"}),
        ({"ship_id": "a", "x": 1}, {"x": "is no input here; there are: ship_id, count, any"}),
        (
            {"count": "many", "x": 1},
            {
                "count": "must be a whole number, got the text 'many'",
                "x": "is no input here; there are: ship_id, count, any",
                "ship_id": "is required",
            },
        ),
    ],
)
def test_every_field_that_is_wrong_is_named_at_once(arguments, fields):
    assert refused([SHIP, COUNT, ANY], arguments) == fields


def test_a_function_without_inputs_takes_nothing():
    assert admitted([], {}) == {}
    assert refused([], {"a": 1}) == {"a": "is no input here; there are none"}


def test_a_default_stands_for_an_absent_input_and_for_null():
    inputs = [an_input("count", "integer", default=7)]
    assert [admitted(inputs, given) for given in ({}, {"count": None}, {"count": 1})] == [
        {"count": 7},
        {"count": 7},
        {"count": 1},
    ]


def test_an_exact_name_wins_over_one_that_folds_alike():
    inputs = [an_input("a-b"), an_input("a_b")]
    assert admitted(inputs, {"a_b": "1", "a-b": "2"}) == {"a_b": "1", "a-b": "2"}


def test_a_pattern_that_is_none_takes_no_text():
    assert "must match (" in refused([an_input("a", pattern="(")], {"a": "x"})["a"]


def test_a_long_unknown_name_is_told_in_part():
    (field,) = refused([COUNT], {"x" * 10_000: 1})
    assert len(field) == 80


def test_of_many_inputs_some_are_told():
    problem = refused([an_input(f"input{index:02}") for index in range(40)], {"zzz": 1})["zzz"]
    assert problem.endswith("input19, …")


def test_the_schema_of_inputs_is_complete():
    ship = Input("ship_id", {"type": "string"}, True, "Which ship.", Place.PATH, "ship_id")
    count = Input("count", {"type": "integer", "enum": [1, 2]}, False, "", Place.QUERY, "count", 2, True)
    assert input_schema([ship, count]) == {
        "type": "object",
        "properties": {
            "ship_id": {"type": "string", "description": "Which ship."},
            "count": {"type": "integer", "enum": [1, 2], "default": 2},
        },
        "required": ["ship_id"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("inputs", [[], [SHIP], [COUNT, ANY]])
def test_the_schema_of_inputs_is_json_schema(inputs):
    schema = input_schema(inputs)
    Draft202012Validator.check_schema(schema)
    assert ("required" in schema) is any(item.required for item in inputs)


def test_the_declared_schema_is_left_as_it_is():
    schema = {"type": "string"}
    input_schema([Input("a", schema, False, "words", Place.QUERY, "a", "x", True)])
    assert schema == {"type": "string"}
