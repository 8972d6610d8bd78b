"""Does an answer grow far beyond the request that it is for?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner import Running, request, running

MANY = 100_000
FILE = """\
naftiko: 1.0.0-alpha2
info: {label: Harbour, description: A harbour.}
capability:
  exposes:
    - type: rest
      namespace: harbour
      port: 8080
      resources:
        - path: /ships
          name: ships
          operations:
            - method: POST
              name: add-ship
              inputParameters: [{name: name-of-the-ship, in: body, type: string}]
              outputParameters: [{type: object, properties: {ok: {type: string, value: "yes"}}}]
    - type: mcp
      namespace: tools
      port: 9090
      tools:
        - name: add-ship
          description: Add a ship.
          inputParameters: [{name: name-of-the-ship, type: string, description: Its name.}]
          outputParameters: [{type: object, properties: {ok: {type: string, value: "yes"}}}]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = Path(tmp_path_factory.mktemp("answers"), "harbour.yaml")
    file.write_text(FILE)
    with running("run", str(file), "--port", "0") as server:
        yield server


@pytest.mark.parametrize("face", ["rest", "mcp"])
def test_a_crowd_of_unknown_fields_is_refused_in_short(server: Running, face: str) -> None:
    fields = {f"k{number}": 1 for number in range(MANY)}
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "add-ship", "arguments": fields},
    }
    url = server.url("mcp") if face == "mcp" else server.url("mcp").removesuffix("/mcp") + "/ships"
    accept = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    body = json.dumps(message if face == "mcp" else fields).encode()
    reply = request("POST", url, body, accept)

    assert reply.status == (200 if face == "mcp" else 400)
    assert b"k0" in reply.body
    assert len(reply.body) < 50_000
