"""Which route a method and a raw path mean."""

from __future__ import annotations

import pytest

from naftiko_runtime.rest.routes import Match, MethodRefused, RouteTable
from naftiko_runtime.rest.template import parse_template


def table_of(*routes: str) -> RouteTable[str]:
    """A table whose targets are the routes' own texts, such as `GET /jobs/{id}`."""
    table: RouteTable[str] = RouteTable()
    for route in routes:
        method, path = route.split(" ", 1)
        table.add(method, parse_template(path), route)
    return table


ROUTES = (
    "GET /",
    "GET /jobs",
    "POST /jobs",
    "GET /jobs/{id}",
    "DELETE /jobs/{id}",
    "GET /jobs/limits",
    "POST /jobs/estimate",
    "GET /jobs/{id}.json",
    "GET /jobs/{a}-{b}.json",
    "GET /jobs/{id}/events",
    "GET /jobs/limits/{name}",
    "GET /{kind}/limits/now",
    "GET /slash/",
    "GET /a b/é",
    "HEAD /probe",
    "GET /probe",
    "GET /ping",
    "HEAD /ping",
)


@pytest.mark.parametrize(
    ("method", "raw_path", "target", "values"),
    [
        ("GET", b"/", "GET /", ()),
        ("GET", b"", "GET /", ()),
        ("GET", b"/jobs", "GET /jobs", ()),
        ("POST", b"/jobs", "POST /jobs", ()),
        ("GET", b"/%6Aobs", "GET /jobs", ()),
        ("GET", b"/jobs/5", "GET /jobs/{id}", ("5",)),
        ("DELETE", b"/jobs/5", "DELETE /jobs/{id}", ("5",)),
        ("GET", b"/jobs/limits", "GET /jobs/limits", ()),
        ("GET", b"/jobs/LIMITS", "GET /jobs/{id}", ("LIMITS",)),
        ("DELETE", b"/jobs/limits", "DELETE /jobs/{id}", ("limits",)),
        ("GET", b"/jobs/estimate", "GET /jobs/{id}", ("estimate",)),
        ("POST", b"/jobs/estimate", "POST /jobs/estimate", ()),
        ("GET", b"/jobs/5.json", "GET /jobs/{id}.json", ("5",)),
        ("GET", b"/jobs/a-b.json", "GET /jobs/{a}-{b}.json", ("a", "b")),
        ("DELETE", b"/jobs/5.json", "DELETE /jobs/{id}", ("5.json",)),
        ("GET", b"/jobs/.json", "GET /jobs/{id}", (".json",)),
        ("GET", b"/jobs/limits/now", "GET /jobs/limits/{name}", ("now",)),
        ("GET", b"/files/limits/now", "GET /{kind}/limits/now", ("files",)),
        ("GET", b"/jobs/limits/events", "GET /jobs/limits/{name}", ("events",)),
        ("GET", b"/jobs/a%2Fb", "GET /jobs/{id}", ("a/b",)),
        ("GET", b"/slash/", "GET /slash/", ()),
        ("GET", b"/a%20b/%C3%A9", "GET /a b/é", ()),
        ("GET", b"/a%20b/%c3%a9", "GET /a b/é", ()),
        ("HEAD", b"/jobs", "GET /jobs", ()),
        ("HEAD", b"/jobs/5", "GET /jobs/{id}", ("5",)),
        ("HEAD", b"/probe", "HEAD /probe", ()),
        ("HEAD", b"/ping", "HEAD /ping", ()),
        ("HEAD", b"/%70ing", "HEAD /ping", ()),
    ],
)
def test_a_request_finds_its_route(method: str, raw_path: bytes, target: str, values: tuple[str, ...]) -> None:
    assert table_of(*ROUTES).find(method, raw_path) == Match(target, values)


@pytest.mark.parametrize(
    "raw_path",
    [b"/nothing", b"/jobs/", b"//jobs", b"/jobs//events", b"/slash", b"/jobs/5/events/6", b"*", b"jobs", b"/jobs%2F5"],
)
def test_a_path_that_is_not_exposed_finds_nothing(raw_path: bytes) -> None:
    assert table_of(*ROUTES).find("GET", raw_path) is None


@pytest.mark.parametrize(
    ("method", "raw_path", "allowed"),
    [
        ("PUT", b"/jobs", ("GET", "HEAD", "OPTIONS", "POST")),
        ("PUT", b"/jobs/5", ("DELETE", "GET", "HEAD", "OPTIONS")),
        ("PUT", b"/jobs/estimate", ("DELETE", "GET", "HEAD", "OPTIONS", "POST")),
        ("OPTIONS", b"/jobs/5/events", ("GET", "HEAD", "OPTIONS")),
        ("get", b"/jobs/5/events", ("GET", "HEAD", "OPTIONS")),
    ],
)
def test_a_method_that_is_not_exposed_is_told_which_are(method: str, raw_path: bytes, allowed: tuple[str, ...]) -> None:
    assert table_of(*ROUTES).find(method, raw_path) == MethodRefused(allowed)


def test_a_path_without_get_allows_no_head() -> None:
    assert table_of("POST /jobs").find("HEAD", b"/jobs") == MethodRefused(("OPTIONS", "POST"))


def test_a_declared_options_is_a_route() -> None:
    assert table_of("OPTIONS /jobs").find("OPTIONS", b"/jobs") == Match("OPTIONS /jobs", ())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/jobs", "/jobs"),
        ("/jobs/{id}", "/jobs/{job_id}"),
        ("/jobs/{id}.json", "/jobs/{name}.json"),
        ("/a%20b", "/a b"),
    ],
)
def test_the_first_claim_stays(first: str, second: str) -> None:
    table: RouteTable[str] = RouteTable()

    assert table.add("GET", parse_template(first), "first") is None
    assert table.add("GET", parse_template(second), "second") == "first"
    found = table.find("GET", second.replace("{name}", "x").encode().replace(b" ", b"%20"))
    assert isinstance(found, Match)
    assert found.target == "first"


def test_a_branch_that_leads_nowhere_is_left_again() -> None:
    table = table_of("GET /a/{x}.json/b", "GET /a/{x}/c", "GET /{y}/five.json/d")

    assert table.find("GET", b"/a/five.json/c") == Match("GET /a/{x}/c", ("five.json",))
    assert table.find("GET", b"/a/five.json/d") == Match("GET /{y}/five.json/d", ("a",))
    assert table.find("GET", b"/a/five.json/e") is None
