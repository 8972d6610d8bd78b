"""The resources and prompts that the suite expects of a server, as a capability says them."""

from __future__ import annotations

from pathlib import Path

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.face import McpFace
from naftiko_runtime.spec.load import read_text

CAPABILITY = """\
naftiko: 1.0.0-alpha2
info: {label: Suite, description: What the suite expects.}
capability:
  exposes:
  - type: mcp
    namespace: suite
    resources:
    - name: static-text
      uri: test://static-text
      mimeType: text/plain
      outputParameters: [{name: text, type: string, value: This is the content of the static text resource.}]
    - {name: static-binary, uri: "test://static-binary", location: ./pixel.png}
    - name: template
      uri: test://template/{id}/data
      outputParameters:
      - {name: id, type: string, value: "{{id}}"}
    prompts:
    - name: test_simple_prompt
      description: A simple prompt.
      template: [{role: user, content: This is a simple prompt for testing.}]
    - name: test_prompt_with_arguments
      description: A prompt with arguments.
      arguments: [{name: arg1, description: The first.}, {name: arg2, description: The second.}]
      template: [{role: user, content: "Prompt with arguments: arg1='{{arg1}}', arg2='{{arg2}}'"}]
"""


def offered(folder: Path) -> McpFace:
    """The face of the capability, with its file in `folder`."""
    (folder / "pixel.png").write_bytes(b"\x89PNG\r\n\x00")
    plan = compile_plan(read_text(CAPABILITY, str(folder / "suite.yaml"), folder=folder), None).plan
    assert plan is not None
    return plan.mcp[0]
