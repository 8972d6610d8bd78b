from __future__ import annotations

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model import Orchestration
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


def test_a_resource_may_run_steps() -> None:
    compilation = compile_plan(read_text(TEXT, "berth.yaml"), None)

    assert (compilation.diagnostics, compilation.plan is not None) == ((), True)
    assert compilation.plan is not None
    [resource] = compilation.plan.mcp[0].resources
    assert isinstance(resource.function.action, Orchestration)
