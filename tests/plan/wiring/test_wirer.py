from __future__ import annotations

import json

import pytest

from naftiko_runtime.errors import ArgumentError
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.scope.variables import Environment
from tests.plan.ships import (
    CALL,
    capability,
    compiled,
    errors,
    header,
    inputs,
    marked,
    only_error,
    query,
    refused,
    request,
    rest,
    tool,
    warnings,
)

A = "inputParameters: [{name: a, in: query}]"
AB = "inputParameters: [{name: a, in: query, type: integer, description: How many.}, {name: b, in: query}]"
BODY = "inputParameters: [{name: body, in: body, type: object}]"
FIELDS = "inputParameters: [{name: a, in: body, type: string}, {name: b, in: body, type: integer}]"


def called(reference: str, **parts: str) -> str:
    """A capability whose operation and tool both give `a` the same value."""
    return capability(A, exposed=f"{CALL}, with: {{a: {reference}}}", tool=f"{CALL}, with: {{a: {reference}}}", **parts)


# --- without `with`


def test_without_with_inputs_flow_by_name():
    function = tool(capability(AB))
    assert query(request(function, a=1, b="x")) == "a=1&b=x"
    assert query(request(function)) == ""


def test_a_derived_input_has_type_description_and_need_of_the_consumed_one():
    text = capability("inputParameters: [{name: a, in: query, type: integer, description: How many., required: true}]")
    found = inputs(tool(text))["a"]
    assert (found.schema, found.description, found.required) == ({"type": "integer"}, "How many.", True)


def test_with_declared_inputs_only_those_and_needed_ones_flow():
    text = capability(
        "inputParameters: [{name: a, in: query}, {name: b, in: query}, {name: c, in: query, required: true}]",
        tool=f"{CALL}, inputParameters: [{{name: a, type: string, description: A.}}]",
    )
    assert list(inputs(tool(text))) == ["a", "c"]
    assert "`c`" in warnings(text, "NK4006")[0].message


@pytest.mark.parametrize("spelling", ["workspace-id", "workspaceId", "workspace_id", "WORKSPACEID"])
def test_names_match_by_letters_and_digits_alone(spelling):
    text = capability(path="/w/{workspace_id}", route=f"/w/{{{spelling}}}")
    assert [(item.name, item.place) for item in rest(text).inputs] == [(spelling, Place.PATH)]
    assert request(rest(text), **{spelling: 7}).path == "/v2/w/7"


def test_a_reference_may_spell_the_exposed_placeholder_another_way():
    text = capability(
        path="/w/{workspaceId}", route="/w/{workspace-id}", exposed=f"{CALL}, with: {{workspaceId: rest.workspaceId}}"
    )
    assert [(item.name, item.key) for item in rest(text).inputs] == [("workspace-id", "workspace-id")]


# --- references


@pytest.mark.parametrize(
    "reference",
    ["rest.a", "tools.a", "mcp.a", "$this.a", "'{{a}}'", "'{{rest.a}}'", "'{{ tools.a }}'", "'{{$this.a}}'"],
)
def test_a_reference_is_the_input_of_that_name(reference):
    text = called(reference)
    assert query(request(tool(text), a="x")) == query(request(rest(text), a="x")) == "a=x"


@pytest.mark.parametrize("reference", ["ships-mcp.a", "$this.ships-mcp.a", "'{{ships-mcp.a}}'"])
def test_the_adapters_own_namespace_is_a_reference_too(reference):
    assert query(request(tool(capability(A, tool=f"{CALL}, with: {{a: {reference}}}")), a="x")) == "a=x"


def test_a_bare_declared_name_is_a_reference():
    text = capability(
        A, tool=f"{CALL}, with: {{a: count}}, inputParameters: [{{name: count, type: integer, description: C.}}]"
    )
    assert query(request(tool(text), count=3)) == "a=3"


@pytest.mark.parametrize("written", ["vessel-id", "vesselId"])
def test_a_bare_placeholder_of_the_exposed_path_is_a_reference(written):
    text = capability(path="/ships/{id}", route="/v/{vessel-id}", exposed=f"{CALL}, with: {{id: {written}}}")
    assert request(rest(text), **{"vessel-id": 7}).path == "/v2/ships/7"


def test_a_bare_name_that_nobody_declared_is_a_literal():
    assert query(request(tool(called("count")))) == "a=count"


