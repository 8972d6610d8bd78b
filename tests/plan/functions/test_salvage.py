"""With `--partial`, what is right in a file serves: each error takes out what it concerns and nothing else (C6b)."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.functions.salvage import unit_of
from naftiko_runtime.plan.scope.variables import MASK, Environment
from tests.plan.fleet import ALL, FILE, SET, TEXT, broken, compiled, partly
from tests.plan.ships import codes

SHIP = {"GET /ships/{id}", "DELETE /ships/{id}", "find-ship", "scrap-ship"}
FIND = {"GET /ships/{id}", "find-ship"}
REST = {"GET /ships/{id}", "DELETE /ships/{id}", "GET /sailors"}
CREW = {"GET /sailors", "list-crew"}


def test_a_file_without_errors_is_served_alike_with_and_without_partial():
    assert compiled(TEXT, partial=False).plan is not None
    assert partly(TEXT).served == ALL
    assert partly(TEXT).left_out == {}


@pytest.mark.parametrize(
    ("old", "new", "code", "left_out"),
    [
        # in an operation or tool
        ("call: ships.dock", "call: ships.dok", "NK3001", {"dock"}),
        ("call: ships.dock", "call: ships", "NK3003", {"dock"}),
        ("call: ships.dock", "call: shops.dock", "NK3002", {"dock"}),
        ("call: ships.dock}", "cal: ships.dock}", "NK2001", {"dock"}),
        ("Docks., call: ships.dock", "Docks.", "NK3010", {"dock"}),
        ("Docks., call: ships.dock", "Docks., steps: []", "NK3010", {"dock"}),
        ("call: ships.dock", "call: ships.dock, with: {shp: tools.shp}", "NK4001", {"dock"}),
        ("call: ships.dock", "call: ships.dock, outputParameters: [{type: string, mapping: '$['}]", "NK5001", {"dock"}),
        ("method: DELETE, call:", "method: ERASE, call:", "NK2004", {"ERASE /ships/{id}"}),
        ("method: DELETE, call:", "method: DELETE, outputParameters: 5, call:", "NK2003", {"DELETE /ships/{id}"}),
        # in what it calls
        ("{name: find, method: GET}", "{name: find, method: GET, body: {type: xml, data: '{{a'}}", "NK4002", FIND),
        ("{name: find, method: GET}", "{name: find, method: GET, outputRawFormat: 5}", "NK2003", FIND),
        ("path: /ships/{id}\n      operations:\n      - {name: find, method: GET}",
         "path: /ships/{id\n      operations:\n      - {name: find, method: GET}", "NK4008", SHIP),
        ("path: /ships/{id}\n      operations:\n      - {name: find, method: GET}",
         "path: /a/../ships/{id}\n      operations:\n      - {name: find, method: GET}", "NK4008", SHIP),
        # in a consumed API
        ("baseUri: https://crew.invalid", "baseUri: ftp://crew.invalid", "NK4011", CREW),
        ("baseUri: https://crew.invalid", "baseUri: https://crew.invalid/../x", "NK4011", CREW),
        ("{type: bearer, token: '{{CREW_TOKEN}}'}", "{type: hmac}", "NK6007", CREW),
        ("{type: bearer, token: '{{CREW_TOKEN}}'}", "{type: bearer}", "NK6006", CREW),
        ("    namespace: crew\n", "    namespac: crew\n", "NK2001", CREW),
        ("- type: http\n    namespace: crew", "- type: grpc\n    namespace: crew", "NK2004", CREW),
        # in an exposed resource or adapter
        ("    - name: sailor\n      path: /sailors\n      operations:\n      - {name: list, method: GET, call:",
         "    - name: sailor\n      paht: /sailors\n      operations:\n      - {name: list, method: GET, call:",
         "NK2001", {"GET /"}),
        ("port: 8080", "port: 8080\n    authentication: {type: hmac}", "NK6007", REST),
        ("port: 8080", "port: 8080\n    auth: {type: bearer}", "NK6006", REST),
        ("port: 8080", "port: http", "NK2003", REST),
    ],
)  # fmt: skip
def test_an_error_takes_out_what_it_concerns(old, new, code, left_out):
    text = broken(old, new)
    found = partly(text)
    assert found.left_out == dict.fromkeys(left_out, code)
    # What has lost its own method or path is left out under what is left of it.
    unnamed = {"ERASE": {"DELETE /ships/{id}"}, "paht": {"GET /sailors"}}
    assert found.served == ALL - left_out - next((names for key, names in unnamed.items() if key in new), set())


def test_of_two_consumed_operations_with_one_name_neither_is_called():
    found = partly(broken("{name: scrap, method: DELETE}", "{name: find, method: DELETE}"))
    assert found.left_out == {
        "GET /ships/{id}": "NK3012", "DELETE /ships/{id}": "NK3001", "find-ship": "NK3012", "scrap-ship": "NK3001",
    }  # fmt: skip
    (told,) = [item for item in found.told if item.code == "NK3012"]
    assert [(item.message, item.span.line) for item in told.related] == [("the first is here", 15)]


def test_of_two_apis_with_one_namespace_neither_is_called():
    compilation = compiled(broken("    namespace: crew\n", "    namespace: ships\n"))
    assert compilation.plan is None
    (told,) = [item for item in compilation.diagnostics if item.code == "NK3006"]
    assert [(item.message, item.span.line) for item in told.related] == [("first declared here", 7)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("port: 9090", "port: 9090\n    prompts: [{name: p, template: [{role: user, content: '{{x}}'}]}]", "NK4003"),
        ("port: 9090", "port: 9090\n    resources: [{name: r, uri: 'y', location: './a'}]", "NK4020"),
        ("capability:\n", "capability:\n  aggregates: [{import: a, location: ./a.yaml}]\n", "NK2014"),
        ("info: {label: Fleet,", "info: {label: [], ", "NK2003"),
        ("  consumes:\n", "  consumes:\n  - {import: x, location: ./x.yaml}\n", "NK2014"),
    ],
)
def test_an_error_that_no_operation_depends_on_takes_nothing_out(old, new, code):
    found = partly(broken(old, new))
    assert (found.served, found.left_out) == (ALL, {})
    assert [item.message.endswith("; left out") for item in found.told if item.code == code] == [True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("capability:\n", "capabilty:\n"),
        ("naftiko: 1.0.0-alpha2", "naftiko: 9.9"),
        ("  exposes:\n", "  expose:\n"),
        ("binds:\n", "bind:\n"),
        ("info: {label: Fleet,", "info: {label: Fleet, label: Fleet,"),
    ],
)
def test_an_error_about_the_whole_file_still_refuses_it(old, new):
    compilation = compiled(broken(old, new))
    assert compilation.plan is None
    assert codes(compilation)


def test_a_file_of_which_nothing_is_left_is_refused_with_its_errors_as_errors():
    text = broken("https://ships.invalid", "ftp://a", "https://crew.invalid", "ftp://b")
    compilation = compiled(text)
    assert compilation.plan is None
    assert codes(compilation) == ["NK4011", "NK4011"]
    assert not any("left out" in item.message for item in compilation.diagnostics)


def test_a_variable_without_a_value_takes_out_the_functions_that_need_it():
    found = partly(TEXT, Environment(process={"SHIP_TOKEN": "t0ken"}))
    assert found.left_out == dict.fromkeys(CREW, "NK6001")
    assert found.served == ALL - CREW


def test_an_error_in_a_bind_takes_out_the_functions_that_use_its_variables():
    text = broken("CREW_TOKEN: CREW_TOKEN}}", "}}\n- {namespace: more, location: 5, keys: {CREW_TOKEN: CREW_TOKEN}}")
    found = partly(text)
    assert found.left_out == dict.fromkeys(CREW, "NK2003")


@pytest.mark.parametrize("name", ["DOCKER", "env.DOCKER", "secrets.DOCKER"])
def test_an_undeclared_variable_is_looked_up_under_its_own_name(name):
    text = broken("{{CREW_TOKEN}}", f"{{{{{name}}}}}", ", CREW_TOKEN: CREW_TOKEN", "")
    plan = compiled(text, Environment(process={**SET.process, "DOCKER": "l00ked"})).plan
    assert plan is not None
    (told,) = [item for item in plan.diagnostics if item.code == "NK6002"]
    assert told.message == f"no bind declares the variable `{name}`; it was looked up in the environment as `DOCKER`"
    assert not told.is_error
    request = plan.mcp[0].tools[3].function.action.build({})
    assert ("authorization", "Bearer l00ked") in request.headers


def test_an_undeclared_variable_that_the_environment_lacks_takes_out_what_needs_it():
    found = partly(broken("{{CREW_TOKEN}}", "{{env.DOCKER}}"))
    assert found.left_out == dict.fromkeys(CREW, "NK6002")
    (told,) = [item for item in found.told if item.code == "NK6002"]
    assert told.message == (
        "no bind declares the variable `env.DOCKER`, and the environment variable `DOCKER` is not set; "
        "left out: GET /sailors, tool `list-crew`"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://crew.invalid", "https://{{env.DOCKER}}.invalid"),
        ("call: crew.list}\n  - type: mcp", "call: crew.list, with: {n: '{{env.DOCKER}}'}}\n  - type: mcp"),
        ("path: /sailors\n      operations:\n      - {name: list, method: GET}",
         "path: '/sailors/{{env.DOCKER}}'\n      operations:\n      - {name: list, method: GET}"),
        ("path: /sailors\n      operations:\n      - {name: list, method: GET, call:",
         "path: '/sailors/{{env.DOCKER}}'\n      operations:\n      - {name: list, method: GET, call:"),
        ("{ship: '{{ship}}'}", "{ship: '{{env.DOCKER}}'}"),
        ("Docks., call: ships.dock", "Docks., outputParameters: [{type: string, value: '{{env.DOCKER}}'}]"),
    ],
)  # fmt: skip
def test_an_undeclared_variable_is_looked_up_wherever_it_stands(old, new):
    text = broken(old, new)
    if "with: {n:" in new:
        taken = "{name: list, method: GET, inputParameters: [{name: n, in: query}]}"
        text = text.replace("{name: list, method: GET}", taken)
    found = [item.code for item in compiled(text, Environment(process={**SET.process, "DOCKER": "d"})).plan.diagnostics]
    assert "NK6002" in found
    masked = compiled(text, None).plan
    assert masked is not None
    assert "NK6002" in codes(compiled(text, partial=False))


def test_without_an_environment_an_undeclared_variable_is_masked():
    text = broken("{{CREW_TOKEN}}", "{{env.DOCKER}}")
    plan = compiled(text, None).plan
    assert plan is not None
    request = plan.mcp[0].tools[3].function.action.build({})
    assert ("authorization", f"Bearer {MASK}") in request.headers


def test_what_is_left_out_is_told_by_name_and_not_at_any_length():
    text = broken("https://ships.invalid", "ftp://ships.invalid")
    (told,) = [item for item in partly(text).told if item.code == "NK4011"]
    assert told.message == (
        "`ships` can't be called: its scheme is not http or https; "
        "left out: GET /ships/{id}, DELETE /ships/{id}, tool `find-ship` and 2 more"
    )


def test_a_function_that_is_left_out_knows_the_first_reason_and_its_place():
    text = broken("call: ships.dock", "call: ships.dock, with: {shp: tools.shp}, outputParameters: [{value: 1}, {}]")
    plan = compiled(text).plan
    assert plan is not None
    (tool,) = plan.mcp[0].left_out
    line = text[: text.index("shp: tools")].count("\n") + 1
    assert (tool.function.action.code, tool.function.action.place.startswith(f"{FILE}:{line}:")) == ("NK2002", True)
    assert tool.function.admit({"whatever": 1}) == {"whatever": 1}


def test_what_calls_into_a_flawed_list_is_left_out_with_that_flaw():
    found = partly(broken("  - type: http\n    namespace: crew", "  - namespace: crew"))
    assert found.left_out == dict.fromkeys(CREW, "NK2002")


def test_calls_into_an_import_are_left_out_with_it():
    imported = "  consumes:\n  - {import: x, location: ./x.yaml}\n"
    found = partly(broken("  consumes:\n", imported, "crew.list}\n  - type: mcp", "x.list}\n  - type: mcp"))
    assert found.left_out == {"GET /sailors": "NK2014"}


def test_of_two_operations_on_one_route_the_one_that_is_right_serves():
    twin = "call: ships.scap}\n      - {name: s, method: DELETE, call: ships.scrap}\n    - name: sailor"
    found = partly(broken("call: ships.scrap}\n    - name: sailor", twin))
    assert (found.served, found.left_out) == (ALL, {})


@pytest.mark.parametrize(
    ("pointer", "unit"),
    [
        ("", ""),
        ("/naftiko", ""),
        ("/info/label", "/info"),
        ("/capability", "/capability"),
        ("/capability/exposes", "/capability"),
        ("/capability/exposes/0", "/capability/exposes/0"),
        ("/capability/exposes/0/port", "/capability/exposes/0"),
        ("/capability/exposes/0/tools", "/capability/exposes/0"),
        ("/capability/exposes/0/tools/3", "/capability/exposes/0/tools/3"),
        ("/capability/exposes/0/tools/3/with/tools/x", "/capability/exposes/0/tools/3"),
        ("/capability/consumes/0/resources/1/path", "/capability/consumes/0/resources/1"),
        ("/capability/consumes/0/resources/1/operations/2/body", "/capability/consumes/0/resources/1/operations/2"),
        ("/capability/binds/0/keys/A", "/capability/binds/0"),
        ("/binds/0/keys/A", "/binds/0"),
    ],
)
def test_an_error_concerns_the_smallest_object_around_it(pointer, unit):
    assert unit_of(pointer) == unit
