"""Steps that run scripts: off unless allowed, fed with what came before, and told by name when they fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.verdicts import assert_problem
from tests.runner import command, listen_flags, request, running
from tests.upstream import Answer, Upstream

CAPABILITY = """\
naftiko: 1.0.0-alpha2
info: {label: Readings, description: Readings of buoys.}
capability:
  consumes:
  - type: http
    namespace: buoys
    baseUri: https://buoys.invalid
    resources:
    - {name: readings, path: '/buoys/{id}/readings', operations: [{name: read, method: GET}]}
    - name: alarms
      path: /alarms
      operations: [{name: raise, method: POST, inputParameters: [{name: level, in: body}]}]
  exposes:
  - type: rest
    namespace: buoys-rest
    port: 8080
    resources:
    - name: summary
      path: /buoys/{id}/summary
      operations:
      - name: summary
        method: GET
        steps:
        - {name: read, type: call, call: buoys.read, with: {id: rest.id}}
        - {name: high, type: script, language: javascript, location: ./scripts, file: high.js,
           dependencies: [lib.js], with: {limit: '{{limit}}'}}
        - {name: mean, type: script, language: python, location: ./scripts, file: mean.py}
        mappings:
        - {targetName: high, value: $.high}
        - {targetName: mean, value: $.mean.mean}
        - {targetName: of, value: $.mean.of}
    - name: alarm
      path: /buoys/{id}/alarm
      operations:
      - name: alarm
        method: POST
        steps:
        - {name: read, type: call, call: buoys.read, with: {id: rest.id}}
        - {name: mean, type: script, language: python, location: ./scripts, file: mean.py}
        - {name: raise, type: call, call: buoys.raise, with: {level: $.mean.mean}}
"""
SCRIPTS = {
    "lib.js": "function above(limit) { return reading => reading.height > limit; }",
    "high.js": "result = context.read.filter(above(Number(context.limit)));",
    "mean.py": "heights = [reading['height'] for reading in context['read']]\n"
    "result = {'mean': sum(heights) / len(heights), 'of': context['id']}\n",
}
READINGS = [{"height": 1}, {"height": 4}, {"height": 7}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    for name, content in SCRIPTS.items():
        (tmp_path / "scripts" / name).write_text(content)
    path = tmp_path / "buoys.naftiko.yaml"
    path.write_text(CAPABILITY)
    return path


def test_scripts_work_on_what_came_before_them(file: Path, upstream: Upstream) -> None:
    upstream.answer("GET", "/buoys/b1/readings", Answer.json(READINGS))
    upstream.answer("GET", "/buoys/b2/readings", Answer.json([]))
    flags = ("--allow-scripts", "--upstream", f"buoys={upstream.url}", *listen_flags(["buoys-rest"]))
    with running("run", str(file), *flags) as run:
        reply = request("GET", run.url("rest") + "/buoys/b1/summary?limit=3")
        assert (reply.status, reply.json) == (200, {"high": READINGS[1:], "mean": 4, "of": "b1"})

        headers = {"content-type": "application/json"}
        assert request("POST", run.url("rest") + "/buoys/b1/alarm", b"{}", headers).status == 200
        assert upstream.last.json == {"level": 4}

        problem = assert_problem(request("POST", run.url("rest") + "/buoys/b2/alarm", b"{}", headers), 500)
        assert problem["code"] == "NK8023"
        assert problem["detail"].startswith("step `mean`: the script `mean.py` failed, line 2: ")
        assert upstream.last.path == "/buoys/b2/readings"


def test_scripts_are_off_unless_they_are_allowed(file: Path) -> None:
    ended = command("run", str(file))

    assert ended.code == 1
    assert ended.err.count("error[NK2016]: scripts are off, and this step runs one") == 3


def test_a_call_without_a_server_runs_scripts_too(file: Path, upstream: Upstream) -> None:
    upstream.answer("GET", "/buoys/b1/readings", Answer.json(READINGS))
    address = ("--upstream", f"buoys={upstream.url}")
    ended = command("call", str(file), "summary", "id=b1", "limit=5", "--allow-scripts", *address)

    assert (ended.code, json.loads(ended.out)) == (0, {"high": READINGS[2:], "mean": 4, "of": "b1"})


def test_explain_and_a_dry_run_name_the_scripts_and_run_none(file: Path) -> None:
    ended = command("explain", str(file), "summary")
    assert "step 2    high: runs high.js (javascript) after `read`" in ended.out

    ended = command("call", str(file), "summary", "id=b1", "--dry-run")
    assert ended.out.splitlines()[-2:] == [
        "# step high: runs high.js (javascript)",
        "# step mean: runs mean.py (python)",
    ]