def test_a_reference_keeps_the_type_of_its_value():
    text = capability(FIELDS, method="POST", tool=f"{CALL}, with: {{b: tools.count}}")
    assert request(tool(text), count="5").content == b'{"b":5}'


def test_an_absent_optional_value_leaves_its_parameter_out():
    text = capability(AB, tool=f"{CALL}, with: {{a: tools.a, b: 'x{{{{b}}}}'}}")
    assert query(request(tool(text))) == ""


@pytest.mark.parametrize("reference", ["rest.dya", "'{{dya}}'"])
def test_a_reference_one_slip_away_from_an_input_is_refused_at_its_text(reference):
    text = capability("inputParameters: [{name: day, in: query}]", exposed=f"{CALL}, with: {{day: {reference}}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4007", reference)
    assert f"did you mean `{reference.strip(chr(39)).replace('dya', 'day')}`" in found.help


@pytest.mark.parametrize("written", ["rst.a", "ships-rest.A", "other.a"])
def test_a_text_that_ends_with_the_input_it_feeds_is_told(written):
    [found] = warnings(capability(A, tool=f"{CALL}, with: {{a: {written}}}"), "NK4015")
    assert f"`{written}`" in found.message
    assert found.help == f"write `tools.{written.partition('.')[2]}` if that is meant"


def test_one_that_does_not_fit_is_told_once_with_what_was_meant():
    found = only_error(capability(AB, exposed=f"{CALL}, with: {{a: rst.a}}"))
    assert (found.code, found.help) == ("NK4012", "did you mean `rest.a`?")


@pytest.mark.parametrize("written", ["rst.b", "a.b.a", "a", "www.example.org"])
def test_other_texts_with_a_dot_are_texts(written):
    assert warnings(capability(A, tool=f"{CALL}, with: {{a: {written}}}"), "NK4015") == []


def test_a_reference_to_none_of_the_declared_inputs_is_refused():
    text = capability(
        A, tool=f"{CALL}, with: {{a: tools.zzz}}, inputParameters: [{{name: day, type: string, description: D.}}]"
    )
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4007", "tools.zzz")
    assert "inputs here: day" in found.help


@pytest.mark.parametrize("reference", ["$.lookup.id", "'{{$.lookup.id}}'"])
def test_a_steps_result_is_refused_where_there_are_no_steps(reference):
    text = capability(A, tool=f"{CALL}, with: {{a: {reference}}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4014", reference)


def test_a_malformed_placeholder_is_refused():
    text = capability(A, tool=f"{CALL}, with: {{a: 'x{{{{a'}}")
    assert only_error(text).code == "NK4002"


def test_a_with_key_that_names_no_input_is_refused_at_the_key():
    text = capability(A, tool=f"{CALL}, with: {{b: tools.b}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4001", "b")
    assert found.help == "inputs of the called operation: a"


def test_a_with_key_that_is_a_slip_is_told_what_was_meant():
    text = capability("inputParameters: [{name: status, in: query}]", tool=f"{CALL}, with: {{statsu: tools.x}}")
    assert only_error(text).help.startswith("did you mean `status`?")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_with_key_where_the_operation_has_no_inputs_is_told_and_not_sent(method):
    text = capability(method=method, tool=f"{CALL}, inputParameters: [{{name: b, type: string}}], with: {{b: tools.b}}")
    (found,) = warnings(text, "NK4001")
    assert marked(text, found) == "b"
    assert request(tool(text), b="x").url == "https://ships.invalid/v2/ships"


def test_a_with_key_where_the_operation_has_no_inputs_and_changes_something_refuses_each_call():
    text = capability(
        method="DELETE", tool=f"{CALL}, inputParameters: [{{name: b, type: string}}], with: {{b: tools.b}}"
    )
    (found,) = warnings(text, "NK4001")
    assert found.message.endswith("calls are refused")
    with pytest.raises(ArgumentError) as refusal:
        request(tool(text), b="x")
    assert [field for field, _ in refusal.value.fields] == ["b"]


def test_a_with_key_may_be_spelled_another_way():
    text = capability("inputParameters: [{name: page_size, in: query}]", tool=f"{CALL}, with: {{pageSize: tools.n}}")
    assert query(request(tool(text), n=3)) == "page_size=3"


# --- literals and templates


