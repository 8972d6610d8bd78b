"""A capability of several APIs, operations and tools, to break in one place and to serve the rest of."""

from __future__ import annotations

from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.function import Function, Refused
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.spec.load import read_text

FILE = "fleet.yaml"
SET = Environment(process={"SHIP_TOKEN": "t0ken", "CREW_TOKEN": "cr3w"})

TEXT = """\
naftiko: 1.0.0-alpha2
info: {label: Fleet, description: Ships and their crews.}
binds:
- {namespace: env, keys: {SHIP_TOKEN: SHIP_TOKEN, CREW_TOKEN: CREW_TOKEN}}
capability:
  consumes:
  - type: http
    namespace: ships
    baseUri: https://ships.invalid
    authentication: {type: bearer, token: '{{SHIP_TOKEN}}'}
    resources:
    - name: ship
      path: /ships/{id}
      operations:
      - {name: find, method: GET}
      - {name: scrap, method: DELETE}
    - name: port
      path: /ports
      operations:
      - {name: dock, method: POST, body: {type: json, data: {ship: '{{ship}}'}}}
  - type: http
    namespace: crew
    baseUri: https://crew.invalid
    authentication: {type: bearer, token: '{{CREW_TOKEN}}'}
    resources:
    - name: sailor
      path: /sailors
      operations:
      - {name: list, method: GET}
  exposes:
  - type: rest
    namespace: fleet-rest
    port: 8080
    resources:
    - name: ship
      path: /ships/{id}
      operations:
      - {name: find, method: GET, call: ships.find}
      - {name: scrap, method: DELETE, call: ships.scrap}
    - name: sailor
      path: /sailors
      operations:
      - {name: list, method: GET, call: crew.list}
  - type: mcp
    namespace: fleet-mcp
    port: 9090
    description: The fleet.
    tools:
    - {name: find-ship, description: Finds., call: ships.find}
    - {name: scrap-ship, description: Scraps., call: ships.scrap}
    - {name: dock, description: Docks., call: ships.dock}
    - {name: list-crew, description: Lists., call: crew.list}
"""

ALL = {
    "GET /ships/{id}", "DELETE /ships/{id}", "GET /sailors", "find-ship", "scrap-ship", "dock", "list-crew",
}  # fmt: skip
"""Every operation and tool of the capability."""


class Served(NamedTuple):
    """What a capability serves, what it leaves out with the code of the reason, and what it tells of that."""

    served: set[str]
    left_out: dict[str, str]
    told: tuple[Diagnostic, ...]


def broken(*pairs: str) -> str:
    """The text with each old piece, which stands in it once, replaced by the new one behind it."""
    text = TEXT
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def compiled(text: str, environment: Environment | None = SET, *, partial: bool = True) -> Compilation:
    """What comes of a text, as `--partial` compiles it."""
    return compile_plan(read_text(text, FILE), environment, partial=partial)


def partly(text: str, environment: Environment | None = SET) -> Served:
    """What of a text is served."""
    plan = compiled(text, environment).plan
    assert plan is not None, compiled(text, environment).diagnostics
    served = {f"{route.method} {route.path}" for face in plan.rest for route in face.routes}
    served |= {tool.name for face in plan.mcp for tool in face.tools}
    left_out = {f"{route.method} {route.path}": code(route.function) for face in plan.rest for route in face.left_out}
    left_out |= {tool.name: code(tool.function) for face in plan.mcp for tool in face.left_out}
    assert not any(item.is_error for item in plan.diagnostics)
    return Served(served, left_out, plan.diagnostics)


def code(function: Function) -> str:
    """The code for which a function was left out."""
    assert isinstance(function.action, Refused)
    return function.action.code
