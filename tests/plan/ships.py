"""A small capability whose parts a test may replace, from its text to a compiled plan and the requests it makes.

Parts are written as keys of YAML flow mappings, so that a test shows on one line what it is about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.errors import ArgumentError
from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.call import Call, UpstreamRequest
from naftiko_runtime.plan.model.face import Plan
from naftiko_runtime.plan.model.function import Function, Input
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.spec.load import read_text

FILE = "ships.yaml"
SET = Environment(process={"SHIP_TOKEN": "t0ken", "SHIP_USER": "ada", "SHIP_HOST": "north.invalid"})
"""An environment in which every variable of the capability has a value."""

CALL = "call: ships.find"
BASE = "baseUri: https://ships.invalid/v2"
BINDS = "{namespace: env, keys: {TOKEN: SHIP_TOKEN, USER: SHIP_USER, HOST: SHIP_HOST}}"


def capability(
    operation: str = "",
    *,
    path: str = "/ships",
    route: str | None = None,
    method: str = "GET",
    exposed_method: str = "",
    exposed: str = CALL,
    tool: str = CALL,
    api: str = BASE,
    binds: str = BINDS,
) -> str:
    """The text of a capability: one consumed operation, and a REST operation and a tool that call it.

    `operation`, `exposed`, `tool` and `api` are keys of theirs besides the names; the exposed path is the consumed one
    unless `route` says otherwise.
    """
    return f"""\
naftiko: 1.0.0-alpha2
info: {{label: Ships, description: Ships in a harbour.}}
binds: [{binds}]
capability:
  consumes:
  - {{{_keys("type: http, namespace: ships", api)}, resources: [
      {{name: ship, path: {json.dumps(path)}, operations: [
        {{{_keys(f"name: find, method: {method}", operation)}}}]}}]}}
  exposes:
  - type: rest
    namespace: ships-rest
    port: 8080
    resources:
    - name: ship
      path: {json.dumps(path if route is None else route)}
      description: Ships.
      operations:
      - {{{_keys(f"name: find-ship, method: {exposed_method or method}", exposed)}}}
  - type: mcp
    namespace: ships-mcp
    port: 9090
    transport: http
    description: Ships.
    tools:
    - {{{_keys("name: find-ship, description: Find a ship.", tool)}}}
"""


def _keys(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def compiled(
    text: str, environment: Environment | None = SET, upstreams: Mapping[str, str] | None = None
) -> Compilation:
    """What comes of compiling `text`."""
    return compile_plan(read_text(text, FILE), environment, upstreams=upstreams)


def plan(text: str, environment: Environment | None = SET, upstreams: Mapping[str, str] | None = None) -> Plan:
    """The plan of a text that has no error."""
    compilation = compiled(text, environment, upstreams)
    assert compilation.plan is not None, errors(compilation)
    return compilation.plan


def rest(text: str, environment: Environment | None = SET) -> Function:
    """The function of the first exposed operation."""
    return plan(text, environment).rest[0].routes[0].function


def tool(text: str, environment: Environment | None = SET) -> Function:
    """The function of the first tool."""
    return plan(text, environment).mcp[0].tools[0].function


def request(function: Function, /, **arguments: object) -> UpstreamRequest:
    """The request that a call with `arguments` makes."""
    assert isinstance(function.action, Call)
    return function.action.build(function.admit(arguments))


def refused(function: Function, arguments: Mapping[str, object]) -> dict[str, str]:
    """The problem of each field for which a call is refused; empty where it is not."""
    assert isinstance(function.action, Call)
    try:
        function.action.build(function.admit(arguments))
    except ArgumentError as error:
        return dict(error.fields)
    return {}


def query(made: UpstreamRequest) -> str:
    """The query of a request, as sent."""
    return made.url.partition("?")[2]


def header(made: UpstreamRequest, name: str) -> str | None:
    """The only value of a header, or None."""
    values = [value for key, value in made.headers if key == name]
    assert len(values) < 2, values
    return values[0] if values else None


def inputs(function: Function) -> dict[str, Input]:
    """The inputs of a function by name, in order."""
    return {item.name: item for item in function.inputs}


def errors(compilation: Compilation) -> list[tuple[str, str]]:
    """Code and message of each error."""
    return [(item.code, item.message) for item in compilation.diagnostics if item.is_error]


def codes(compilation: Compilation) -> list[str]:
    """The codes of the errors."""
    return [code for code, _ in errors(compilation)]


def only_error(text: str, environment: Environment | None = SET) -> Diagnostic:
    """The one error of a text."""
    compilation = compiled(text, environment)
    found = [item for item in compilation.diagnostics if item.is_error]
    assert len(found) == 1, found
    assert compilation.plan is None
    return found[0]


def warnings(text: str, code: str, environment: Environment | None = SET) -> list[Diagnostic]:
    """The warnings with `code` of a text that has no error."""
    return [item for item in plan(text, environment).diagnostics if item.code == code]


def marked(text: str, found: Diagnostic) -> str:
    """The piece of `text` a diagnostic underlines, up to the end of its first line."""
    assert found.span is not None
    line = text.splitlines()[found.span.line - 1]
    end = found.span.end_column - 1 if found.span.end_line == found.span.line else len(line)
    return line[found.span.column - 1 : end]
