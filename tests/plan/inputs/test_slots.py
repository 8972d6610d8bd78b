from __future__ import annotations

import pytest

from tests.plan.ships import (
    capability,
    codes,
    compiled,
    header,
    inputs,
    marked,
    only_error,
    query,
    request,
    rest,
    tool,
    warnings,
)


def test_an_undeclared_placeholder_is_a_required_text():
    found = inputs(tool(capability(path="/ships/{id}")))
    assert found["id"].required
    assert found["id"].schema == {"type": "string"}


def test_a_declared_placeholder_has_its_declared_type_and_description():
    found = inputs(
        tool(capability("inputParameters: [{name: id, in: path, type: integer, description: Which.}]", path="/{id}"))
    )
    assert (found["id"].schema, found["id"].description, found["id"].required) == ({"type": "integer"}, "Which.", True)


def test_a_placeholder_repeated_in_a_path_is_one_input():
    function = tool(capability(path="/fleets/{id}/flagship/{id}"))
    assert request(function, id="a b").path == "/v2/fleets/a%20b/flagship/a%20b"


def test_a_name_that_is_a_placeholder_and_a_query_input_goes_to_the_path_alone():
    function = tool(capability("inputParameters: [{name: id, in: path}, {name: id, in: query}]", path="/ships/{id}"))
    assert request(function, id="7").url == "https://ships.invalid/v2/ships/7"


def test_a_query_input_that_is_an_undeclared_placeholder_goes_to_the_path_alone():
    function = rest(capability("inputParameters: [{name: id, in: query, type: integer}]", path="/ships/{id}"))
    assert request(function, id="7").url == "https://ships.invalid/v2/ships/7"
    assert inputs(function)["id"].schema == {"type": "integer"}


@pytest.mark.parametrize("name", ["Authorization", "accept", "Content-Type", "content-length", "Host"])
def test_the_headers_the_runtime_makes_are_no_inputs(name):
    text = capability(f"inputParameters: [{{name: {name}, in: header, required: true}}, {{name: X-Fleet, in: header}}]")
    assert list(inputs(tool(text))) == ["X-Fleet"]


@pytest.mark.parametrize(
    ("value", "sent"),
    [("application/vnd.ships+json", "application/vnd.ships+json"), ("", "application/json, */*;q=0.8")],
)
def test_a_fixed_accept_header_replaces_the_runtimes_own(value, sent):
    fixed = f", value: {value}" if value else ""
    text = capability(f"inputParameters: [{{name: Accept, in: header{fixed}}}]")
    assert header(request(tool(text)), "accept") == sent


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "connection"])
def test_a_header_that_frames_the_message_is_never_taken_from_the_text(name):
    text = capability(f"inputParameters: [{{name: {name}, in: header, value: x}}]")
    assert header(request(tool(text)), name.lower()) is None
    assert marked(text, warnings(text, "NK4013")[0]) == name


def test_a_fixed_authorization_header_gives_way_to_the_declared_credential():
    api = "baseUri: https://ships.invalid, authentication: {type: bearer, token: '{{TOKEN}}'}"
    text = capability("inputParameters: [{name: Authorization, in: header, value: Bearer other}]", api=api)
    assert header(request(tool(text)), "authorization") == "Bearer t0ken"
    assert "authentication" in warnings(text, "NK4013")[0].message


def test_a_fixed_authorization_header_is_sent_where_no_credential_is_declared():
    text = capability("inputParameters: [{name: Authorization, in: header, value: 'Token {{TOKEN}}'}]")
    assert header(request(tool(text)), "authorization") == "Token t0ken"


CREDENTIALS = [
    ("{type: apikey, key: X-Api-Key, value: '{{TOKEN}}', placement: header}", "{name: x-api-key, in: header}"),
    ("{type: apikey, key: api_key, value: '{{TOKEN}}', placement: query}", "{name: api_key, in: query}"),
    ("{type: apikey, headers: {X-One: '{{TOKEN}}', X-Two: '{{USER}}'}}", "{name: x-two, in: header}"),
]


@pytest.mark.parametrize(("authentication", "parameter"), CREDENTIALS)
def test_an_input_with_name_and_place_of_the_credential_is_the_runtimes_own(authentication, parameter):
    api = f"baseUri: https://ships.invalid, authentication: {authentication}"
    assert inputs(tool(capability(f"inputParameters: [{parameter}]", api=api))) == {}


@pytest.mark.parametrize(
    "parameter", ["{name: api_key, in: header}", "{name: API_KEY, in: query}", "{name: api-key, in: query}"]
)
def test_an_input_that_only_resembles_the_credential_is_the_callers(parameter):
    authentication = "{type: apikey, key: api_key, value: '{{TOKEN}}', placement: query}"
    api = f"baseUri: https://ships.invalid, authentication: {authentication}"
    assert len(inputs(tool(capability(f"inputParameters: [{parameter}]", api=api)))) == 1


