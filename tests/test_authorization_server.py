"""Does the authorization server that other tests trust do what its real kin do?"""

from collections.abc import Iterator

import httpx
import jwt
import pytest

from tests.authorization_server import CLIENT, SECRET, AuthorizationServer, authorizing


@pytest.fixture
def authority() -> Iterator[AuthorizationServer]:
    with authorizing() as server:
        yield server


def granted(authority: AuthorizationServer, **form: str) -> httpx.Response:
    return httpx.post(authority.token_endpoint, data={"client_id": CLIENT, "client_secret": SECRET, **form})


def test_a_token_is_signed_by_a_key_it_publishes(authority: AuthorizationServer) -> None:
    token = granted(authority, grant_type="client_credentials", resource="https://a.example").json()["access_token"]
    keys = jwt.PyJWKSet.from_dict(httpx.get(f"{authority.issuer}/jwks").json())
    claims = jwt.decode(token, keys.keys[0], algorithms=["ES256"], audience="https://a.example")
    assert claims["iss"] == authority.issuer


def test_a_wrong_secret_gets_nothing(authority: AuthorizationServer) -> None:
    assert granted(authority, grant_type="client_credentials", client_secret="guess").status_code == 401


def test_rotation_publishes_another_key(authority: AuthorizationServer) -> None:
    before = httpx.get(f"{authority.issuer}/jwks").json()
    authority.rotate()
    assert httpx.get(f"{authority.issuer}/jwks").json() != before


def test_a_refresh_token_works_once(authority: AuthorizationServer) -> None:
    asked = {"redirect_uri": "http://127.0.0.1/back", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
    location = httpx.get(f"{authority.issuer}/authorize", params=asked).headers["location"]
    code = httpx.URL(location).params["code"]
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    first = granted(authority, grant_type="authorization_code", code=code, code_verifier=verifier).json()
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert granted(authority, **again).status_code == 200
    assert granted(authority, **again).json() == {"error": "invalid_grant"}


def test_a_revoked_token_is_not_active(authority: AuthorizationServer) -> None:
    token = authority.token()
    form = {"token": token, "client_id": CLIENT, "client_secret": SECRET}
    assert httpx.post(f"{authority.issuer}/introspect", data=form).json()["active"] is True
    authority.revoke(token)
    assert httpx.post(f"{authority.issuer}/introspect", data=form).json() == {"active": False}
