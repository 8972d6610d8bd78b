"""The adapters of a file, compiled into faces: routes and tools, each with its function.

REST comes before MCP, because tools follow their sibling operations (C12).
"""

from __future__ import annotations

from collections.abc import Collection

from naftiko_runtime.plan.calls import Resolution, find_siblings
from naftiko_runtime.plan.drafts import declared_rest_drafts, declared_tool_drafts
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.functions import FunctionCompiler
from naftiko_runtime.plan.model import Function, McpFace, RestFace, Route, Tool
from naftiko_runtime.plan.targets import Targets
from naftiko_runtime.plan.template import Part, TemplateError, parse_template, placeholders
from naftiko_runtime.plan.wiring import Exposure
from naftiko_runtime.spec import model as written
from naftiko_runtime.spec.document import Pointer
from naftiko_runtime.spec.model import Behaviour, ConsumedOperation

DEFAULT_ADDRESS = "127.0.0.1"

_HINTS = {
    "readOnly": "readOnlyHint",
    "destructive": "destructiveHint",
    "idempotent": "idempotentHint",
    "openWorld": "openWorldHint",
}


class Faces:
    """Compiles the adapters of one file."""

    def __init__(self, functions: FunctionCompiler, targets: Targets, findings: Findings) -> None:
        self._functions = functions
        self._targets = targets
        self._findings = findings
        self._resolved: list[tuple[written.Rest, list[ConsumedOperation | None]]] = []

    def rest(self, adapter: written.Rest) -> RestFace:
        """A REST adapter. Of two operations with one method and path shape the first serves."""
        self.unserved(adapter.unserved)
        targets: list[ConsumedOperation | None] = []
        routes: dict[tuple[str, str], Route] = {}
        for operation in adapter.operations:
            resolution = self._targets.of_operation(operation)
            targets.append(None if resolution is None else resolution.operation)
            parts = self._path_parts(operation)
            if parts is None:
                continue
            route = self._route(adapter, operation, parts, resolution)
            if route is None:
                continue
            key = (route.method, "".join(part if isinstance(part, str) else "{}" for part in parts))
            if key in routes:
                message = f"{route.method} {route.path} is exposed twice in `{adapter.namespace}`; the first one serves"
                self._findings.warning("NK3008", message, operation.at, "give one of them another path or method")
            routes.setdefault(key, route)
        self._resolved.append((adapter, targets))
        address = adapter.address or DEFAULT_ADDRESS
        return RestFace(adapter.namespace, address, adapter.port, adapter.description, tuple(routes.values()))

    def _route(
        self,
        adapter: written.Rest,
        operation: written.ExposedOperation,
        parts: tuple[Part, ...],
        resolution: Resolution | None,
    ) -> Route | None:
        path = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts)
        path = path if path.startswith("/") else f"/{path}"
        names = tuple(dict.fromkeys(placeholder.name for placeholder in placeholders(parts)))
        drafts = declared_rest_drafts(operation.behaviour.inputs, operation.method, names)
        exposure = Exposure(operation.name, adapter.namespace, operation.description, drafts, operation.method, path)
        function = self._function(operation.behaviour, exposure, resolution)
        return None if function is None else Route(operation.method, path, function, operation.resource)

    def _path_parts(self, operation: written.ExposedOperation) -> tuple[Part, ...] | None:
        path, mark, rest = operation.path.partition("?")
        if mark:
            message = f"the query `?{rest}` stands in an exposed path; it is left out"
            help_text = "declare `in: query` inputs instead"
            self._findings.warning("NK4009", message, operation.path_at, help_text)
        try:
            return parse_template(path, single=True)
        except TemplateError as error:
            message = f"the exposed path is malformed: {error}"
            self._findings.error("NK4008", message, operation.path_at, "write placeholders as `{name}`")
            return None

    def mcp(self, adapter: written.Mcp) -> McpFace:
        """An MCP adapter. A tool whose name is taken gets the next free `name-2`, `name-3` (C15)."""
        self.unserved(adapter.unserved)
        siblings = find_siblings(adapter, self._resolved)
        names = {tool.name for tool in adapter.tools}
        tools: dict[str, Tool] = {}
        for index, tool in enumerate(adapter.tools):
            resolution = self._targets.of_tool(index, adapter.tools, siblings)
            name = tool.name if tool.name not in tools else self._next_name(tool, names | tools.keys())
            drafts = declared_tool_drafts(tool.behaviour.inputs)
            exposure = Exposure(name, adapter.namespace, tool.description, drafts)
            function = self._function(tool.behaviour, exposure, resolution)
            if function is not None:
                annotations = {_HINTS[hint]: value for hint, value in tool.hints.items() if hint in _HINTS}
                tools[name] = Tool(name, tool.label, tool.description, annotations, function)
        return McpFace(
            adapter.namespace,
            adapter.address or DEFAULT_ADDRESS,
            adapter.port,
            adapter.transport,
            adapter.description,
            tuple(tools.values()),
        )

    def _next_name(self, tool: written.Tool, taken: Collection[str]) -> str:
        number = 2
        while f"{tool.name}-{number}" in taken:
            number += 1
        name = f"{tool.name}-{number}"
        message = f"a second tool is called `{tool.name}`; it is served as `{name}`"
        self._findings.warning("NK3007", message, (*tool.at, "name"), "give it a name of its own")
        return name

    def _function(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution | None) -> Function | None:
        self.unserved(behaviour.unserved)
        if resolution is not None:
            return self._functions.call(behaviour, exposure, resolution)
        if behaviour.call is not None or behaviour.unserved or self._findings.is_flawed(behaviour.at):
            return None
        return self._functions.mock(behaviour, exposure)

    def unserved(self, constructs: tuple[tuple[str, Pointer], ...]) -> None:
        """Report constructs of the language that this runtime knows and does not run yet (NK2008)."""
        help_text = "this version serves calls and mock values on REST and as MCP tools"
        for name, at in constructs:
            message = f"`{name}` is part of the language, but not served yet"
            self._findings.error("NK2008", message, at, help_text, key=True)
