from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from naftiko_runtime import Runtime
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.outcome import Failure, FailureKind, Success
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.errors import CredentialError, UpstreamError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.negotiated import OAuth2
from naftiko_runtime.plan.scope.variables import Environment
from tests.authorization_server import CLIENT, SECRET, AuthorizationServer, authorizing
from tests.engine.authentication.capabilities import quays, runtime
from tests.plan.ships import plan
from tests.upstream import Answer, Received, Upstream, refusing, serving

CALL = "GET /ships"


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def authority() -> Iterator[AuthorizationServer]:
    with authorizing() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(clock: Clock) -> AsyncIterator[Engine]:
    engine = Engine(ReqwestUpstream(), clock)
    yield engine
    await engine.close()


@pytest.fixture
def guarded(upstream: Upstream, authority: AuthorizationServer) -> Upstream:
    """An upstream that lets in whom the authorization server stands for."""

    def check(request: Received) -> Answer:
        scheme, _, token = (request.header("authorization") or "").partition(" ")
        is_let_in = scheme == "Bearer" and authority.is_active(token)
        return Answer.json({"in": True}) if is_let_in else Answer.json({"error": "no"}, 401)

    upstream.answer("*", "*", check)
    return upstream


def oauth2(authority: AuthorizationServer | str, **keys: Any) -> dict[str, Any]:
    endpoint = authority if isinstance(authority, str) else authority.token_endpoint
    client = {"clientId": CLIENT, "clientSecret": "{{CLIENT_SECRET}}"}
    return {"type": "oauth2", "tokenEndpoint": endpoint, **client, **keys}


def quay(base: Upstream, authentication: dict[str, Any], **options: Any) -> Runtime:
    return runtime(quays(base.url, authentication, **options), CLIENT_SECRET=SECRET, REFRESH_TOKEN="none")


def function(base: Upstream, authentication: dict[str, Any], **env: str) -> Function:
    process = {"CLIENT_SECRET": SECRET, **env}
    return plan(quays(base.url, authentication), Environment(process=process)).rest[0].routes[0].function


def sent(upstream: Upstream) -> list[str]:
    """The tokens that reached an upstream."""
    return [(item.header("authorization") or "").removeprefix("Bearer ") for item in upstream.requests]


async def test_a_client_gets_a_token_and_keeps_it(guarded: Upstream, authority: AuthorizationServer) -> None:
    async with quay(guarded, oauth2(authority)) as runtime:
        for _ in range(3):
            assert await runtime.call(CALL) == {"in": True}
    assert len(set(sent(guarded))) == 1
    [asked] = authority.requests
    assert (asked.method, asked.form) == ("POST", {"grant_type": "client_credentials"})
    assert asked.authorization.startswith("Basic ")


@pytest.mark.parametrize(
    ("keys", "form"),
    [
        ({"scopes": ["a:b", "c"]}, {"scope": "a:b c"}),
        ({"scopes": "a:b c"}, {"scope": "a:b c"}),
        ({"resource": "https://quays.example/v1"}, {"resource": "https://quays.example/v1"}),
        ({"audience": "quays"}, {"audience": "quays"}),
        (
            {"tokenEndpointAuthMethod": "client_secret_post"},
            {"client_id": CLIENT, "client_secret": SECRET},
        ),
    ],
)
async def test_what_a_token_is_for_is_told(
    guarded: Upstream, authority: AuthorizationServer, keys: dict[str, Any], form: dict[str, str]
) -> None:
    async with quay(guarded, oauth2(authority, **keys)) as runtime:
        assert await runtime.call(CALL) == {"in": True}
    [asked] = authority.requests
    assert asked.form == {"grant_type": "client_credentials", **form}
    assert bool(asked.authorization) is ("client_secret" not in form)


@pytest.mark.parametrize("name", ["tokenUrl", "tokenUri"])
async def test_the_token_endpoint_has_other_names(guarded: Upstream, authority: AuthorizationServer, name: str) -> None:
    keys = oauth2(authority)
    keys[name] = keys.pop("tokenEndpoint")
    async with quay(guarded, keys) as runtime:
        assert await runtime.call(CALL) == {"in": True}


async def test_a_client_without_a_secret_says_its_name(guarded: Upstream, authority: AuthorizationServer) -> None:
    authority.clients["open"] = ""
    keys = oauth2(authority, clientId="open")
    del keys["clientSecret"]
    async with quay(guarded, keys) as runtime:
        assert await runtime.call(CALL) == {"in": True}
    [asked] = authority.requests
    assert (asked.form["client_id"], asked.authorization) == ("open", "")


