"""One function, many faces: what an aggregate's function does, asked over REST, MCP and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.verdicts import assert_problem, text
from tests.runner import Running, command, listen_flags, request, running
from tests.upstream import Answer, Upstream

CAPABILITY = """\
naftiko: 1.0.0-alpha2
info: {label: Pilots, description: Pilots of a harbour.}
capability:
  consumes:
  - type: http
    namespace: roster
    baseUri: https://roster.invalid
    resources:
    - name: pilot
      path: /ports/{port}/pilots
      operations:
      - {name: list-pilots, method: GET, inputParameters: [{name: rank, in: query}, {name: limit, in: query}]}
      - name: hire
        method: POST
        inputParameters: [{name: name, in: body}, {name: years, in: body}]
  aggregates:
  - label: Pilots
    namespace: pilots
    functions:
    - name: list
      description: Pilots of a port.
      semantics: {safe: true, idempotent: true}
      inputParameters:
      - {name: port, type: string, description: Where they work.}
      - {name: limit, type: integer, required: false}
      call: roster.list-pilots
      with: {port: pilots.port, limit: pilots.limit}
      outputParameters:
      - type: array
        mapping: $.items
        items: {type: object, properties: {name: {type: string, mapping: $.full_name}}}
    - name: hire
      description: Hires a pilot.
      inputParameters: [{name: port, type: string}, {name: name, type: string}, {name: years, type: integer}]
      call: roster.hire
    - name: greet
      description: Greets.
      inputParameters: [{name: name, type: string}]
      outputParameters: [{name: message, type: string, value: "Ahoy {{name}}"}]
  exposes:
  - type: rest
    namespace: pilots-rest
    port: 8080
    resources:
    - name: pilots
      path: /ports/{port}/pilots
      operations:
      - {method: GET, ref: pilots.list}
      - {method: POST, ref: pilots.hire}
    - {name: greeting, path: /greeting, operations: [{method: GET, ref: pilots.greet}]}
  - type: mcp
    namespace: pilots-mcp
    port: 9090
    description: Pilots.
    tools:
    - {ref: pilots.list}
    - {name: list-oslo, ref: pilots.list, with: {port: oslo}, hints: {openWorld: true, idempotent: false}}
    - {name: greet, ref: pilots.greet}
"""
ANSWER = {"items": [{"full_name": "Ada", "pay": 9}, {"full_name": "Bo", "pay": 8}]}
SHAPED = [{"name": "Ada"}, {"name": "Bo"}]


class Served(NamedTuple):
    file: Path
    run: Running


@pytest.fixture(scope="module")
def served(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("pilots") / "pilots.naftiko.yaml"
    file.write_text(CAPABILITY)
    flags = listen_flags(["pilots-rest", "pilots-mcp"])
    with running("run", str(file), "--upstream", f"roster={upstream_server.url}", *flags) as run:
        yield Served(file, run)


def test_an_operation_does_what_its_function_does(served: Served, upstream: Upstream) -> None:
    upstream.answer("GET", "/ports/a%2Fb/pilots", Answer.json(ANSWER))
    reply = request("GET", served.run.url("rest") + "/ports/a%2Fb/pilots?limit=3")

    assert (reply.status, reply.json) == (200, SHAPED)
    assert upstream.only.arguments == [("limit", "3")]


def test_a_posting_operation_reads_the_functions_inputs_from_path_and_body(served: Served, upstream: Upstream) -> None:
    upstream.answer("POST", "*", Answer.json({"id": 1}, 201))
    body = b'{"name": "Cy", "years": 4}'
    headers = {"content-type": "application/json"}
    reply = request("POST", served.run.url("rest") + "/ports/oslo/pilots", body, headers)

    assert (reply.status, reply.json) == (201, {"id": 1})
    assert (upstream.only.path, upstream.only.json) == ("/ports/oslo/pilots", {"name": "Cy", "years": 4})


def test_a_wrong_input_is_refused_by_its_name(served: Served, upstream: Upstream) -> None:
    reply = request("GET", served.run.url("rest") + "/ports/oslo/pilots?limit=many")

    assert assert_problem(reply, 400)["code"] == "NK8001"
    assert [item["field"] for item in reply.json["errors"]] == ["limit"]
    assert upstream.requests == []


def test_an_operation_of_a_mock_function_answers(served: Served) -> None:
    assert request("GET", served.run.url("rest") + "/greeting?name=Ada").json == {"message": "Ahoy Ada"}


@pytest.mark.parametrize("revision", ERAS)
async def test_tools_have_the_functions_inputs_and_hints(served: Served, revision: str) -> None:
    async with over_http(served.run.url("mcp"), revision) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}

    assert list(tools) == ["list", "list-oslo", "greet"]
    assert tools["list"].description == tools["list-oslo"].description == "Pilots of a port."
    assert tools["list"].input_schema["required"] == ["port"]
    assert tools["list"].input_schema["properties"]["port"] == {"type": "string", "description": "Where they work."}
    assert list(tools["list-oslo"].input_schema["properties"]) == ["limit"]
    hints = tools["list"].annotations
    assert hints is not None
    assert (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint) == (True, False, True)
    hints = tools["list-oslo"].annotations
    assert hints is not None
    assert (hints.read_only_hint, hints.idempotent_hint, hints.open_world_hint) == (True, False, True)


async def test_a_tool_does_what_its_function_does(served: Served, upstream: Upstream) -> None:
    upstream.answer("GET", "/ports/oslo/pilots", Answer.json(ANSWER))
    async with over_http(served.run.url("mcp"), ERAS[1]) as client:
        result = await client.call_tool("list-oslo", {"limit": 2})

    assert text(result) == '[{"name":"Ada"},{"name":"Bo"}]'
    assert upstream.only.arguments == [("limit", "2")]


def test_a_function_is_called_by_its_own_name(served: Served, upstream: Upstream) -> None:
    upstream.answer("GET", "/ports/oslo/pilots", Answer.json(ANSWER))
    ended = command("call", str(served.file), "pilots.list", "port=oslo", "--upstream", f"roster={upstream.url}")

    assert (ended.code, ended.out) == (0, '[{"name":"Ada"},{"name":"Bo"}]\n')


def test_faces_of_one_function_are_one_call_under_its_bare_name(served: Served, upstream: Upstream) -> None:
    upstream.answer("GET", "/ports/oslo/pilots", Answer.json(ANSWER))
    ended = command("call", str(served.file), "list", "port=oslo", "--upstream", f"roster={upstream.url}")

    assert (ended.code, ended.out) == (0, '[{"name":"Ada"},{"name":"Bo"}]\n')


def test_explain_shows_the_function_and_what_refers_to_it(served: Served) -> None:
    ended = command("explain", str(served.file), "pilots")

    assert ended.code == 0
    assert "aggregate pilots: Pilots" in ended.out
    assert "calls     GET /ports/{port}/pilots (roster.pilot.list-pilots)" in ended.out
