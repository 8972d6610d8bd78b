from __future__ import annotations

import pytest

from naftiko_runtime.plan.scope.variables import Environment
from tests.plan.ships import CALL, SET, capability, inputs, marked, only_error, plan, request, rest, warnings


def routes(text: str) -> list[tuple[str, str]]:
    """Method and path of each route."""
    return [(route.method, route.path) for route in plan(text).rest[0].routes]


def with_operations(*operations: str, route: str = "/ships") -> str:
    """A capability with several exposed operations on one path."""
    text = capability(route=route, exposed="call: ships.find}, FURTHER")
    further = ", ".join(f"{{{operation}}}" for operation in operations)
    return text.replace(
        "      - {name: find-ship, method: GET, call: ships.find}, FURTHER}\n",
        f"      [{{{CALL}, name: a, method: GET}}, {further}]\n",
    )


def with_tools(*names: str) -> str:
    """A capability whose tools have these names."""
    text = capability()
    head, _, _ = text.partition("    - {name: find-ship, description: Find a ship.")
    return head + "".join(f"    - {{name: {name}, description: D., {CALL}}}\n" for name in names)


def test_a_face_listens_where_its_adapter_says_and_on_loopback_otherwise():
    made = plan(capability().replace("    port: 8080\n", "    port: 8080\n    address: 0.0.0.0\n"))
    assert (made.rest[0].address, made.rest[0].port, made.mcp[0].address, made.mcp[0].port) == (
        "0.0.0.0", 8080, "127.0.0.1", 9090,
    )  # fmt: skip
    assert (made.rest[0].namespace, made.mcp[0].namespace, made.mcp[0].transport) == ("ships-rest", "ships-mcp", "http")


@pytest.mark.parametrize(
    ("route", "path"),
    [("/ships/{id}", "/ships/{id}"), ("ships/{{ id }}", "/ships/{id}"), ("/s/{ id }.json", "/s/{id}.json")],
)
def test_a_routes_path_is_written_one_way(route, path):
    text = capability(path="/ships/{id}", route=route)
    assert routes(text) == [("GET", path)]
    assert request(rest(text), id=1).path == "/v2/ships/1"


@pytest.mark.parametrize("route", ["/ships/{id", "/ships/{}", "/ships/id}"])
def test_a_malformed_exposed_path_is_refused_at_the_path(route):
    text = capability(route=route)
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4008", f'"{route}"')


def test_a_query_in_an_exposed_path_is_left_out_and_told():
    text = capability(route="/ships?acl")
    assert routes(text) == [("GET", "/ships")]
    assert "?acl" in warnings(text, "NK4009")[0].message


def test_of_two_operations_with_one_route_the_first_serves_and_it_is_told():
    text = capability(path="/ships/{id}").replace(
        "call: ships.find}\n  - type: mcp",
        f"call: ships.find}}\n    - {{name: again, path: '/ships/{{other}}', description: S., operations: "
        f"[{{name: again, method: GET, {CALL}}}]}}\n  - type: mcp",
    )
    assert [(route.path, route.function.name) for route in plan(text).rest[0].routes] == [("/ships/{id}", "find-ship")]
    assert "GET /ships/{other} is exposed twice" in warnings(text, "NK3008")[0].message


def test_a_path_without_its_slash_is_the_one_with_it():
    text = capability(path="/ships", route="ships").replace(
        "call: ships.find}\n  - type: mcp",
        f"call: ships.find}}\n    - {{name: again, path: /ships, description: S., operations: "
        f"[{{name: again, method: GET, {CALL}}}]}}\n  - type: mcp",
    )
    assert [route.path for route in plan(text).rest[0].routes] == ["/ships"]
    assert "GET /ships is exposed twice" in warnings(text, "NK3008")[0].message


def test_a_route_knows_its_resource():
    assert plan(capability()).rest[0].routes[0].resource == "ship"


