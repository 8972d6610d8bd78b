"""Capabilities whose consumed operations share names, and what each of their calls resolves to.

An operation is written as a line: `resource METHOD /path name`, with its inputs behind it and a description behind `#`;
so is an exposed operation, whose name is the call's. A tool is the name it calls, its `with` keys and a description.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.spec.load import read_text


class Calls(NamedTuple):
    """What came of a capability: the target of each function, in words, its evidence, and what was told."""

    rest: list[str]
    tools: list[str]
    evidence: list[list[str]]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        """The codes of what was told, but for a superset's notes."""
        return [item.code for item in self.diagnostics if item.code != "NK2011"]


def calls_of(consumed: Sequence[str], rest: Sequence[str] = (), tools: Sequence[str] = (), more: str = "") -> Calls:
    """Compile a capability; `more` is a further adapter."""
    text = capability(consumed, rest, tools, more)
    plan, diagnostics = (found := compile_plan(read_text(text, "harbour.yaml"), None)).plan, found.diagnostics
    if plan is None:
        return Calls([], [], [], diagnostics)
    routes = [route.function for face in plan.rest for route in face.routes]
    served = [tool.function for face in plan.mcp for tool in face.tools]
    evidence = [[item.rule for item in _call(function).target.evidence] for function in (*routes, *served)]
    return Calls([_words(item) for item in routes], [_words(item) for item in served], evidence, diagnostics)


def _words(function: Function) -> str:
    target = _call(function).target
    return f"{target.resource} {target.method} {target.path}"


def _call(function: Function) -> Call:
    assert isinstance(function.action, Call)
    return function.action


def capability(consumed: Sequence[str], rest: Sequence[str], tools: Sequence[str], more: str = "") -> str:
    """The text of a capability."""
    lines = [
        "naftiko: 1.0.0-alpha2",
        "info: {label: Harbour, description: A harbour.}",
        "capability:",
        "  consumes:",
        "  - type: http",
        "    namespace: port",
        "    baseUri: https://port.invalid",
        "    resources:",
        *(line for text in consumed for line in _consumed(text)),
        "  exposes:",
    ]
    if rest:
        lines += ["  - type: rest", "    namespace: port-rest", "    port: 8080", "    resources:"]
        lines += [line for text in rest for line in _exposed(text)]
    if more:
        lines += [more]
    if tools:
        lines += ["  - {type: mcp, namespace: port-mcp, port: 9090, description: d, tools: ["]
        lines += [f"      {_tool(text, index)}," for index, text in enumerate(tools)]
        lines += ["    ]}"]
    return "\n".join(lines) + "\n"


def _parts(text: str) -> tuple[list[str], str]:
    head, _, description = text.partition(" # ")
    return head.split(), description


def _consumed(text: str) -> list[str]:
    (resource, method, path, name, *inputs), description = _parts(text)
    declared = [{"name": item, "in": "query", "type": "string"} for item in inputs]
    operation = {"name": name, "method": method, "description": description, "inputParameters": declared}
    return [f"    - {{name: {resource}, path: {json.dumps(path)}, operations: [{json.dumps(operation)}]}}"]


def _exposed(text: str) -> list[str]:
    resource, method, path, call = _parts(text)[0]
    operation = {"name": f"{method.lower()}-it", "method": method, "call": f"port.{call}"}
    return [f"    - {{name: {resource}, path: {json.dumps(path)}, operations: [{json.dumps(operation)}]}}"]


def _tool(text: str, index: int) -> str:
    (call, *keys), description = _parts(text)
    tool: dict[str, object] = {"name": f"tool-{index + 1}", "description": description or "d", "call": f"port.{call}"}
    if keys:
        tool["with"] = {key: f"tools.{key}" for key in keys}
    return json.dumps(tool)
