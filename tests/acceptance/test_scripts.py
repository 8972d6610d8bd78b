"""A function with a script, as a process: asked over REST, MCP in both eras and the command line, and when it fails."""

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
info: {label: Shop, description: What orders come to.}
capability:
  consumes:
  - type: http
    namespace: shop
    baseUri: https://shop.invalid
    resources: [{name: orders, path: /orders, operations: [{name: list-orders, method: GET}]}]
  aggregates:
  - label: Sums
    namespace: sums
    functions:
    - name: get-sum
      description: What all orders come to.
      inputParameters: [{name: rate, type: number, description: What one is worth.}]
      steps:
      - {name: orders, type: call, call: shop.list-orders}
      - {name: total, type: script, language: javascript, location: 'file:///./scripts', file: total.js,
         dependencies: [money.js]}
      - {name: words, type: script, language: python, location: 'file:///./scripts', file: words.py,
         with: {currency: EUR}}
      mappings: [{targetName: sum, value: $.total.sum}, {targetName: words, value: $.words}]
      outputParameters: [{name: sum, type: number}, {name: words, type: string}]
  exposes:
  - type: rest
    namespace: shop-rest
    port: 8080
    resources: [{path: '/sum/{rate}', name: sum, operations: [{method: GET, name: sum, ref: sums.get-sum}]}]
  - {type: mcp, namespace: shop-mcp, port: 9090, tools: [{ref: sums.get-sum}]}
"""
SCRIPTS = {
    "money.js": "function worth(total) { return total * context.rate }",
    "total.js": "result = {sum: context.orders.map(o => worth(o.total)).reduce((a, b) => a + b, 0)}",
    "words.py": "result = f\"{context['total']['sum']} {context['currency']} in {len(context['orders'])} orders\"",
}
RESULT = {"sum": 14, "words": "14 EUR in 2 orders"}


class Served(NamedTuple):
    file: Path
    run: Running


@pytest.fixture(scope="module")
def served(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "scripts").mkdir()
    for name, script in SCRIPTS.items():
        (folder / "scripts" / name).write_text(script)
    file = folder / "shop.naftiko.yaml"
    file.write_text(CAPABILITY)
    flags = ["--upstream", f"shop={upstream_server.url}", *listen_flags(["shop-rest", "shop-mcp"]), "--allow-scripts"]
    with running("run", str(file), *flags) as run:
        yield Served(file, run)


@pytest.fixture
def shop(upstream: Upstream) -> Upstream:
    upstream.answer("GET", "/orders", Answer.json([{"total": 3}, {"total": 4}]))
    return upstream


def test_an_operation_answers_with_what_scripts_make_of_a_call(served: Served, shop: Upstream) -> None:
    reply = request("GET", served.run.url("rest") + "/sum/2")

    assert (reply.status, reply.json) == (200, RESULT)


@pytest.mark.parametrize("revision", ERAS)
async def test_so_does_a_tool(served: Served, shop: Upstream, revision: str) -> None:
    async with over_http(served.run.url("mcp"), revision) as client:
        result = await client.call_tool("get-sum", {"rate": 2})

    assert (result.is_error, json.loads(text(result))) == (False, RESULT)


def test_a_script_that_fails_is_told_with_its_step_and_line(served: Served, upstream: Upstream) -> None:
    upstream.answer("GET", "/orders", Answer.json({"none": 0}))
    problem = assert_problem(request("GET", served.run.url("rest") + "/sum/2"), 500)

    assert problem["code"] == "NK8023"
    assert problem["detail"].startswith("step `total`: the script `total.js` failed, line 1: TypeError")


async def test_a_tool_tells_it_too(served: Served, upstream: Upstream) -> None:
    upstream.answer("GET", "/orders", Answer.json({"none": 0}))
    async with over_http(served.run.url("mcp"), ERAS[0]) as client:
        result = await client.call_tool("get-sum", {"rate": 2})

    assert result.is_error
    assert "the script `total.js` failed" in text(result)


def test_a_changed_script_is_live(served: Served, shop: Upstream) -> None:
    script = served.file.parent / "scripts" / "words.py"
    script.write_text("result = 'new'")
    served.run.wait_for(lambda event: event.get("event") == "reloaded")
    reply = request("GET", served.run.url("rest") + "/sum/2")
    script.write_text(SCRIPTS["words.py"])

    assert reply.json["words"] == "new"


def test_explain_shows_the_scripts(served: Served) -> None:
    shown = command("explain", str(served.file), "get-sum").out

    assert "total: runs total.js (javascript) after `orders`" in shown
    assert "words: runs words.py (python) after `orders`, `total`" in shown


def test_a_dry_run_names_the_scripts_and_runs_none(served: Served) -> None:
    ended = command("call", str(served.file), "shop-mcp.get-sum", "rate=2", "--dry-run")

    assert ended.code == 0, ended.err
    assert "# step total: runs total.js (javascript)" in ended.out
