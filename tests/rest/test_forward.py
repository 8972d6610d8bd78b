"""What of a request reaches the API behind a forwarding resource, and what of its answer comes back?"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from naftiko_runtime import Runtime, load
from tests.engine.upstream.server import Wire, serving
from tests.runner import ROOT, request, running
from tests.upstream import Answer, Upstream

ENV = {"PARTNER_TOKEN": "t0ken", "DESK_TOKEN": "d3sk"}

_TEXT = """\
naftiko: 1.0.0-alpha2
info: {{label: Partner, description: A partner.}}
binds:
  - {{namespace: env, keys: {{TOKEN: PARTNER_TOKEN, DESK: DESK_TOKEN}}}}
capability:
  consumes:
    - type: http
      namespace: partner
      baseUri: {base}
      {consumed}
      resources:
        - {{name: ships, path: /ships, operations: [{{name: list-ships, method: GET}}]}}
  exposes:
    - type: rest
      namespace: desk
      port: 8080
      {exposed}
      resources:
        - path: {path}
          name: partner
          description: Everything the partner has.
          forward: {{targetNamespace: partner{forward}}}
          {operations}
"""

BEARER = "authentication: {type: bearer, token: '{{TOKEN}}'}"


def text(
    base: str,
    *,
    consumed: str = BEARER,
    exposed: str = "",
    path: str = "/partner/{path}",
    forward: str = "",
    operations: str = "",
) -> str:
    trusted = f", {forward}" if forward else ""
    return _TEXT.format(
        base=base, consumed=consumed, exposed=exposed, path=path, forward=trusted, operations=operations
    )


Serve = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def client(written: str) -> httpx.AsyncClient:
            runtime = await stack.enter_async_context(Runtime(written, env=ENV))
            transport = httpx.ASGITransport(runtime.asgi())  # type: ignore[arg-type]
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://desk.test"))

        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_method_path_query_and_body_pass(method: str, serve: Serve, upstream: Upstream):
    client = await serve(text(f"{upstream.url}/v1"))
    answer = await client.request(
        method, "/partner/a/b%20c/?x=1&x=%2F&y", content=b"ahoy", headers={"content-type": "x/y"}
    )
    seen = upstream.only
    assert (seen.method, seen.path, seen.query, seen.body) == (method, "/v1/a/b%20c/", "x=1&x=%2F&y", b"ahoy")
    assert (seen.header("content-type"), seen.header("authorization")) == ("x/y", "Bearer t0ken")
    assert (answer.status_code, answer.json()["path"]) == (200, "/v1/a/b%20c/")


@pytest.mark.parametrize(
    ("path", "asked", "came"),
    [
        ("/partner/{path}", "/partner/", "/v1/"),
        ("/partner/{{path}}", "/partner/a", "/v1/a"),
        ("/{region}/all/{path}", "/north/all/a/b", "/v1/a/b"),
        ("/partner", "/partner", "/v1"),
        ("/partner/{region}", "/partner/north", "/v1"),
        ("/{path}", "/a/b", "/v1/a/b"),
        ("/partner/{path}", "/desk/partner/a", "/v1/a"),
        ("/partner/{path}", "/partner/a//b", "/v1/a//b"),
        ("/partner/{path}", "/partner/a;v=1/@b:c,d", "/v1/a;v=1/@b:c,d"),
        ("/partner/{path}", "/partner/%252e%252e/x", "/v1/%252e%252e/x"),
        ("/partner/{path}", "/partner/...", "/v1/..."),
    ],
)
async def test_the_rest_of_a_path_goes_behind_the_base_address(path, asked, came, serve: Serve, upstream: Upstream):
    client = await serve(text(f"{upstream.url}/v1", path=path))
    assert (await client.get(asked)).status_code == 200
    assert upstream.only.path == came


async def test_a_base_address_without_a_path_is_asked_at_its_root(serve: Serve, upstream: Upstream):
    client = await serve(text(upstream.url, path="/partner"))
    await client.get("/partner?a=b")
    assert (upstream.only.path, upstream.only.query) == ("/", "a=b")


@pytest.mark.parametrize("asked", ["/partner", "/partners/a", "/other"])
async def test_what_is_not_below_the_resource_is_not_passed_on(asked, serve: Serve, upstream: Upstream):
    client = await serve(text(f"{upstream.url}/v1"))
    assert (await client.get(asked)).status_code == 404
    assert upstream.requests == []


UNSAFE = [
    "..", ".", "a/../../admin", "%2e%2e/x", "%2E%2e", ".%2e/x", "a/%2e", "..%2fadmin", "a%2Fb", "..%5cx", "a%5Cb",
    "..;/admin", "..;x=1/admin", ".;/x", "a%00b", "a%0d%0aX:%20y", "%", "%zz", "%ff", "a\\b",
]  # fmt: skip


@pytest.mark.parametrize("asked", UNSAFE)
def test_a_path_that_could_mean_another_place_is_refused(asked: str, live: str, upstream: Upstream):
    reply = request("GET", f"{live}/partner/{asked}")
    assert reply.status == 400
    assert upstream.requests == []


@pytest.mark.parametrize("asked", ["%2e%2e/admin", "a%2Fb"])
async def test_an_encoded_step_up_is_refused(asked: str, serve: Serve, upstream: Upstream):
    answer = await (await serve(text(f"{upstream.url}/v1"))).get(f"/partner/{asked}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "path")


async def test_a_large_body_keeps_its_length(serve: Serve, upstream: Upstream):
    await (await serve(text(upstream.url))).put("/partner/a", content=b"x" * 100_000)
    assert (upstream.only.header("content-length"), len(upstream.only.body)) == ("100000", 100_000)


@pytest.mark.parametrize("asked", ["a/b", "a%20b", "x..y", "..x", "%C3%A9"])
def test_a_path_that_could_not_is_passed_on(asked: str, live: str, upstream: Upstream):
    assert request("GET", f"{live}/partner/{asked}").status == 200
    assert upstream.only.path == f"/v1/{asked}"


@pytest.fixture(scope="module")
def live(tmp_path_factory, upstream_server: Upstream):
    file = tmp_path_factory.mktemp("forward") / "desk.yaml"
    forward = "trustedHeaders: [X-Tenant]"
    file.write_text(text(f"{upstream_server.url}/v1", forward=forward), encoding="utf-8")
    with running("run", str(file), "--port", "0", "--no-watch", env=ENV) as run:
        yield run.url("rest")


CALLED = """\
naftiko: 1.0.0-alpha2
info: {label: News, description: News.}
capability:
  consumes:
    - type: http
      namespace: news
      baseUri: BASE
      resources: [{name: events, path: /events, operations: [{name: get, method: GET}]}]
  exposes:
    - type: rest
      namespace: desk
      port: 8080
      resources: [{name: news, path: /partner/events, operations: [{method: GET, call: news.get}]}]