@pytest.mark.parametrize(
    ("declared", "value", "sent"),
    [
        ("type: integer", "'5'", b'{"a":5}'),
        ("type: string", "5", b'{"a":"5"}'),
        ("type: boolean", "'true'", b'{"a":true}'),
        ("type: array", "[1, x]", b'{"a":[1,"x"]}'),
        ("type: object", "{k: 1}", b'{"a":{"k":1}}'),
        ("description: Any.", "2.5", b'{"a":2.5}'),
        ("description: Any.", "word", b'{"a":"word"}'),
    ],
)
def test_a_literal_is_sent_in_the_declared_type(declared, value, sent):
    text = capability(
        f"inputParameters: [{{name: a, in: body, {declared}}}, {{name: b, in: body}}]",
        method="POST",
        tool=f"{CALL}, with: {{a: {value}}}",
    )
    assert request(tool(text)).content == sent


def test_a_literal_that_does_not_fit_is_refused_where_it_stands():
    text = capability(AB, tool=f"{CALL}, with: {{a: many}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4012", "many")


def test_a_null_is_refused_because_it_says_nothing():
    found = only_error(capability(A, tool=f"{CALL}, with: {{a: null}}"))
    assert found.code == "NK4014"
    assert "leave the key out" in found.help


def test_a_template_joins_texts_inputs_and_variables():
    text = called("'{{USER}}-{{rest.n}}/{{env.HOST}}'")
    assert query(request(rest(text), n=5)) == "a=ada-5%2Fnorth.invalid"


def test_a_template_of_constants_is_no_input():
    assert inputs(tool(called("'{{USER}}'"))) == {}
    assert query(request(tool(called("'{{USER}}'")))) == "a=ada"


def test_a_variable_is_brought_to_the_declared_type_where_it_fits():
    text = capability(
        "inputParameters: [{name: a, in: body, type: integer}, {name: b, in: body, type: integer}]",
        method="POST",
        tool=f"{CALL}, with: {{a: '{{{{N}}}}', b: '{{{{USER}}}}'}}",
        binds="{namespace: env, keys: {N: SHIP_N, USER: SHIP_USER}}",
    )
    function = tool(text, Environment(process={"SHIP_N": "5", "SHIP_USER": "ada"}))
    assert request(function).content == b'{"a":5,"b":"ada"}'


def test_a_variable_fills_an_undeclared_placeholder():
    text = capability(path="/ships/{id}", tool=f"{CALL}, with: {{id: '{{{{USER}}}}'}}")
    assert request(tool(text)).path == "/v2/ships/ada"


def test_an_undeclared_variable_in_with_is_refused_there():
    text = capability(A, tool=f"{CALL}, with: {{a: '{{{{env.USRE}}}}'}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK6002", "'{{env.USRE}}'")


# --- fixed values and defaults


def test_a_fixed_value_is_sent_and_no_input():
    function = tool(capability("inputParameters: [{name: a, in: query, value: 5}, {name: b, in: query}]"))
    assert list(inputs(function)) == ["b"]
    assert query(request(function)) == "a=5"


def test_a_fixed_value_may_hold_variables_and_inputs():
    text = capability("inputParameters: [{name: X-Who, in: header, value: '{{USER}}/{{tools.role}}'}]")
    assert header(request(tool(text), role="captain"), "x-who") == "ada/captain"
    assert inputs(tool(text))["role"].place is Place.HEADER


def test_with_replaces_a_fixed_value():
    text = capability("inputParameters: [{name: a, in: query, value: 5}]", tool=f"{CALL}, with: {{a: tools.n}}")
    assert query(request(tool(text), n=6)) == "a=6"


def test_a_fixed_value_that_does_not_fit_is_refused_where_it_stands():
    text = capability("inputParameters: [{name: a, in: query, type: integer, value: many}]")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4012", "many")


def test_a_malformed_fixed_value_is_refused_where_it_stands():
    text = capability("inputParameters: [{name: a, in: query, value: '{{x'}]")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4002", "'{{x'")


def test_a_default_is_sent_when_the_caller_gives_nothing():
    function = tool(capability("inputParameters: [{name: a, in: query, type: integer, default: '20', required: true}]"))
    assert function.input_schema["properties"]["a"] == {"type": "integer", "default": 20}
    assert "required" not in function.input_schema
    assert (query(request(function)), query(request(function, a=3))) == ("a=20", "a=3")


def test_a_default_is_sent_where_callers_have_no_way_to_give_a_value():
    text = capability(
        "inputParameters: [{name: a, in: query, default: 20}, {name: b, in: query}]",
        tool=f"{CALL}, with: {{b: tools.b}}",
    )
    assert query(request(tool(text))) == "a=20"
    assert list(inputs(tool(text))) == ["b"]