def test_a_tool_has_its_label_description_and_hints():
    text = capability(
        tool=f"{CALL}, label: Find, hints: {{readOnly: true, destructive: false, idempotent: true, openWorld: false}}"
    )
    tool = plan(text).mcp[0].tools[0]
    assert (tool.title, tool.description) == ("Find", "Find a ship.")
    assert tool.annotations == {
        "readOnlyHint": True,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": False,
    }


def test_a_tool_name_used_twice_is_numbered_and_told():
    text = with_tools("find", "find", "find")
    assert [tool.name for tool in plan(text).mcp[0].tools] == ["find", "find-2", "find-3"]
    found = warnings(text, "NK3007")
    assert [marked(text, item) for item in found] == ["find", "find"]


def test_a_numbered_name_never_takes_the_name_of_another_tool():
    made = plan(with_tools("find", "find", "find-2"))
    assert [(tool.name, tool.function.name) for tool in made.mcp[0].tools] == [
        ("find", "find"),
        ("find-3", "find-3"),
        ("find-2", "find-2"),
    ]


@pytest.mark.parametrize("name", ["a" * 65, "find.ships", "find ships", "schiff-öl"])
def test_a_tool_name_that_models_can_not_be_given_is_served_and_told(name):
    text = with_tools(name)
    assert plan(text).mcp[0].tools[0].name == name
    (found,) = warnings(text, "NK3013")
    assert (marked(text, found), found.message.count(name)) == (name, 1)


@pytest.mark.parametrize("name", ["a" * 64, "find_ships-2", "X"])
def test_a_tool_name_that_every_model_takes_is_not_told(name):
    assert warnings(with_tools(name), "NK3013") == []


def test_many_such_names_are_told_once_for_their_adapter():
    (found,) = warnings(with_tools("find.a", "find", "find.b", "find.c"), "NK3013")
    assert found.message == (
        "the tool name `find.a`, and 2 more of `ships-mcp`: several LLM APIs refuse it; it is served all the same"
    )


@pytest.mark.parametrize("written", ["{{USER}}", "{{env.USER}}", "{{ USER }}"])
def test_a_variable_in_an_exposed_path_is_its_value_and_no_input(written):
    text = capability(path="/ships/{id}", route=f"/of/{written}/{{id}}")
    assert routes(text) == [("GET", "/of/ada/{id}")]
    assert list(inputs(rest(text))) == ["id"]


def test_a_placeholder_in_single_braces_is_one_whatever_is_bound():
    text = capability(path="/ships/{USER}", route="/ships/{USER}")
    assert routes(text) == [("GET", "/ships/{USER}")]


def test_a_value_in_an_exposed_path_can_not_become_a_placeholder():
    text = capability(path="/ships/{id}", route="/of/{{USER}}/{id}")
    made = plan(text, Environment(process={**SET.process, "SHIP_USER": "{a} b"}))
    assert made.rest[0].routes[0].path == "/of/%7Ba%7D%20b/{id}"


def test_an_undeclared_variable_in_an_exposed_path_is_refused_at_the_path():
    text = capability(route="/of/{{env.USR}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK6002", '"/of/{{env.USR}}"')


def test_an_address_may_be_a_variable():
    text = capability().replace("    port: 8080\n", "    port: 8080\n    address: '{{HOST}}'\n")
    assert plan(text).rest[0].address == "north.invalid"
    found = only_error(text, Environment())
    assert found.code == "NK6001"


def test_a_description_is_no_template():
    text = capability().replace("description: Find a ship.", "description: 'As {{USER}} and {{nobody}}.'")
    assert plan(text).mcp[0].tools[0].description == "As {{USER}} and {{nobody}}."


def test_consumes_beside_a_capability_is_told():
    text = capability().replace("capability:\n", "consumes: []\ncapability:\n", 1)
    (found,) = warnings(text, "NK2012")
    assert marked(text, found) == "consumes"
