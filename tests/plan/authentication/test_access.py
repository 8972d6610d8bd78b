"""Which policy does an adapter's authentication become, and what is said of one that is wrong?"""

from __future__ import annotations

from hashlib import sha256

import pytest

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.face import Plan
from naftiko_runtime.plan.model.policy import (
    Access,
    BasicAccess,
    BearerAccess,
    Client,
    DigestAccess,
    Key,
    KeyAccess,
    OAuthAccess,
)
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.spec.load import read_text
from tests.access.library import library

SET = Environment(process={"DESK_TOKEN": "t", "DESK_PASSWORD": "p"})
OAUTH = "type: oauth2, authorizationServerUri: https://login.test/, resource: https://a.test"


def compiled(asked: str, kind: str = "rest", environment: Environment | None = SET, *, partial: bool = False):
    text = library({"desk": (kind, f"{{{asked}}}")})
    return compile_plan(read_text(text, "library.yaml"), environment, partial=partial, seed=b"seed")


def access(asked: str) -> Access | None:
    plan = compiled(asked).plan
    assert isinstance(plan, Plan)
    return plan.faces[0].access


def hashed(text: str) -> bytes:
    return sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("asked", "policy"),
    [
        ("type: bearer, token: 'x{{TOKEN}}'", BearerAccess(hashed("xt"))),
        ("type: apikey, key: X-Key, value: '{{TOKEN}}'", KeyAccess((Key("x-key", False, hashed("t")),))),
        ("type: apikey, name: X-Key, value: '{{TOKEN}}', in: header", KeyAccess((Key("x-key", False, hashed("t")),))),
        ("type: apikey, header: X-Key, key: '{{TOKEN}}'", KeyAccess((Key("x-key", False, hashed("t")),))),
        (
            "type: apikey, key: a Key, value: '{{TOKEN}}', placement: query",
            KeyAccess((Key("a Key", True, hashed("t")),)),
        ),
        (
            "type: apikey, headers: {X-A: '{{TOKEN}}', X-B: '{{PASSWORD}}'}",
            KeyAccess((Key("x-a", False, hashed("t")), Key("x-b", False, hashed("p")))),
        ),
        ("type: basic, username: ada, password: '{{PASSWORD}}'", BasicAccess(hashed("ada:p"))),
        (
            "type: digest, username: ada, password: '{{PASSWORD}}'",
            DigestAccess("ada", "desk", hashed("ada:desk:p").hex(), b"seed"),
        ),
        (OAUTH, OAuthAccess("https://login.test/", "https://a.test", "https://a.test", (), None)),
        (
            f"{OAUTH}, audience: desk, scopes: [read, write, read], tokenValidation: jwks",
            OAuthAccess("https://login.test/", "https://a.test", "desk", ("read", "write"), None),
        ),
        (
            f"{OAUTH}, tokenValidation: introspection, clientId: desk, clientSecret: '{{{{TOKEN}}}}'",
            OAuthAccess("https://login.test/", "https://a.test", "https://a.test", (), Client("desk", "t")),
        ),
    ],
)
@pytest.mark.parametrize("kind", ["rest", "mcp", "skill"])
def test_an_authentication_is_a_policy(asked, policy, kind):
    plan = compiled(asked, kind).plan
    assert plan is not None
    assert plan.faces[0].access == policy


def test_an_adapter_without_one_has_none():
    plan = compile_plan(read_text(library({"desk": ("rest", "")}), "library.yaml"), SET).plan
    assert plan is not None
    assert plan.faces[0].access is None


@pytest.mark.parametrize("kind", ["rest", "mcp", "skill"])
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("type: bearer", "NK6006"),
        ("type: bearer, token: ''", "NK6006"),
        ("type: bearer, token: '{{NOWHERE}}'", "NK6002"),
        ("type: bearer, token: '{{TOKEN'", "NK4002"),
        ("type: apikey", "NK6006"),
        ("type: apikey, key: X-Key", "NK6006"),
        ("type: apikey, key: 'X Key', value: '{{TOKEN}}'", "NK4010"),
        ("type: apikey, headers: {X-A: ''}", "NK6006"),
        ("type: basic, username: ada", "NK6006"),
        ("type: basic, username: 'a:da', password: '{{PASSWORD}}'", "NK6010"),
        ("type: digest, password: '{{PASSWORD}}'", "NK6006"),
        ("type: hmac", "NK6007"),
        ("type: oauth2, resource: https://a.test", "NK6006"),
        ("type: oauth2, authorizationServerUri: https://login.test", "NK6006"),
        ("type: oauth2, authorizationServerUri: login.test, resource: https://a.test", "NK6011"),
        ("type: oauth2, authorizationServerUri: https://login.test, resource: 'https://a.test?b=c'", "NK6011"),
        (f"{OAUTH}, audience: ''", "NK6006"),
        (f"{OAUTH}, scopes: ['re\"ad']", "NK6010"),
        (f"{OAUTH}, tokenValidation: introspection, clientId: desk", "NK6006"),
        (f"{OAUTH}, tokenValidation: introspection, clientSecret: '{{{{TOKEN}}}}'", "NK6006"),
    ],
)
def test_one_that_is_wrong_is_refused(asked, code, kind):
    found = compiled(asked, kind)
    assert found.plan is None
    assert {item.code for item in found.diagnostics if item.is_error} == {code}


