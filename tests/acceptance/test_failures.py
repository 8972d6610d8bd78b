"""What a caller gets when something breaks in the middle: one clear outcome, that names the step and no secret."""

from __future__ import annotations

import http.client
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.acceptance.breakages_language import CAPABILITY, QUAY
from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.verdicts import assert_problem, text
from tests.runner import Running, listen_flags, request, running
from tests.upstream import Answer, Upstream

KEY = "canary-quay-key"
SECRETS = (KEY, "canary-quay-secret", "canary-token")
CALLER = {"authorization": f"Bearer {KEY}"}
SHIP = Answer.json({"name": "Ada"})
BERTHS = Answer.json([{"number": "3", "ship": "Ada"}])
TOKEN = Answer.json({"access_token": "canary-token", "token_type": "Bearer", "expires_in": 0})
FAILING = "const berths = context['list-berths']\nresult = berths.missing.length\n"
LARGE = b"x" * 4_000_000
NAMESPACES = ["quay-rest", "quay-mcp", "quay-skills", "control"]


@pytest.fixture(scope="module")
def quay(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("failures") / "quay"
    shutil.copytree(QUAY, folder)
    capability = folder / CAPABILITY
    address = f"{upstream_server.url}/token"
    capability.write_text(capability.read_text().replace("https://login.quay.invalid/token", address))
    (folder / "scripts" / "tally.js").write_text(FAILING)
    upstreams = [
        part for name in ("ships", "berths") for part in ("--upstream", f"{name}={upstream_server.url}/{name}")
    ]
    arguments = ("run", str(capability), "--allow-scripts", *upstreams, *listen_flags(NAMESPACES))
    with running(*arguments, env={"QUAY_KEY": KEY}) as run:
        yield run


@pytest.fixture
def apis(upstream: Upstream) -> Upstream:
    upstream.answer("POST", "/token", TOKEN)
    upstream.answer("GET", "/ships/ships/7", SHIP)
    upstream.answer("GET", "/berths/berths", BERTHS)
    return upstream


def assert_tells_no_secret(shown: str, run: Running) -> None:
    everything = shown + run.err

    assert [secret for secret in SECRETS if secret in everything] == []
    assert "Traceback" not in everything


def mooring(run: Running) -> str:
    return run.url("rest") + "/moorings/7"


def test_nothing_is_broken_before(quay: Running, apis: Upstream) -> None:
    reply = request("GET", mooring(quay), headers=CALLER)

    assert (reply.status, reply.json) == (200, {"name": "Ada", "berth": "3"})


NO_TOKEN = {
    "refused": Answer.json({"error": "invalid_client"}, 401),
    "broken": Answer(500, b"<h1>canary-token</h1>", (("Content-Type", "text/html"),)),
    "no token": Answer.json({"token_type": "Bearer"}),
    "cut": Answer(200, b'{"access_token": "canary-token"}' * 50, cut_after=40),
}


@pytest.mark.parametrize("answer", NO_TOKEN.values(), ids=NO_TOKEN.keys())
async def test_a_step_whose_token_is_not_to_be_had_is_named(quay: Running, apis: Upstream, answer: Answer) -> None:
    apis.answer("POST", "/token", answer)
    reply = request("GET", mooring(quay), headers=CALLER)
    problem = assert_problem(reply, 502)
    async with over_http(quay.url("mcp"), ERAS[1]) as client:
        result = await client.call_tool("find-mooring", {"imo": "7"})

    assert problem["code"] == "NK8021"
    assert problem["detail"].startswith("step `list-berths`: ")
    assert (result.is_error, text(result)) == (True, problem["detail"])
    assert_tells_no_secret(reply.body.decode() + text(result), quay)
    assert "/berths/berths" not in {received.path for received in apis.requests}


def test_a_script_that_fails_is_named_with_its_line(quay: Running, apis: Upstream) -> None:
    reply = request("GET", quay.url("rest") + "/tally", headers=CALLER)
    problem = assert_problem(reply, 500)

    assert problem["code"] == "NK8023"
    assert problem["detail"].startswith("step `tally`: ")
    assert "`tally.js` failed, line 2" in problem["detail"]
    assert_tells_no_secret(reply.body.decode(), quay)


UNREADABLE = {
    "tell-tide": ("/berths/tide", b"\x0a\xffcanary-token", "protobuf"),
    "tell-log": ("/berths/log", b"canary-token", "avro"),
    "tell-board": ("/berths/board", b"\xff\xfecanary-token\xff", "html"),
}


@pytest.mark.parametrize("tool", UNREADABLE)
@pytest.mark.parametrize("revision", ERAS)
async def test_an_answer_that_is_not_of_its_format_is_a_tool_error_that_quotes_nothing(
    quay: Running, apis: Upstream, tool: str, revision: str
) -> None:
    path, body, _ = UNREADABLE[tool]
    apis.answer("GET", path, Answer(200, body, (("Content-Type", "application/octet-stream"),)))
    async with over_http(quay.url("mcp"), revision) as client:
        result = await client.call_tool(tool, {})

    assert (result.is_error, result.structured_content) == (True, None)
    assert text(result)
    assert_tells_no_secret(text(result), quay)


def test_a_passed_on_answer_that_breaks_off_at_once_is_a_bad_gateway(quay: Running, apis: Upstream) -> None:
    apis.answer("GET", "/berths/log", Answer(200, b"x" * 5000, cut_after=0))
    reply = request("GET", quay.url("rest") + "/berths/log", headers=CALLER)

    assert assert_problem(reply, 502)["code"] == "NK8003"


@pytest.mark.parametrize(
    "answer",
    [Answer(200, LARGE, cut_after=2_000_000), Answer(200, LARGE, chunked=True, cut_after=2_000_000)],
    ids=["of known length", "in pieces"],
)
def test_a_passed_on_answer_that_breaks_off_never_looks_whole(quay: Running, apis: Upstream, answer: Answer) -> None:
    apis.answer("GET", "/berths/log", answer)
    connection = http.client.HTTPConnection(urlsplit(quay.url("rest")).netloc, timeout=10)
    connection.request("GET", "/berths/log", headers=CALLER)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        connection.getresponse().read()
    connection.close()

    assert_tells_no_secret("", quay)
    assert request("GET", mooring(quay), headers=CALLER).status == 200


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer canary-wrong"}, {"authorization": "Basic Og=="}])
@pytest.mark.parametrize("path", ["/moorings/7", "/tally", "/berths/log", "/openapi.json"])
def test_whoever_may_not_call_is_told_so_before_anything_is_asked(
    quay: Running, apis: Upstream, path: str, headers: dict[str, str]
) -> None:
    reply = request("GET", quay.url("rest") + path, headers=headers)
    problem = assert_problem(reply, 401)

    assert problem["code"] == "NK8019"
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert apis.requests == []
    assert "canary-wrong" not in reply.body.decode() + quay.err
