from __future__ import annotations

from typing import Any

import pytest

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.capability import Body, OutputParameter
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.model.parameters import read_body, read_input_schema, read_inputs, read_outputs


def owner(**values: Any) -> Fields:
    return Fields(values, ("o",), Relaxations())


def test_an_input_keeps_what_the_text_says_and_no_more() -> None:
    [parameter] = read_inputs(owner(inputParameters=[{"name": "id"}]), consumed=True)

    assert (parameter.name, parameter.at) == ("id", ("o", "inputParameters", 0))
    said = (parameter.place, parameter.type, parameter.required, parameter.pattern, parameter.enum, parameter.schema)
    assert said == (None, None, None, None, None, None)
    assert (parameter.value, parameter.default, parameter.has_default, parameter.description) == (None, None, False, "")


def test_an_input_that_says_everything_is_read_whole() -> None:
    text = {"name": "id", "in": "query", "type": "integer", "required": False, "description": "d", "value": 7}
    text |= {"default": None, "enum": [1, 2], "pattern": "^x", "minimum": 0, "items": {}, "example": 5}
    [parameter] = read_inputs(owner(inputParameters=[text]), consumed=False)

    assert (parameter.place, parameter.type, parameter.required) == ("query", "integer", False)
    assert (parameter.value, parameter.default, parameter.has_default) == (7, None, True)
    assert (parameter.enum, parameter.pattern, parameter.description) == ((1, 2), "^x", "d")
    assert parameter.schema == {"items": {}, "minimum": 0}


def test_a_template_is_a_value_by_another_name() -> None:
    assert read_inputs(owner(inputParameters=[{"name": "a", "template": "{{b}}"}]), consumed=True)[0].value == "{{b}}"


@pytest.mark.parametrize("entry", [{}, {"name": ""}, {"name": 5}, {"in": "query"}, 7, None])
def test_an_input_without_a_name_is_nothing_to_read(entry: object) -> None:
    assert read_inputs(owner(inputParameters=[entry]), consumed=True) == ()


@pytest.mark.parametrize(
    ("name", "is_official"), [("a-b_C*9", True), ("$top", False), ("a.b", False), ("a[]", False), ("é", False)]
)
def test_names_the_official_schema_refuses_are_noted(name: str, is_official: bool) -> None:
    fields = owner(inputParameters=[{"name": name}])
    read_inputs(fields, consumed=False)

    assert (not fields.relaxations.found) == is_official


@pytest.mark.parametrize("key", ["type", "required", "description", "default", "enum", "pattern"])
def test_what_only_exposed_inputs_may_say_is_noted_on_consumed_ones(key: str) -> None:
    consumed, exposed = (owner(inputParameters=[{"name": "a", key: "x"}]) for _ in range(2))
    read_inputs(consumed, consumed=True)
    read_inputs(exposed, consumed=False)

    assert [first for _, first in consumed.relaxations.found.values()] == [("o", "inputParameters", 0)]
    assert exposed.relaxations.found == {}


def output(text: dict[str, Any]) -> OutputParameter:
    return read_outputs(owner(outputParameters=[text]), consumed=True)[0]


@pytest.mark.parametrize(
    ("text", "mapping", "value", "has_value"),
    [
        ({"type": "string", "mapping": "$.a"}, "$.a", None, False),
        ({"name": "n", "value": "$.a"}, "$.a", None, False),
        ({"name": "n", "value": "$"}, "$", None, False),
        ({"name": "n", "value": "$[0]"}, "$[0]", None, False),
        ({"name": "n", "const": "$.a"}, "$.a", None, False),
        ({"name": "n", "value": "$5 off"}, None, "$5 off", True),
        ({"name": "n", "value": "US$"}, None, "US$", True),
        ({"value": "$.a"}, None, "$.a", True),
        ({"name": "n", "value": "$.a", "mapping": "$.b"}, "$.b", "$.a", True),
        ({"name": "n", "value": None}, None, None, True),
        ({"name": "n", "const": 5}, None, 5, True),
        ({"name": "n"}, None, None, False),
    ],
)
def test_an_output_is_a_path_or_a_value(
    text: dict[str, Any], mapping: str | None, value: object, has_value: bool
) -> None:
    read = output(text)

    assert (read.mapping, read.value, read.has_value) == (mapping, value, has_value)


