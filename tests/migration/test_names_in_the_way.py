"""What has to be named otherwise, or not at all, before the other form can hold it."""

from __future__ import annotations

import pytest
import yaml

from naftiko_runtime.diagnostics import Severity
from naftiko_runtime.migration.migrate import migrate
from naftiko_runtime.spec.generations.version import ALPHA2, GENERATIONS
from naftiko_runtime.spec.schema.check import check_official
from tests.migration.test_migrate import bring, brought, faces, plan
from tests.spec.places import marked, place

BETA5 = GENERATIONS[-1]

TWICE = """\
naftiko: 1.0.0-alpha2
capability:
  consumes:
  - type: http
    namespace: harbour
    baseUri: https://harbour.example
    resources:
    - name: berths # all of them
      path: /berths
      operations: [{name: list, method: GET}]
    - name: berths # one of them
      path: /berths/{id}
      operations: [{name: read, method: GET, inputParameters: [{name: id, in: path}]}]
    - name: berths-2
      path: /berths/free
      operations: [{name: list, method: GET}]
  exposes:
  - type: rest
    namespace: desk
    port: 8080
    resources:
    - path: /berths
      operations:
      - {method: GET, call: harbour.berths.list}
    - path: /berths/{id}
      operations:
      - {method: GET, call: "harbour.berths.read", with: {id: desk.id}}
  - type: mcp
    namespace: desk-mcp
    port: 9090
    tools:
    - {name: list, description: All., call: harbour.berths.list}
    - {name: list, description: The free ones., call: harbour.berths-2.list}
"""


def test_the_second_thing_of_one_name_gets_a_name_of_its_own_and_its_calls_follow() -> None:
    migration = bring(TWICE, BETA5)

    assert migration.text is not None
    value = yaml.safe_load(migration.text)
    rest, mcp = value["capability"]["exposes"]
    assert list(value["capability"]["consumes"][0]["resources"]) == ["berths", "berths-3", "berths-2"]
    assert "      berths-3: # one of them\n" in migration.text
    assert [next(iter(item["operations"].values()))["call"] for item in rest["resources"].values()] == [
        "harbour.berths.list",
        "harbour.berths-3.read",
    ]
    assert {name: tool["call"] for name, tool in mcp["tools"].items()} == {
        "list": "harbour.berths.list",
        "list-2": "harbour.berths-2.list",
    }
    assert faces(plan(migration.text)) == faces(plan(TWICE))


def test_a_name_that_is_made_up_for_the_second_is_told_at_its_place() -> None:
    text, places = marked(
        "naftiko: 1.0.0-alpha2\ncapability: {exposes: [{type: mcp, tools: [{name: a}, {‸name: a}, {name: a-2}]}]}"
    )
    migration = bring(text, BETA5)

    [diagnostic] = migration.diagnostics
    assert (diagnostic.code, diagnostic.severity, place(diagnostic)) == ("NK2013", Severity.WARNING, places[0])
    assert diagnostic.message.endswith("this one is now `a-3`")


def test_a_call_that_could_mean_operations_of_two_resources_of_one_name_is_refused() -> None:
    text, places = marked(
        TWICE.replace("name: read", "name: list").replace("{method: GET, call: h", "{method: GET, ‸call: h")
    )
    migration = bring(text, BETA5)

    assert migration.text is None
    [diagnostic] = [item for item in migration.diagnostics if item.is_error]
    assert diagnostic.message.startswith("`harbour.berths.list` could mean an operation of 2 resources")
    assert place(diagnostic) == places[0]


@pytest.mark.parametrize(
    "text",
    [
        "consumes: [{namespace: a, resources: [{name: r, operations: [{name: o}]}, 5, {operations: 5}]}]",
        "exposes: [{tools: [{name: t, call: a.r.o}, {name: u, call: 5}, 7]}]",
    ],
)
def test_what_is_wrong_already_is_not_renamed(text: str) -> None:
    migration = bring(f"naftiko: 1.0.0-alpha2\ncapability: {{{text}}}", BETA5)

    assert [item for item in migration.diagnostics if "is now" in item.message] == []


@pytest.mark.parametrize(
    ("second", "call"),
    [
        ("{<<: *r, path: /b}", "a.r.o"),  # its name stands elsewhere
        ("{name: r, path: /b, operations: [{name: p}]}", "&c a.r.p"),  # an alias may say the call too
    ],
)
def test_what_can_not_be_renamed_in_the_text_is_refused(second: str, call: str) -> None:
    text = (
        "naftiko: 1.0.0-alpha2\ncapability: {consumes: [{type: http, namespace: a, baseUri: 'https://a', resources: ["
        f"&r {{name: r, path: /a, operations: [{{name: o}}]}}, {second}]}}], exposes: [{{type: mcp, tools: "
        f"[{{name: t, call: {call}}}, {{name: u, call: {'*c' if '&c' in call else call}}}]}}]}}"
    )

    migration = bring(text, BETA5)
    assert migration.text is None or faces_of_calls(migration.text) == ["a.r-2.p"] * 2


