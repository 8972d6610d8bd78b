"""What a `ref` takes over from an aggregate's function, what it may say otherwise, and what is told of a wrong one."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.call import Call, Place
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.spec.load import read_text
from tests.plan.ships import SET, compiled, errors, inputs, marked, only_error, plan, query, request, warnings

FIND = "name: find, description: Finds ships., call: ships.find"
INPUTS = (
    "inputParameters: [{name: port, type: string, description: A port., enum: [oslo, bergen]}, "
    "{name: limit, type: integer, required: false, default: 5}]"
)


def text(
    function: str = FIND,
    *,
    tool: str = "name: find-ship, ref: fleet.find",
    exposed: str = "method: GET, ref: fleet.find",
    route: str = "/ships",
    method: str = "GET",
    consumed: str = "inputParameters: [{name: port, in: query}, {name: limit, in: query}]",
    path: str = "/ships",
    more: str = "",
) -> str:
    """A capability with an aggregate function, a tool and an operation that refer to it."""
    return f"""\
naftiko: 1.0.0-alpha2
info: {{label: Ships, description: Ships in a harbour.}}
capability:
  consumes:
  - {{type: http, namespace: ships, baseUri: https://ships.invalid, resources: [
      {{name: ship, path: '{path}', operations: [{{name: find, method: {method}, {consumed}}}]}}]}}
  aggregates:
  - label: Fleet
    namespace: fleet
    functions:
    - {{{function}}}
    {more}
  exposes:
  - type: rest
    namespace: ships-rest
    port: 8080
    resources:
    - {{name: ship, path: '{route}', operations: [{{{exposed}}}]}}
  - type: mcp
    namespace: ships-mcp
    port: 9090
    description: Ships.
    tools: [{{{tool}}}]
