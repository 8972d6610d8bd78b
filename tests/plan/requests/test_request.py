from __future__ import annotations

import pytest

from naftiko_runtime.errors import AddressError
from naftiko_runtime.plan.scope.variables import Environment
from tests.plan.ships import CALL, capability, header, only_error, plan, query, refused, request, rest, tool

QUERY = "inputParameters: [{name: q, in: query}]"


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("ft:job/1 é", "ft%3Ajob%2F1%20%C3%A9"),
        ("x&y?z#", "x%26y%3Fz%23"),
        ("a-b._~", "a-b._~"),
        ("%2e%2e", "%252e%252e"),
        ("...", "..."),
        (5, "5"),
        (True, "true"),
        (2.5, "2.5"),
    ],
)
def test_a_path_value_stays_one_segment(value, segment):
    assert request(tool(capability(path="/ships/{id}/log")), id=value).path == f"/v2/ships/{segment}/log"


@pytest.mark.parametrize("value", ["", ".", "..", "a\nb", "\x00", "\ud800"])
def test_a_path_value_that_is_no_segment_is_refused(value):
    assert "id" in refused(tool(capability(path="/ships/{id}")), {"id": value})


def test_a_path_value_that_its_caller_left_out_is_refused():
    text = capability(
        path="/ships/{id}",
        tool=f"{CALL}, with: {{id: tools.ship}}, "
        "inputParameters: [{name: ship, type: string, description: S., required: false}]",
    )
    assert refused(tool(text), {}) == {"ship": "is required"}


def test_a_refused_value_is_named_as_its_caller_knows_it():
    text = capability(
        "inputParameters: [{name: q, in: query}, {name: X-A, in: header}, {name: c, in: cookie}]",
        path="/ships/{id}",
        tool=f"{CALL}, with: {{id: tools.ship, q: tools.word, X-A: tools.fleet, c: tools.mark}}",
    )
    given = {"ship": "..", "word": "\ud800", "fleet": "a\nb", "mark": ";"}
    assert set(refused(tool(text), given)) == set(given)


def test_a_value_made_of_several_inputs_is_named_by_its_parameter():
    text = capability(path="/ships/{id}", tool=f"{CALL}, with: {{id: '{{{{a}}}}{{{{b}}}}'}}")
    assert refused(tool(text), {"a": ".", "b": "."}) == {"id": "`..` can't stand for a path segment"}


@pytest.mark.parametrize(
    ("place", "value"), [("query", "\ud800"), ("header", "a\nb"), ("cookie", "a;b")], ids=["query", "header", "cookie"]
)
def test_a_text_made_of_an_input_is_judged_when_it_is_made(place, value):
    text = capability(
        f"inputParameters: [{{name: part, in: {place}}}]",
        path="/ships",
        tool=f"{CALL}, with: {{part: 'x{{{{tools.mark}}}}'}}",
    )
    assert list(refused(tool(text), {"mark": value})) in (["part"], ["mark"])


def test_every_refused_value_is_named_at_once():
    text = capability(
        "inputParameters: [{name: q, in: query}, {name: X-A, in: header}, {name: c, in: cookie}]", path="/ships/{id}"
    )
    assert set(refused(tool(text), {"id": "..", "q": "\ud800", "X-A": "a\r\nb", "c": "a;b"})) == {"id", "q", "X-A", "c"}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/ships/{id}", "/v2/ships/7"),
        ("ships/{{id}}", "/v2/ships/7"),
        ("{id}", "/v2/7"),
        ("/{id}.json", "/v2/7.json"),
        ("/{id}/", "/v2/7/"),
        ("//{id}", "/v2//7"),
        ("/flotte é/{id}", "/v2/flotte%20%C3%A9/7"),
        ("/a%20b/{id}", "/v2/a%20b/7"),
        ("/x:y@z/{id}", "/v2/x:y@z/7"),
    ],
)
def test_a_path_joins_its_texts_and_values(path, sent):
    assert request(tool(capability(path=path)), id=7).path == sent


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://ships.invalid", "/ships", "https://ships.invalid/ships"),
        ("https://ships.invalid/", "/ships", "https://ships.invalid/ships"),
        ("https://ships.invalid/v2/", "ships", "https://ships.invalid/v2/ships"),
        ("https://ships.invalid/v2//", "/ships/", "https://ships.invalid/v2/ships/"),
        ("https://ships.invalid/v2", "/", "https://ships.invalid/v2/"),
    ],
)
def test_base_address_and_path_join_with_one_slash(base, path, url):
    assert request(tool(capability(path=path, api=f"baseUri: '{base}'"))).url == url


def test_a_request_tells_its_path_without_the_query():
    made = request(tool(capability(QUERY)), q="secret")
    assert (made.path, query(made)) == ("/v2/ships", "q=secret")


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("x&y=z", "q=x%26y%3Dz"),
        ("é +", "q=%C3%A9%20%2B"),
        (True, "q=true"),
        (False, "q=false"),
        (5, "q=5"),
        (1.5, "q=1.5"),
        (2**70, f"q={2**70}"),
        (["a", 1, True], "q=a&q=1&q=true"),
        ([], ""),
        ({"k": "é"}, "q=%7B%22k%22%3A%22%C3%A9%22%7D"),
        ("", "q="),
        (None, ""),
    ],
)
def test_how_a_query_value_is_spelled(value, sent):
    assert query(request(tool(capability(QUERY)), q=value)) == sent


@pytest.mark.parametrize(
    ("name", "key"), [("filter[x]", "filter[x]"), ("$top", "$top"), ("a b", "a%20b"), ("a+b", "a%2Bb")]
)
def test_a_query_key_keeps_the_marks_that_apis_use(name, key):
    text = capability(f"inputParameters: [{{name: '{name}', in: query}}]")
    assert query(request(tool(text), **{name: 1})) == f"{key}=1"


