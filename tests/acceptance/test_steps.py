"""A function of steps, as a process: asked over REST, MCP in both eras, the command line; and what a failed step is."""

from __future__ import annotations

import json
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
info: {label: Voyages, description: Voyages with their ships and crews.}
binds: [{namespace: env, keys: {REGISTRY_TOKEN: REGISTRY_TOKEN}}]
capability:
  consumes:
  - type: http
    namespace: registry
    baseUri: https://registry.invalid
    authentication: {type: bearer, token: '{{REGISTRY_TOKEN}}'}
    resources:
    - {name: voyage, path: '/voyages/{id}', operations: [{name: get-voyage, method: GET}]}
    - name: ships
      path: /ships
      operations:
      - {name: list-ships, method: GET, outputParameters: [{name: imo-number, type: string, value: $.imo_number}]}
    - {name: crew, path: /crew, operations: [{name: list-crew, method: GET}]}
    - name: logbook
      path: /logbook
      operations:
      - {name: write, method: POST, body: {type: json, data: {about: '{{get-voyage.title}}', text: '{{entry}}'}}}
  aggregates:
  - label: Manifests
    namespace: manifests
    functions:
    - name: get-manifest
      description: A voyage with its ship and its crew.
      semantics: {safe: true}
      inputParameters: [{name: voyage, type: string, description: The voyage.}]
      steps:
      - {name: get-voyage, type: call, call: registry.get-voyage, with: {id: manifests.voyage}}
      - {name: list-ships, type: call, call: registry.list-ships}
      - {name: list-crew, type: call, call: registry.list-crew}
      - {name: ship, type: lookup, index: list-ships, match: imo-number, lookupValue: $.get-voyage.ship,
         outputParameters: [name, flag]}
      - {name: crew, type: lookup, index: list-crew, match: id, lookupValue: $.get-voyage.crew,
         outputParameters: [name]}
      mappings:
      - {targetName: title, value: $.get-voyage.title}
      - {targetName: ship.name, value: $.ship.name}
      - {targetName: ship.flag, value: $.ship.flag}
      - {targetName: crew, value: $.crew}
      - {targetName: crew-size, value: $.crew.length()}
      outputParameters:
      - {name: title, type: string}
      - {name: ship, type: object, properties: {name: {type: string}, flag: {type: string}}}
      - {name: crew, type: array, items: [{name: name, type: string}]}
      - {name: crew-size, type: string}
  exposes:
  - type: rest
    namespace: voyages-rest
    port: 8080
    resources:
    - name: manifest
      path: /voyages/{voyage}/manifest
      operations: [{method: GET, ref: manifests.get-manifest}]
    - name: log
      path: /voyages/{voyage}/log
      operations:
      - name: log
        method: POST
        steps:
        - {name: get-voyage, type: call, call: registry.get-voyage, with: {id: rest.voyage}}
        - {name: write, type: call, call: registry.write, with: {entry: rest.entry}}
  - type: mcp
    namespace: voyages-mcp
    port: 9090
    description: Voyages.
    tools:
    - {ref: manifests.get-manifest}
    - {name: get-maiden-voyage, ref: manifests.get-manifest, with: {voyage: v1}}
