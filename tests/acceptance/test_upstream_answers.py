"""What becomes of an answer that is no plain success? It is told as it is: never hidden, never shaped into a result."""

from __future__ import annotations

import pytest

from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.conftest import Servers
from tests.acceptance.own import LIBRARY
from tests.acceptance.verdicts import assert_problem, text
from tests.runner import listen_flags, request, running
from tests.upstream import JSON, Answer, Upstream, refusing


@pytest.mark.parametrize("status", [400, 404, 409, 429, 500, 503])
def test_a_refusal_of_the_upstream_passes_on_rest(servers: Servers, upstream: Upstream, status: int) -> None:
    headers = (("Retry-After", "7"), ("Set-Cookie", "session=1"), ("X-Internal", "1"))
    upstream.answer("GET", "/v1/loans/5", Answer.json({"error": {"message": "no such loan"}}, status, headers))
    reply = request("GET", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert (reply.status, reply.media_type) == (status, "application/json")
    assert reply.json == {"error": {"message": "no such loan"}}
    assert reply.headers["retry-after"] == "7"
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("revision", ERAS)
@pytest.mark.parametrize("status", [404, 429, 500])
async def test_a_refusal_of_the_upstream_is_a_tool_error(
    servers: Servers, upstream: Upstream, status: int, revision: str
) -> None:
    upstream.answer("GET", "/v1/loans/5", Answer.json({"error": {"message": "no such loan"}}, status))
    async with over_http(servers[LIBRARY].url("mcp"), revision) as client:
        result = await client.call_tool("show-loan", {"id": "5"})

    assert result.is_error is True
    assert [part for part in (str(status), "/v1/loans/5", "no such loan") if part not in text(result)] == []
    assert result.structured_content is None


def test_a_refusal_that_is_not_json_passes_as_it_is(servers: Servers, upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer(503, b"<h1>down</h1>", (("Content-Type", "text/html"),)))
    reply = request("GET", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert (reply.status, reply.media_type, reply.body) == (503, "text/html", b"<h1>down</h1>")


def test_a_redirect_passes_and_is_not_followed(servers: Servers, upstream: Upstream) -> None:
    upstream.answer("GET", "/v1/loans/5", Answer(302, b"", (("Location", f"{upstream.url}/elsewhere"),)))
    reply = request("GET", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert (reply.status, reply.headers["location"]) == (302, f"{upstream.url}/elsewhere")
    assert [received.path for received in upstream.requests] == ["/v1/loans/5"]


async def test_a_redirect_is_a_tool_error(servers: Servers, upstream: Upstream) -> None:
    upstream.answer("GET", "/v1/loans/5", Answer(302, b"", (("Location", f"{upstream.url}/elsewhere"),)))
    async with over_http(servers[LIBRARY].url("mcp"), ERAS[1]) as client:
        result = await client.call_tool("show-loan", {"id": "5"})

    assert result.is_error is True
    assert "302" in text(result)


def test_an_empty_success_keeps_its_status(servers: Servers, upstream: Upstream) -> None:
    upstream.answer("DELETE", "*", Answer(204, b"", ()))
    reply = request("DELETE", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert (reply.status, reply.body) == (204, b"")


@pytest.mark.parametrize("answer", [Answer.gzipped({"a": 1}), Answer(200, b'{"a": 1}', chunked=True)])
def test_an_encoded_answer_is_decoded(servers: Servers, upstream: Upstream, answer: Answer) -> None:
    upstream.answer("GET", "*", answer)
    reply = request("GET", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert reply.json == {"a": 1}


BROKEN = {
    "text that is not JSON": Answer(200, b"{not json"),
    "a body that ends too early": Answer(200, b'{"a": 1}' * 100, cut_after=40),
    "a chunked body that ends too early": Answer(200, b'{"a": 1}' * 1000, chunked=True, cut_after=1200),
    "a lie about the encoding": Answer(200, b"{}", (*JSON, ("Content-Encoding", "gzip"))),
    "more than the limit once decoded": Answer.gzipped("x" * (50 * 1024 * 1024)),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_a_bad_gateway(servers: Servers, upstream: Upstream, answer: Answer) -> None:
    upstream.answer("GET", "*", answer)
    reply = request("GET", servers[LIBRARY].url("rest") + "/v1/loans/5")

    assert_problem(reply, 502)


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_answer_is_a_tool_error(servers: Servers, upstream: Upstream, answer: Answer) -> None:
    upstream.answer("GET", "*", answer)
    async with over_http(servers[LIBRARY].url("mcp"), ERAS[1]) as client:
        result = await client.call_tool("show-loan", {"id": "5"})

    assert result.is_error is True
    assert text(result)
    assert result.structured_content is None


async def test_an_upstream_that_is_down_is_told_on_both_faces() -> None:
    flags = listen_flags(["library-loans-rest", "library-loans-mcp"])
    with refusing() as nowhere:
        arguments = ("run", str(LIBRARY.file), "--upstream", f"library-loans={nowhere}/v1", *flags)
        with running(*arguments, env=LIBRARY.environment) as server:
            reply = request("GET", server.url("rest") + "/v1/loans/5")
            async with over_http(server.url("mcp"), ERAS[1]) as client:
                result = await client.call_tool("show-loan", {"id": "5"})

    assert_problem(reply, 502)
    assert result.is_error is True
