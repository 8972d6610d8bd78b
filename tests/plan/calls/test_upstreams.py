from __future__ import annotations

import pytest

from naftiko_runtime.errors import AddressError
from naftiko_runtime.plan.model.negotiated import OAuth2
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.plan.text.addresses import address_problem
from tests.plan.ships import BASE, SET, capability, codes, compiled, marked, only_error, plan, request, tool, warnings

BINDS = "{namespace: env, keys: {HOST: SHIP_HOST, sub-domain: SHIP_SUB}}"
SUB = Environment(process={"SHIP_HOST": "north.invalid", "SHIP_SUB": "fleet"})


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://{{HOST}}/v2", "https://north.invalid/v2/ships"),
        ("https://{{ env.HOST }}/v2", "https://north.invalid/v2/ships"),
        ("https://{HOST}/v2", "https://north.invalid/v2/ships"),
        ("https://{subDomain}.ships.invalid", "https://fleet.ships.invalid/ships"),
    ],
)
def test_variables_in_the_base_address_are_filled_in(base, url):
    text = capability(api=f"baseUri: '{base}'", binds=BINDS)
    assert request(tool(text, SUB)).url == url


@pytest.mark.parametrize(
    "authentication",
    [
        "",
        ", authentication: {type: bearer, token: '{{TOKEN}}'}",
        ", authentication: {type: oauth2, tokenEndpoint: 'http://[{{HOST}}]', clientId: a, clientSecret: '{{TOKEN}}'}",
    ],
)
def test_a_masked_variable_may_stand_where_only_an_ip_address_can(authentication):
    text = capability(api=f"baseUri: 'http://[{{{{HOST}}}}]:8080/v2'{authentication}")
    made = request(tool(text, None))
    assert (made.url, made.path) == ("http://[***]:8080/v2/ships", "/v2/ships")
    assert isinstance(made.authentication, OAuth2 | None)
    assert made.authentication is None or "(a token of [***])" in made.authentication.words


@pytest.mark.parametrize("api", ["baseUri: ''", "description: None.", "baseUri: 'https://{region}.ships.invalid'"])
def test_without_an_address_a_capability_is_served_and_its_calls_are_refused(api):
    with pytest.raises(AddressError, match="--upstream ships=URL"):
        request(tool(capability(api=api)))


@pytest.mark.parametrize("api", ["baseUri: ''", "description: None.", "baseUri: 'https://{region}.invalid'", BASE])
def test_an_address_given_from_outside_replaces_the_one_in_the_text(api):
    made = plan(capability(api=api), upstreams={"ships": "http://127.0.0.1:9/staging/"})
    assert request(made.mcp[0].tools[0].function).url == "http://127.0.0.1:9/staging/ships"


def test_a_replaced_address_needs_none_of_its_variables():
    text = capability(api="baseUri: 'https://{{HOST}}'")
    compilation = compiled(text, Environment(), {"ships": "http://127.0.0.1:9"})
    assert compilation.plan is not None


def test_an_undeclared_variable_in_the_address_is_refused_there():
    text = capability(api="baseUri: 'https://{{HOTS}}'")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK6002", "'https://{{HOTS}}'")


@pytest.mark.parametrize("base", ["https://{HOST", "https://{}.invalid"])
def test_a_malformed_address_is_refused_there(base):
    text = capability(api=f"baseUri: '{base}'")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4011", f"'{base}'")


def test_without_an_environment_no_address_is_judged():
    assert request(tool(capability(api="baseUri: '{{HOST}}/v2'"), None)).url == "***/v2/ships"


PROBLEMS = [
    ("ftp://ships.invalid", "scheme"),
    ("ships.invalid", "scheme"),
    ("https://", "host"),
    ("https:///v2", "host"),
    ("https://sh ips.invalid", "host"),
    ("https://u:p@ships.invalid", "password"),
    ("https://ships.invalid\\@evil.invalid", "password"),
    ("https://ships.invalid/?a=1", "query"),
    ("https://ships.invalid/#a", "query"),
    ("https://ships.invalid:99999", "port"),
    ("https://ships.invalid:http", "port"),
    ("https://[::1", "URL"),
    ("https://ships.invalid/v1/../v2", "segment"),
]


@pytest.mark.parametrize(("base", "word"), PROBLEMS)
def test_an_address_that_can_not_be_called_is_refused(base, word):
    assert word in address_problem(base)
    found = only_error(capability(api=f"baseUri: '{base}'"))
    assert found.code in ("NK4011", "NK2004")


@pytest.mark.parametrize(("base", "word"), PROBLEMS)
def test_an_address_from_a_variable_is_judged_without_being_told(base, word):
    environment = Environment(process={**SET.process, "SHIP_HOST": base})
    compilation = compiled(capability(api="baseUri: '{{HOST}}'"), environment)
    assert codes(compilation) == ["NK4011"]
    [found] = [item for item in compilation.diagnostics if item.is_error]
    assert base not in found.message
    assert "99999" not in found.message


def twice(second: str) -> str:
    """A capability with two consumes blocks of one namespace."""
    text = capability()
    head, _, tail = text.partition("  exposes:\n")
    block = head[head.index("  - {type: http") :]
    return f"{head}{second or block}  exposes:\n{tail}"


def test_a_consumes_block_that_stands_twice_is_used_once_and_told():
    text = twice("")
    [found] = warnings(text, "NK3009")
    assert found.span is not None
    assert found.span.line == 9
    assert found.related[0].span.line == 6
    assert request(tool(text)).url == "https://ships.invalid/v2/ships"


def test_two_different_blocks_of_one_namespace_are_refused_at_the_second():
    text = twice("  - {type: http, namespace: ships, baseUri: 'https://other.invalid', resources: []}\n")
    found = next(item for item in compiled(text).diagnostics if item.code == "NK3006")
    assert found.span is not None
    assert (found.span.line, marked(text, found)) == (9, "ships")


def test_one_name_for_two_operations_of_a_resource_is_refused_at_the_second():
    text = capability().replace("]}]}", ", {name: find, method: POST}]}]}", 1)
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK3012", "find")