"""

VOYAGE = {"title": "North", "ship": 77, "crew": ["c2", "c9", "c1"]}
SHIPS = [{"imo_number": 12, "name": "Ada", "flag": "NO"}, {"imo_number": 77, "name": "Bea", "flag": "DK"}]
CREW = [{"id": "c1", "name": "Di", "pay": 5}, {"id": "c2", "name": "Ed", "pay": 6}]
MANIFEST = {
    "title": "North",
    "ship": {"name": "Bea", "flag": "DK"},
    "crew": [{"name": "Ed"}, {"name": "Di"}],
    "crew-size": "2",
}
SECRET = "canary-registry-5d20"


class Served(NamedTuple):
    file: Path
    run: Running


@pytest.fixture(scope="module")
def served(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("voyages") / "voyages.naftiko.yaml"
    file.write_text(CAPABILITY)
    flags = listen_flags(["voyages-rest", "voyages-mcp"])
    address = f"registry={upstream_server.url}"
    with running("run", str(file), "--upstream", address, *flags, env={"REGISTRY_TOKEN": SECRET}) as run:
        yield Served(file, run)


@pytest.fixture
def registry(upstream: Upstream) -> Upstream:
    upstream.answer("GET", "/voyages/v1", Answer.json(VOYAGE))
    upstream.answer("GET", "/ships", Answer.json(SHIPS))
    upstream.answer("GET", "/crew", Answer.json(CREW))
    return upstream


def test_an_operation_puts_together_what_its_steps_give(served: Served, registry: Upstream) -> None:
    reply = request("GET", served.run.url("rest") + "/voyages/v1/manifest")

    assert (reply.status, reply.media_type, reply.json) == (200, "application/json", MANIFEST)
    assert sorted(received.path for received in registry.requests) == ["/crew", "/ships", "/voyages/v1"]
    assert {received.header("authorization") for received in registry.requests} == {f"Bearer {SECRET}"}


def test_a_posted_entry_is_written_with_what_was_read_before(served: Served, registry: Upstream) -> None:
    registry.answer("POST", "/logbook", Answer.json({"id": 3}, 201))
    body, headers = b'{"entry": "Fog."}', {"content-type": "application/json"}
    reply = request("POST", served.run.url("rest") + "/voyages/v1/log", body, headers)

    assert (reply.status, reply.json) == (201, {"id": 3})
    assert registry.last.json == {"about": "North", "text": "Fog."}


@pytest.mark.parametrize("revision", ERAS)
async def test_a_tool_gives_a_typed_result(served: Served, registry: Upstream, revision: str) -> None:
    async with over_http(served.run.url("mcp"), revision) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        result = await client.call_tool("get-manifest", {"voyage": "v1"})
        maiden = await client.call_tool("get-maiden-voyage", {})

    assert (result.is_error, json.loads(text(result)), result.structured_content) == (False, MANIFEST, MANIFEST)
    assert maiden.structured_content == MANIFEST
    schema = tools["get-manifest"].output_schema
    assert schema is not None
    assert list(schema["properties"]) == list(MANIFEST)
    assert (tools["get-manifest"].input_schema["required"], tools["get-maiden-voyage"].input_schema["properties"]) == (
        ["voyage"],
        {},
    )


@pytest.mark.parametrize("status", [401, 404, 429, 500, 599])
def test_a_failed_step_has_the_upstreams_status_and_is_named(served: Served, registry: Upstream, status: int) -> None:
    headers = (("Retry-After", "7"), ("ETag", '"x"'), ("Set-Cookie", "a=b"))
    registry.answer("GET", "/crew", Answer.json({"error": "no crew here"}, status, headers))
    reply = request("GET", served.run.url("rest") + "/voyages/v1/manifest")

    problem = assert_problem(reply, status)
    assert problem["code"] == "NK8002"
    assert problem["detail"] == (
        f'step `list-crew`: the upstream answered {status} for /crew: {{"error": "no crew here"}}'
    )
    assert reply.headers["retry-after"] == "7"
    assert {"etag", "set-cookie"} & reply.headers.keys() == set()


@pytest.mark.parametrize("status", [302, 304])
def test_a_step_that_is_sent_elsewhere_fails(served: Served, registry: Upstream, status: int) -> None:
    registry.answer("GET", "/crew", Answer(status, b"", (("Location", "/elsewhere"),)))
    problem = assert_problem(request("GET", served.run.url("rest") + "/voyages/v1/manifest"), 502)

    assert problem["detail"] == f"step `list-crew`: the upstream answered {status} for /crew"


@pytest.mark.parametrize("revision", ERAS)
async def test_a_failed_step_is_a_tool_error_that_names_it(served: Served, registry: Upstream, revision: str) -> None:
    registry.answer("GET", "/ships", Answer.json({"error": "closed"}, 503))
    async with over_http(served.run.url("mcp"), revision) as client:
        result = await client.call_tool("get-manifest", {"voyage": "v1"})

    assert result.is_error is True
    assert text(result) == 'step `list-ships`: the upstream answered 503 for /ships: {"error": "closed"}'


def test_an_input_of_a_step_that_can_not_be_sent_is_refused_by_the_callers_name(
    served: Served, registry: Upstream
) -> None:
    problem = assert_problem(request("GET", served.run.url("rest") + "/voyages/%2E%2E/manifest"), 400)

    assert [item["field"] for item in problem["errors"]] == ["voyage"]
    assert registry.requests == []


def test_a_result_that_can_not_be_used_is_told(served: Served, registry: Upstream) -> None:
    registry.answer("GET", "/crew", Answer(200, b"<p>crew</p>", (("Content-Type", "text/html"),)))
    problem = assert_problem(request("GET", served.run.url("rest") + "/voyages/v1/manifest"), 502)

    assert problem["code"] == "NK8006"
    assert problem["detail"].startswith("step `list-crew`: the upstream's answer (text/html) is not JSON")


def test_the_command_calls_steps_and_tells_of_a_failed_one(served: Served, registry: Upstream) -> None:
    address = f"registry={registry.url}"
    arguments = ("call", str(served.file), "manifests.get-manifest", "voyage=v1", "--upstream", address)
    env = {"REGISTRY_TOKEN": SECRET}
    ended = command(*arguments, env=env)
    assert (ended.code, json.loads(ended.out)) == (0, MANIFEST)

    registry.answer("GET", "/crew", Answer.json({"error": "no crew"}, 404))
    ended = command(*arguments, env=env)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == ('error[NK8002]: step `list-crew`: the upstream answered 404 for /crew: {"error": "no crew"}\n')


def test_a_dry_run_shows_the_requests_that_are_known_before(served: Served) -> None:
    ended = command("call", str(served.file), "log", "voyage=v1", "entry=Fog", "--dry-run")

    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "# step get-voyage: GET /voyages/{id} (registry.voyage.get-voyage)"
    assert "https://registry.invalid/voyages/v1" in ended.out
    assert lines[-2:] == [
        "# step write: POST /logbook (registry.logbook.write)",
        "# its request is made of what get-voyage gives",
    ]


def test_explain_shows_each_step_and_what_it_waits_for(served: Served) -> None:
    ended = command("explain", str(served.file), "manifests")

    assert ended.code == 0
    assert "step 1    get-voyage: calls GET /voyages/{id} (registry.voyage.get-voyage)" in ended.out
    assert "path id  from input `voyage`" in ended.out
    assert (
        "step 4    ship: looks up `imo-number` = step `get-voyage`, $.ship in step `list-ships`, giving name, flag "
        "after `get-voyage`, `list-ships`"
    ) in ended.out
    assert "run       those that wait for none of each other side by side" in ended.out
    assert "title ← $.get-voyage.title; ship.name ← $.ship.name" in ended.out


def test_no_step_puts_the_secret_anywhere(served: Served, registry: Upstream) -> None:
    registry.answer("GET", "/crew", Answer.json({"error": "no"}, 401))
    reply = request("GET", served.run.url("rest") + "/voyages/v1/manifest")
    page = request("GET", served.run.url("rest") + "/openapi.json")

    assert SECRET not in reply.body.decode() + page.body.decode() + served.run.err