def test_a_declared_input_without_a_value_leaves_the_default_to_the_consumed_one():
    text = capability(
        "inputParameters: [{name: a, in: query, default: 20}]",
        tool=f"{CALL}, inputParameters: [{{name: a, type: integer, description: A., required: false}}]",
    )
    assert query(request(tool(text))) == "a=20"


# --- where a REST face reads a derived input


@pytest.mark.parametrize(
    ("operation", "reference", "place"),
    [
        (A, "rest.x", Place.QUERY),
        (A, "rest.query.x", Place.QUERY),
        (A, "rest.header.x", Place.HEADER),
        (A, "rest.body.x", Place.BODY),
        (A, "rest.path.x", Place.QUERY),
        ("inputParameters: [{name: a, in: header}]", "rest.x", Place.HEADER),
        ("inputParameters: [{name: a, in: header}]", "rest.query.x", Place.QUERY),
        ("inputParameters: [{name: a, in: cookie}]", "rest.x", Place.QUERY),
        ("inputParameters: [{name: a, in: body, type: string}]", "rest.x", Place.BODY),
        ("inputParameters: [{name: a, in: body, type: object}]", "rest.x", Place.DOCUMENT),
        ("inputParameters: [{name: a, in: body, type: object}]", "rest.body", Place.DOCUMENT),
        ("inputParameters: [{name: a, in: body, type: object}]", "rest.body.x", Place.BODY),
        ("inputParameters: [{name: a, in: body}, {name: b, in: body}]", "rest.x", Place.BODY),
        ("inputParameters: [{name: a, in: body}, {name: b, in: body}]", "rest.body", Place.BODY),
        ("body: {k: '{{a}}'}", "rest.x", Place.BODY),
        ("body: {k: '{{a}}'}", "rest.body", Place.DOCUMENT),
    ],
)
def test_where_a_derived_input_is_read(operation, reference, place):
    function = rest(capability(operation, method="POST", exposed=f"{CALL}, with: {{a: {reference}}}"))
    assert function.inputs[0].place is place


def test_a_derived_header_input_is_read_under_the_upstreams_header_name():
    text = capability(
        "inputParameters: [{name: X-Fleet, in: header}]", exposed=f"{CALL}, with: {{X-Fleet: rest.fleet}}"
    )
    assert [(item.name, item.key) for item in rest(text).inputs] == [("fleet", "x-fleet")]


def test_a_variable_of_a_body_template_is_a_query_parameter_of_a_get():
    assert rest(capability("body: {k: '{{a}}'}")).inputs[0].place is Place.QUERY


def test_a_placeholder_that_the_exposed_path_lost_is_read_from_the_query():
    text = capability(path="/files/{file_id}", route="/files", exposed=f"{CALL}, with: {{file_id: rest.file_id}}")
    found = inputs(rest(text))["file_id"]
    assert (found.place, found.required, found.schema) == (Place.QUERY, True, {"type": "string"})


def test_the_whole_body_may_be_referred_to_beside_declared_inputs():
    text = capability(
        BODY,
        path="/ships/{id}",
        method="PUT",
        exposed=f"{CALL}, with: {{id: rest.id, body: rest.body}}, "
        "inputParameters: [{name: id, in: path, type: string}]",
    )
    function = rest(text)
    assert [(item.name, item.place) for item in function.inputs] == [("id", Place.PATH), ("body", Place.DOCUMENT)]
    assert request(function, id="1", body={"k": 1}).content == b'{"k":1}'


def test_a_tool_has_no_body_beside_its_declared_inputs():
    text = capability(
        BODY,
        method="PUT",
        tool=f"{CALL}, with: {{body: tools.body}}, inputParameters: [{{name: id, type: string, description: I.}}]",
    )
    assert only_error(text).code == "NK4007"


def test_a_header_of_the_caller_that_is_handed_on_is_served_and_told():
    text = capability(
        A,
        exposed=f"{CALL}, with: {{a: rest.Authorization}}, "
        "inputParameters: [{name: Authorization, in: header, type: string}]",
    )
    assert "authorization" in warnings(text, "NK9004")[0].message.lower()
    assert query(request(rest(text), Authorization="x")) == "a=x"


# --- positions


