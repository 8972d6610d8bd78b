from __future__ import annotations

from typing import Any

import pytest

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.capability import ExposedOperation, Rest, Tool
from naftiko_runtime.spec.model.exposes import read_mcp, read_rest
from naftiko_runtime.spec.model.fields import Fields


def entry(**values: Any) -> Fields:
    return Fields(values, ("e", 0), Relaxations())


def rest(operation: dict[str, Any], **resource: Any) -> Rest:
    return read_rest(entry(resources=[{"path": "/notes/{id}"} | resource | {"operations": [operation]}]))


def operation_of(operation: dict[str, Any], **resource: Any) -> ExposedOperation:
    return rest(operation, **resource).operations[0]


def test_a_rest_adapter_says_where_it_listens() -> None:
    adapter = read_rest(entry(namespace="desk", address="0.0.0.0", port=8080, description="Notes."))

    assert (adapter.namespace, adapter.address, adapter.port) == ("desk", "0.0.0.0", 8080)
    assert (adapter.description, adapter.operations, adapter.forwards, adapter.at) == ("Notes.", (), (), ("e", 0))


def test_an_adapter_that_says_nothing_listens_where_the_runtime_decides() -> None:
    assert (read_rest(entry()).address, read_rest(entry()).port) == (None, None)
    assert (read_mcp(entry()).address, read_mcp(entry()).port, read_mcp(entry()).transport) == (None, None, "http")


def test_a_description_on_a_rest_adapter_is_noted_and_on_an_mcp_adapter_is_not() -> None:
    noted, plain = entry(description="Notes."), entry(description="Notes.")
    read_rest(noted)
    read_mcp(plain)

    assert [first for _, first in noted.relaxations.found.values()] == [("e", 0, "description")]
    assert plain.relaxations.found == {}


def test_an_operation_is_read_with_what_it_does() -> None:
    read = operation_of(
        {"name": "get", "method": "post", "description": "d", "call": "desk.get", "with": {"id": "rest.id", "n": 5}},
        name="notes",
    )

    assert (read.name, read.method, read.path, read.resource, read.description) == (
        "get",
        "POST",
        "/notes/{id}",
        "notes",
        "d",
    )
    assert (read.behaviour.call, read.behaviour.with_values) == ("desk.get", (("id", "rest.id"), ("n", 5)))
    assert (read.at, read.path_at) == (("e", 0, "resources", 0, "operations", 0), ("e", 0, "resources", 0, "path"))


def test_an_operation_without_a_name_goes_by_method_and_path() -> None:
    assert operation_of({}).name == "GET /notes/{id}"


def test_inputs_of_the_adapter_the_resource_and_the_operation_come_together() -> None:
    adapter = read_rest(
        entry(
            inputParameters=[{"name": "a", "in": "query", "type": "string"}],
            resources=[
                {
                    "path": "/x",
                    "inputParameters": [{"name": "b", "in": "path"}],
                    "operations": [{"inputParameters": [{"name": "a", "in": "query", "type": "integer"}]}],
                }
            ],
        )
    )

    assert [(item.name, item.type) for item in adapter.operations[0].behaviour.inputs] == [
        ("b", None),
        ("a", "integer"),
    ]


def tool_of(**values: Any) -> Tool:
    return read_mcp(entry(tools=[{"name": "get"} | values])).tools[0]


def test_a_tool_is_read_with_what_it_does() -> None:
    read = tool_of(
        label="Get", description="d", call="desk.get", outputParameters=[{"type": "string", "mapping": "$.a"}]
    )

    assert (read.name, read.label, read.description, read.at) == ("get", "Get", "d", ("e", 0, "tools", 0))
    assert (read.behaviour.call, read.behaviour.outputs[0].mapping, read.behaviour.at) == ("desk.get", "$.a", read.at)


def test_hints_are_what_the_text_says_and_only_where_it_says_yes_or_no() -> None:
    assert tool_of(hints={"readOnly": True, "destructive": False, "idempotent": "yes"}).hints == {
        "readOnly": True,
        "destructive": False,
    }
    assert tool_of().hints == {}


def test_an_mcp_adapter_says_its_transport() -> None:
    assert (
        read_mcp(entry(transport="stdio", namespace="n", port=1, address="::1", description="d")).transport == "stdio"
    )


@pytest.mark.parametrize("key", ["authentication", "auth"])
@pytest.mark.parametrize("read", [read_rest, read_mcp])
def test_what_an_adapter_asks_of_its_callers_is_kept_with_its_place(read, key: str) -> None:
    asked = read(entry(**{key: {"type": "oauth2", "scopes": ["a", 5, None]}})).authentication
    assert (asked.type, asked.fields, asked.at) == ("oauth2", {"scopes": "a 5"}, ("e", 0, key))


def test_a_forwarding_resource_says_where_to_and_whom_it_trusts() -> None:
    [read] = rest({}, forward={"targetNamespace": "desk", "trustedHeaders": ["X-A", 5]}).forwards
    assert (read.target, read.trusted, read.at) == ("desk", ("X-A", "5"), ("e", 0, "resources", 0))
    assert rest({}, forward=[]).forwards[0].trusted == ()


def test_the_input_schema_of_a_tool_gives_way_to_its_input_parameters() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    read = tool_of(inputSchema=schema, inputParameters=[{"name": "b", "type": "integer"}, {"name": "c"}])

    told = [(item.name, item.type) for item in read.behaviour.inputs]
    assert told == [("a", "string"), ("b", "integer"), ("c", None)]
