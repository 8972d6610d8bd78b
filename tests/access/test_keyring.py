"""When are an issuer's keys asked for, and when do they stop to count? On a clock that a test sets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from naftiko_runtime.asgi.access.issuer import Issuer, IssuerError
from naftiko_runtime.asgi.access.keyring import FAILED_SECONDS, FRESH_SECONDS, KEPT_SECONDS, UNKNOWN_SECONDS, Keyring
from naftiko_runtime.asgi.access.oauth import OAuthGuard
from naftiko_runtime.asgi.access.tokens import read_head, read_keys
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.plan.model.policy import OAuthAccess
from tests.authorization_server import AuthorizationServer, make_key


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def upstream() -> AsyncIterator[HttpxUpstream]:
    port = HttpxUpstream()
    yield port
    await port.close()


@pytest.fixture
def keyring(authority: AuthorizationServer, upstream: HttpxUpstream, clock: Clock) -> Keyring:
    return Keyring(Issuer(authority.issuer, upstream), clock)


async def knows(keyring: Keyring, token: str) -> bool:
    return bool(await keyring.find(read_head(token)))


async def test_keys_are_asked_for_again_when_they_are_old(keyring: Keyring, authority, clock: Clock):
    token = authority.token()
    assert await knows(keyring, token)
    clock.now += FRESH_SECONDS - 1
    assert await knows(keyring, token)
    assert authority.count("/jwks") == 1
    clock.now += 1
    authority.rotate()
    assert not await knows(keyring, token)


async def test_keys_count_for_a_while_without_their_issuer(keyring: Keyring, authority, clock: Clock):
    token = authority.token()
    assert await knows(keyring, token)
    authority.down = True
    clock.now += KEPT_SECONDS
    assert await knows(keyring, token)
    clock.now += 1
    with pytest.raises(IssuerError):
        await knows(keyring, token)


async def test_a_failure_is_not_repeated_at_once(keyring: Keyring, authority, clock: Clock):
    token = authority.token()
    authority.down = True
    for _ in range(3):
        with pytest.raises(IssuerError):
            await knows(keyring, token)
    asked = len(authority.requests)
    authority.down = False
    clock.now += FAILED_SECONDS
    assert await knows(keyring, token)
    assert len(authority.requests) == asked + 2


async def test_an_unknown_key_is_looked_for_once_in_a_while(keyring: Keyring, authority, clock: Clock):
    assert await knows(keyring, authority.token())
    for _ in range(3):
        assert not await knows(keyring, authority.token(make_key()))
    assert authority.count("/jwks") == 2
    authority.rotate()
    assert not await knows(keyring, authority.token())
    clock.now += UNKNOWN_SECONDS
    assert await knows(keyring, authority.token())


async def test_an_issuer_that_moved_its_keys_is_asked_where_they_are(keyring: Keyring, authority, clock: Clock):
    token = authority.token()
    authority.metadata = {"jwks_uri": f"{authority.issuer}/nowhere"}
    with pytest.raises(IssuerError):
        await knows(keyring, token)
    authority.metadata = {}
    clock.now += FAILED_SECONDS
    assert await knows(keyring, token)


async def test_keys_that_are_no_document_are_none(authority, upstream, clock: Clock):
    authority.metadata = {"jwks_uri": f"{authority.issuer}/jwks?{'x' * 10}"}
    assert await knows(Keyring(Issuer(authority.issuer, upstream), clock), authority.token())


SHORT = {
    "kty": "RSA",
    "e": "AQAB",
    "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHy"
    "XBw",
}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": "none"},
        {"keys": [1, None, "x"]},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": [{"kty": ["RSA"]}]},
        {"keys": [{"kty": "EC", "crv": ["P-256"]}]},
        {"keys": [{"kty": "EC", "crv": "P-256", "x": "!", "y": 1}]},
        {"keys": [{"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}]},
        {"keys": [SHORT]},
    ],
)
def test_what_can_verify_nothing_is_passed_over(document):
    assert read_keys(document) == ()


def test_a_key_serves_the_algorithms_of_its_kind():
    rsa, ec = make_key("RS256").public, make_key().public
    plain = {name: value for name, value in rsa.items() if name not in ("alg", "use", "kid")}
    keys = read_keys({"keys": [plain, rsa, {**rsa, "use": "enc"}, {**rsa, "alg": "ES256"}, {**ec, "kid": 5}]})
    assert [(key.identifier is None, key.algorithms) for key in keys] == [
        (True, ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        (False, ("RS256",)),
        (True, ("ES256",)),
    ]


async def test_what_is_remembered_of_tokens_is_bounded(authority, upstream):
    guard = OAuthGuard(OAuthAccess(authority.issuer, "https://a.test", "https://a.test", (), None), "a", upstream, ())
    for _ in range(1010):
        token = authority.token(aud="https://a.test")
        await guard.check({"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]})
    assert len(guard._remembered) == 1000
    await guard.check({"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]})
    assert authority.count("/jwks") == 1