@pytest.mark.parametrize(("path", "route"), [("/ships/{id}/log", "/ships/{vessel}/log"), ("/s/{id}", "/v1/s/{vessel}")])
def test_a_placeholder_feeds_the_one_at_its_place(path, route):
    function = rest(capability(path=path, route=route))
    assert list(inputs(function)) == ["vessel"]
    assert "/7" in request(function, vessel=7).path


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/ships/{id}", "/boats/{vessel}"),
        ("/{a}/ships/{id}", "/{id}/ships/{other}"),
        ("/{a}/{b}", "/{c}/{d}"),
    ],
)
def test_without_the_same_place_in_the_same_shape_the_placeholder_is_an_input_of_its_own(path, route):
    function = rest(capability(path=path, route=route))
    assert any(item.place is Place.QUERY and item.required for item in function.inputs)


def test_a_placeholder_that_nothing_reads_is_told_at_the_path():
    text = capability(path="/ships/{ship}", route="/s/{shipp}/{x}/v", exposed=f"{CALL}, with: {{ship: rest.ship_}}")
    found = warnings(text, "NK4016")
    assert [item.help for item in found] == ["did you mean `{ship_}`?", "give it to the call: `with: {…: rest.x}`"]
    assert {marked(text, item) for item in found} == {'"/s/{shipp}/{x}/v"'}


@pytest.mark.parametrize(
    "keys", [f"{CALL}, outputParameters: [{{type: string, value: '{{{{x}}}}'}}]", f"{CALL}, with: {{a: rest.x}}"]
)
def test_a_placeholder_that_something_reads_is_not(keys):
    assert warnings(capability(A, route="/s/{x}", exposed=keys), "NK4016") == []


def test_a_placeholder_that_a_reference_uses_feeds_nothing_else():
    text = capability(
        "inputParameters: [{name: a, in: query}]",
        path="/ships/{id}",
        route="/ships/{vessel}",
        exposed=f"{CALL}, with: {{a: rest.vessel}}",
    )
    assert {item.name: item.place for item in rest(text).inputs} == {"vessel": Place.PATH, "id": Place.QUERY}


# --- what explain shows


def test_each_parameter_tells_where_it_comes_from():
    text = capability(
        "inputParameters: [{name: a, in: query, value: 5}, {name: b, in: header, default: x}, "
        "{name: c, in: query}], body: {k: '{{d}}'}",
        path="/ships/{id}?fleet={fleet}",
        route="/ships/{id}",
        tool=f"{CALL}, with: {{id: 'n{{{{tools.n}}}}', c: '{{{{TOKEN}}}}'}}",
    )
    supplies = [(item.parameter, item.place, item.source) for item in tool(text, None).action.supplies]
    assert supplies == [
        ("id", "path", "template `n{{tools.n}}`"),
        ("fleet", "query", "input `fleet`"),
        ("a", "query", "`5`"),
        ("b", "header", "`x`"),
        ("c", "query", "variable `TOKEN`"),
        ("d", "body template", "input `d`"),
    ]


def test_no_value_of_a_variable_is_told():
    text = capability(
        "inputParameters: [{name: a, in: query, type: integer}]", tool=f"{CALL}, with: {{a: '{{{{TOKEN}}}}'}}"
    )
    function = tool(text)
    assert "t0ken" not in repr(function)
    assert "t0ken" not in json.dumps(errors(compiled(text)))
    assert refused(function, {}) == {}


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("{a: rest.x}", {"a": "1"}),
        ("[rest.x, '{{x}}', 'n{{x}}']", ["1", "1", "n1"]),
        ("{a: {b: [{c: tools.x}]}, d: 5, e: null}", {"a": {"b": [{"c": "1"}]}, "d": 5, "e": None}),
        ("{a: rest.absent, b: [rest.absent]}", {"b": []}),
        ("{a: '{{USER}}', b: env.USER}", {"a": "ada", "b": "ada"}),
        ("{a: x}", {"a": "x"}),
        ("{}", {}),
        ("[]", []),
    ],
)
def test_a_list_or_mapping_in_with_may_refer_to_inputs_and_variables(value, sent):
    declared = "inputParameters: [{name: x, in: query}, {name: absent, in: query}]"
    text = capability(
        "inputParameters: [{name: body, in: body}]",
        method="POST",
        exposed=f"{CALL}, {declared}, with: {{body: {value}}}",
        tool=f"{CALL}, with: {{body: tools.body}}",
    )
    assert json.loads(request(rest(text), x="1").content) == sent


def test_a_mistake_in_a_list_of_with_is_told_at_its_place():
    text = capability("inputParameters: [{name: a, in: query}]", exposed=f"{CALL}, with: {{a: [1, $.step.x]}}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4014", "$.step.x")


