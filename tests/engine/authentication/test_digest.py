from __future__ import annotations

import asyncio
import shutil
import subprocess

import httpx
import pytest

from naftiko_runtime.errors import CredentialError, UpstreamError
from tests.engine.authentication.capabilities import quays, runtime
from tests.engine.authentication.gate import Gate
from tests.upstream import Answer, Upstream

DIGEST = {"type": "digest", "username": "{{USER_NAME}}", "password": "{{PASSWORD}}"}
CALL = "GET /ships"

GATES = {
    "SHA-256": Gate(),
    "MD5": Gate(algorithm="MD5"),
    "MD5 that is not named": Gate(algorithm=None),
    "SHA-256-sess": Gate(algorithm="SHA-256-sess"),
    "MD5-sess": Gate(algorithm="MD5-sess"),
    "no quality, as in RFC 2069": Gate(algorithm=None, qop=None),
    "auth beside auth-int": Gate(qop="auth-int, auth"),
    "auth-int alone": Gate(qop="auth-int"),
    "a hashed user": Gate(userhash=True),
    "nothing opaque": Gate(opaque=None),
}


@pytest.mark.parametrize("gate", [pytest.param(gate, id=name) for name, gate in GATES.items()])
@pytest.mark.parametrize("body", ["", '{"a": "é"}'])
async def test_a_challenge_is_answered(upstream: Upstream, gate: Gate, body: str) -> None:
    upstream.answer("*", "*", gate)
    async with runtime(quays(upstream.url, DIGEST, body=body)) as quay:
        assert await quay.call(CALL, name="a'b&c") == {"in": True}
        assert await quay.call(CALL) == {"in": True}
    assert len(upstream.requests) == 3, "the second call answers before it is asked"
    assert len({item.body for item in upstream.requests}) == 1


async def test_a_user_beyond_ascii_is_told_in_utf_8(upstream: Upstream) -> None:
    upstream.answer("*", "*", Gate(username="Zoë"))
    async with runtime(quays(upstream.url, DIGEST), USER_NAME="Zoe\u0308") as quay:
        assert await quay.call(CALL) == {"in": True}
    assert "username*=UTF-8''Zo%C3%AB" in (upstream.last.header("authorization") or "")


async def test_a_user_of_any_signs_is_told_as_it_is(upstream: Upstream) -> None:
    upstream.answer("*", "*", Gate(username='a"d\\a'))
    async with runtime(quays(upstream.url, DIGEST), USER_NAME='a"d\\a') as quay:
        assert await quay.call(CALL) == {"in": True}


async def test_a_nonce_is_used_until_it_is_stale(upstream: Upstream) -> None:
    gate = Gate(uses=2)
    upstream.answer("*", "*", gate)
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        for _ in range(5):
            assert await quay.call(CALL) == {"in": True}
    assert gate.refused == ["nothing", "stale", "stale"]


async def test_the_next_nonce_is_used_without_being_asked(upstream: Upstream) -> None:
    gate = Gate(uses=1, offers_next=True, algorithm="SHA-256")
    upstream.answer("*", "*", gate)
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        for _ in range(4):
            assert await quay.call(CALL) == {"in": True}
    assert gate.refused == ["nothing"]


async def test_calls_side_by_side_use_each_count_once(upstream: Upstream) -> None:
    gate = Gate()
    upstream.answer("*", "*", gate)
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        await quay.call(CALL)
        answers = await asyncio.gather(*(quay.call(CALL, name=str(index)) for index in range(20)))
    assert answers == [{"in": True}] * 20
    assert gate.refused == ["nothing"]


async def test_a_wrong_password_is_the_upstreams_401(upstream: Upstream) -> None:
    upstream.answer("*", "*", Gate(password="another"))
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        for sent in (2, 4):
            with pytest.raises(UpstreamError, match="401") as caught:
                await quay.call(CALL)
            assert caught.value.status == 401
            assert len(upstream.requests) == sent


async def test_an_upstream_that_finds_every_nonce_stale_is_asked_three_times(upstream: Upstream) -> None:
    upstream.answer("*", "*", Gate(always_stale=True))
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        with pytest.raises(UpstreamError, match="401"):
            await quay.call(CALL)
    assert len(upstream.requests) == 3


async def test_the_strongest_algorithm_is_used(upstream: Upstream) -> None:
    weaker = 'Basic realm="x", Digest realm="x", nonce="n", algorithm=MD5, qop="auth", Negotiate'
    upstream.answer("*", "*", Gate(others=(weaker, 'Digest realm="x", nonce="n", algorithm=SHA-1000')))
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        assert await quay.call(CALL) == {"in": True}


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        ('Digest realm="x", nonce="n", algorithm=SHA-1000', "SHA-1000"),
        ('Digest realm="x", nonce="n", qop="auth-more"', "auth-more"),
        ('Digest realm="x"', "no nonce"),
    ],
)
async def test_a_challenge_that_can_not_be_answered_is_told(upstream: Upstream, challenge: str, words: str) -> None:
    upstream.answer("*", "*", Answer(401, headers=(("WWW-Authenticate", challenge),)))
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        with pytest.raises(CredentialError, match=words) as caught:
            await quay.call(CALL)
    assert caught.value.code == "NK8021"
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("challenge", ['Basic realm="x"', "Digest", "=, Digest nonce=n"])
async def test_nothing_is_sent_to_an_upstream_that_does_not_ask_for_digest(upstream: Upstream, challenge: str) -> None:
    upstream.answer("*", "*", Answer(401, headers=(("WWW-Authenticate", challenge),)))
    async with runtime(quays(upstream.url, DIGEST)) as quay:
        with pytest.raises((UpstreamError, CredentialError)):
            await quay.call(CALL)
    assert [item.header("authorization") for item in upstream.requests] == [None]


async def test_a_streamed_answer_is_signed_too(upstream: Upstream) -> None:
    upstream.answer("*", "*", Gate())
    async with runtime(quays(upstream.url, DIGEST, shaped=False)) as quay:
        transport = httpx.ASGITransport(quay.asgi())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get("/ships")
    assert (answer.status_code, answer.json()) == (200, {"in": True})


async def test_no_password_is_in_what_is_told(upstream: Upstream) -> None:
    upstream.answer("*", "*", Answer(401, headers=(("WWW-Authenticate", 'Digest nonce="n", qop=x'),)))
    async with runtime(quays(upstream.url, DIGEST), PASSWORD="hunter2") as quay:
        with pytest.raises(CredentialError) as caught:
            await quay.call(CALL)
    assert "hunter2" not in str(caught.value) + repr(caught.value)


# Other people's clients show that the gate asks for what the world understands.


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "MD5-sess", "SHA-256-sess"])
def test_the_gate_lets_httpx_in(upstream: Upstream, algorithm: str) -> None:
    # httpx doesn't escape what it quotes, and takes the comma in `opaque` for the end of it.
    upstream.answer("*", "*", gate := Gate(algorithm=algorithm, password="secret", realm="quay", opaque="o"))
    answer = httpx.get(f"{upstream.url}/ships?a=b", auth=httpx.DigestAuth("ada", "secret"))
    assert answer.status_code == 200, gate.refused


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "MD5-sess", "SHA-256-sess"])
def test_the_gate_lets_curl_in(upstream: Upstream, algorithm: str) -> None:
    upstream.answer("*", "*", gate := Gate(algorithm=algorithm))
    ended = subprocess.run(
        ["curl", "--silent", "--digest", "--user", "ada:secret: \u00e4", f"{upstream.url}/ships?a=b"],
        capture_output=True,
        check=True,
    )
    assert ended.stdout == b'{"in": true}', gate.refused
