from __future__ import annotations

from typing import Any

import pytest

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.capability import ConsumedOperation, InputParameter
from naftiko_runtime.spec.model.consumes import inner_wins, read_consumes
from naftiko_runtime.spec.model.fields import Fields


def entry(**values: Any) -> Fields:
    return Fields({"namespace": "desk", "baseUri": "https://desk.example"} | values, ("c", 0), Relaxations())


def resources(*operations: dict[str, Any], **values: Any) -> list[dict[str, Any]]:
    return [{"name": "notes", "path": "/notes"} | values | {"operations": list(operations)}]


def read_one(operation: dict[str, Any], **values: Any) -> ConsumedOperation:
    return read_consumes(entry(resources=resources({"name": "get"} | operation, **values))).operations[0]


def test_an_api_is_read_with_its_operations_in_order() -> None:
    fields = entry(
        authentication={"type": "bearer", "token": "t"},
        resources=[
            {
                "name": "a",
                "path": "/a",
                "operations": [{"name": "one", "method": "GET"}, {"name": "two", "method": "POST"}],
            },
            {"name": "b", "path": "/b", "operations": [{"name": "one", "method": "GET"}]},
        ],
    )
    api = read_consumes(fields)

    assert (api.namespace, api.base_uri, api.at) == ("desk", "https://desk.example", ("c", 0))
    assert api.authentication is not None
    assert [(item.resource, item.name, item.method, item.path) for item in api.operations] == [
        ("a", "one", "GET", "/a"),
        ("a", "two", "POST", "/a"),
        ("b", "one", "GET", "/b"),
    ]
    assert api.operations[2].at == ("c", 0, "resources", 1, "operations", 0)
    assert api.operations[2].path_at == ("c", 0, "resources", 1, "path")
    assert fields.relaxations.found == {}


@pytest.mark.parametrize(
    ("operation", "method", "output_format"),
    [
        ({}, "GET", "json"),
        ({"method": "post", "outputRawFormat": "XML"}, "POST", "xml"),
        ({"method": 5}, "GET", "json"),
    ],
)
def test_a_method_and_a_format_are_read_in_any_case(operation: dict[str, Any], method: str, output_format: str) -> None:
    read = read_one(operation)

    assert (read.method, read.output_format) == (method, output_format)


def test_a_path_of_the_operation_replaces_that_of_its_resource() -> None:
    read = read_one({"path": "/other"})

    assert (read.path, read.path_at) == ("/other", ("c", 0, "resources", 0, "operations", 0, "path"))


def test_body_and_outputs_belong_to_the_operation() -> None:
    read = read_one({"body": {"type": "json", "data": {"a": 1}}, "outputParameters": [{"name": "id", "value": "$.id"}]})

    assert read.body is not None
    assert read.body.data == {"a": 1}
    assert [(output.name, output.mapping) for output in read.outputs] == [("id", "$.id")]


def test_inputs_come_from_every_level_and_the_innermost_wins() -> None:
    api = read_consumes(
        entry(
            inputParameters=[{"name": "a", "in": "header", "value": 1}, {"name": "b", "in": "query", "value": 1}],
            resources=resources(
                {"name": "get", "inputParameters": [{"name": "a", "in": "header", "value": 3}]},
                inputParameters=[{"name": "b", "in": "query", "value": 2}, {"name": "a", "in": "query", "value": 2}],
            ),
        )
    )

    assert [(item.name, item.place, item.value) for item in api.operations[0].inputs] == [
        ("b", "query", 2),
        ("a", "query", 2),
        ("a", "header", 3),
    ]


def test_inputs_of_one_name_at_two_places_are_two_inputs() -> None:
    def given(place: str) -> InputParameter:
        return InputParameter("a", place, None, "", None, None, None, False, None, None, None, ())

    assert [item.place for item in inner_wins((given("path"), given("query")), (given("header"),))] == [
        "path",
        "query",
        "header",
    ]


@pytest.mark.parametrize("base_uri", ["http://desk", "https://desk.example:8443/", "https://desk.example/v1?x=1"])
def test_an_ordinary_base_address_is_not_noted(base_uri: str) -> None:
    fields = entry(baseUri=base_uri)
    read_consumes(fields)

    assert fields.relaxations.found == {}


@pytest.mark.parametrize("base_uri", ["", None, "{{HOST}}/v1", "https://desk.example/{tenant}"])
def test_a_base_address_the_official_schema_refuses_is_noted(base_uri: object) -> None:
    fields = entry(baseUri=base_uri)
    read_consumes(fields)

    assert [first for _, first in fields.relaxations.found.values()] == [("c", 0, "baseUri")]


@pytest.mark.parametrize(
    ("values", "at"),
    [
        (resources(name="my_notes"), ("c", 0, "resources", 0, "name")),
        (resources({"name": "a", "path": "/x"}), ("c", 0, "resources", 0, "operations", 0, "path")),
        (resources({"name": "a", "method": "HEAD"}), ("c", 0, "resources", 0, "operations", 0, "method")),
        (resources({"name": "a", "method": "options"}), ("c", 0, "resources", 0, "operations", 0, "method")),
    ],
)
def test_what_the_official_schema_refuses_is_noted_where_it_is(values: list[Any], at: tuple[str | int, ...]) -> None:
    fields = entry(resources=values)
    read_consumes(fields)

    assert [first for _, first in fields.relaxations.found.values()] == [at]
