"""A `call` without a namespace is a call of a tool of the same file (C12)."""

from __future__ import annotations

import pytest

from naftiko_runtime.errors import ArgumentError
from naftiko_runtime.plan.calls.toolcalls import LONGEST_CHAIN
from naftiko_runtime.plan.model.call import Call, Place, UpstreamRequest
from naftiko_runtime.plan.model.function import Function, Mock
from naftiko_runtime.plan.scope.variables import Environment
from tests.plan.fleet import compiled
from tests.plan.ships import codes, inputs

NAME = "outputParameters: [{type: string, mapping: $.n}]"
NAMED = "[{type: object, properties: {n: {type: string, mapping: $.name}}}]"
ECHOED = "[{name: i, type: integer, value: '{{id}}'}, {name: n, type: string, mapping: $.name}]"
GET = "{name: get, description: Gets a ship., call: ships.get}"


def text(*tools: str, rest: str = "", method: str = "GET", more: str = "") -> str:
    """A capability whose tools, beside `get`, are these, and whose exposed operation is `rest`."""
    listed = ", ".join((GET, *(f"{{name: t{index}, description: D., {tool}}}" for index, tool in enumerate(tools))))
    exposed = rest or "call: get"
    return f"""\
naftiko: 1.0.0-alpha2
info: {{label: Ships, description: Ships.}}
binds: [{{namespace: env, keys: {{REGION: REGION}}}}]
capability:
  consumes:
  - type: http
    namespace: ships
    baseUri: https://ships.invalid
    resources:
    - name: ship
      path: /ships/{{id}}
      operations:
      - name: get
        method: GET
        inputParameters:
        - {{name: id, in: path, type: integer, description: its number}}
        - {{name: sort, in: query, type: string, enum: [up, down], default: up}}
        - {{name: tags, in: query, type: array, items: {{type: string}}}}
  exposes:
  - {{type: rest, namespace: ships-rest, port: 8080, resources: [
      {{name: r, path: /r, operations: [{{name: o, method: {method}, {exposed}}}]}}]}}
  - {{type: mcp, namespace: ships-mcp, port: 9090, description: D., tools: [{listed}]}}
{more}"""


def adapter(tools: str) -> str:
    """A second MCP adapter."""
    return f"  - {{type: mcp, namespace: b, port: 9091, description: D., tools: [{tools}]}}"


def functions(source: str) -> tuple[Function, dict[str, Function]]:
    """The function of the exposed operation, and those of the tools."""
    compilation = compiled(source, Environment(process={"REGION": "eu"}), partial=False)
    plan = compilation.plan
    assert plan is not None, compilation.diagnostics
    return plan.rest[0].routes[0].function, {tool.name: tool.function for tool in plan.mcp[0].tools}


def request(function: Function, /, **arguments: object) -> UpstreamRequest:
    assert isinstance(function.action, Call)
    return function.action.build(function.admit(arguments))


def shaped(function: Function, payload: object, /, **arguments: object) -> object:
    assert isinstance(function.action, Call)
    assert function.action.shape is not None
    return function.action.shape(payload, function.admit(arguments))


def test_an_operation_that_calls_a_tool_sends_what_the_tool_sends():
    rest, tools = functions(text())
    assert request(rest, id="7", tags=["a"]) == request(tools["get"], id=7, tags=["a"])
    assert request(rest, id=7).url == "https://ships.invalid/ships/7?sort=up"


def test_it_has_the_inputs_of_the_tool():
    rest, tools = functions(text())
    own, theirs = inputs(rest), inputs(tools["get"])
    assert {name: (item.schema, item.required, item.description, item.default) for name, item in own.items()} == {
        name: (item.schema, item.required, item.description, item.default) for name, item in theirs.items()
    }
    assert {item.place for item in own.values()} == {Place.QUERY}


def test_a_method_with_a_body_reads_them_there():
    rest, _ = functions(text(method="POST"))
    assert {item.place for item in inputs(rest).values()} == {Place.BODY}


def test_with_feeds_the_inputs_of_the_tool():
    rest, tools = functions(text("call: get, with: {id: tools.number, sort: down}", rest="call: t0"))
    assert list(inputs(tools["t0"])) == list(inputs(rest)) == ["number"]
    assert request(rest, number="7").url == "https://ships.invalid/ships/7?sort=down"


def test_an_unknown_key_of_with_is_refused():
    compilation = compiled(text("call: get, with: {idd: tools.id}"), partial=False)
    assert codes(compilation) == ["NK4001"]


