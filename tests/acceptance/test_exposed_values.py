"""A body whose parts are inputs, on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.runner import Running, request, running
from tests.upstream import Upstream

TEXT = """naftiko: 1.0.0-alpha2
capability:
  consumes:
  - type: http
    namespace: people
    baseUri: {url}
    resources:
    - name: people
      path: /people
      operations: [{{name: create, method: POST, body: '{{"id": "{{{{userId}}}}", "name": "{{{{userName}}}}"}}'}}]
  exposes:
  - type: rest
    namespace: front
    port: 8080
    resources:
    - name: users
      path: /users
      operations:
      - method: POST
        name: create
        call: people.create
        inputParameters:
        - {{name: userId, in: body, type: string, required: true, value: $.user.id}}
        - {{name: userName, in: body, type: string, value: $.user.name}}
"""


@pytest.fixture(scope="module")
def server(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("people") / "people.yaml"
    path.write_text(TEXT.format(url=upstream_server.url))
    with running("run", str(path), "--port", "0") as run:
        yield run


def posted(server: Running, document: object):
    url = server.url("rest", "front") + "/users"
    return request("POST", url, json.dumps(document).encode(), {"Content-Type": "application/json"})


def test_parts_of_the_body_are_the_inputs_they_are_said_to_be(server: Running, upstream_server: Upstream) -> None:
    reply = posted(server, {"user": {"id": "7", "name": "Ada", "more": 1}})

    assert (reply.status, upstream_server.last.json) == (200, {"id": "7", "name": "Ada"})


@pytest.mark.parametrize("document", [{}, {"user": {}}, {"user": {"name": "Ada"}}])
def test_a_part_that_is_missing_is_named_by_its_place(server: Running, document: object) -> None:
    reply = posted(server, document)

    assert (reply.status, [item["field"] for item in reply.json["errors"]]) == (400, ["user.id"])
