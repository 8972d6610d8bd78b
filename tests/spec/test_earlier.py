from __future__ import annotations

from typing import Any

import pytest

from naftiko_runtime.spec.generations.earlier import location_of
from naftiko_runtime.spec.load import read_text
from tests.spec.forms import canonical, read

REFERENCES = """
naftiko: "0.5"
externalRefs:
  - {name: env, type: variables, resolution: runtime, keys: {TOKEN: token}}
  - {name: house, type: environment, description: d, resolution: file, uri: shared/house.yaml, keys: {A: a}}
capability: {exposes: []}
"""


def test_external_references_are_binds() -> None:
    assert canonical(REFERENCES).value["binds"] == [
        {"namespace": "env", "keys": {"TOKEN": "token"}},
        {"namespace": "house", "description": "d", "location": "file://./shared/house.yaml", "keys": {"A": "a"}},
    ]


def test_external_references_keep_their_places() -> None:
    original, brought = read(REFERENCES), canonical(REFERENCES)

    assert brought.span(("binds", 1, "location")) == original.span(("externalRefs", 1, "uri"))
    assert brought.written(("binds", 1, "location")) == ("externalRefs", 1, "uri")
    assert brought.written(("binds", 0, "keys", "TOKEN")) == ("externalRefs", 0, "keys", "TOKEN")


def test_binds_of_an_older_file_are_binds_too() -> None:
    value = canonical("naftiko: 0.4\nbinds: [{namespace: env}]\nexternalRefs: [{name: x}]").value

    assert value == {"naftiko": 0.4, "binds": [{"namespace": "env"}], "externalRefs": [{"name": "x"}]}


@pytest.mark.parametrize(
    ("entry", "bind"),
    [
        ("5", 5),
        ("{type: variables, uri: 5}", {"location": 5}),
        ("{type: environment, resolution: file}", {"resolution": "file"}),
        ("{resolution: runtime, uri: ./x}", {"resolution": "runtime", "location": "file://./x"}),
        ("{name: a, namespace: b}", {"namespace": "a", "name": "b"}),
    ],
)
def test_what_an_external_reference_does_not_agree_on_is_left_to_the_schema(entry: str, bind: Any) -> None:
    assert canonical(f"naftiko: 0.5\nexternalRefs: [{entry}]").value["binds"] == [bind]


@pytest.mark.parametrize("written", ["5", "{a: b}"])
def test_external_references_that_are_no_list_stay_as_they_are(written: str) -> None:
    assert canonical(f"naftiko: 0.5\nexternalRefs: {written}").value["binds"] == read(f"x: {written}").value["x"]


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_an_api_adapter_is_a_rest_adapter(version: str) -> None:
    text = f"naftiko: {version}\ncapability: {{exposes: [{{type: api, namespace: a}}, {{type: mcp}}, 5]}}"

    assert canonical(text).value["capability"]["exposes"] == [{"type": "rest", "namespace": "a"}, {"type": "mcp"}, 5]


@pytest.mark.parametrize("capability", ["5", "{exposes: 5}", "{}"])
def test_what_is_no_list_of_adapters_stays_as_it_is(capability: str) -> None:
    value = canonical(f"naftiko: 0.5\ncapability: {capability}").value["capability"]

    assert value == read(f"x: {capability}").value["x"]


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("file:///etc/x.yaml", "file:///etc/x.yaml"),
        ("https://x", "https://x"),
        ("/etc/x.yaml", "file:///etc/x.yaml"),
        ("./x.yaml", "file://./x.yaml"),
        ("../x.yaml", "file://../x.yaml"),
        ("x.yaml", "file://./x.yaml"),
    ],
)
def test_a_plain_path_is_a_file(uri: str, location: str) -> None:
    assert location_of(uri) == location


def test_an_older_file_is_served() -> None:
    reading = read_text(
        """
naftiko: "0.4"
externalRefs:
  - {name: env, type: variables, resolution: runtime, keys: {TOKEN: token}}
capability:
  consumes:
    - type: http
      namespace: desk
      baseUri: https://desk.example
      authentication: {type: bearer, token: "{{env.TOKEN}}"}
      resources:
        - {name: notes, path: /notes, operations: [{name: list, method: GET}]}
  exposes:
    - type: api
      namespace: front
      port: 8080
      resources:
        - {path: /notes, operations: [{method: GET, call: desk.list}]}
""",
        "x.yaml",
    )

    assert reading.diagnostics == ()
    assert reading.spec is not None
    assert [adapter.namespace for adapter in reading.spec.rest] == ["front"]
    assert [(bind.namespace, bind.keys) for bind in reading.spec.binds] == [("env", (("TOKEN", "token"),))]
