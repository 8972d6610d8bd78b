"""Which hosts and origins may talk to a listener?"""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest
from starlette.types import Scope

from naftiko_runtime.asgi.hosts import HostGuard, is_loopback
from naftiko_runtime.host.places.address import Endpoint
from tests.mcp.conftest import Serve
from tests.mcp.faces import ECHO
from tests.mcp.wire import call_of, encoded, headers_of
from tests.records import Records

Server = tuple[str, int | None] | None
LOOPBACK = ("127.0.0.1", 8080)


def scope_of(server: Server, *headers: tuple[bytes, str | None]) -> Scope:
    sent = [(name, value.encode("latin-1")) for name, value in headers if value is not None]
    return {"type": "http", "server": server, "headers": sent}


def problem(
    server: Server,
    host: str | None,
    origin: str | None = None,
    allowed: Sequence[str] = (),
    own: Sequence[str] = (),
) -> str | None:
    return HostGuard(allowed, own).problem(scope_of(server, (b"host", host), (b"origin", origin)))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8080",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.0.0.1:65535",
        "[::1]",
        "[::1]:8080",
        " localhost\t",
    ],
)
def test_names_of_this_machine_are_taken_with_any_port(host: str) -> None:
    assert problem(LOOPBACK, host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "evil.example/localhost",
        "user@localhost",
        "localhost:",
        "localhost:abc",
        "localhost:8080:9",
        "localhost.",
        "[::1",
        "::1",
        "[::2]:8080",
        "127.0.0.1.nip.io",
        "0.0.0.0:8080",
        "",
        None,
        "localhost, evil.example",
        "é",
    ],
)
def test_other_hosts_are_refused_on_loopback(host: str | None) -> None:
    assert problem(LOOPBACK, host) is not None


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "https://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:1", "HTTP://Localhost"],
)
def test_pages_of_this_machine_are_taken(origin: str) -> None:
    assert problem(LOOPBACK, "localhost", origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://evil.example",
        "https://localhost.evil.example",
        "file://localhost",
        "chrome-extension://localhost",
        "localhost",
        "http://",
        "http://localhost/path",
        "http://user@localhost",
        "http://localhost http://evil.example",
    ],
)
def test_other_origins_are_refused(origin: str) -> None:
    assert problem(LOOPBACK, "localhost", origin) is not None


@pytest.mark.parametrize(
    ("server", "host", "taken"),
    [
        (("127.0.0.2", 80), "127.0.0.2:80", True),
        (("::1", 80), "[::1]", True),
        (("localhost", 80), "evil.example", False),
        (("::1", 80), "evil.example", False),
        (("10.1.2.3", 80), "public.example", True),
        (("/run/socket", None), "anything", True),
        (None, "anything", True),
    ],
)
def test_the_check_is_made_where_only_this_machine_reaches(server: Server, host: str, taken: bool) -> None:
    assert (problem(server, host) is None) is taken


@pytest.mark.parametrize(
    ("host", "origin", "taken"),
    [
        ("api.example:443", None, True),
        ("API.example", "https://api.example", True),
        ("localhost", None, True),
        ("other.example", None, False),
        ("api.example", "https://other.example", False),
    ],
)
@pytest.mark.parametrize("server", [LOOPBACK, ("10.1.2.3", 80), None])
def test_allowed_hosts_are_checked_on_every_listener(
    server: Server, host: str, origin: str | None, taken: bool
) -> None:
    assert (problem(server, host, origin, ["Api.Example"]) is None) is taken


@pytest.mark.parametrize("name", [b"host", b"origin"])
def test_host_and_origin_come_once_each(name: bytes) -> None:
    headers = [(b"host", "localhost"), (b"origin", "http://localhost")]
    again = next(item for item in headers if item[0] == name)

    assert HostGuard().problem(scope_of(LOOPBACK, *headers, again)) is not None


@pytest.mark.parametrize(
    ("endpoint", "host", "taken"),
    [
        (Endpoint("harbour.test", 80), "harbour.test:80", True),
        (Endpoint("Harbour.test", 80), "HARBOUR.test", True),
        (Endpoint("harbour.test", 80), "quay.test", False),
        (Endpoint("0.0.0.0", 80), "0.0.0.0:80", True),
        (Endpoint("::", 80), "[::]:80", True),
        (Endpoint("127.0.0.1", 80), "0.0.0.0:80", False),
    ],
    ids=str,
)
def test_a_listener_is_called_by_the_name_it_was_given(endpoint: Endpoint, host: str, taken: bool) -> None:
    assert (problem(LOOPBACK, host, own=endpoint.names) is None) is taken


def test_what_was_taken_once_is_no_reason_to_take_more() -> None:
    guard = HostGuard()
    spellings = [f"localhost:{port}" for port in range(1000)]

    assert {guard.problem(scope_of(LOOPBACK, (b"host", host))) for host in [*spellings, *spellings]} == {None}
    assert guard.problem(scope_of(LOOPBACK, (b"host", "evil.example"))) is not None
    assert guard.problem(scope_of(("127.0.0.2", 80), (b"host", "127.0.0.2"))) is None
    assert guard.problem(scope_of(("127.0.0.3", 80), (b"host", "127.0.0.2"))) is not None


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("", False),
        ("10.0.0.1", False),
        ("::ffff:127.0.0.1", True),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "official"])
@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ([], 200),
        ([("host", "evil.example")], 403),
        ([("origin", "http://evil.example")], 403),
        ([("origin", "null")], 403),
        ([("origin", "http://localhost:3000")], 200),
        ([("origin", "http://localhost"), ("origin", "http://localhost")], 403),
        ([("origin", "http://localhost"), ("origin", "http://evil.example")], 403),
    ],
    ids=str,
)
async def test_a_refused_caller_gets_a_problem_document(
    serve: Serve, records: Records, fast: bool, extra: list[tuple[str, str]], status: int
) -> None:
    caller = await serve(ECHO, fast=fast)
    headers = httpx.Headers([*headers_of("2025-06-18").items(), *extra])
    reply = await caller.client.post(caller.url, content=encoded(call_of("2025-06-18", "echo")), headers=headers)

    assert reply.status_code == status
    if status == 403:
        assert reply.headers["content-type"] == "application/problem+json"
        document = reply.json()
        assert (document["status"], document["code"], document["title"]) == (403, "NK8012", "Forbidden")
        assert document["requestId"] == reply.headers["x-request-id"]
        assert "evil" not in reply.text
        assert [(r.operation, r.status, r.code) for r in records] == [("POST", 403, "NK8012")]
