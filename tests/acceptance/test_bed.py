"""Does the recording upstream tell the truth? Everything else here is believed because of it."""

from __future__ import annotations

import http.client
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.runner import listens, request
from tests.upstream import Answer, Upstream, refusing


def test_a_request_is_recorded_as_it_was_sent(upstream: Upstream) -> None:
    request("PATCH", upstream.url + "/a%2Fb/%2E%2E/c?x=%26&x=2&y=", b"\x00\xff", {"X-Mixed-Case": "1"})

    assert upstream.only.method == "PATCH"
    assert upstream.only.path == "/a%2Fb/%2E%2E/c"
    assert upstream.only.arguments == [("x", "&"), ("x", "2"), ("y", "")]
    assert ("X-Mixed-Case", "1") in upstream.only.headers
    assert upstream.only.body == b"\x00\xff"


def test_the_default_answer_echoes_the_request(upstream: Upstream) -> None:
    reply = request("GET", upstream.url + "/a?b=c")

    assert (reply.status, reply.media_type) == (200, "application/json")
    assert reply.json == upstream.only.echo()


def test_one_connection_carries_several_requests(upstream: Upstream) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port)
    for number in range(3):
        connection.request("POST", f"/{number}", body=iter([b"ab", b"c"]), encode_chunked=True)
        assert connection.getresponse().read()
        assert connection.sock is not None
    connection.close()

    assert [(received.path, received.body) for received in upstream.requests] == [(f"/{n}", b"abc") for n in range(3)]


@pytest.mark.parametrize("answer", [Answer.gzipped({"a": 1}), Answer(200, b'{"a": 1}' + b" " * 5000, chunked=True)])
def test_an_encoded_answer_is_readable(upstream: Upstream, answer: Answer) -> None:
    upstream.answer("GET", "/encoded", answer)

    assert httpx.get(upstream.url + "/encoded", trust_env=False).json() == {"a": 1}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_cut_answer_is_seen_as_cut(upstream: Upstream, chunked: bool) -> None:
    upstream.answer("*", "*", Answer(200, b"x" * 4000, chunked=chunked, cut_after=1500))

    with pytest.raises(http.client.IncompleteRead):
        request("GET", upstream.url)


def test_a_held_answer_waits(upstream: Upstream) -> None:
    gate = threading.Event()
    upstream.answer("GET", "*", Answer(200, b"{}", hold=gate))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(request, "GET", upstream.url)
        upstream.wait_for_requests(1)
        assert not waiting.done()
        gate.set()
        assert waiting.result(5).status == 200


def test_a_refusing_upstream_refuses() -> None:
    with refusing() as url:
        assert not listens(int(url.rsplit(":", 1)[1]))