"""


def test_a_tool_takes_over_name_description_and_inputs():
    function = plan(text(f"{FIND}, {INPUTS}", tool="ref: fleet.find")).mcp[0].tools[0].function
    assert (function.name, function.description) == ("find", "Finds ships.")
    assert function.input_schema == {
        "type": "object",
        "properties": {
            "port": {"type": "string", "enum": ["oslo", "bergen"], "description": "A port."},
            "limit": {"type": "integer", "default": 5},
        },
        "required": ["port"],
        "additionalProperties": False,
    }


def test_a_tools_own_name_and_description_count():
    made = plan(text(tool="name: look, description: Looks., ref: fleet.find")).mcp[0].tools[0]
    assert (made.name, made.description) == ("look", "Looks.")


def test_an_operation_takes_over_name_and_description():
    function = plan(text()).rest[0].routes[0].function
    assert (function.name, function.description) == ("find", "Finds ships.")


def test_an_operations_own_name_counts():
    assert plan(text(exposed="name: look, method: GET, ref: fleet.find")).rest[0].routes[0].function.name == "look"


@pytest.mark.parametrize(
    ("semantics", "hints", "annotations"),
    [
        ("", "", {}),
        ("safe: true", "", {"readOnlyHint": True, "destructiveHint": False}),
        ("safe: false", "", {"readOnlyHint": False}),
        ("idempotent: true, cacheable: true", "", {"idempotentHint": True}),
        ("idempotent: false", "", {"idempotentHint": False}),
        ("safe: true", "openWorld: true", {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": True}),
        ("safe: true", "readOnly: false, destructive: true", {"readOnlyHint": False, "destructiveHint": True}),
    ],
)
def test_semantics_become_hints_and_written_hints_win(semantics, hints, annotations):
    made = plan(text(f"{FIND}, semantics: {{{semantics}}}", tool=f"name: t, ref: fleet.find, hints: {{{hints}}}"))
    assert made.mcp[0].tools[0].annotations == annotations


@pytest.mark.parametrize(
    ("method", "place"),
    [("GET", Place.QUERY), ("DELETE", Place.QUERY), ("POST", Place.BODY), ("PUT", Place.BODY), ("PATCH", Place.BODY)],
)
def test_an_operation_reads_what_its_path_lacks_from_the_query_or_the_body(method, place):
    made = plan(text(f"{FIND}, {INPUTS}", exposed=f"method: {method}, ref: fleet.find", route="/ships/{port}"))
    places = {item.name: item.place for item in made.rest[0].routes[0].function.inputs}
    assert places == {"port": Place.PATH, "limit": place}


def test_an_operations_own_inputs_count():
    exposed = "method: GET, ref: fleet.find, inputParameters: [{name: port, in: header, type: string, required: true}]"
    (found,) = plan(text(f"{FIND}, {INPUTS}", exposed=exposed)).rest[0].routes[0].function.inputs
    assert (found.name, found.place, found.required) == ("port", Place.HEADER, True)


def test_a_functions_own_with_is_read_in_its_aggregate():
    function = f"{FIND}, {INPUTS}, with: {{port: fleet.port, limit: '{{{{limit}}}}'}}"
    made = plan(text(function)).mcp[0].tools[0].function
    assert query(request(made, port="oslo", limit=7)) == "port=oslo&limit=7"


def test_a_with_of_what_refers_fixes_an_input_and_leaves_the_others():
    made = plan(text(f"{FIND}, {INPUTS}", tool="name: oslo, ref: fleet.find, with: {port: oslo}")).mcp[0].tools[0]
    assert list(inputs(made.function)) == ["limit"]
    assert query(request(made.function, limit=7)) == "port=oslo&limit=7"


def test_a_with_of_what_refers_renames_an_input():
    made = plan(text(f"{FIND}, {INPUTS}", tool="name: t, ref: fleet.find, with: {port: tools.harbour}")).mcp[0].tools[0]
    assert list(inputs(made.function)) == ["harbour", "limit"]
    assert query(request(made.function, harbour="bergen")) == "port=bergen&limit=5"


def test_a_with_key_that_is_no_input_of_the_function_is_refused():
    found = only_error(text(f"{FIND}, {INPUTS}", tool="name: t, ref: fleet.find, with: {prot: oslo}"))
    assert (found.code, found.help.partition("?")[0]) == ("NK4001", "did you mean `port`")


def test_the_shape_of_a_function_is_what_refers_to_it_gives():
    function = f"{FIND}, outputParameters: [{{type: object, properties: {{id: {{type: string, mapping: $.imo}}}}}}]"
    made = plan(text(function)).mcp[0].tools[0].function
    assert made.action.shape({"imo": 5}, {}) == {"id": "5"}
    assert made.output_schema == {"type": "object", "properties": {"id": {}}}


def test_own_outputs_shape_what_the_function_gives():
    function = f"{FIND}, outputParameters: [{{type: object, properties: {{id: {{type: string, mapping: $.imo}}}}}}]"
    tool = "name: t, ref: fleet.find, outputParameters: [{type: string, mapping: $.id}]"
    assert plan(text(function, tool=tool)).mcp[0].tools[0].function.action.shape({"imo": 5}, {}) == "5"


def test_explain_tells_of_the_function_between():
    action = plan(text(f"{FIND}, {INPUTS}")).mcp[0].tools[0].function.action
    assert isinstance(action, Call)
    assert [(item.rule, item.detail) for item in action.target.evidence] == [("aggregate function", "`fleet.find`")]
    assert [(item.parameter, item.place) for item in action.supplies][:2] == [
        ("port", "function `fleet.find`"),
        ("limit", "function `fleet.find`"),
    ]


def test_functions_are_kept_with_their_aggregate():
    made = plan(text(more="- {name: other, description: D., call: ships.find}"))
    (aggregate,) = made.aggregates
    assert (aggregate.namespace, aggregate.label) == ("fleet", "Fleet")
    assert [item.qualified_name for item in aggregate.functions] == ["fleet.find", "fleet.other"]


# --- what is wrong


@pytest.mark.parametrize(
    ("reference", "message", "help_text"),
    [
        ("fleet.fnid", "no function `fnid` in aggregate `fleet`", "did you mean `fleet.find`? `fleet` has: find"),
        ("fleet.xyz", "no function `xyz` in aggregate `fleet`", "`fleet` has: find"),
        ("fleat.find", "no aggregate is called `fleat`", "did you mean `fleet.find`? functions here: fleet.find"),
        ("zzz.zzz", "no aggregate is called `zzz`", "functions here: fleet.find"),
    ],
)
def test_a_ref_to_no_function_is_refused_at_the_ref(reference, message, help_text):
    wrong = text(tool=f"name: t, description: T., ref: {reference}")
    found = only_error(wrong)
    assert (found.code, marked(wrong, found)) == ("NK3018", reference)
    assert (found.message, found.help) == (message, help_text)


def test_a_ref_in_a_file_without_aggregates_is_refused():
    wrong = text(tool="name: t, ref: fleet.find").replace("    - {name: find, description", "    # {")
    start, end = wrong.index("  aggregates:"), wrong.index("  exposes:")
    found = compiled(wrong[:start] + wrong[end:])
    assert [code for code, _ in errors(found)] == ["NK3018", "NK3018"]
    assert {item.help for item in found.diagnostics if item.is_error} == {"this file has no aggregates"}


def test_a_long_list_of_functions_is_cut():
    many = "\n".join(f"    - {{name: f{index}, call: ships.find}}" for index in range(20)).strip()
    found = only_error(text(tool="name: t, description: T., ref: zzz.zzz", more=many))
    assert found.help.endswith("fleet.f10, …")


def test_nothing_is_told_of_a_ref_into_broken_aggregates():
    wrong = text(tool="name: t, description: T., ref: fleet.other").replace("label: Fleet", "label: [1]")
    assert [code for code, _ in errors(compiled(wrong))] == ["NK2003"]


def test_nothing_is_told_of_a_ref_that_an_import_may_hold():
    wrong = text(tool="name: t, description: T., ref: other.find").replace(
        "  exposes:\n", "  - {import: other, location: ./other.yaml}\n  exposes:\n"
    )
    assert [code for code, _ in errors(compiled(wrong))] == ["NK2014"]


def test_two_functions_of_one_name_are_refused_at_the_second():
    wrong = text(more="- {name: find, call: ships.find}")
    found = only_error(wrong)
    assert (found.code, found.message) == ("NK3019", "`fleet` has a function `find` already")
    assert (marked(wrong, found), found.related[0].message) == ("find", "the first is here")


def test_two_aggregates_of_one_namespace_are_refused_at_the_second():
    wrong = text().replace("  exposes:\n", "  - {label: Two, namespace: fleet, functions: []}\n  exposes:\n")
    found = only_error(wrong)
    assert (found.code, found.message) == ("NK3019", "an aggregate is called `fleet` already")


@pytest.mark.parametrize("where", ["tool", "exposed"])
def test_a_ref_beside_a_call_is_refused(where):
    keys = "name: t, description: T., method: GET, ref: fleet.find, call: ships.find"
    wrong = text(**{where: keys.replace("method: GET, ", "") if where == "tool" else keys})
    found = only_error(wrong)
    assert (found.code, marked(wrong, found)) == ("NK3020", "call")


def test_a_function_with_a_call_and_steps_is_refused():
    found = compiled(text(f"{FIND}, steps: [{{name: a, type: call, call: ships.find}}]"))
    assert errors(found) == [("NK3020", "`call` and `steps` both say what to do")]


def test_a_function_that_says_nothing_is_refused():
    found = compiled(text("name: find, description: D."))
    assert errors(found) == [("NK3010", "`find` says neither what to call nor what to answer")]


def test_a_ref_of_a_function_is_an_unknown_key():
    assert [item.message for item in warnings(text(f"{FIND}, ref: fleet.find"), "NK2001")] != []


def test_an_ambiguous_call_of_a_function_is_refused():
    wrong = text().replace(
        "resources: [\n", "resources: [{name: other, path: /o, operations: [{name: find, method: GET}]},\n"
    )
    found = compiled(wrong)
    assert [code for code, _ in errors(found)] == ["NK3004"]


# --- served in part


def test_a_broken_function_takes_out_what_refers_to_it_and_nothing_else():
    wrong = text(
        more="- {name: other, description: D., call: ships.fnid}",
        tool="name: good, ref: fleet.find}, {name: bad, ref: fleet.other",
    )
    made = compile_plan(read_text(wrong, "ships.yaml"), SET, partial=True).plan
    assert made is not None
    assert [item.name for item in made.mcp[0].tools] == ["good"]
    assert [(item.name, _code(item.function.action)) for item in made.mcp[0].left_out] == [("bad", "NK3001")]
    (aggregate,) = made.aggregates
    assert [item.name for item in aggregate.functions] == ["find"]
    assert [(item.name, _code(item.action)) for item in aggregate.left_out] == [("other", "NK3001")]


def test_what_a_function_relies_on_takes_out_what_refers_to_it():
    wrong = text().replace("https://ships.invalid", "ftp://ships.invalid")
    assert compile_plan(read_text(wrong, "ships.yaml"), SET, partial=True).plan is None


def _code(action: object) -> str:
    assert isinstance(action, Refused)
    return action.code


def test_a_value_for_a_function_without_inputs_is_told():
    consumed = "description: D."
    found = warnings(text(f"{FIND}, {INPUTS}, with: {{port: port}}", consumed=consumed), "NK4001")
    assert [item.message for item in found] == [
        "`port` has no place in the request, because the called operation has no inputs; it is not sent"
    ]