def test_with_need_not_name_what_the_runtime_makes_and_is_told_so():
    text = capability(
        "inputParameters: [{name: Accept, in: header}]", tool="call: ships.find, with: {Accept: tools.accept}"
    )
    found = warnings(text, "NK4013")[0]
    assert marked(text, found) == "Accept"
    assert inputs(tool(text)) == {}


def test_a_required_path_input_that_the_path_has_lost_is_refused_where_it_is_declared():
    text = capability("inputParameters: [{name: record, in: path, required: true}]", path="/tables/{table}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4008", "record")
    assert "{record}" in found.help


def test_an_optional_path_input_that_the_path_has_lost_is_told_and_not_sent():
    text = capability("inputParameters: [{name: record, in: path}]", path="/tables")
    assert "not sent" in warnings(text, "NK4008")[0].message
    assert inputs(tool(text)) == {}


@pytest.mark.parametrize(("path", "sent"), [("/ships?acl", "acl"), ("/ships?sort=name&acl", "sort=name&acl")])
def test_a_query_written_into_the_path_is_sent_as_written_and_told(path, sent):
    text = capability(path=path, route="/ships")
    assert query(request(tool(text))) == sent
    assert marked(text, warnings(text, "NK4009")[0]) == f'"{path}"'


def test_a_placeholder_in_the_paths_query_is_filled_and_encoded():
    text = capability(path="/ships?q=name:{name}*", route="/ships")
    assert query(request(tool(text), name="x&y")) == "q=name:x%26y*"


def test_an_optional_input_in_the_paths_query_leaves_its_pair_out_when_absent():
    text = capability("inputParameters: [{name: q, in: query}]", path="/ships?sort=name&q={q}", route="/ships")
    assert not inputs(tool(text))["q"].required
    assert query(request(tool(text))) == "sort=name"
    assert query(request(tool(text), q=[1, 2])) == "sort=name&q=1&q=2"


def test_a_query_key_can_not_be_a_placeholder():
    found = only_error(capability(path="/ships?{key}=1", route="/ships"))
    assert found.code == "NK4008"


def test_a_fragment_is_left_out_and_told():
    text = capability(path="/ships#top", route="/ships")
    assert request(tool(text)).url == "https://ships.invalid/v2/ships"
    assert "#top" in warnings(text, "NK4009")[0].message


@pytest.mark.parametrize("path", ["/ships/{id", "/ships/{}", "/ships/id}", "/ships?id={id"])
def test_a_malformed_path_is_refused_at_the_path(path):
    text = capability("inputParameters: [{name: id, in: path}]", path=path, route="/ships")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4008", f'"{path}"')


def test_a_variable_in_the_path_is_no_input():
    text = capability(path="/{{HOST}}/ships/{env.USER}")
    function = tool(
        text.replace('path: "/{{HOST}}/ships/{env.USER}"\n      description', "path: /ships\n      description")
    )
    assert request(function).path == "/v2/north.invalid/ships/ada"


def test_a_placeholder_of_a_face_is_the_input_of_that_name():
    function = tool(capability(path="/ships/{{tools.id}}", route="/ships/{id}"))
    assert request(function, id="7").path == "/v2/ships/7"


def test_two_declared_inputs_that_fold_to_one_name_are_refused_at_the_second():
    text = capability("inputParameters: [{name: ship_id, in: query}, {name: Ship-Id, in: header}]")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4004", "Ship-Id")
    assert "`ship_id`" in found.message


def test_one_name_in_two_places_is_refused_where_none_of_them_is_the_path():
    text = capability("inputParameters: [{name: id, in: query}, {name: id, in: header}]")
    assert only_error(text).code == "NK4004"


def test_an_input_declared_twice_alike_is_one_input():
    text = capability("inputParameters: [{name: id, in: query}, {name: id, in: query}]")
    assert query(request(tool(text), id=3)) == "id=3"


def test_an_operation_that_two_functions_call_has_each_problem_once():
    assert codes(compiled(capability("inputParameters: [{name: a_b, in: query}, {name: ab, in: query}]"))) == ["NK4004"]


@pytest.mark.parametrize("path", ["/a/../ships", "/./ships", "/ships/..", "/ships/%2e%2E", "/ships/{id}/.", "/.%2e/x"])
def test_a_dot_segment_in_a_consumed_path_is_refused_at_the_path(path):
    text = capability(path=path, route="/ships/{id}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4008", f'"{path}"')


@pytest.mark.parametrize("path", ["/a/...", "/.well-known/x", "/a.b", "/{id}.json", "/ships/..{id}"])
def test_dots_in_other_segments_are_plain_text(path):
    assert codes(compiled(capability(path=path, route="/ships/{id}"))) == []


def test_both_places_of_two_inputs_of_one_name_are_told():
    found = only_error(capability("inputParameters: [{name: ship-id, in: query}, {name: ship_id, in: header}]"))
    (other,) = found.related
    assert (other.message, other.span.column < found.span.column) == ("the other is here", True)