@pytest.mark.parametrize("issuer_path", ["", "/tenant"])
async def test_an_issuer_says_where_its_token_endpoint_is(guarded: Upstream, issuer_path: str) -> None:
    with authorizing(issuer_path=issuer_path) as authority:
        keys = oauth2(authority, authorizationServerUri=f"{authority.issuer}/")
        del keys["tokenEndpoint"]
        guarded.answer("*", "*", lambda request: Answer.json({"in": authority.is_active(sent(guarded)[-1])}))
        async with quay(guarded, keys) as runtime:
            assert await runtime.call(CALL) == {"in": True}
    assert authority.count("/token") == 1


async def test_an_issuer_says_how_a_client_shows_who_it_is(guarded: Upstream, authority: AuthorizationServer) -> None:
    authority.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    keys = oauth2(authority, authorizationServerUri=authority.issuer)
    del keys["tokenEndpoint"]
    async with quay(guarded, keys) as runtime:
        assert await runtime.call(CALL) == {"in": True}
    assert authority.requests[-1].form["client_secret"] == SECRET


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "http://other.example"}, "another issuer"),
        ({"token_endpoint": "ftp://a"}, "no usable `token_endpoint`"),
        ({"token_endpoint": None}, "no usable `token_endpoint`"),
    ],
)
async def test_an_issuer_that_says_nothing_usable_is_told(
    guarded: Upstream, authority: AuthorizationServer, metadata: dict[str, Any], words: str
) -> None:
    authority.metadata.update(metadata)
    keys = oauth2(authority, authorizationServerUri=authority.issuer)
    del keys["tokenEndpoint"]
    async with quay(guarded, keys) as runtime:
        with pytest.raises(CredentialError, match=words):
            await runtime.call(CALL)
    assert guarded.requests == []


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_an_issuer_without_metadata_is_told(guarded: Upstream, body: bytes) -> None:
    with serving() as other:
        other.answer("*", "*", Answer(404))
        other.answer("GET", "/.well-known/openid-configuration", Answer(body=body))
        keys = {"type": "oauth2", "authorizationServerUri": other.url, "clientId": CLIENT}
        async with quay(guarded, keys) as runtime:
            with pytest.raises(CredentialError, match="oauth-authorization-server answered 404"):
                await runtime.call(CALL)


async def test_an_issuer_that_can_not_be_reached_is_told(guarded: Upstream) -> None:
    with refusing() as url:
        keys = {"type": "oauth2", "authorizationServerUri": url, "clientId": CLIENT}
        async with quay(guarded, keys) as runtime:
            with pytest.raises(CredentialError, match="no metadata of"):
                await runtime.call(CALL)


async def test_an_issuer_over_https_can_not_send_a_secret_into_the_open(clock: Clock) -> None:
    document = {"issuer": "https://issuer.example", "token_endpoint": "http://issuer.example/token"}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=document))
    keys = {"type": "oauth2", "authorizationServerUri": "https://issuer.example", "clientId": CLIENT}
    async with Runtime(quays("https://quays.example", keys), env={}, transport=transport) as runtime:
        with pytest.raises(CredentialError, match="not https"):
            await runtime.call(CALL)


async def test_all_who_wait_share_one_token(guarded: Upstream, authority: AuthorizationServer) -> None:
    async with quay(guarded, oauth2(authority)) as runtime:
        assert await asyncio.gather(*(runtime.call(CALL) for _ in range(30))) == [{"in": True}] * 30
    assert authority.count("/token") == 1


async def test_a_caller_who_goes_away_takes_nothing_from_the_others(guarded: Upstream) -> None:
    hold = threading.Event()
    with serving() as endpoint:
        document = {"access_token": "t", "token_type": "bearer", "expires_in": 60}
        endpoint.answer("*", "*", Answer(body=Answer.json(document).body, hold=hold))
        guarded.answer("*", "*", Answer.json({"in": True}))
        async with quay(guarded, oauth2(endpoint.url)) as runtime:
            first, second = (asyncio.create_task(runtime.call(CALL)) for _ in range(2))
            await asyncio.to_thread(endpoint.wait_for_requests, 1)
            first.cancel()
            await asyncio.wait((first,))
            hold.set()
            assert await second == {"in": True}
        assert len(endpoint.requests) == 1
    assert first.cancelled()
    assert sent(guarded) == ["t"]


async def test_who_waits_for_a_token_hears_of_the_end(guarded: Upstream) -> None:
    hold = threading.Event()
    with serving() as endpoint:
        endpoint.answer("*", "*", Answer(hold=hold))
        async with quay(guarded, oauth2(endpoint.url)) as runtime:
            call = asyncio.create_task(runtime.call(CALL))
            await asyncio.to_thread(endpoint.wait_for_requests, 1)
        with pytest.raises(CredentialError, match="closed"):
            await call
        hold.set()