@pytest.mark.parametrize("written", ["env.USER", "' env.USER '"])
def test_a_qualified_variable_needs_no_braces_in_with(written):
    text = capability("inputParameters: [{name: a, in: query}]", exposed=f"{CALL}, with: {{a: {written}}}")
    assert query(request(rest(text))) == "a=ada"
    assert inputs(rest(text)) == {}


def test_one_that_no_bind_declares_is_no_text():
    text = capability("inputParameters: [{name: a, in: query}]", exposed=f"{CALL}, with: {{a: env.USR}}")
    assert only_error(text).code == "NK6002"


@pytest.mark.parametrize("written", ["env.user", "environment.USER", "USER", "www.example.org"])
def test_any_other_text_of_with_is_a_text(written):
    text = capability("inputParameters: [{name: a, in: query}]", exposed=f"{CALL}, with: {{a: {written}}}")
    assert query(request(rest(text))) == f"a={written}"


# --- parts of inputs


USER = "inputParameters: [{name: user, type: object, description: U.}, {name: tags, type: array, description: T.}]"
PARTS = "body: {type: json, data: {name: '{{user.name}}', second: '{{tags[1]}}', text: 'a {{user.home.port}}'}}"


def test_a_placeholder_leads_into_a_declared_input():
    function = tool(capability(PARTS, method="POST", tool=f"{CALL}, {USER}"))
    made = request(function, user={"name": "Ada", "home": {"port": 7}}, tags=[1, 2])

    assert json.loads(made.content) == {"name": "Ada", "second": 2, "text": "a 7"}
    assert list(inputs(function)) == ["user", "tags"]


@pytest.mark.parametrize(
    "reference", ["tools.user.age", "ships-mcp.user.age", "'{{user.age}}'", "'{{tools.user.age}}'"]
)
def test_so_does_a_reference_and_its_value_has_the_type_of_its_slot(reference):
    text = capability(AB, tool=f"{CALL}, with: {{a: {reference}}}, {USER}")
    function = tool(text)

    assert query(request(function, user={"age": "7"}, tags=[])) == "a=7"
    assert query(request(function, user={}, tags=[])) == ""
    assert refused(function, {"user": {"age": "x"}, "tags": []}) == {
        "user.age": "does not fit `a`, of type integer",
    }


def test_a_part_that_is_needed_and_missing_is_told_by_its_path():
    function = tool(capability(path="/ships/{user.name}", route="/ships", tool=f"{CALL}, {USER}"))

    assert request(function, user={"name": "a/b"}, tags=[]).path == "/v2/ships/a%2Fb"
    assert refused(function, {"user": {}, "tags": []}) == {"user.name": "has no value, and `user.name` needs one"}


def test_an_input_of_the_whole_name_comes_before_a_part():
    named = "inputParameters: [{name: user, type: object}, {name: user.name, type: string}]"
    function = tool(capability(A, tool=f"{CALL}, with: {{a: '{{{{user.name}}}}'}}, {named}"))
    assert query(request(function, **{"user": {"name": "part"}, "user.name": "whole"})) == "a=whole"


@pytest.mark.parametrize(
    ("operation", "exposed", "mark"),
    [
        (AB, "with: {a: '{{id.length}}'}, inputParameters: [{name: id, type: string}]", "'{{id.length}}'"),
        (AB, "with: {a: tools.id.length}, inputParameters: [{name: id, type: integer}]", "tools.id.length"),
        ("body: 'x {{id.length}}'", "inputParameters: [{name: id, type: string}]", "name"),
    ],
)
def test_an_input_that_is_one_value_has_no_parts(operation, exposed, mark):
    text = capability(
        operation, method="POST", exposed="outputParameters: [{type: string, value: x}]", tool=f"{CALL}, {exposed}"
    )
    found = only_error(text)

    assert (found.code, marked(text, found)) == ("NK4007", mark)
    assert "the input `id` has no parts" in found.message


@pytest.mark.parametrize(("kind", "found"), [("object", []), ("string", ["NK4003"])])
def test_a_static_output_may_lead_into_an_input_that_has_parts(kind, found):
    answer = "outputParameters: [{type: string, value: 'hi {{user.name}}'}]"
    text = capability(tool=f"{answer}, inputParameters: [{{name: user, type: {kind}}}]")
    assert [code for code, _ in errors(compiled(text))] == found
