from __future__ import annotations

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.steps import Orchestration
from naftiko_runtime.spec.load import read_text

TEXT = """naftiko: 1.0.0-alpha2
capability:
  consumes:
  - type: http
    namespace: harbour
    baseUri: http://127.0.0.1:9
    resources: [{name: r, path: /x, operations: [{name: find, method: GET}]}]
  exposes:
  - type: mcp
    namespace: tools
    port: 9000
    description: D.
    resources:
    - name: berth
      label: A berth
      description: D.
      uri: harbour://berth
      steps: [{type: call, name: found, call: harbour.find}]
      mappings: [{targetName: name, value: $.found.name}]
      outputParameters: [{name: name, type: string}]
"""


def test_a_script_of_a_resource_is_looked_at_as_well() -> None:
    step = "{type: script, name: found, language: javascript, location: ./scripts, file: none.js}"
    text = TEXT.replace("{type: call, name: found, call: harbour.find}", step)

    assert [item.code for item in compile_plan(read_text(text, "berth.yaml"), None).diagnostics] == ["NK2014"]


def test_a_resource_may_run_steps() -> None:
    compilation = compile_plan(read_text(TEXT, "berth.yaml"), None)

    assert (compilation.diagnostics, compilation.plan is not None) == ((), True)
    assert compilation.plan is not None
    [resource] = compilation.plan.mcp[0].resources
    assert isinstance(resource.function.action, Orchestration)
