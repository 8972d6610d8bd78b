from __future__ import annotations

import base64

import pytest

from naftiko_runtime.plan.model.negotiated import Digest, OAuth2
from naftiko_runtime.plan.scope.variables import Environment
from tests.plan.ships import (
    SET,
    capability,
    codes,
    compiled,
    errors,
    header,
    marked,
    only_error,
    query,
    request,
    tool,
    warnings,
)


def secured(authentication: str, base: str = "https://ships.invalid") -> str:
    """A capability whose API asks for a credential."""
    return capability(api=f"baseUri: {base}, authentication: {{{authentication}}}")


HEADERS = [
    ("type: bearer, token: '{{TOKEN}}'", "authorization", "Bearer t0ken"),
    ("type: bearer, token: '{{ env.TOKEN }}'", "authorization", "Bearer t0ken"),
    ("type: bearer, token: 'pre-{{TOKEN}}-{{USER}}'", "authorization", "Bearer pre-t0ken-ada"),
    ("type: basic, username: '{{USER}}', password: '{{TOKEN}}'", "authorization", "Basic YWRhOnQwa2Vu"),
    ("type: basic, username: ada, password: '{{TOKEN}}'", "authorization", "Basic YWRhOnQwa2Vu"),
    ("type: apikey, key: X-Api-Key, value: '{{TOKEN}}', placement: header", "x-api-key", "t0ken"),
    ("type: apikey, name: X-Api-Key, value: '{{TOKEN}}', in: header", "x-api-key", "t0ken"),
    ("type: apikey, header: X-Api-Key, key: '{{TOKEN}}'", "x-api-key", "t0ken"),
    ("type: apikey, key: X-Api-Key, value: '{{TOKEN}}'", "x-api-key", "t0ken"),
    ("type: apikey, headers: {X-One: '{{TOKEN}}', X-Two: '{{USER}}'}", "x-two", "ada"),
]


@pytest.mark.parametrize(("authentication", "name", "value"), HEADERS)
def test_a_credential_travels_in_its_header(authentication, name, value):
    assert header(request(tool(secured(authentication))), name) == value


@pytest.mark.parametrize(
    "authentication",
    [
        "type: apikey, key: 'api key', value: '{{TOKEN}}', placement: query",
        "type: apikey, name: 'api key', value: '{{TOKEN}}', in: query",
    ],
)
def test_an_apikey_travels_in_the_query(authentication):
    made = request(tool(secured(authentication), Environment(process={"SHIP_TOKEN": "a&é"})))
    assert query(made) == "api%20key=a%26%C3%A9"
    assert "a&" not in made.path


@pytest.mark.parametrize(("user", "password"), [("ada", "pä:ss"), ("a@b", "")])
def test_basic_takes_any_text_a_password_can_be(user, password):
    environment = Environment(process={"SHIP_USER": user, "SHIP_TOKEN": password or "x"})
    made = request(tool(secured("type: basic, username: '{{USER}}', password: '{{TOKEN}}'"), environment))
    sent = header(made, "authorization")
    assert sent is not None
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == f"{user}:{password or 'x'}"


@pytest.mark.parametrize(
    ("authentication", "variable", "value"),
    [
        ("type: bearer, token: '{{TOKEN}}'", "SHIP_TOKEN", "t0ken\nX-Evil: 1"),
        ("type: bearer, token: '{{TOKEN}}'", "SHIP_TOKEN", "tökén"),
        ("type: basic, username: '{{USER}}', password: '{{TOKEN}}'", "SHIP_TOKEN", "t0\nken"),
        ("type: basic, username: '{{USER}}', password: '{{TOKEN}}'", "SHIP_USER", "a:da"),
        ("type: apikey, key: X-Api-Key, value: '{{TOKEN}}', placement: header", "SHIP_TOKEN", "t0\x00ken"),
        ("type: apikey, key: k, value: '{{TOKEN}}', placement: query", "SHIP_TOKEN", "t0\nken"),
    ],
)
def test_a_value_that_can_not_travel_is_refused_without_being_told(authentication, variable, value):
    environment = Environment(process={**SET.process, variable: value})
    compilation = compiled(secured(authentication), environment)
    assert codes(compilation) == ["NK6010"]
    assert value not in repr(compilation.diagnostics)


@pytest.mark.parametrize(
    ("authentication", "field"),
    [
        ("type: bearer", "token"),
        ("type: bearer, token: ''", "token"),
        ("type: basic, username: '{{USER}}'", "password"),
        ("type: apikey, key: X-Api-Key", "value"),
        ("type: apikey, value: '{{TOKEN}}'", "key"),
    ],
)
def test_an_incomplete_authentication_is_refused(authentication, field):
    found = only_error(secured(authentication))
    assert found.code == "NK6006"
    assert f"`{field}`" in found.message


def test_an_authentication_that_can_not_be_made_is_refused():
    [(code, message)] = errors(compiled(secured("type: hmac, key: '{{TOKEN}}'")))
    assert (code, message) == ("NK6007", "authentication of type `hmac` is not served")


def test_a_digest_is_left_to_who_hears_the_challenge():
    made = request(tool(secured("type: digest, username: '{{USER}}', password: '{{TOKEN}}'")))
    assert made.authentication == Digest("ada", "t0ken")
    assert header(made, "authorization") is None
    assert "t0ken" not in repr(made)


