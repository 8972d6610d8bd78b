from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.outcome import Success
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.spec.load import read_text
from tests.upstream import Answer, Upstream

TEXT = """\
naftiko: 1.0.0-alpha2
info: {{label: Fleet, description: Ships.}}
capability:
  consumes:
  - type: http
    namespace: fleet
    baseUri: https://fleet.invalid
    resources:
    - {{name: first, path: /first, operations: [{{name: get, method: GET, outputRawFormat: xml{outputs}}}]}}
    - {{name: ship, path: '/ships/{{id}}', operations: [{{name: get, method: GET}}]}}
  exposes:
  - type: rest
    namespace: fleet-rest
    port: 8080
    resources:
    - name: first
      path: /first
      operations:
      - name: first
        method: GET
        steps:
        - {{name: found, type: call, call: fleet.first.get}}
        - {{name: ship, type: call, call: fleet.ship.get, with: {{id: {reference}}}}}
"""
MAPPED = """\
        mappings: [{{targetName: given, value: "$.found.{path}"}}]
"""


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(ReqwestUpstream())
    yield engine
    await engine.close()


@pytest.mark.parametrize(
    ("outputs", "reference"),
    [
        ("", "$.found.ship.id"),
        (", outputParameters: [{name: number, type: string, value: $.ship.id}]", "$.found.number"),
        (", outputParameters: [{name: ids, type: array, value: '$.fleet.ship[*].id'}]", "'$.found.ids[0]'"),
    ],
)
async def test_a_step_gives_what_is_within_the_root(
    engine: Engine, upstream: Upstream, outputs: str, reference: str
) -> None:
    found = compile_plan(
        read_text(TEXT.format(outputs=outputs, reference=reference), "fleet.yaml"),
        None,
        upstreams={"fleet": upstream.url},
    )
    assert found.plan is not None, found.diagnostics
    upstream.answer("GET", "/first", Answer(200, b"<fleet><ship><id>7</id></ship></fleet>", ()))
    upstream.answer("GET", "/ships/7", Answer.json({"name": "Ada"}))
    outcome = await engine.invoke(found.plan.rest[0].routes[0].function, {})
    assert isinstance(outcome, Success), outcome
    assert outcome.content == b'{"name":"Ada"}'


@pytest.mark.parametrize(
    ("ships", "path", "given"),
    [
        ("<ship><id>7</id></ship>", "ship[0].id", "7"),
        ("<ship><id>7</id></ship>", "ship[*].id", ["7"]),
        ("<ship><id>7</id></ship>", "ship[-1].id", "7"),
        ("<ship><id>7</id></ship>", "ship[?(@.id == '7')].id", ["7"]),
        ("<ship><id>7</id></ship>", "ship[0].id[0]", "7"),
        ("<ship><id>7</id></ship>", "ship.id", "7"),
        ("<ship><id>7</id></ship>", "ship[1].id", None),
        ("", "ship[*].id", None),
        ("<ship><id>7</id></ship><ship><id>8</id></ship>", "ship[*].id", ["7", "8"]),
        ("<dock><ship><id>7</id></ship></dock>", "dock[*].ship[*].id", ["7"]),
    ],
)
async def test_a_lone_element_is_a_list_where_a_reference_asks_for_one(
    engine: Engine, upstream: Upstream, ships: str, path: str, given: object
) -> None:
    source = TEXT.format(outputs="", reference="x") + MAPPED.format(path=path)
    plan = compile_plan(read_text(source, "fleet.yaml"), None, upstreams={"fleet": upstream.url}).plan
    assert plan is not None
    upstream.answer("GET", "/first", Answer(200, f"<fleet><name>N</name>{ships}</fleet>".encode(), ()))
    upstream.answer("GET", "/ships/x", Answer.json({}))
    outcome = await engine.invoke(plan.rest[0].routes[0].function, {})
    assert isinstance(outcome, Success), outcome
    assert orjson.loads(outcome.content) == {"given": given}


async def test_a_large_answer_of_a_step_is_decoded_aside(engine: Engine, upstream: Upstream) -> None:
    source = TEXT.format(outputs="", reference="$.found.ship.id")
    plan = compile_plan(read_text(source, "fleet.yaml"), None, upstreams={"fleet": upstream.url}).plan
    assert plan is not None
    filler = b"<x>y</x>" * 10_000
    upstream.answer("GET", "/first", Answer(200, b"<fleet><ship><id>7</id></ship>" + filler + b"</fleet>", ()))
    upstream.answer("GET", "/ships/7", Answer.json({"name": "Ada"}))
    outcome = await engine.invoke(plan.rest[0].routes[0].function, {})
    assert isinstance(outcome, Success), outcome
    assert outcome.content == b'{"name":"Ada"}'
