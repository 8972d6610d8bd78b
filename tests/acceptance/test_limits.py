"""How long and how large may an upstream be? As whoever starts the command says, for calls and for steps (C14b)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.verdicts import assert_problem
from tests.runner import command, request, running
from tests.upstream import Answer, Upstream

SPEC = """\
naftiko: 1.0.0-alpha2
capability:
  consumes:
  - namespace: tides
    type: http
    baseUri: {url}
    resources:
    - name: tables
      path: /tables
      operations: [{{name: read, method: GET}}]
  exposes:
  - type: rest
    port: 8080
    namespace: harbour
    resources:
    - path: /tables
      operations: [{{name: tables, method: GET, call: tides.read}}]
    - path: /steps
      operations:
      - name: steps
        method: GET
        steps: [{{type: call, name: first, call: tides.read}}]
        mappings: [{{targetName: first, value: $.first}}]
"""

MOCK = """\
naftiko: 1.0.0-alpha2
capability:
  exposes:
  - type: rest
    port: 8080
    namespace: harbour
    resources:
    - path: /log
      operations:
      - name: log
        method: POST
        inputParameters: [{name: params, in: body, type: object, description: What happened.}]
        outputParameters: [{name: logged, type: boolean, value: "true"}]
  - type: mcp
    port: 8081
    namespace: quay
    tools: [{name: log, description: Log it., outputParameters: [{name: logged, type: boolean, value: "true"}]}]
"""

JSON_BODY = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture
def spec(tmp_path: Path, upstream: Upstream) -> Path:
    path = tmp_path / "tides.yaml"
    path.write_text(SPEC.format(url=upstream.url))
    return path


@pytest.fixture
def late(upstream: Upstream) -> Iterator[None]:
    hold = threading.Event()
    upstream.answer("GET", "/tables", Answer(200, b"[]", hold=hold))
    yield
    hold.set()


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("path", ["/tables", "/steps"])
def test_a_deadline_that_was_set_ends_a_call(spec: Path, path: str) -> None:
    with running("run", str(spec), "--port", "0", "--deadline", "0.3") as server:
        assert assert_problem(request("GET", server.url("rest") + path), 504)["code"] == "NK8004"


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--steps-deadline", "0.3"), "step `first`: no answer from the upstream within 0.3 s (steps)"),
        (
            ("--steps-deadline", "60", "--deadline", "0.3"),
            "step `first`: no answer from the upstream within 0.3 s (call)",
        ),
    ],
)
def test_all_steps_have_a_deadline_and_so_has_each(spec: Path, flags: tuple[str, ...], told: str) -> None:
    with running("run", str(spec), "--port", "0", *flags) as server:
        problem = assert_problem(request("GET", server.url("rest") + "/steps"), 504)

    assert (problem["code"], problem["detail"]) == ("NK8004", told)


@pytest.mark.usefixtures("late")
def test_a_deadline_that_was_set_ends_a_call_from_the_command_line(spec: Path) -> None:
    ended = command("call", str(spec), "harbour.tables", "--deadline", "0.3")

    assert ended.code == 1
    assert "0.3 s" in ended.err


def test_an_answer_beyond_the_limit_that_was_set_is_refused(spec: Path, upstream: Upstream) -> None:
    upstream.answer("GET", "/tables", Answer.json("x" * 20_000))
    with running("run", str(spec), "--port", "0", "--answer-limit", "0.01") as server:
        assert assert_problem(request("GET", server.url("rest") + "/steps"), 502)["code"] == "NK8005"


@pytest.mark.parametrize("kind", ["rest", "mcp"])
def test_a_request_beyond_the_limit_that_was_set_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mock.yaml"
    path.write_text(MOCK)
    large = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "x" * 200_000}}).encode()
    with running("run", str(path), "--port", "0", "--request-limit", "0.1") as server:
        url = server.url("rest") + "/log" if kind == "rest" else server.url("mcp")
        reply = request("POST", url, body=large, headers=JSON_BODY)

    assert reply.status == 413
