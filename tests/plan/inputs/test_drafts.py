from __future__ import annotations

import pytest

from naftiko_runtime.plan.model.call import Place
from tests.plan.ships import capability, inputs, marked, only_error, refused, request, rest, tool

BODY = "call: ships.find, inputParameters: "
ANY = "inputParameters: [{name: a, in: query}]"


def test_declared_tool_inputs_are_required_unless_they_say_otherwise():
    text = capability(
        "inputParameters: [{name: a, in: query}, {name: b, in: query}, {name: c, in: query}]",
        tool="call: ships.find, inputParameters: [{name: a, type: string, description: A.}, "
        "{name: b, type: string, description: B., required: false}, "
        "{name: c, type: string, description: C., default: x}]",
    )
    assert tool(text).input_schema == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "A."},
            "b": {"type": "string", "description": "B."},
            "c": {"type": "string", "description": "C.", "default": "x"},
        },
        "required": ["a"],
        "additionalProperties": False,
    }


def test_declared_rest_inputs_are_optional_unless_they_say_otherwise():
    text = capability(
        "inputParameters: [{name: a, in: query}, {name: b, in: query}]",
        exposed=f"{BODY}[{{name: a, in: query, type: string}}, {{name: b, in: query, type: string, required: true}}]",
    )
    found = inputs(rest(text))
    assert (found["a"].required, found["b"].required) == (False, True)


def test_a_declared_rest_input_that_the_operation_requires_stays_as_declared():
    text = capability(
        "inputParameters: [{name: a, in: query, required: true}]",
        exposed=f"{BODY}[{{name: a, in: query, type: string}}]",
    )
    assert not inputs(rest(text))["a"].required


def test_a_declared_rest_path_input_is_required():
    text = capability(path="/ships/{id}", exposed=f"{BODY}[{{name: id, in: path, type: integer}}]")
    found = inputs(rest(text))["id"]
    assert (found.required, found.place, found.schema) == (True, Place.PATH, {"type": "integer"})


def test_a_declared_path_input_that_the_exposed_path_lost_is_read_from_the_query():
    text = capability(path="/ships/{id}", route="/ship", exposed=f"{BODY}[{{name: id, in: path, type: string}}]")
    found = inputs(rest(text))["id"]
    assert (found.place, found.required) == (Place.QUERY, True)


def test_a_lost_path_input_may_say_that_it_is_optional():
    text = capability(ANY, route="/ship", exposed=f"{BODY}[{{name: a, in: path, type: string, required: false}}]")
    assert not inputs(rest(text))["a"].required


@pytest.mark.parametrize(
    ("method", "declared", "place"),
    [
        ("GET", "name: note, type: string", Place.QUERY),
        ("DELETE", "name: note, type: string", Place.QUERY),
        ("POST", "name: note, type: string", Place.BODY),
        ("PUT", "name: note, type: string", Place.BODY),
        ("PATCH", "name: note, type: string", Place.BODY),
        ("POST", "name: id, type: string", Place.PATH),
        ("POST", "name: ID, type: string", Place.PATH),
        ("POST", "name: id, in: query, type: string", Place.PATH),
        ("POST", "name: note, in: query, type: string", Place.QUERY),
        ("POST", "name: note, in: header, type: string", Place.HEADER),
        ("GET", "name: note, in: cookie, type: string", Place.COOKIE),
        ("GET", "name: note, in: body, type: string", Place.BODY),
        ("POST", "name: body, in: body, type: string", Place.DOCUMENT),
        ("POST", "name: note, in: body, type: object", Place.DOCUMENT),
        ("POST", "name: note, in: body, type: array", Place.DOCUMENT),
    ],
)
def test_where_a_declared_rest_input_is_read(method, declared, place):
    text = capability(path="/ships/{id}", method=method, exposed=f"{BODY}[{{{declared}}}]")
    assert rest(text).inputs[-1].place is place


def test_several_body_inputs_are_fields_even_where_one_is_an_object():
    text = capability(
        ANY,
        method="POST",
        exposed=f"{BODY}[{{name: body, in: body, type: object}}, {{name: b, in: body, type: string}}]",
    )
    assert [item.place for item in rest(text).inputs] == [Place.BODY, Place.BODY]


def test_a_header_input_is_read_by_its_lower_case_name():
    text = capability(ANY, exposed=f"{BODY}[{{name: X-Fleet, in: header, type: string}}]")
    assert (rest(text).inputs[0].name, rest(text).inputs[0].key) == ("X-Fleet", "x-fleet")


