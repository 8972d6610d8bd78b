"""A small capability whose tool and operation run steps; a test writes the steps, one to a line, as flow mappings."""

from __future__ import annotations

from collections.abc import Mapping

from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.steps import Orchestration
from tests.plan.ships import plan

FIND = "{name: find-ship, type: call, call: registry.find-ship, with: {imo: tools.imo}}"
CREW = "{name: list-crew, type: call, call: registry.list-crew}"
LOOK = (
    "{name: look, type: lookup, index: list-crew, match: id, lookupValue: $.find-ship.crew, outputParameters: [name]}"
)
IMO = "inputParameters: [{name: imo, type: string}]"

_OPERATIONS = """\
      - {name: find-ship, path: '/ships/{imo}', method: GET}
      - {name: list-ships, path: /ships, method: GET, inputParameters: [{name: flag, in: query}]}
      - {name: list-crew, path: /crew, method: GET, inputParameters: [{name: rank, in: query}]}
      - {name: count, path: /count, method: GET, inputParameters: [
          {name: of, in: query, required: true}, {name: limit, in: query, type: integer}]}
      - {name: sail, path: /voyages, method: POST, inputParameters: [{name: ship, in: body}, {name: crew, in: body}]}
      - {name: note, path: /notes, method: POST, body: {type: json, data: {
          ship: '{{find-ship.name}}', crew: '{{list-crew}}', by: '{{by}}'}}}
"""


def text(
    *steps: str,
    tool: str = IMO,
    mappings: str = "",
    outputs: str = "",
    operations: str = "",
    route: str = "/fleet",
    method: str = "GET",
    rest: str | None = None,
) -> str:
    """A capability. `tool` and `rest` are keys of the tool and the operation beside their steps; `operations` are more
    consumed ones, a line each.
    """
    more = "".join(f"      - {line}\n" for line in operations.splitlines())
    body = _body(steps, mappings, outputs)
    return f"""\
naftiko: 1.0.0-alpha2
info: {{label: Voyages, description: Ships and voyages.}}
capability:
  consumes:
  - type: http
    namespace: registry
    baseUri: https://registry.invalid
    resources:
    - name: all
      path: /
      operations:
{_OPERATIONS}{more}\
  exposes:
  - type: mcp
    namespace: fleet
    port: 9090
    description: The fleet.
    tools:
    - name: run
      description: Runs.
      {tool or "label: Run"}
{body}\
  - type: rest
    namespace: fleet-rest
    port: 8080
    resources:
    - name: fleet
      path: {route}
      operations:
      - name: run
        method: {method}
        {(tool if rest is None else rest) or "label: Run"}
{"".join(f"  {line}" for line in body.splitlines(keepends=True)).replace("tools.", "rest.")}\
"""


def _body(steps: tuple[str, ...], mappings: str, outputs: str) -> str:
    lines = ["      steps:", *(f"      - {step}" for step in steps)]
    if mappings:
        pairs = (pair.split("=", 1) for pair in mappings.split("; "))
        lines += [
            "      mappings:",
            *(f"      - {{targetName: {target}, value: {value!r}}}" for target, value in pairs),
        ]
    if outputs:
        lines.append(f"      outputParameters: {outputs}")
    return "\n".join(lines) + "\n"


def tool(written: str, upstreams: Mapping[str, str] | None = None) -> Function:
    """The tool of a capability."""
    return plan(written, upstreams=upstreams).mcp[0].tools[0].function


def orchestration(written: str) -> Orchestration:
    """What the tool of a capability does."""
    action = tool(written).action
    assert isinstance(action, Orchestration)
    return action