def test_properties_and_items_are_read_to_the_bottom_each_with_its_place() -> None:
    read = output(
        {
            "type": "object",
            "properties": {
                "ids": {
                    "type": "array",
                    "mapping": "$.ids",
                    "items": {"type": "object", "properties": {"id": {"value": "$.id"}}},
                },
                "no": 5,
            },
        }
    )

    assert read.properties is not None
    [(name, ids)] = read.properties
    assert (name, ids.name, ids.at) == ("ids", "ids", ("o", "outputParameters", 0, "properties", "ids"))
    assert ids.items is not None
    assert ids.items.properties is not None
    [(_, inner)] = ids.items.properties
    assert (inner.name, inner.mapping, inner.at) == ("id", "$.id", (*ids.at, "items", "properties", "id"))


@pytest.mark.parametrize(
    ("items", "at"),
    [
        ({"type": "string"}, ("items",)),
        ([{"type": "string"}, {"type": "number"}], ("items", 0)),
        ([7, {"type": "string"}], ("items", 1)),
    ],
)
def test_items_may_be_one_shape_or_a_list_whose_first_counts(items: object, at: tuple[str | int, ...]) -> None:
    read = output({"type": "array", "items": items})

    assert read.items is not None
    assert (read.items.type, read.items.at) == ("string", ("o", "outputParameters", 0, *at))


@pytest.mark.parametrize("items", [None, [], 5, "x"])
def test_items_of_another_kind_read_as_absent(items: object) -> None:
    assert output({"type": "array", "items": items}).items is None


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [
        ({"type": "object", "mapping": "$."}, True),
        ({"type": "array", "mapping": "$."}, True),
        ({"type": "object", "mapping": "$.", "properties": {}}, False),
        ({"type": "array", "mapping": "$.", "items": {}}, False),
        ({"type": "object"}, False),
        ({"type": "string", "mapping": "$."}, False),
    ],
)
def test_an_untyped_object_or_array_is_noted_where_it_is_exposed(text: dict[str, Any], is_noted: bool) -> None:
    exposed, consumed = (owner(outputParameters=[text]) for _ in range(2))
    read_outputs(exposed)
    read_outputs(consumed, consumed=True)

    assert bool(exposed.relaxations.found) == is_noted
    assert consumed.relaxations.found == {}


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("<x/>", Body("raw", "<x/>", ("o", "body"))),
        ({"type": "json", "data": {"a": 1}}, Body("json", {"a": 1}, ("o", "body", "data"))),
        ({"data": "a=1"}, Body("json", "a=1", ("o", "body", "data"))),
        ({"a": 1}, Body("json", {"a": 1}, ("o", "body"))),
        ([1], Body("json", [1], ("o", "body"))),
        (None, None),
        (5, None),
    ],
)
def test_a_body_is_text_a_kind_with_data_or_a_document(body: object, read: Body | None) -> None:
    assert read_body(owner(body=body)) == read


def test_no_body_is_no_body() -> None:
    assert read_body(owner()) is None


def test_an_input_schema_is_read_as_declared_inputs() -> None:
    fields = owner(
        inputSchema={
            "type": "object",
            "properties": {
                "event": {"type": "object", "description": "d", "properties": {"id": {"type": "string"}}},
                "limit": {"type": "integer", "default": 5, "enum": [5, 9], "maximum": 9},
                "any": True,
            },
            "required": ["event", "late", 7],
        }
    )
    event, limit, anything, late = read_input_schema(fields)

    assert (event.name, event.type, event.required, event.description) == ("event", "object", True, "d")
    assert event.schema == {"properties": {"id": {"type": "string"}}}
    assert (limit.type, limit.required, limit.default, limit.enum) == ("integer", False, 5, (5, 9))
    assert (limit.schema, limit.at) == ({"maximum": 9}, ("o", "inputSchema", "properties", "limit"))
    assert (anything.name, anything.type, anything.required) == ("any", None, False)
    assert (late.name, late.type, late.required) == ("late", None, True)
    assert fields.relaxations.found == {"`inputSchema` on a tool": (1, ("o", "inputSchema"))}


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"properties": [], "required": "id"}, 5])
def test_an_input_schema_without_properties_declares_nothing(schema: object) -> None:
    assert read_input_schema(owner(inputSchema=schema)) == ()


def test_without_an_input_schema_there_is_nothing_to_note() -> None:
    fields = owner(name="x")
    assert read_input_schema(fields) == ()
    assert fields.relaxations.found == {}