@pytest.mark.parametrize("name", ["Authorization", "Content-Type"])
def test_a_declared_header_of_the_runtimes_own_is_not_shown(name):
    text = capability(ANY, exposed=f"{BODY}[{{name: {name}, in: header, type: string}}]")
    assert inputs(rest(text)) == {}


def test_an_exposed_placeholder_may_be_spelled_another_way_than_its_declaration():
    text = capability(
        path="/ships/{ship_id}", route="/ships/{ship-id}", exposed=f"{BODY}[{{name: shipId, in: path, type: integer}}]"
    )
    function = rest(text)
    assert [(item.name, item.key, item.place) for item in function.inputs] == [("shipId", "ship-id", Place.PATH)]
    assert request(function, shipId="5").path == "/v2/ships/5"


def test_a_declared_input_takes_type_and_description_of_the_slot_it_feeds():
    text = capability(
        "inputParameters: [{name: a, in: query, type: integer, description: How many.}]",
        tool="call: ships.find, inputParameters: [{name: a, description: ''}]",
    )
    found = inputs(tool(text))["a"]
    assert (found.schema, found.description) == ({"type": "integer"}, "How many.")


def test_keys_of_json_schema_are_part_of_an_inputs_schema():
    text = capability(
        "inputParameters: [{name: a, in: query, type: array, items: {type: integer}}, "
        "{name: b, in: query, type: string, enum: [x, y], pattern: '^.$'}]"
    )
    found = inputs(tool(text))
    assert found["a"].schema == {"type": "array", "items": {"type": "integer"}}
    assert found["b"].schema == {"type": "string", "enum": ["x", "y"], "pattern": "^.$"}


def test_an_enum_is_brought_to_its_type():
    function = tool(capability("inputParameters: [{name: a, in: query, type: string, enum: [1, 2]}]"))
    assert inputs(function)["a"].schema["enum"] == ["1", "2"]
    assert refused(function, {"a": "1"}) == {}


def test_a_default_is_brought_to_its_type():
    text = capability(
        ANY,
        method="POST",
        tool="call: ships.find, inputParameters: [{name: a, type: integer, description: A., default: '5'}]",
    )
    assert tool(text).inputs[0].default == 5
    assert tool(text).admit({}) == {"a": 5}


@pytest.mark.parametrize(
    ("side", "declared", "piece", "word"),
    [
        ("exposed", "{name: a, type: integer, default: many}", "many", "whole number"),
        ("exposed", "{name: a, type: string, default: z, enum: [x, y]}", "z", "one of x, y"),
        ("exposed", "{name: a, type: integer, enum: [1, two]}", "two", "whole number"),
        ("exposed", "{name: a, type: string, pattern: '('}", "'('", "pattern"),
        ("consumed", "{name: a, in: query, type: integer, default: many}", "many", "whole number"),
        ("consumed", "{name: a, in: query, type: string, pattern: '[a'}", "'[a'", "pattern"),
        ("consumed", "{name: a, in: query, type: string, pattern: 'a\\Z'}", "'a\\Z'", "JSON Schema"),
        ("consumed", "{name: a, in: query, type: boolean, enum: [maybe]}", "maybe", "true or false"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused_where_it_does(side, declared, piece, word):
    text = (
        capability(ANY, exposed=f"{BODY}[{declared}]")
        if side == "exposed"
        else capability(f"inputParameters: [{declared}]")
    )
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4012", piece)
    assert word in found.message


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ("{type: string, pattern: '('}", "regular expression"),
        ("{items: {pattern: '('}}", "regular expression"),
        ("{enum: 7}", "an `enum` in them is no list"),
        ("{pattern: 5}", "regular expression"),
    ],
)
def test_what_is_wrong_among_the_items_is_told_too(items, words):
    text = capability(f"inputParameters: [{{name: a, in: query, type: array, items: {items}}}]")
    found = only_error(text)
    assert (found.code, words in found.message) == ("NK4012", True)


@pytest.mark.parametrize(("pattern", "text"), [(r"^\p{L}+$", "Åse"), ("(?<year>[0-9]+)", "2026")])
def test_a_pattern_is_read_as_json_schema_has_them(pattern, text):
    function = tool(capability(f"inputParameters: [{{name: a, in: query, type: string, pattern: '{pattern}'}}]"))
    assert function.inputs[0].schema == {"type": "string", "pattern": pattern}
    assert function.admit({"a": text}) == {"a": text}


def test_a_null_default_is_no_value_and_fits_any_type():
    function = tool(capability("inputParameters: [{name: a, in: query, type: integer, default: null}]"))
    assert request(function).url == "https://ships.invalid/v2/ships"