def faces_of_calls(text: str) -> list[str]:
    [adapter] = yaml.safe_load(text)["capability"]["exposes"]
    return [tool["call"] for tool in adapter["tools"].values()]


def later(outputs: str, behaviour: str = "") -> str:
    return f"""\
ikanos: 1.0.0-beta5
capability:
  consumes:
    - type: http
      namespace: a
      baseUri: https://a
      resources: {{r: {{path: /r, operations: {{o: {{method: GET}}}}}}}}
  exposes:
    - type: rest
      namespace: desk
      port: 8080
      resources:
        greet:
          path: /greet
          operations:
            get:
              method: GET{behaviour}
              {outputs}
"""


NAMED = """outputParameters:
                # what it says
                message:
                  type: string   # plain
                  value: Hello {{n}}
                count: {type: number, value: "3"}
              inputParameters: {n: {in: query, type: string, description: N.}}"""

WRAPPED = """\
              outputParameters:
                # what it says
                - type: object
                  properties:
                    message:
                      type: string   # plain
                      value: Hello {{n}}
                    count: {type: number, value: "3"}
              inputParameters: [{name: n, in: query, type: string, description: N.}]
"""

CALL = "\n              call: a.o"


@pytest.mark.parametrize(
    ("outputs", "behaviour", "expected"),
    [
        (NAMED, "", WRAPPED),
        (
            "outputParameters: {m: {type: string, value: x}}",
            "",
            "outputParameters: [{type: object, properties: {m: {type: string, value: x}}}]\n",
        ),
        (
            "outputParameters: {m: {type: string, mapping: $.m}, n: {type: string, mapping: $.n}}",
            CALL,
            "[{type: object, properties: {m: {type: string, mapping: $.m}, n: {type: string, mapping: $.n}}}]\n",
        ),
        (
            "outputParameters: {m: {type: string, mapping: $.m}}",
            CALL,
            "outputParameters: [{type: string, mapping: $.m}]\n",
        ),
        (
            "outputParameters:\n                m: {type: string, mapping: $.m} # it",
            CALL,
            "outputParameters:\n                - {type: string, mapping: $.m} # it\n",
        ),
        (
            "outputParameters:\n                m:\n                    type: string\n                    mapping: $.m",
            CALL,
            "outputParameters:\n                - type: string\n                  mapping: $.m\n",
        ),
    ],
    ids=["mock", "mock in braces", "several of a call", "one of a call in braces", "one on a line", "one of a call"],
)
def test_named_outputs_of_a_rest_operation_without_steps_are_written_as_alpha2_has_them(
    outputs: str, behaviour: str, expected: str
) -> None:
    text = later(outputs, behaviour)
    assert check_official(yaml.safe_load(text), generation=BETA5.name) == []

    migration = bring(text, ALPHA2)

    assert migration.text is not None, migration.diagnostics
    assert migration.text.endswith(expected)
    assert [item.severity for item in migration.diagnostics] == [Severity.WARNING]
    assert check_official(yaml.safe_load(migration.text), generation=ALPHA2.name) == []
    assert migrate(migration.text, "desk.yaml", ALPHA2).text == migration.text


@pytest.mark.parametrize("outputs", ["outputParameters: {}", "outputParameters: [{type: string, value: x}]"])
def test_outputs_without_names_stay_as_they_are(outputs: str) -> None:
    assert "properties" not in brought(later(outputs), ALPHA2)


def test_what_is_merged_may_merge_in_turn() -> None:
    text = """\
ikanos: 1.0.0-beta5
capability:
  consumes:
    - {namespace: a, type: http, baseUri: 'https://a', resources: &a {r: {path: /r, operations: &o {o: {method: GET}}}}}
    - namespace: b
      type: http
      baseUri: https://b
      resources: &b
        <<: *a
        s:
          path: /s
          operations:
            <<: *o
            p: {method: PUT}
    - {namespace: c, type: http, baseUri: 'https://c', resources: *b}
    - namespace: d
      type: http
      baseUri: https://d
      resources:
        <<: *b
        t: {path: /t}
"""
    value = yaml.safe_load(brought(text, ALPHA2))["capability"]["consumes"]

    assert [[resource["name"] for resource in api["resources"]] for api in value] == [
        ["r"],
        ["s", "r"],
        ["s", "r"],
        ["t", "s", "r"],
    ]
    assert [operation["name"] for operation in value[3]["resources"][1]["operations"]] == ["p", "o"]
