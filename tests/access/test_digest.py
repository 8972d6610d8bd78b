"""Does digest authentication keep what RFC 7616 promises: no replay, no old nonce, no other request?"""

from __future__ import annotations

import re
from hashlib import sha256

import httpx
import pytest

from naftiko_runtime.asgi.access.nonces import LIFETIME, Nonces
from tests.access.conftest import Serve
from tests.access.library import ASKED, PASSWORD, USER, library

ADAPTERS = {"digest-rest": ("rest", ASKED["digest"]), "other": ("rest", ASKED["digest"])}


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def answered(challenge: str, target: str, *, method: str = "GET", count: str = "00000001", **changed: str) -> str:
    """The answer to a challenge, calculated by hand; `changed` are parameters that are sent otherwise."""
    told = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.removeprefix("Digest ")))
    first = hashed(f"{USER}:{told['realm']}:{PASSWORD}")
    response = hashed(f"{first}:{told['nonce']}:{count}:c:auth:{hashed(f'{method}:{target}')}")
    parameters = {
        "username": USER, "realm": told["realm"], "nonce": told["nonce"], "uri": target, "response": response,
        "qop": "auth", "nc": count, "cnonce": "c", "algorithm": "SHA-256",
    } | changed  # fmt: skip
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in parameters.items() if value)


async def challenge_of(client: httpx.AsyncClient, path: str = "/digest-rest/loans") -> str:
    return (await client.get(path)).headers["www-authenticate"]


async def sent(client: httpx.AsyncClient, authorization: str, path: str = "/digest-rest/loans") -> httpx.Response:
    return await client.get(path, headers={"authorization": authorization})


@pytest.fixture
async def client(serve: Serve, upstream) -> httpx.AsyncClient:
    return await serve(library(ADAPTERS, upstream.url))


async def test_an_answer_counts_once(client: httpx.AsyncClient):
    answer = answered(await challenge_of(client), "/digest-rest/loans")
    assert (await sent(client, answer)).status_code == 200
    again = await sent(client, answer)
    assert again.status_code == 401
    assert "stale=true" in again.headers["www-authenticate"]


async def test_a_nonce_serves_several_requests_in_any_order(client: httpx.AsyncClient):
    challenge = await challenge_of(client)
    counts = ["00000003", "00000001", "00000002"]
    answers = [await sent(client, answered(challenge, "/digest-rest/loans", count=item)) for item in counts]
    assert [item.status_code for item in answers] == [200, 200, 200]


@pytest.mark.parametrize(
    "changed",
    [
        {"uri": "/other/loans"},
        {"qop": ""},
        {"qop": "auth-int"},
        {"nc": "1"},
        {"nc": "zzzzzzzz"},
        {"cnonce": ""},
        {"algorithm": "MD5"},
        {"algorithm": ""},
        {"realm": "other"},
        {"username": "eve"},
        {"response": "0" * 64},
        {"response": "é" * 64},
        {"nonce": "bm9uY2U="},
        {"nonce": "é"},
    ],
)
async def test_an_answer_with_another_parameter_is_refused(changed, client: httpx.AsyncClient):
    answer = answered(await challenge_of(client), "/digest-rest/loans", **changed)
    assert (await client.get("/digest-rest/loans", headers={"authorization": answer.encode()})).status_code == 401


@pytest.mark.parametrize("nonce", ["é", "bm9uY2U=", "*", ""])
async def test_a_nonce_that_is_not_ours_is_stale_at_best(nonce, client: httpx.AsyncClient):
    challenge = re.sub('nonce="[^"]*"', f'nonce="{nonce or "x"}"', await challenge_of(client))
    answer = answered(challenge, "/digest-rest/loans").encode()
    assert (await client.get("/digest-rest/loans", headers={"authorization": answer})).status_code == 401


async def test_an_answer_counts_for_its_own_method_query_and_adapter(client: httpx.AsyncClient):
    challenge = await challenge_of(client)
    own, other, asked = "/digest-rest/loans", "/other/loans", "/digest-rest/loans?a=%20"
    assert (await sent(client, answered(challenge, own, method="POST"))).status_code == 401
    assert (await sent(client, answered(challenge, own), f"{own}?all=1")).status_code == 401
    assert (await sent(client, answered(challenge, other), other)).status_code == 401
    assert (await sent(client, answered(challenge, asked), asked)).status_code == 200


async def test_the_target_may_be_absolute_and_the_name_extended(client: httpx.AsyncClient):
    challenge = await challenge_of(client)
    url = "https://library.test/digest-rest/loans"
    answer = answered(challenge, url, username="").removeprefix("Digest ")
    assert (await sent(client, f"Digest username*=UTF-8''%61da, {answer}")).status_code == 200


@pytest.mark.parametrize("written", ['a="1" b="2"', 'username="a", username="b"', "a", 'a="', "=,"])
async def test_what_is_no_list_of_parameters_is_refused(written, client: httpx.AsyncClient):
    assert (await sent(client, f"Digest {written}")).status_code == 401


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_nonce_of_another_seed_is_none():
    assert not Nonces(b"one").take(Nonces(b"other").make(), 1)


def test_workers_of_one_seed_know_the_nonces_of_each_other():
    assert Nonces(b"one").take(Nonces(b"one").make(), 1)


def test_a_nonce_gets_old():
    clock = Clock()
    nonces = Nonces(b"seed", clock)
    nonce = nonces.make()
    clock.now += LIFETIME
    assert nonces.take(nonce, 1)
    clock.now += 1
    assert not nonces.take(nonce, 2)


def test_counts_far_behind_are_too_old():
    nonces = Nonces(b"seed")
    nonce = nonces.make()
    assert nonces.take(nonce, 500)
    assert nonces.take(nonce, 437)
    assert not nonces.take(nonce, 436)
    assert not nonces.take(nonce, 437)


def test_a_nonce_that_had_to_be_forgotten_is_not_taken_again():
    clock = Clock()
    nonces = Nonces(b"seed", clock)
    first = nonces.make()
    assert nonces.take(first, 1)
    for _ in range(4096):
        clock.now += 0.001
        assert nonces.take(nonces.make(), 1)
    assert not nonces.take(first, 2)
    clock.now += 0.001
    assert nonces.take(nonces.make(), 1)