def test_an_oauth2_is_left_to_who_gets_the_token():
    keys = (
        "type: oauth2, authorizationServerUri: 'https://{{HOST}}', tokenEndpoint: 'https://a.invalid/t?x=1', "
        "clientId: c, clientSecret: '{{TOKEN}}', refreshToken: '{{ env.TOKEN }}', "
        "tokenEndpointAuthMethod: client_secret_post, scopes: [a, b], resource: 'https://r.invalid', "
        "audience: '{{USER}}'"
    )
    made = request(tool(secured(keys)))
    assert made.authentication == OAuth2(
        issuer="https://north.invalid",
        token_endpoint="https://a.invalid/t?x=1",
        client_id="c",
        client_secret="t0ken",
        refresh_token="t0ken",
        method="client_secret_post",
        scope="a b",
        resource="https://r.invalid",
        audience="ada",
    )
    assert "t0ken" not in repr(made)


CLIENT = "type: oauth2, clientId: c, clientSecret: '{{TOKEN}}'"


@pytest.mark.parametrize(
    ("authentication", "code", "words"),
    [
        ("type: digest, username: ada", "NK6006", "`digest` authentication has no `password`"),
        (CLIENT, "NK6006", "`oauth2` authentication has no `tokenEndpoint`"),
        ("type: oauth2, tokenEndpoint: 'https://a.invalid/t'", "NK6006", "no `clientId`"),
        (f"{CLIENT}, tokenEndpoint: a.invalid/t", "NK6011", "`tokenEndpoint` can't be asked for tokens: its scheme"),
        (f"{CLIENT}, tokenEndpoint: 'https://a:b@c.invalid/'", "NK6011", "user or password"),
        (f"{CLIENT}, authorizationServerUri: 'https://'", "NK6011", "`authorizationServerUri`"),
    ],
)
def test_what_a_negotiated_credential_lacks_is_told(authentication, code, words):
    [(found, message)] = errors(compiled(secured(authentication)))
    assert found == code
    assert words in message


def test_a_client_secret_that_is_written_out_is_advised_against():
    text = secured("type: oauth2, tokenEndpoint: 'https://a.invalid', clientId: c, clientSecret: s3cret")
    assert "NK9002" in [item.code for item in compiled(text).diagnostics]


def test_how_tokens_of_callers_are_checked_has_no_effect_on_ours():
    text = secured(f"{CLIENT}, tokenEndpoint: 'https://a.invalid', tokenValidation: introspection")
    (found,) = warnings(text, "NK2008")
    assert found.message == "`tokenValidation` has no effect yet"
    assert marked(text, found).startswith("tokenValidation")


def test_a_token_endpoint_over_plain_http_is_warned_of():
    found = compiled(secured(f"{CLIENT}, tokenEndpoint: 'http://a.invalid/t'"))
    assert [item.message for item in found.diagnostics if item.code == "NK9001"] == [
        "the client's credential travels to a.invalid over plain http"
    ]


def test_a_token_endpoint_that_is_not_known_yet_is_no_error():
    assert errors(compiled(secured(f"{CLIENT}, tokenEndpoint: '{{{{HOST}}}}'"), None)) == []


@pytest.mark.parametrize("placed", ["key: k, value: '{{TOKEN}}', placement: cookie", "name: k, value: x, in: body"])
def test_an_apikey_in_another_place_is_one_error(placed):
    assert len(errors(compiled(secured(f"type: apikey, {placed}")))) == 1


@pytest.mark.parametrize(
    "authentication",
    [
        "type: apikey, key: 'X Key', value: '{{TOKEN}}', placement: header",
        "type: apikey, headers: {'X Key': '{{TOKEN}}'}",
    ],
)
def test_an_apikey_needs_a_header_name(authentication):
    assert only_error(secured(authentication)).code == "NK4010"


def test_a_malformed_credential_is_refused_where_it_stands():
    text = secured("type: bearer, token: 'x{{TOKEN'")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK4002", "'x{{TOKEN'")


def test_an_undeclared_variable_in_a_credential_is_refused_where_it_stands():
    text = secured("type: bearer, token: '{{env.TOKNE}}'")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK6002", "'{{env.TOKNE}}'")


@pytest.mark.parametrize(
    "authentication",
    [
        "type: bearer, token: sk-123",
        "type: basic, username: ada, password: sk-123",
        "type: apikey, key: k, value: sk-123, placement: query",
    ],
)
def test_a_secret_written_into_the_file_is_told_without_its_value(authentication):
    text = secured(authentication)
    [found] = warnings(text, "NK9002")
    assert marked(text, found) == "sk-123"
    assert "sk-123" not in found.message + found.help


def test_an_unset_variable_is_refused_once_where_it_is_bound():
    found = only_error(secured("type: bearer, token: '{{TOKEN}}'"), Environment())
    assert found.code == "NK6001"
    assert "`SHIP_TOKEN`" in found.message


def test_without_an_environment_credentials_are_masked():
    made = request(tool(secured("type: basic, username: '{{USER}}', password: '{{TOKEN}}'"), None))
    sent = header(made, "authorization")
    assert sent is not None
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"***:***"


@pytest.mark.parametrize(
    ("base", "count"),
    [
        ("http://ships.invalid", 1),
        ("https://ships.invalid", 0),
        ("http://127.0.0.1:8080", 0),
        ("http://localhost", 0),
        ("'http://[::1]:80'", 0),
    ],
)
def test_a_credential_over_plain_http_is_told(base, count):
    assert len(warnings(secured("type: bearer, token: '{{TOKEN}}'", base), "NK9001")) == count