async def test_a_token_is_renewed_before_its_end(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine, clock: Clock
) -> None:
    find = function(guarded, oauth2(authority))
    for seconds in (0, 239, 1):
        clock.now += seconds
        assert isinstance(await engine.invoke(find, {}), Success)
    assert len(set(sent(guarded))) == 1, "it still serves while it is renewed"
    async with asyncio.timeout(5):
        while len(set(sent(guarded))) == 1:
            assert isinstance(await engine.invoke(find, {}), Success)
    assert authority.count("/token") == 2


async def test_a_token_is_not_sent_when_it_ends(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine, clock: Clock
) -> None:
    find = function(guarded, oauth2(authority))
    await engine.invoke(find, {})
    clock.now += 291
    await engine.invoke(find, {})
    assert len(set(sent(guarded))) == 2
    assert authority.count("/token") == 2


async def test_a_renewal_that_fails_leaves_the_token_to_its_end(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine, clock: Clock
) -> None:
    find = function(guarded, oauth2(authority))
    await engine.invoke(find, {})
    authority.down = True
    clock.now += 250
    async with asyncio.timeout(5):
        while authority.count("/token") < 2:
            assert isinstance(await engine.invoke(find, {}), Success)
    for _ in range(3):
        assert isinstance(await engine.invoke(find, {}), Success)
    clock.now += 45
    failure = await engine.invoke(find, {})
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.CREDENTIAL
    assert "answered 503" in failure.detail
    authority.down = False
    assert isinstance(await engine.invoke(find, {}), Success)


async def test_a_token_that_was_revoked_is_replaced_once(guarded: Upstream, authority: AuthorizationServer) -> None:
    async with quay(guarded, oauth2(authority)) as runtime:
        await runtime.call(CALL)
        authority.revoke(sent(guarded)[0])
        assert await asyncio.gather(*(runtime.call(CALL) for _ in range(10))) == [{"in": True}] * 10
    assert authority.count("/token") == 2


async def test_a_401_to_a_fresh_token_is_tried_once_more(
    upstream: Upstream, authority: AuthorizationServer, engine: Engine, clock: Clock
) -> None:
    upstream.answer("*", "*", Answer.json({"error": "no"}, 401))
    find = function(upstream, oauth2(authority))
    for requests, tokens in ((2, 2), (3, 2), (4, 2)):
        failure = await engine.invoke(find, {})
        assert isinstance(failure, Failure)
        assert (failure.kind, failure.status) == (FailureKind.UPSTREAM_STATUS, 401)
        assert (len(upstream.requests), authority.count("/token")) == (requests, tokens)
    clock.now += 6
    await engine.invoke(find, {})
    assert authority.count("/token") == 3


async def test_a_streamed_answer_has_its_token(guarded: Upstream, authority: AuthorizationServer) -> None:
    async with quay(guarded, oauth2(authority), shaped=False) as runtime:
        transport = httpx.ASGITransport(runtime.asgi())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for _ in range(2):
                answer = await client.get("/ships")
                assert (answer.status_code, answer.json()) == (200, {"in": True})
                authority.revoke(sent(guarded)[-1])
    assert authority.count("/token") == 2


async def test_a_refresh_token_gets_tokens_and_is_rotated(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine, clock: Clock
) -> None:
    first = authority.refresh_token(scope="a")
    find = function(guarded, oauth2(authority, refreshToken="{{REFRESH_TOKEN}}"), REFRESH_TOKEN=first)
    for _ in range(3):
        assert isinstance(await engine.invoke(find, {}), Success)
        clock.now += 300
    forms = [item.form for item in authority.requests]
    assert [form["grant_type"] for form in forms] == ["refresh_token"] * 3
    assert forms[0]["refresh_token"] == first
    assert len({form["refresh_token"] for form in forms}) == 3


async def test_a_refresh_token_that_stays_good_is_sent_again(guarded: Upstream, engine: Engine, clock: Clock) -> None:
    document = {"access_token": "t", "token_type": "Bearer", "expires_in": "10"}
    guarded.answer("*", "*", Answer.json({}))
    with serving() as endpoint:
        endpoint.answer("*", "*", Answer.json(document))
        find = function(guarded, oauth2(endpoint.url, refreshToken="{{REFRESH_TOKEN}}"), REFRESH_TOKEN="r/1")
        for _ in range(2):
            await engine.invoke(find, {})
            clock.now += 20
        assert [b"refresh_token=r%2F1" in item.body for item in endpoint.requests] == [True, True]