@pytest.mark.parametrize("asked", ["type: hmac", "type: bearer", "type: bearer, token: '{{NOWHERE}}'"])
@pytest.mark.parametrize("kind", ["rest", "mcp", "skill"])
def test_one_that_is_wrong_opens_nothing_in_a_partly_served_file(asked, kind):
    text = library({"open": ("rest", ""), "desk": (kind, f"{{{asked}}}")})
    plan = compile_plan(read_text(text, "library.yaml"), SET, partial=True).plan
    assert plan is not None
    served = [(face.namespace, route.path) for face in plan.rest for route in face.routes]
    assert served == [("open", "/loans")]
    assert [tool for face in plan.mcp for tool in face.tools] == []
    assert plan.skills == ()


@pytest.mark.parametrize("asked", ["{type: hmac}", "{type: bearer}"])
def test_prompts_of_such_an_adapter_are_not_served_either(asked):
    prompt = "      prompts: [{name: lend, label: L, description: D., template: [{role: user, content: Lend.}]}]\n"
    text = library({"open": ("rest", ""), "desk": ("mcp", asked)}) + prompt
    plan = compile_plan(read_text(text, "library.yaml"), SET, partial=True).plan
    assert plan is not None
    assert [face.prompts for face in plan.mcp] == [()]
    right = compile_plan(read_text(text.replace(asked, "{type: bearer, token: x}"), "library.yaml"), SET).plan
    assert right is not None
    assert len(right.mcp[0].prompts) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "type: bearer, token: '{{TOKEN}}'",
        "type: apikey, key: X-Key, value: '{{TOKEN}}'",
        "type: basic, username: ada, password: '{{PASSWORD}}'",
        "type: digest, username: ada, password: '{{PASSWORD}}'",
    ],
)
def test_a_secret_without_a_value_equals_nothing(asked):
    plan = compiled(asked, environment=None).plan
    assert plan is not None
    policy = plan.faces[0].access
    secret = {
        BearerAccess: lambda: policy.token,
        KeyAccess: lambda: policy.keys[0].value,
        BasicAccess: lambda: policy.pair,
        DigestAccess: lambda: policy.secret.encode(),
    }[type(policy)]()
    assert secret == b""


def test_a_secret_without_a_value_keeps_a_file_from_being_served():
    found = compiled("type: bearer, token: '{{TOKEN}}'", environment=Environment())
    assert (found.plan, [item.code for item in found.diagnostics]) == (None, ["NK6001"])


def test_an_address_may_come_from_a_variable():
    asked = "type: oauth2, authorizationServerUri: '{{TOKEN}}', resource: https://a.test"
    assert compiled(asked, environment=None).plan is not None
    login = Environment(process={"DESK_TOKEN": "https://login.test", "DESK_PASSWORD": "p"})
    plan = compiled(asked, environment=login).plan
    assert plan is not None
    assert plan.faces[0].access == OAuthAccess("https://login.test", "https://a.test", "https://a.test", (), None)


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("type: bearer, token: written-out", ["NK9002"]),
        ("type: basic, username: ada, password: written-out", ["NK9002"]),
        (OAUTH.replace("https://login", "http://login"), ["NK9007"]),
        ("type: oauth2, authorizationServerUri: http://127.0.0.1:1, resource: https://a.test", []),
        (OAUTH, []),
    ],
)
def test_what_is_unwise_is_told(asked, codes):
    assert [item.code for item in compiled(asked).diagnostics] == codes


def test_authentication_of_a_pipe_has_no_effect_and_says_so():
    text = library({"desk": ("mcp", "{type: bearer, token: '{{TOKEN}}'}")})
    text = text.replace("port: 8080\n      description: Loans.", "transport: stdio\n      description: Loans.")
    found = compile_plan(read_text(text, "library.yaml"), SET)
    assert [item.code for item in found.diagnostics] == ["NK9005"]


@pytest.mark.parametrize(
    "asked",
    [
        "type: bearer, token: s3cret",
        "type: digest, username: ada, password: s3cret",
        f"{OAUTH}, tokenValidation: introspection, clientId: desk, clientSecret: s3cret",
    ],
)
def test_a_policy_does_not_show_its_secret(asked):
    shown = repr(compiled(asked).plan)
    assert "s3cret" not in shown
    assert hashed("s3cret").hex() not in shown
    assert str(hashed("s3cret")) not in shown