def test_the_query_holds_credential_then_path_then_inputs():
    api = (
        "baseUri: https://ships.invalid, "
        "authentication: {type: apikey, key: api_key, value: '{{TOKEN}}', placement: query}"
    )
    text = capability(QUERY, path="/ships?sort=name", route="/ships", api=api)
    assert query(request(tool(text), q=1)) == "api_key=t0ken&sort=name&q=1"


@pytest.mark.parametrize(
    ("path", "given", "sent"),
    [
        ("/ships?a=x{b}y{c}", {"b": 1, "c": "&"}, "a=x1y%26"),
        ("/ships?a={b}", {"b": "&"}, "a=%26"),
        ("/ships?a=é b&c", {}, "a=%C3%A9%20b&c"),
        ("/ships?a=1&&b=%20", {}, "a=1&b=%20"),
    ],
)
def test_a_query_in_the_path_is_sent_as_written(path, given, sent):
    assert query(request(tool(capability(path=path, route="/ships")), **given)) == sent


def test_a_query_in_the_path_refuses_what_can_not_be_sent():
    function = tool(capability(path="/ships?a=x{b}", route="/ships"))
    assert "b" in refused(function, {"b": "\ud800"})


def test_a_query_in_the_path_leaves_out_the_pair_of_an_absent_value():
    text = capability("inputParameters: [{name: b, in: query}]", path="/ships?a=x{b}", route="/ships")
    assert query(request(tool(text))) == ""


def test_headers_of_inputs_are_lower_case_and_absent_ones_left_out():
    text = capability("inputParameters: [{name: X-Fleet, in: header}, {name: X-Port, in: header}]")
    assert request(tool(text), **{"X-Fleet": [1, "b"]}).headers == (
        ("accept", "application/json, */*;q=0.8"),
        ("x-fleet", "1, b"),
    )


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\x00b", "é"])
def test_a_header_value_that_could_end_the_header_is_refused(value):
    text = capability("inputParameters: [{name: X-Fleet, in: header}]")
    assert "X-Fleet" in refused(tool(text), {"X-Fleet": value})


def test_a_null_header_is_left_out():
    text = capability("inputParameters: [{name: X-Fleet, in: header}]")
    assert header(request(tool(text), **{"X-Fleet": None}), "x-fleet") is None


def test_cookies_are_one_header():
    text = capability(
        "inputParameters: [{name: a, in: cookie}, {name: b, in: cookie, value: 2}, {name: c, in: cookie}]"
    )
    assert header(request(tool(text), a="x"), "cookie") == "a=x; b=2"


def test_without_cookies_there_is_no_cookie_header():
    text = capability("inputParameters: [{name: a, in: cookie}]")
    assert header(request(tool(text)), "cookie") is None


@pytest.mark.parametrize("place", ["header", "cookie"])
def test_a_name_that_no_header_can_have_is_refused(place):
    text = capability(f"inputParameters: [{{name: 'a b', in: {place}}}]")
    assert only_error(text).code == "NK4010"


def test_a_fixed_header_value_of_an_input_that_is_not_there_is_told_once():
    declared = "inputParameters: [{name: day, type: string}]"
    text = capability("inputParameters: [{name: X-A, in: header, value: 'x {{id}}'}]", tool=f"{CALL}, {declared}")
    assert only_error(text).code == "NK4007"


@pytest.mark.parametrize("value", ['"a\\nb"', "é"])
def test_a_fixed_header_value_that_no_header_can_have_is_refused(value):
    text = capability(f"inputParameters: [{{name: X-A, in: header, value: {value}}}]")
    assert only_error(text).code == "NK4010"


@pytest.mark.parametrize(
    ("kind", "accept"),
    [
        ("json", "application/json, */*;q=0.8"),
        ("xml", "application/xml, text/xml, */*;q=0.8"),
        ("psv", "*/*"),
        ("binary", "*/*"),
    ],
)
def test_accept_follows_the_format(kind, accept):
    assert header(request(tool(capability(f"outputRawFormat: {kind}"))), "accept") == accept


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [({"kind": "xml"}, ["application/xml"]), ({}, ["application/json, */*;q=0.8"])],
)
def test_accept_is_what_the_text_makes_it_and_is_sent_once(arguments, accepted):
    exposed = "inputParameters: [{name: kind, in: query, type: string}]"
    text = capability(
        "inputParameters: [{name: Accept, in: header, value: 'application/{{kind}}'}]", exposed=f"{CALL}, {exposed}"
    )
    made = request(rest(text), **arguments)
    assert [value for name, value in made.headers if name == "accept"] == accepted


def test_a_request_that_depends_on_no_argument_is_built_once():
    function = tool(capability("inputParameters: [{name: a, in: query, value: 5}]"))
    assert request(function) is request(function)


def test_a_constant_that_can_not_be_sent_is_refused_at_each_call():
    text = capability(path="/{{USER}}/ships", route="/ships")
    function = tool(text, Environment(process={"SHIP_USER": ".."}))
    assert refused(function, {}) == {"USER": "`..` can't stand for a path segment"}


def test_without_an_address_each_call_is_refused_with_the_reason():
    made = plan(capability(path="/ships/{id}", api="description: None."))
    with pytest.raises(AddressError, match="--upstream ships=URL"):
        request(made.mcp[0].tools[0].function, id=1)


def test_a_template_of_the_path_may_come_from_with():
    text = capability(path="/ships/{id}", tool=f"{CALL}, with: {{id: 'n-{{{{tools.n}}}}'}}")
    assert request(tool(text), n="1/2").path == "/v2/ships/n-1%2F2"
    assert refused(tool(text), {}) == {"n": "is required"}