@pytest.mark.parametrize("seconds", [None, "soon", [], "nan", "1e999", 1e300])
async def test_a_token_without_a_known_end_serves_until_it_is_refused(
    guarded: Upstream, engine: Engine, clock: Clock, seconds: object
) -> None:
    guarded.answer("*", "*", Answer.json({}))
    with serving() as endpoint:
        document = {"access_token": "t", "token_type": "Bearer", "expires_in": seconds}
        endpoint.answer("*", "*", Answer.json(document))
        find = function(guarded, oauth2(endpoint.url))
        for _ in range(2):
            assert isinstance(await engine.invoke(find, {}), Success)
            clock.now += 1e9
        assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer.json({"error": "invalid_client"}, 401), "answered 401: invalid_client"),
        (Answer.json({"error": "secret\nx", "error_description": "s3cret"}, 400), "answered 400$"),
        (Answer.json(["x"], 500), "answered 500$"),
        (Answer(302, headers=(("Location", "http://evil.example/"),)), "answered 302$"),
        (Answer(200, b"<html>"), "no bearer token|usable `access_token`"),
        (Answer.json({"token_type": "Bearer"}), "usable `access_token`"),
        (Answer.json({"access_token": "a b", "token_type": "Bearer"}), "usable `access_token`"),
        (Answer.json({"access_token": "t\r\nX: 1", "token_type": "Bearer"}), "usable `access_token`"),
        (Answer.json({"access_token": "t", "token_type": "mac"}), "no bearer token"),
        (Answer.json({"access_token": "t"}), "no bearer token"),
        (Answer.json({"access_token": "t" * 300_000, "token_type": "Bearer"}), "larger than"),
    ],
)
async def test_a_token_endpoint_that_gives_no_token_is_told(guarded: Upstream, answer: Answer, words: str) -> None:
    with serving() as endpoint:
        endpoint.answer("*", "*", answer)
        async with quay(guarded, oauth2(f"{endpoint.url}/token?tenant=7")) as runtime:
            with pytest.raises(CredentialError, match=words) as caught:
                await runtime.call(CALL)
    assert caught.value.code == "NK8021"
    assert "s3cret" not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert (endpoint.last.query, guarded.requests) == ("tenant=7", [])


async def test_a_token_endpoint_that_can_not_be_reached_is_told_to_a_caller(guarded: Upstream) -> None:
    with refusing() as url:
        async with quay(guarded, oauth2(url)) as runtime:
            transport = httpx.ASGITransport(runtime.asgi())
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                answer = await client.get("/ships")
    assert (answer.status_code, answer.json()["code"]) == (502, "NK8021")
    assert "no token: could not connect to 127.0.0.1" in answer.json()["detail"]


async def test_credentials_of_the_same_value_share_a_token(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine
) -> None:
    for _reload in range(2):
        assert isinstance(await engine.invoke(function(guarded, oauth2(authority)), {}), Success)
    assert authority.count("/token") == 1
    await engine.invoke(function(guarded, oauth2(authority, scopes=["more"])), {})
    assert authority.count("/token") == 2


async def test_metadata_is_asked_for_once(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine, clock: Clock
) -> None:
    keys = oauth2(authority, authorizationServerUri=authority.issuer)
    del keys["tokenEndpoint"]
    find = function(guarded, keys)
    for _ in range(2):
        assert isinstance(await engine.invoke(find, {}), Success)
        clock.now += 300
    assert authority.count("/.well-known/oauth-authorization-server") == 1
    assert authority.count("/token") == 2


async def test_of_very_many_credentials_the_least_recently_used_is_forgotten(
    guarded: Upstream, authority: AuthorizationServer, engine: Engine
) -> None:
    find = function(guarded, oauth2(authority))
    await engine.invoke(find, {})
    for number in range(4096):
        engine.exchange(UpstreamRequest("GET", "http://a/", (), None, "/", OAuth2("", "http://a", str(number), "", "")))
    await engine.invoke(find, {})
    assert authority.count("/token") == 2


async def test_an_upstream_that_refuses_with_403_is_not_tried_again(
    upstream: Upstream, authority: AuthorizationServer
) -> None:
    upstream.answer("*", "*", Answer.json({}, 403))
    async with quay(upstream, oauth2(authority)) as runtime:
        with pytest.raises(UpstreamError):
            await runtime.call(CALL)
    assert (len(upstream.requests), authority.count("/token")) == (1, 1)