def test_what_can_not_travel_is_told_by_the_name_its_caller_knows():
    _, tools = functions(text("call: get, with: {id: 'a{{number}}', sort: tools.order}"))
    with pytest.raises(ArgumentError) as refusal:
        request(tools["t0"], number="\n", order="up")
    assert dict(refusal.value.fields) == {"number": "must not hold control characters"}


def test_a_variable_feeds_the_input_of_a_tool():
    _, tools = functions(text("call: get, with: {id: 1, sort: 'in-{{REGION}}'}"))
    assert request(tools["t0"]).url == "https://ships.invalid/ships/1?sort=in-eu"


def test_the_call_is_explained_by_the_tool_and_what_it_calls():
    rest, tools = functions(text("call: get, with: {id: tools.n}", rest="call: t0"))
    assert isinstance(rest.action, Call)
    assert [(item.rule, item.detail) for item in rest.action.target.evidence] == [
        ("tool of this file", "`t0`"), ("tool of this file", "`get`"),
    ]  # fmt: skip
    assert [(item.parameter, item.place, item.source) for item in rest.action.supplies][:3] == [
        ("n", "tool `t0`", "input `n`"), ("id", "tool `get`", "input `n`"), ("sort", "tool `get`", "`up`"),
    ]  # fmt: skip
    assert tools["t0"].action.target.origin == tools["get"].action.target.origin


@pytest.mark.parametrize(
    ("tool", "own", "result", "identity"),
    [
        ("", "", None, False),
        ("", "[{type: object, mapping: $.}]", None, True),
        ("", "[{type: string, mapping: $.name}]", "Ada", False),
        ("[{type: object, mapping: $.}]", "", None, True),
        ("[{type: object, mapping: $.}]", "[{type: object, mapping: $.}]", None, True),
        ("[{type: object, mapping: $.}]", "[{type: string, mapping: $.name}]", "Ada", False),
        (NAMED, "", {"n": "Ada"}, False),
        (NAMED, "[{type: object, mapping: $.}]", {"n": "Ada"}, False),
        (NAMED, "[{type: string, mapping: $.n}]", "Ada", False),
        (ECHOED, "", {"i": 7, "n": "Ada"}, False),
    ],
)
def test_the_answer_of_the_tool_is_the_payload_of_its_caller(tool, own, result, identity):
    outputs = f"call: ships.get, outputParameters: {tool}" if tool else "call: ships.get"
    rest, _ = functions(text(outputs, rest=f"call: t0, outputParameters: {own}" if own else "call: t0"))
    assert isinstance(rest.action, Call)
    assert rest.action.identity is identity
    if result is not None:
        assert shaped(rest, {"name": "Ada"}, id=7) == result


def test_a_tool_whose_body_passes_as_it_is_still_does_for_its_caller():
    rest, _ = functions(text())
    assert isinstance(rest.action, Call)
    assert rest.action.shape is None


def test_outputs_promise_what_they_promise_anywhere():
    typed = "outputParameters: [{type: object, properties: {n: {type: string, mapping: $.name}}}]"
    rest, tools = functions(text(f"call: ships.get, {typed}", "call: t0", rest="call: t1"))
    assert rest.output_schema == tools["t1"].output_schema == tools["t0"].output_schema is not None
    own, _ = functions(text(f"call: ships.get, {typed}", rest=f"call: t0, {NAME}"))
    assert own.output_schema is None
    assert own.action.mapping == "string ← $.n"


@pytest.mark.parametrize(
    ("own", "answer"),
    [("", {"hello": "7", "to": None}), (", outputParameters: [{type: string, mapping: $.hello}]", "7")],
)
def test_a_tool_that_answers_from_static_values_does_so_for_its_caller(own, answer):
    mock = "outputParameters: [{name: hello, type: string, value: '{{id}}'}, {name: to, type: string}]"
    rest, _ = functions(text(mock, rest=f"call: t0, with: {{id: rest.number}}{own}"))
    assert isinstance(rest.action, Mock)
    assert rest.action.answer(rest.admit({"number": "7"})) == answer


def formatted(kind):
    """The file with outputs of the caller alone, and answers of the called operation in a format."""
    source = text(rest="call: get, outputParameters: [{type: array, mapping: $.a}]")
    return source.replace("method: GET\n        input", f"method: GET\n        outputRawFormat: {kind}\n        input")


def test_outputs_of_the_caller_shape_what_the_format_of_the_answer_decodes():
    plan = compiled(formatted("xml"), partial=False).plan
    assert plan is not None
    action = plan.rest[0].routes[0].function.action
    assert isinstance(action, Call)
    assert action.shape(action.decode(b"<r><a>1</a></r>", ""), {}) == ["1"]
    assert action.identity is False