"""


def called(base: str) -> str:
    return CALLED.replace("BASE", base)


@pytest.mark.parametrize("written", [text, called])
async def test_events_are_passed_back_one_by_one(written: Callable[[str], str], tmp_path: Path):
    heard = asyncio.Queue[None]()

    async def tell(wire: Wire) -> None:
        wire.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for event in (b"data: one\n\n", b"data: two\n\n"):
            wire.writer.write(event)
            await heard.get()
        wire.writer.close()

    async with serving() as far:
        far.answer = tell
        file = tmp_path / "desk.yaml"
        file.write_text(written(far.url), encoding="utf-8")
        with running("run", str(file), "--port", "0", "--no-watch", env=ENV) as run:
            url = urlsplit(run.url("rest"))
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            writer.write(b"GET /partner/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            async with asyncio.timeout(10):
                for event in (b"data: one\n\n", b"data: two\n\n"):
                    # The upstream says nothing more, and does not end, before this was heard.
                    assert event in await reader.readuntil(event)
                    heard.put_nowait(None)
                await reader.read()
            writer.close()


async def test_only_trusted_headers_of_a_caller_pass(serve: Serve, upstream: Upstream):
    client = await serve(text(upstream.url, forward="trustedHeaders: [X-Tenant, X-Gone]"))
    sent = {
        "X-Tenant": "north", "X-Other": "x", "Authorization": "Bearer mine", "Cookie": "a=b", "Accept": "text/csv",
        "Proxy-Authorization": "x", "X-Forwarded-For": "1.2.3.4", "Connection": "x-gone", "X-Gone": "y",
        "TE": "trailers", "Range": "bytes=0-1", "Accept-Encoding": "br", "User-Agent": "caller",
    }  # fmt: skip
    await client.get("/partner/a", headers=sent)
    seen = {name.lower(): value for name, value in upstream.only.headers}
    assert (seen["x-tenant"], seen["accept"], seen["authorization"]) == ("north", "text/csv", "Bearer t0ken")
    assert seen.keys() <= {"x-tenant", "accept", "authorization", "host", "user-agent", "accept-encoding"}
    assert seen["user-agent"].startswith("naftiko-runtime/")


async def test_without_a_credential_of_its_own_none_of_the_caller_takes_its_place(serve: Serve, upstream: Upstream):
    client = await serve(text(upstream.url, consumed=""))
    await client.get("/partner/a", headers={"authorization": "Bearer mine", "cookie": "a=b"})
    assert (upstream.only.header("authorization"), upstream.only.header("cookie")) == (None, None)


async def test_a_credential_that_is_trusted_passes_and_so_does_what_answers_it(serve: Serve, upstream: Upstream):
    answered = (("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"), ("WWW-Authenticate", "Basic"))
    upstream.answer("*", "*", Answer(200, b"{}", answered))
    trusting = await serve(text(upstream.url, consumed="", forward="trustedHeaders: [authorization, COOKIE]"))
    answer = await trusting.get("/partner/a", headers={"authorization": "Bearer mine", "cookie": "a=b"})
    assert (upstream.last.header("authorization"), upstream.last.header("cookie")) == ("Bearer mine", "a=b")
    assert answer.headers.get_list("set-cookie") == ["a=b", "c=d"]
    assert answer.headers["www-authenticate"] == "Basic"
    other = await (await serve(text(upstream.url))).get("/partner/a")
    assert other.headers.keys().isdisjoint({"set-cookie", "www-authenticate"})


async def test_the_answers_headers_pass_but_for_those_of_one_hop_and_one_origin(serve: Serve, upstream: Upstream):
    passing = {"X-Any": "1", "ETag": '"e"', "Location": "/elsewhere", "Content-Type": "text/csv", "Vary": "Accept"}
    kept = {
        "Connection": "X-Secret", "X-Secret": "1", "Keep-Alive": "timeout=5", "Alt-Svc": "h3", "Upgrade": "h2c",
        "Proxy-Authenticate": "Basic", "Trailer": "X", "Strict-Transport-Security": "max-age=1", "Server": "x",
        "Access-Control-Allow-Origin": "*", "Clear-Site-Data": "*", "Date": "x", "X-Request-Id": "theirs",
    }  # fmt: skip
    upstream.answer("*", "*", Answer(201, b"a,b", tuple((passing | kept).items())))
    answer = await (await serve(text(upstream.url))).get("/partner/a")
    assert (answer.status_code, answer.content) == (201, b"a,b")
    assert {name: answer.headers.get(name) for name in passing} == passing
    assert answer.headers.keys().isdisjoint({name.lower() for name in kept} - {"x-request-id"})
    assert answer.headers["x-request-id"] != "theirs"
    assert answer.headers["content-length"] == "3"


async def test_a_length_that_is_told_twice_passes_once(serve: Serve, upstream: Upstream):
    upstream.answer("*", "*", Answer(200, b"12345", (("Content-Length", "5"),)))
    answer = await (await serve(text(upstream.url))).get("/partner/a")
    assert (answer.content, answer.headers.get_list("content-length")) == (b"12345", ["5"])


@pytest.mark.parametrize("status", [204, 301, 304, 404, 500])
async def test_every_status_passes_with_its_body(status: int, serve: Serve, upstream: Upstream):
    upstream.answer("*", "*", Answer(status, b"" if status in (204, 304) else b"body"))
    answer = await (await serve(text(upstream.url))).get("/partner/a")
    assert (answer.status_code, answer.content) == (status, b"" if status in (204, 304) else b"body")


async def test_a_compressed_answer_is_passed_on_as_it_was_before(serve: Serve, upstream: Upstream):
    upstream.answer("*", "*", Answer.gzipped({"a": 1}))
    answer = await (await serve(text(upstream.url))).get("/partner/a")
    assert (answer.json(), "content-encoding" in answer.headers) == ({"a": 1}, False)


async def test_head_has_no_body_and_the_length_of_it(serve: Serve, upstream: Upstream):
    upstream.answer("*", "*", Answer(200, b"12345"))
    answer = await (await serve(text(upstream.url))).head("/partner/a")
    assert (upstream.only.method, answer.content, answer.headers["content-length"]) == ("HEAD", b"", "5")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
async def test_other_methods_are_refused(method: str, serve: Serve, upstream: Upstream):
    answer = await (await serve(text(upstream.url))).request(method, "/partner/a")
    assert (answer.status_code, answer.json()["code"]) == (405, "NK8008")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert upstream.requests == []


async def test_an_operation_beside_it_wins(serve: Serve, upstream: Upstream):
    operations = "operations: [{method: GET, name: own, call: partner.list-ships}]"
    client = await serve(text(upstream.url, operations=operations, path="/partner/{path}"))
    await client.get("/partner/a")
    assert upstream.last.path == "/ships"
    await client.post("/partner/a")
    assert (upstream.last.method, upstream.last.path) == ("POST", "/a")
    await client.get("/partner/a/b")
    assert upstream.last.path == "/a/b"


async def test_constants_of_the_api_go_along_and_a_caller_can_not_change_them(serve: Serve, upstream: Upstream):
    consumed = (
        "authentication: {type: apikey, key: api key, value: '{{TOKEN}}', placement: query}\n"
        "      inputParameters:\n"
        "        - {name: X-Version, in: header, value: 'v{{TOKEN}}'}\n"
        "        - {name: X-Asked, in: header, value: '{{asked}}'}\n"
        "        - {name: lang, in: query, value: 'français {{TOKEN}}'}\n"
        "        - {name: version, in: query, value: 1.10}\n"
        "        - {name: tag, in: query, value: [new, 'on {{TOKEN}}']}\n"
        "        - {name: X-Tags, in: header, value: [1.10, new]}\n"
        "        - {name: Accept-Language, in: header, value: en}\n"
        "        - {name: accept-language, in: header, value: fr}\n"
        "        - {name: X-Open, in: header}"
    )
    client = await serve(text(upstream.url, consumed=consumed, forward="trustedHeaders: [X-Version]"))
    await client.get("/partner/a?api+key=mine&a=b&%6Cang=de&api%20key=x", headers={"x-version": "mine"})
    seen = upstream.only
    assert seen.arguments == [
        ("api key", "t0ken"),
        ("lang", "français t0ken"),
        ("version", "1.10"),
        ("tag", "new"),
        ("tag", "on t0ken"),
        ("a", "b"),
    ]
    assert seen.header("x-version") == "vt0ken"
    assert seen.header("x-asked") is None
    assert seen.header("x-tags") == "1.10, new"
    assert seen.header("accept-language") == "en"


async def test_what_a_caller_proves_itself_by_to_us_stays_here(serve: Serve, upstream: Upstream):
    key = "authentication: {type: apikey, key: desk, value: '{{DESK}}', placement: query}"
    client = await serve(text(upstream.url, consumed="", exposed=key))
    assert (await client.get("/partner/a?a=b")).status_code == 401
    assert (await client.get("/partner/a?desk=d3sk&a=b")).status_code == 200
    assert upstream.only.query == "a=b"


async def test_a_credential_that_is_negotiated_is_negotiated(serve: Serve, upstream: Upstream):
    asked = ("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256')

    def answer(received) -> Answer:
        return Answer(401, b"", (asked,)) if received.header("authorization") is None else Answer.json(received.echo())

    upstream.answer("*", "*", answer)
    client = await serve(
        text(upstream.url, consumed="authentication: {type: digest, username: u, password: '{{TOKEN}}'}")
    )
    answer = await client.post("/partner/a", content=b"x" * 100_000)
    assert (answer.status_code, len(answer.json()["body"])) == (200, 100_000)


async def test_an_upstream_that_is_not_there_is_a_bad_gateway(serve: Serve, upstream: Upstream):
    answer = await (await serve(text("http://127.0.0.1:1"))).get("/partner/a")
    assert (answer.status_code, answer.json()["code"]) == (502, "NK8003")


async def test_an_api_without_an_address_can_not_be_asked(serve: Serve):
    answer = await (await serve(text("https://{open}.invalid"))).get("/partner/a")
    assert (answer.status_code, answer.json()["code"]) == (502, "NK8013")


async def test_a_header_that_http_can_not_carry_is_refused(serve: Serve, upstream: Upstream):
    client = await serve(text(upstream.url, forward="trustedHeaders: [X-Tenant]"))
    answer = await client.get("/partner/a", headers={"x-tenant": "é".encode()})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "x-tenant")


@pytest.mark.parametrize("headers", [{"content-length": str(11 * 1024 * 1024)}, {}])
async def test_a_body_beyond_the_limit_is_refused(headers, serve: Serve, upstream: Upstream):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield bytes(1024 * 1024)

    answer = await (await serve(text(upstream.url))).post("/partner/a", content=pieces(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "NK8009")


async def test_a_body_that_grows_beyond_the_limit_is_refused_while_it_passes(live: str, upstream: Upstream):
    host, port = live.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    size = 10 * 1024 * 1024 + 1
    writer.write(b"POST /partner/a HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % size)
    # Not a byte more than what is refused: a connection that is closed with something unread in it is reset.
    writer.write(bytes(size))
    await writer.drain()
    assert await reader.readline() == b"HTTP/1.1 413 Request Entity Too Large\r\n"
    writer.close()
    await writer.wait_closed()


async def test_a_caller_who_leaves_within_its_body_is_not_waited_for(live: str, upstream: Upstream):
    host, port = live.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = "POST /partner/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"
    writer.write(head.encode() + b"x" * 70_000)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert request("GET", f"{live}/partner/next").status == 200


def test_a_body_passes_while_it_comes(live: str, upstream: Upstream):
    whole = bytes(range(256)) * 4096
    reply = request("POST", f"{live}/partner/a", body=whole, headers={"x-tenant": "north"})
    assert reply.status == 200
    assert (upstream.only.body, upstream.only.header("content-length")) == (whole, str(len(whole)))


async def test_a_body_of_unknown_length_passes_in_pieces(live: str, upstream: Upstream):
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(5):
            yield b"%d" % number
            await asyncio.sleep(0)

    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.put(f"{live}/partner/a", content=pieces())
    assert answer.status_code == 200
    assert (upstream.only.body, upstream.only.header("transfer-encoding")) == (b"01234", "chunked")


async def test_an_answer_begins_before_it_has_ended(live: str, upstream: Upstream):
    body = b"x" * 300_000
    upstream.answer("*", "*", Answer(200, body, chunked=True, cut_after=200_000))
    async with (
        httpx.AsyncClient(trust_env=False) as client,
        client.stream("GET", f"{live}/partner/a") as answer,
    ):
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            await answer.aread()


async def test_a_caller_who_leaves_takes_its_request_along(live: str, upstream: Upstream):
    hold = threading.Event()
    upstream.answer("*", "*", Answer(200, b"late", hold=hold))
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(f"{live}/partner/a", timeout=0.3)
    hold.set()
    upstream.answer("*", "*", Answer(200, b"next"))
    assert request("GET", f"{live}/partner/a").body == b"next"


async def test_it_is_no_operation_that_can_be_described_or_called(serve: Serve, upstream: Upstream):
    written = text(upstream.url)
    client = await serve(written)
    assert (await client.get("/openapi.json")).json()["paths"] == {}
    [shown] = (await client.get("/")).json()["adapters"]
    assert shown["operations"] == [
        {"method": "*", "path": "/partner/{path}", "name": "partner", "description": "Everything the partner has."}
    ]
    async with Runtime(written, env=ENV) as runtime:
        with pytest.raises(Exception, match="passes HTTP requests on"):
            await runtime.call("desk.partner")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"path": "/{path}/more"}, "NK4008"),
        ({"path": "/a{path}"}, "NK4008"),
        ({"forward": "trustedHeaders: ['X Tenant']"}, "NK4010"),
        ({"consumed": 'inputParameters: [{name: X-A, in: header, value: "a\\nb"}]'}, "NK4010"),
    ],
)
def test_one_that_is_wrong_is_refused(changes, code):
    assert [item.code for item in load(text("https://partner.test", **changes)).diagnostics if item.is_error] == [code]


def test_a_namespace_that_nothing_consumes_is_named_with_the_nearest():
    written = text("https://partner.test").replace("targetNamespace: partner", "targetNamespace: partnr")
    [error] = [item for item in load(written).diagnostics if item.is_error]
    assert (error.code, "did you mean `partner`" in error.help) == ("NK3002", True)


def test_of_two_at_one_path_the_first_serves():
    twice = "        - {path: '/partner/{path}', name: again, forward: {targetNamespace: partner}}\n"
    assert [item.code for item in load(text("https://partner.test") + twice).diagnostics] == ["NK3008"]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"forward": "trustedHeaders: [X-Tenant]"}, []),
        ({"forward": "trustedHeaders: [Cookie]"}, ["NK9004"]),
        ({"forward": "trustedHeaders: [Authorization]", "consumed": ""}, ["NK9004"]),
        ({"forward": "trustedHeaders: [Authorization]"}, ["NK4013"]),
        ({"forward": "trustedHeaders: [Host, Proxy-Authorization]"}, ["NK4013", "NK4013"]),
        (
            {
                "forward": "trustedHeaders: [X-Desk]",
                "exposed": "authentication: {type: apikey, key: X-Desk, value: '{{DESK}}'}",
            },
            ["NK9004"],
        ),
    ],
)
def test_what_is_unwise_to_trust_is_told(changes, codes):
    assert [item.code for item in load(text("https://partner.test", **changes)).diagnostics] == codes


async def test_one_whose_api_is_wrong_is_left_out_of_a_partly_served_file(upstream: Upstream):
    written = text(upstream.url, consumed="authentication: {type: bearer}") + (
        "        - path: /own\n          operations: [{method: GET, name: own, "
        "outputParameters: [{type: object, properties: {a: {type: string, value: b}}}]}]\n"
    )
    async with Runtime(written, env=ENV, partial=True) as runtime:
        transport = httpx.ASGITransport(runtime.asgi())  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            assert (await client.get("/own")).json() == {"a": "b"}
            answer = await client.get("/partner/a")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (501, "NK6006")
    assert upstream.requests == []


async def test_the_documents_example_passes_requests_on(upstream: Upstream):
    page = (ROOT / "docs" / "forward.md").read_text(encoding="utf-8")
    example = re.search(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example is not None
    upstreams = {"partner": f"{upstream.url}/v1"}
    async with Runtime(example[1], env=ENV, upstreams=upstreams) as runtime:
        transport = httpx.ASGITransport(runtime.asgi())  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            await client.get("/partner/ships?flag=fi", headers={"x-tenant": "north"})
    seen = upstream.only
    assert (seen.path, seen.query, seen.header("x-tenant")) == ("/v1/ships", "flag=fi", "north")
    assert seen.header("authorization") == "Bearer t0ken"


async def test_a_length_with_thousands_of_zeros_is_passed_on_as_the_number_it_is(serve: Serve, upstream: Upstream):
    client = await serve(text(upstream.url))
    answer = await client.post("/partner/a", content=b"ahoy", headers={"content-length": "0" * 5000 + "4"})
    assert answer.status_code == 200
    assert (upstream.only.body, upstream.only.header("content-length")) == (b"ahoy", "4")


async def test_an_answer_of_no_content_comes_back_without_a_length(serve: Serve, upstream: Upstream):
    upstream.answer("*", "*", Answer(204, b"", (("content-length", "2"),)))
    client = await serve(text(upstream.url))
    answer = await client.get("/partner/a")
    assert (answer.status_code, answer.headers.get("content-length"), answer.content) == (204, None, b"")
