"""Imports, from outside: what another file says is served, told in that file, and followed when it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runner import Running, command, request, running, wait_until
from tests.upstream import Upstream

FLEET = """ikanos: 1.0.0-beta5
info: {{display: Fleet, description: Ships.}}
binds:
- {{from: ./shared/binds.yaml, import: keys, as: secrets}}
capability:
  consumes:
  - {{from: ./shared/apis.yaml, import: registry, as: ships}}
  exposes:
  - {{from: ./shared/faces.yaml, import: fleet-rest}}
  - {{from: ./shared/faces.yaml, import: fleet-tools, as: tools}}
"""
APIS = """naftiko: 1.0.0-alpha2
consumes:
- type: http
  namespace: registry
  baseUri: {url}/registry
  authentication: {{type: bearer, token: "{{{{secrets.TOKEN}}}}"}}
  resources:
  - {{name: ship, path: "/ships/{{{{id}}}}", operations: [{{name: find, method: GET}}]}}
"""
BINDS = """ikanos: 1.0.0-beta5
binds: [{{namespace: keys, location: "file://./secrets.json", keys: {{TOKEN: token}}}}]
"""
FACES = """ikanos: 1.0.0-beta5
exposes:
- type: rest
  namespace: fleet-rest
  port: 8080
  resources:
    ship:
      path: /ships/{{id}}
      operations: {{find: {{method: GET, call: ships.find, with: {{id: fleet-rest.id}}}}}}
- type: mcp
  namespace: fleet-tools
  port: 8080
  description: Tools.
  tools:
    find:
      description: Finds a ship.
      inputParameters: {{imo: {{type: string, description: Which one.}}}}
      call: ships.find
      with: {{id: fleet-tools.imo}}
"""


@pytest.fixture
def fleet(tmp_path: Path, upstream_server: Upstream) -> Path:
    (tmp_path / "shared").mkdir()
    upstream_server.reset()
    for name, text in [("fleet", FLEET), ("shared/apis", APIS), ("shared/binds", BINDS), ("shared/faces", FACES)]:
        (tmp_path / f"{name}.yaml").write_text(text.format(url=upstream_server.url))
    (tmp_path / "shared/secrets.json").write_text('{"token": "t0ken"}')
    return tmp_path / "fleet.yaml"


def called(url: str, ship: str) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "find", "arguments": {"imo": ship}}}
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    return request("POST", url, json.dumps(body).encode(), headers).json["result"]


def test_every_section_is_imported_and_served(fleet: Path, upstream_server: Upstream) -> None:
    with running("run", str(fleet), "--port", "0") as server:
        reply = request("GET", server.url("rest", "fleet-rest") + "/ships/7")
        assert (reply.status, upstream_server.last.path) == (200, "/registry/ships/7")
        assert upstream_server.last.header("Authorization") == "Bearer t0ken"
        assert not called(server.url("mcp", "tools"), "8").get("isError", False)
        assert upstream_server.last.path == "/registry/ships/8"


def asks(server: Running, upstream: Upstream, path: str, token: str) -> Callable[[], bool]:
    def is_so() -> bool:
        request("GET", server.url("rest", "fleet-rest") + "/ships/7")
        return (upstream.last.path, upstream.last.header("Authorization")) == (path, f"Bearer {token}")

    return is_so


def test_a_change_of_an_imported_file_is_served(fleet: Path, upstream_server: Upstream) -> None:
    apis, secrets = fleet.parent / "shared/apis.yaml", fleet.parent / "shared/secrets.json"
    with running("run", str(fleet.parent), "--port", "0") as server:
        wait_until(asks(server, upstream_server, "/registry/ships/7", "t0ken"))
        apis.write_text(apis.read_text().replace("/ships/{{id}}", "/vessels/{{id}}"))
        wait_until(asks(server, upstream_server, "/registry/vessels/7", "t0ken"), 10)
        secrets.write_text('{"token": "other"}')
        wait_until(asks(server, upstream_server, "/registry/vessels/7", "other"), 10)
        apis.write_text("naftiko: [broken")
        event = server.wait_for(lambda event: event.get("code") == "NK1004", 10)
        assert event["file"] == str(apis)
        assert asks(server, upstream_server, "/registry/vessels/7", "other")()


def test_material_in_a_folder_is_not_served_and_noted(fleet: Path) -> None:
    ended = command("validate", str(fleet.parent))

    assert (ended.code, ended.out.count("note[NK2010]")) == (0, 3)


def test_material_in_a_folder_is_checked(fleet: Path) -> None:
    (fleet.parent / "shared/unused.yaml").write_text("naftiko: 1.0.0-alpha2\nconsumes: [{type: htp}]\n")
    ended = command("validate", str(fleet.parent))

    assert (ended.code, "error[NK2004]" in ended.out) == (1, True)


def test_a_capability_with_a_mistyped_root_is_refused_in_a_folder(fleet: Path) -> None:
    fleet.write_text(fleet.read_text().replace("capability:", "capabilty:"))
    ended = command("validate", str(fleet.parent))

    assert (ended.code, "did you mean `capability`?" in ended.out) == (1, True)


def test_what_is_wrong_in_an_imported_file_is_shown_there(fleet: Path) -> None:
    apis = fleet.parent / "shared/apis.yaml"
    apis.write_text(apis.read_text().replace("secrets.TOKEN", "secrets.TOKN"))
    ended = command("validate", str(fleet))

    assert ended.code == 1
    assert f"--> {apis}:6:" in ended.out
    assert '{type: bearer, token: "{{secrets.TOKN}}"}' in ended.out
    assert f"note: imported at {fleet}:7:6" in ended.out


def test_explain_shows_the_file_of_what_is_imported(fleet: Path) -> None:
    ended = command("explain", str(fleet), "tools.find")

    assert f"({fleet.parent}/shared/faces.yaml:15:5)" in ended.out
    assert f"at {fleet.parent}/shared/apis.yaml:8:" in ended.out


def test_material_alone_is_checked_and_never_run(fleet: Path) -> None:
    apis = fleet.parent / "shared/apis.yaml"
    assert command("validate", str(apis)).code == 0
    apis.write_text(apis.read_text().replace("method: GET", "method: FETCH"))
    wrong = command("validate", str(apis))
    assert (wrong.code, "error[NK2004]" in wrong.out) == (1, True)
    ran = command("run", str(apis), "--port", "0")
    assert (ran.code, "error[NK2010]" in ran.err) == (1, True)


def test_files_of_an_import_may_be_bytes(fleet: Path) -> None:
    (fleet.parent / "shared/apis.yaml").write_bytes(b"\xff\xfe")
    ended = command("validate", str(fleet))

    assert (ended.code, "error[NK1002]" in ended.out) == (1, True)
