"""Which access tokens let a caller in, what is told to the others, and what is asked of the authorization server?"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import re
import time

import httpx
import pytest

from tests.access.conftest import Serve
from tests.access.library import call, library, oauth
from tests.authorization_server import SECRET, AuthorizationServer, make_key
from tests.upstream import Upstream

RESOURCE = "https://library.test"


class FromNow(int):
    """Seconds from when the token is made, which is later than when tests are collected."""


def made(claims: dict[str, object]) -> dict[str, object]:
    now = int(time.time())
    return {name: now + value if isinstance(value, FromNow) else value for name, value in claims.items()}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def parameters(answer: httpx.Response) -> dict[str, str]:
    scheme, _, rest = answer.headers["www-authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


def guarded(authority: AuthorizationServer, upstream: Upstream, more: str = "", resource: str = RESOURCE) -> str:
    asked = oauth(authority.issuer, resource, more)
    return library({"desk-rest": ("rest", asked), "desk-mcp": ("mcp", asked)}, upstream.url)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": f"{RESOURCE}/"},
        {"aud": ["https://other.test", RESOURCE]},
        {"exp": FromNow(-10)},
        {"nbf": FromNow(10)},
        {"iat": None, "sub": None},
    ],
)
async def test_a_token_of_the_issuer_for_this_resource_is_accepted(claims, serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream))
    token = authority.token(**made({"aud": RESOURCE} | claims))
    assert (await client.get("/loans", headers=bearer(token))).status_code == 200
    assert (await client.post("/mcp", **call(**bearer(token)))).status_code == 200
    assert all(item.header("authorization") is None for item in upstream.requests)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("headers", [{}, {"typ": "JWT"}, {"typ": "application/at+jwt"}, {"typ": None}, {"kid": None}])
async def test_every_kind_of_public_key_signs(algorithm, headers, serve: Serve, authority, upstream: Upstream):
    authority.keys = [make_key(), make_key(algorithm)]
    client = await serve(guarded(authority, upstream))
    answer = await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE, headers=headers)))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": FromNow(-60)}, "it has expired"),
        ({"exp": None}, "a claim of it is missing or not valid"),
        ({"exp": "soon"}, "a claim of it is missing or not valid"),
        ({"nbf": FromNow(90)}, "a claim of it is missing or not valid"),
        ({"iss": "https://evil.test"}, "it is of another issuer"),
        ({"iss": None}, "a claim of it is missing or not valid"),
        ({"aud": "https://other.test"}, "it is for another audience"),
        ({"aud": f"{RESOURCE}/deeper"}, "it is for another audience"),
        ({"aud": []}, "a claim of it is missing or not valid"),
        ({"aud": None}, "a claim of it is missing or not valid"),
    ],
)
async def test_a_token_with_another_claim_is_refused(claims, why, serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream))
    answer = await client.get("/loans", headers=bearer(authority.token(**made({"aud": RESOURCE} | claims))))
    assert (answer.status_code, answer.json()["code"]) == (401, "NK8019")
    told = parameters(answer)
    assert (told["error"], told["error_description"]) == ("invalid_token", why)
    assert upstream.requests == []


def encoded(part: object) -> str:
    return encoded_bytes(json.dumps(part).encode())


def encoded_bytes(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def forged(authority: AuthorizationServer) -> dict[str, str]:
    """Tokens that nobody signed, or not as they say."""
    claims = authority.claims(aud=RESOURCE)
    key = authority.keys[-1]
    stranger = make_key()._replace(kid=key.kid)
    public = json.dumps(key.public).encode()
    shared = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims)}"
    return {
        "unsigned": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims)}.",
        "none in capitals": f"{encoded({'alg': 'NONE', 'kid': key.kid})}.{encoded(claims)}.",
        "public key as shared secret": f"{shared}.{encoded_bytes(hmac.digest(public, shared.encode(), 'sha256'))}",
        "key of a stranger": authority.token(stranger, aud=RESOURCE),
        "key of a stranger in the header": authority.token(stranger, {"jwk": stranger.public}, aud=RESOURCE),
        "keys of a stranger by address": authority.token(stranger, {"jku": "https://evil.test/jwks"}, aud=RESOURCE),
        "unknown key": authority.token(make_key(), aud=RESOURCE),
        "path as key": authority.token(stranger, {"kid": "../../../dev/null"}, aud=RESOURCE),
        "critical header": authority.token(key, {"crit": ["exp"], "exp": 1}, aud=RESOURCE),
        "another kind of token": authority.token(key, {"typ": "logout+jwt"}, aud=RESOURCE),
        "two parts": ".".join(authority.token(aud=RESOURCE).split(".")[:2]),
        "another payload": authority.token(aud=RESOURCE).split(".")[0] + "." + encoded(claims) + ".AAAA",
        "nested header": base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.AAAA",
        "algorithm that is none": f"{encoded({'alg': ['ES256']})}.{encoded(claims)}.AAAA",
        "key id that is none": f"{encoded({'alg': 'ES256', 'kid': 1})}.{encoded(claims)}.AAAA",
        "too long": authority.token(aud=RESOURCE, padding="x" * 20_000),
        "no JWT": "opaque",
        "beyond ASCII": "é",
    }


async def test_a_forged_token_is_refused(serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream))
    for name, token in forged(authority).items():
        answer = await client.get("/loans", headers={"authorization": f"Bearer {token}".encode()})
        assert (name, answer.status_code, parameters(answer)["error"]) == (name, 401, "invalid_token")
    assert upstream.requests == []
    assert {item.path for item in authority.requests} == {"/.well-known/oauth-authorization-server", "/jwks"}


async def test_a_caller_without_a_token_is_told_where_to_get_one(serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream, "scopes: [loans:read, loans:write]"))
    for answer in (await client.get("/loans"), await client.post("/mcp", **call())):
        told = parameters(answer)
        assert "error" not in told
        assert told["scope"] == "loans:read loans:write"
        document = (await client.get(told["resource_metadata"])).json()
        assert document == {
            "resource": RESOURCE,
            "authorization_servers": [authority.issuer],
            "scopes_supported": ["loans:read", "loans:write"],
            "bearer_methods_supported": ["header"],
        }
    assert authority.requests == []


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"scope": "loans:read loans:write other"}, 200),
        ({"scp": ["loans:write", "loans:read"]}, 200),
        ({"scp": "loans:write loans:read"}, 200),
        ({"scope": "loans:read"}, 403),
        ({"scope": "loans:read loans:writer"}, 403),
        ({"scope": 5}, 403),
        ({}, 403),
    ],
)
async def test_a_token_needs_every_scope(claims, status, serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream, "scopes: [loans:read, loans:write]"))
    answer = await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE, **claims)))
    assert answer.status_code == status
    if status == 403:
        told = parameters(answer)
        assert (told["error"], told["scope"]) == ("insufficient_scope", "loans:read loans:write")
        assert answer.json()["code"] == "NK8020"
        assert "resource_metadata" in told


async def test_an_audience_of_its_own_takes_the_place_of_the_resource(serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream, "audience: desk"))
    assert (await client.get("/loans", headers=bearer(authority.token(aud="desk")))).status_code == 200
    assert (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code == 401


async def test_keys_are_asked_for_once_however_many_callers_come(serve: Serve, authority, upstream: Upstream):
    client = await serve(library({"desk": ("rest", oauth(authority.issuer))}, upstream.url))
    tokens = [authority.token(aud=RESOURCE) for _ in range(20)]
    answers = await asyncio.gather(*(client.get("/loans", headers=bearer(token)) for token in tokens))
    assert {answer.status_code for answer in answers} == {200}
    assert authority.count("/jwks") == 1


async def test_a_new_key_is_found_and_an_old_one_forgotten(serve: Serve, authority, upstream: Upstream):
    client = await serve(library({"desk": ("rest", oauth(authority.issuer))}, upstream.url))
    before = authority.token(aud=RESOURCE)
    assert (await client.get("/loans", headers=bearer(before))).status_code == 200
    authority.rotate()
    assert (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code == 200
    assert (await client.get("/loans", headers=bearer(before))).status_code == 401


async def test_unknown_keys_make_nobody_ask_again_and_again(serve: Serve, authority, upstream: Upstream):
    client = await serve(library({"desk": ("rest", oauth(authority.issuer))}, upstream.url))
    for _ in range(10):
        stranger = authority.token(make_key(), aud=RESOURCE)
        assert (await client.get("/loans", headers=bearer(stranger))).status_code == 401
    assert authority.count("/jwks") == 2


async def test_a_server_that_is_down_makes_no_token_bad(serve: Serve, authority, upstream: Upstream, caplog):
    authority.down = True
    client = await serve(guarded(authority, upstream))
    answer = await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "NK8022", "5")
    assert "www-authenticate" not in answer.headers
    assert "/.well-known/oauth-authorization-server answered 503" in caplog.text


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.test"},
        {"jwks_uri": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1:1/jwks"},
    ],
)
async def test_metadata_that_can_not_be_used_lets_nobody_in(metadata, serve: Serve, authority, upstream: Upstream):
    authority.metadata = metadata
    client = await serve(guarded(authority, upstream))
    assert (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code == 503


async def test_a_token_that_came_twice_is_an_invalid_request(serve: Serve, authority, upstream: Upstream):
    client = await serve(guarded(authority, upstream))
    twice = [("authorization", f"Bearer {authority.token(aud=RESOURCE)}")] * 2
    answer = await client.get("/loans", headers=twice)
    assert (answer.status_code, parameters(answer)["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        # Metadata that is none is looked for elsewhere; keys that are none have signed nothing.
        ("/.well-known/oauth-authorization-server", b"{", 200),
        ("/.well-known/oauth-authorization-server", b"[]", 200),
        ("/.well-known/oauth-authorization-server", b" " * 300_000, 503),
        ("/jwks", b"{", 503),
        ("/jwks", b"[]", 401),
        ("/jwks", b" " * 300_000, 503),
    ],
)
async def test_nonsense_lets_nobody_in(path, content, expected, serve: Serve, authority, upstream: Upstream):
    authority.nonsense = {path: content}
    client = await serve(guarded(authority, upstream))
    status = (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code
    assert status == expected


@pytest.mark.parametrize("path", ["", "/realms/library"])
async def test_an_issuer_may_have_a_path(path, serve: Serve, authority, upstream: Upstream):
    authority.issuer_path = path
    client = await serve(library({"desk": ("rest", oauth(f"{authority.issuer}/"))}, upstream.url))
    assert (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code == 200


class TestIntrospection:
    MORE = f"tokenValidation: introspection, clientId: warehouse, clientSecret: '{SECRET}'"

    async def test_a_token_is_worth_nothing_once_it_is_revoked(self, serve: Serve, authority, upstream: Upstream):
        client = await serve(guarded(authority, upstream, self.MORE))
        token = authority.token(aud=RESOURCE)
        assert (await client.get("/loans", headers=bearer(token))).status_code == 200
        authority.revoke(token)
        answer = await client.get("/loans", headers=bearer(token))
        assert (answer.status_code, parameters(answer)["error_description"]) == (401, "it is not active")

    @pytest.mark.parametrize(
        ("claims", "status"),
        [
            ({}, 401),
            ({"aud": "https://other.test"}, 401),
            ({"aud": ["https://other.test", RESOURCE], "scope": "loans"}, 200),
            ({"aud": RESOURCE}, 403),
            ({"aud": RESOURCE, "scope": "loans", "iss": "https://evil.test"}, 401),
            ({"aud": RESOURCE, "scope": "loans", "nbf": FromNow(90)}, 401),
            ({"aud": RESOURCE, "scope": "loans", "exp": FromNow(-60), "active": True}, 401),
        ],
    )
    async def test_what_the_server_says_is_held_to_the_same_rules(
        self, claims, status, serve: Serve, authority, upstream: Upstream
    ):
        client = await serve(guarded(authority, upstream, f"{self.MORE}, scopes: [loans]"))
        assert (await client.get("/loans", headers=bearer(authority.token(**made(claims))))).status_code == status

    async def test_the_client_that_asks_is_the_one_of_the_file(self, serve: Serve, authority, upstream: Upstream):
        client = await serve(guarded(authority, upstream, self.MORE.replace(SECRET, "guess")))
        assert (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code == 503

    async def test_a_server_that_fails_is_not_asked_by_the_next_caller_at_once(
        self, serve: Serve, authority, upstream: Upstream
    ):
        client = await serve(guarded(authority, upstream, self.MORE.replace(SECRET, "guess")))
        for _ in range(3):
            assert (await client.get("/loans", headers=bearer(authority.token(aud=RESOURCE)))).status_code == 503
        assert authority.count("/introspect") == 1

    @pytest.mark.parametrize(
        ("token", "why"),
        [
            ("x" * 20_000, "it is too long"),
            ("", "it is no bearer token"),
            ("one two", "it is no bearer token"),
            ('quo"ted', "it is no bearer token"),
            ("=", "it is no bearer token"),
        ],
    )
    async def test_the_server_is_not_asked_about_what_can_be_no_token(
        self, token, why, serve: Serve, authority, upstream: Upstream
    ):
        client = await serve(guarded(authority, upstream, self.MORE))
        answer = await client.get("/loans", headers=bearer(token))
        assert (answer.status_code, parameters(answer)["error_description"]) == (401, why)
        assert authority.requests == []
