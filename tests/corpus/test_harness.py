from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.expectation import expect
from tests.corpus.harness import examine
from tests.corpus.truth import read_truth
from tests.corpus.worth import Worth
from tests.upstream import Received

CAPABILITY = """
naftiko: 1.0.0-alpha2
info: {label: Harbour, description: Ships and their berths.}
binds:
  - {namespace: env, keys: {TOKEN: HARBOUR_TOKEN}}
capability:
  consumes:
    - type: http
      namespace: harbour
      baseUri: https://harbour.example.com
      authentication: {type: bearer, token: "{{env.TOKEN}}"}
      resources:
        - name: ships
          path: /ships
          operations:
            - {name: get, method: GET, inputParameters: [{name: limit, in: query, type: integer}]}
        - name: berths
          path: /berths/{berth_id}
          operations:
            - name: get
              method: GET
              path: /quays/{quay}/berths/{berth_id}?view=full
              inputParameters: [{name: X-Tide, in: header, type: string}]
            - name: moor
              method: PUT
              inputParameters: [{name: body, in: body, type: object, required: true}]
  exposes:
    - type: rest
      namespace: pier
      port: 8080
      resources:
        - name: ships
          path: /v1/ships
          operations:
            - {name: list, method: GET, call: harbour.get, with: {limit: rest.limit}}
        - name: berths
          path: /v1/quays/{quay}/berths/{berth-id}
          operations:
            - {name: see, method: GET, call: harbour.get}
        - name: berth
          path: /v1/berths/{berth-id}
          operations:
            - {name: moor, method: PUT, call: harbour.moor, with: {body: rest.body}}
            - {name: moor-again, method: PUT, call: harbour.ships.get}
    - type: mcp
      namespace: crane
      port: 9090
      tools:
        - {name: moor, description: Moor., call: harbour.berths.moor, with: {body: tools.body}}
        - {name: moor, description: Moor., call: harbour.moor}
"""
GIVEN = {"quay": "a b", "berth-id": "7/8", "X-Tide": "high"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "harbour.yaml").write_text(CAPABILITY)
    return tmp_path


def seen(**changes: object) -> Received:
    """The request that the operation `see` truly makes, with changes."""
    path = "/quays/a%20b/berths/7%2F8"
    headers = (("authorization", "Bearer value-of-HARBOUR_TOKEN"), ("x-tide", "high"))
    return Received("GET", path, "view=full", headers, b"")._replace(**changes)


def test_a_folder_that_is_served_rightly_has_no_miss(folder):
    table = examine(folder)
    assert [str(miss) for miss in table.misses] == []
    assert [miss.words for miss in table.unjudged] == ["GET /v1/ships", "GET /v1/quays/{quay}/berths/{berth-id}"]
    assert (table.files, table.loaded, table.operations, table.tools, table.shadowed) == (1, 1, 3, 2, 1)
    assert table.share == 1.0


def test_a_refused_file_is_counted_by_its_codes(folder):
    (folder / "broken.yaml").write_text(CAPABILITY.replace("call: harbour.ships.get", "call: harbour.sink"))
    table = examine(folder)
    assert (table.files, table.loaded) == (2, 1)
    assert [(code, [miss.file for miss in found]) for code, found in table.refusals.items()] == [
        ("NK3001", ["broken.yaml"])
    ]


def targets(folder: Path, text: str) -> list[str]:
    """The resources whose operations the REST adapter truly calls; empty where the text does not tell."""
    (folder / "one.yaml").write_text(text)
    exposed = read_truth(folder / "one.yaml").of("rest")[0].exposed
    return [item.target.resource if item.target is not None else "" for item in exposed]


def test_a_name_that_several_operations_have_is_decided_by_position(tmp_path):
    in_order = CAPABILITY.replace("            - {name: moor-again, method: PUT, call: harbour.ships.get}\n", "")
    assert targets(tmp_path, in_order) == ["ships", "berths", "berths"]


def test_a_name_that_several_operations_have_is_undecided_where_the_adapter_lists_others(tmp_path):
    assert targets(tmp_path, CAPABILITY) == ["", "", "berths", "ships"]


@pytest.mark.parametrize(
    ("came", "difference"),
    [
        (seen(), ""),
        (seen(method="POST"), "method POST, truly GET"),
        (seen(path="/quays/a%20b/berths/7/8"), "path /quays/a%20b/berths/7/8, truly /quays/a%20b/berths/7%2F8"),
        (seen(query=""), "query [], truly [('view', 'full')]"),
        (seen(headers=(("x-tide", "high"),)), "header Authorization: None, truly 'Bearer value-of-HARBOUR_TOKEN'"),
        (seen(headers=seen().headers[:1]), "header X-Tide: None, truly 'high'"),
        (seen(body=b"{}"), "body b'{}', truly none"),
    ],
)
def test_each_difference_from_the_true_request_is_told(tmp_path, came, difference):
    (tmp_path / "one.yaml").write_text(CAPABILITY.replace("call: harbour.get}", "call: harbour.berths.get}"))
    truth = read_truth(tmp_path / "one.yaml")
    see = truth.of("rest")[0].exposed[1]
    expected = expect(see.target, Worth(see, "pier", GIVEN, truth.variables))
    assert "; ".join(expected.differences(came, "")) == difference