def test_a_format_that_can_not_be_decoded_is_refused_for_outputs_of_the_caller():
    assert codes(compiled(formatted("protobuf"), partial=False)) == ["NK5010"]


def test_the_tool_of_the_own_adapter_is_meant_before_one_of_another():
    source = text("call: get", rest="call: ships.get", more=adapter(f"{GET}, {{name: c, description: D., call: get}}"))
    plan = compiled(source, partial=False).plan
    assert plan is not None
    assert [len(face.tools) for face in plan.mcp] == [2, 2]


def test_a_name_that_two_adapters_have_is_refused_and_both_are_told():
    (found,) = [item for item in compiled(text(more=adapter(GET)), partial=False).diagnostics if item.is_error]
    assert (found.code, found.message) == ("NK3004", "2 tools of this file are called `get`")
    assert found.help == "give one of them another name; they stand at fleet.yaml:22:77, fleet.yaml:23:69"


def test_of_two_tools_of_one_name_in_one_adapter_the_first_is_meant():
    source = text("call: ships.get, outputParameters: [{type: string, value: x}]").replace("{name: t0", "{name: get")
    rest, tools = functions(source)
    assert list(tools) == ["get", "get-2"]
    assert isinstance(rest.action, Call)
    assert rest.action.shape is None


def test_a_namespace_comes_before_a_tool_of_the_same_text():
    source = text("call: ships.get, with: {id: 1}", rest="call: ships.get").replace("name: t0", "name: ships.get")
    rest, _ = functions(source)
    assert list(inputs(rest)) == ["id", "sort", "tags"]


def test_a_tool_may_have_a_dot_in_its_name():
    rest, _ = functions(text("call: ships.get", rest="call: list.all").replace("name: t0", "name: list.all"))
    assert isinstance(rest.action, Call)


def test_a_name_near_that_of_a_tool_is_suggested():
    (found,) = [item for item in compiled(text(rest="call: gte"), partial=False).diagnostics if item.is_error]
    assert found.help == "did you mean the tool `get`? namespaces here: ships"


@pytest.mark.parametrize(
    ("tools", "message"),
    [
        (["call: t0"], "the tool calls itself"),
        (["call: t1", "call: t0"], "the tool calls itself, by way of `t1`"),
        (["call: t2", "call: t0", "call: t1"], "the tool calls itself, by way of `t2`, `t1`"),
    ],
)
def test_a_circle_is_refused_once_where_it_begins(tools, message):
    (found,) = [item for item in compiled(text(*tools), partial=False).diagnostics if item.is_error]
    assert (found.code, found.message, found.span.line) == ("NK3014", message, 22)


def test_what_leads_into_a_circle_is_no_second_mistake_and_is_left_out_with_it():
    source = text("call: t0", "call: t0", rest="call: t1")
    (found,) = [item for item in compiled(source, partial=False).diagnostics if item.is_error]
    assert found.code == "NK3014"
    plan = compiled(source).plan
    assert plan is not None
    assert [tool.name for tool in plan.mcp[0].tools] == ["get"]
    assert [tool.name for tool in plan.mcp[0].left_out] == ["t0", "t1"]
    assert plan.rest[0].left_out[0].function.action.code == "NK3014"


def test_a_chain_may_be_long_but_not_endless():
    def chain(length: int) -> str:
        return text(*(["call: get"] + [f"call: t{index}" for index in range(length)]))

    functions(chain(LONGEST_CHAIN - 2))
    assert set(codes(compiled(chain(LONGEST_CHAIN + 3), partial=False))) == {"NK3014"}


def test_a_very_long_chain_written_backwards_is_refused_too():
    tools = [f"call: t{index + 1}" for index in range(600)] + ["call: get"]
    assert set(codes(compiled(text(*tools), partial=False))) == {"NK3014"}


def test_a_tool_that_neither_calls_nor_answers_is_one_mistake_of_its_own():
    source = text("inputParameters: []", rest="call: t0")
    assert codes(compiled(source, partial=False)) == ["NK3010"]
    plan = compiled(source).plan
    assert plan is not None
    assert plan.rest[0].left_out[0].function.action.code == "NK3010"


def test_an_error_of_what_a_tool_calls_reaches_its_callers():
    source = text("call: get", rest="call: t0").replace("in: query, type: array", "in: query, type: arry")
    plan = compiled(source, partial=True).plan
    assert plan is None
    assert codes(compiled(source)) == ["NK2004"]
