"""Spec → Plan: the whole of compiling, face by face.

Everything wrong is collected before anything is refused; a plan exists only where nothing was (C6b).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from naftiko_runtime.diagnostics import Diagnostic, in_file_order
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.plan.calls import (
    CallReference,
    Clue,
    Resolution,
    Unresolved,
    find_candidates,
    find_siblings,
    resolve,
    rest_clues,
    split_call,
    tool_clues,
)
from naftiko_runtime.plan.drafts import declared_rest_drafts, declared_tool_drafts
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.functions import Exposure, FunctionCompiler
from naftiko_runtime.plan.model import Function, McpFace, Plan, RestFace, Route, Tool
from naftiko_runtime.plan.template import Placeholder, TemplateError, parse_template, placeholders
from naftiko_runtime.plan.upstreams import Api, compile_apis
from naftiko_runtime.plan.variables import Environment, Variables
from naftiko_runtime.spec import model as written
from naftiko_runtime.spec.document import Pointer
from naftiko_runtime.spec.load import Reading
from naftiko_runtime.spec.model import Behaviour, ConsumedOperation

DEFAULT_ADDRESS = "127.0.0.1"

_HINTS = {
    "readOnly": "readOnlyHint",
    "destructive": "destructiveHint",
    "idempotent": "idempotentHint",
    "openWorld": "openWorldHint",
}


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of compiling one file: every diagnostic of reading and compiling in file order, and the plan unless one of
    them is an error.
    """

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def compile_plan(
    reading: Reading, environment: Environment | None, *, upstreams: Mapping[str, str] | None = None
) -> Compilation:
    """Compile what was read. Without an `environment` every variable is masked, and unset ones are no error (C2).

    `upstreams` replaces the `baseUri` of consumed namespaces.
    """
    if reading.spec is None or reading.document is None:
        return Compilation(None, reading.diagnostics)
    findings = Findings(reading.document, reading.spec.flawed)
    faces = _Faces(reading, environment, upstreams or {}, findings)
    rest = tuple(faces.rest(adapter) for adapter in reading.spec.rest)
    mcp = tuple(faces.mcp(adapter) for adapter in reading.spec.mcp)
    faces.finish()
    diagnostics = in_file_order([*reading.diagnostics, *findings.diagnostics])
    if reading.has_errors or findings.has_errors:
        return Compilation(None, diagnostics)
    spec = reading.spec
    label = spec.info.label or PurePath(reading.file).stem
    return Compilation(Plan(label, reading.file, spec.info.version, rest, mcp, diagnostics), diagnostics)


class _Faces:
    """Compiles the adapters of one file, REST before MCP, because tools follow their sibling operations (C12)."""

    def __init__(
        self, reading: Reading, environment: Environment | None, upstreams: Mapping[str, str], findings: Findings
    ) -> None:
        spec, document = reading.spec, reading.document
        if spec is None or document is None:
            raise AssertionError("only what was read can be compiled")
        self._spec = spec
        self._findings = findings
        self._variables = Variables(spec, environment, findings)
        self._apis = compile_apis(spec, document, self._variables, upstreams, findings)
        label = spec.info.label or PurePath(spec.file).stem
        self._functions = FunctionCompiler(label, self._apis, self._variables, findings)
        self._resolved: list[tuple[written.Rest, list[ConsumedOperation | None]]] = []
        self._ambiguous: list[Pointer] = []
        self._unserved(spec.unserved)

    def rest(self, adapter: written.Rest) -> RestFace:
        """A REST adapter."""
        self._unserved(adapter.unserved)
        targets: list[ConsumedOperation | None] = []
        routes: dict[tuple[str, str], Route] = {}
        for operation in adapter.operations:
            route = self._route(adapter, operation, targets)
            if route is None:
                continue
            key = (route.method, "/".join(_shape(route.path)))
            if key in routes:
                message = f"{route.method} {route.path} is exposed twice in `{adapter.namespace}`; the first one serves"
                self._findings.warning("NK3008", message, operation.at, "give one of them another path or method")
            else:
                routes[key] = route
        self._resolved.append((adapter, targets))
        address = adapter.address or DEFAULT_ADDRESS
        return RestFace(adapter.namespace, address, adapter.port, adapter.description, tuple(routes.values()))

    def _route(
        self, adapter: written.Rest, operation: written.ExposedOperation, targets: list[ConsumedOperation | None]
    ) -> Route | None:
        names = self._placeholder_names(operation)
        resolution = self._resolve_rest(operation)
        targets.append(None if resolution is None else resolution.operation)
        drafts = declared_rest_drafts(operation.behaviour.inputs, operation.method, names)
        exposure = Exposure(operation.name, adapter.namespace, operation.description, operation.method, drafts)
        function = self._function(operation.behaviour, exposure, resolution)
        if function is None:
            return None
        path = operation.path.partition("?")[0].replace("{{", "{").replace("}}", "}")
        return Route(operation.method, path if path.startswith("/") else f"/{path}", function, operation.resource)

    def _placeholder_names(self, operation: written.ExposedOperation) -> tuple[str, ...]:
        try:
            parts = parse_template(operation.path.partition("?")[0], single=True)
        except TemplateError as error:
            message = f"the exposed path is malformed: {error}"
            self._findings.error("NK4008", message, operation.path_at, "write placeholders as `{name}`")
            return ()
        return tuple(dict.fromkeys(placeholder.name for placeholder in placeholders(parts)))

    def _resolve_rest(self, operation: written.ExposedOperation) -> Resolution | None:
        candidates = self._candidates(operation.behaviour)
        if not candidates:
            return None
        resolution = self._decide(operation.behaviour, candidates, lambda: rest_clues(operation, candidates))
        if resolution is not None and resolution.operation.method != operation.method:
            target = resolution.operation
            message = f"{operation.method} {operation.path} calls {target.method} {target.path}"
            help_text = "the call is made as written; expose it with the same method if that was not meant"
            self._findings.warning("NK3011", message, (*operation.at, "method"), help_text)
        return resolution

    def mcp(self, adapter: written.Mcp) -> McpFace:
        """An MCP adapter."""
        self._unserved(adapter.unserved)
        siblings = find_siblings(adapter, self._resolved)
        tools: dict[str, Tool] = {}
        for index, tool in enumerate(adapter.tools):
            candidates = self._candidates(tool.behaviour)
            resolution = None
            if candidates:

                def clues(
                    tool: written.Tool = tool,
                    index: int = index,
                    candidates: tuple[ConsumedOperation, ...] = candidates,
                ) -> tuple[Clue, ...]:
                    return tool_clues(tool, index, adapter.tools, candidates, siblings)

                resolution = self._decide(tool.behaviour, candidates, clues)
            name = self._unique_name(tool, tools)
            exposure = Exposure(
                name, adapter.namespace, tool.description, "", declared_tool_drafts(tool.behaviour.inputs)
            )
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

    def _unique_name(self, tool: written.Tool, taken: Mapping[str, Tool]) -> str:
        if tool.name not in taken:
            return tool.name
        number = 2
        while f"{tool.name}-{number}" in taken:
            number += 1
        name = f"{tool.name}-{number}"
        message = f"a second tool is called `{tool.name}`; it is served as `{name}`"
        self._findings.warning("NK3007", message, (*tool.at, "name"), "give it a name of its own")
        return name

    def _function(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution | None) -> Function | None:
        self._unserved(behaviour.unserved)
        if resolution is not None:
            return self._functions.call(behaviour, exposure, resolution)
        if behaviour.call is not None or behaviour.unserved or self._findings.is_flawed(behaviour.at):
            return None
        return self._functions.mock(behaviour, exposure)

    def _candidates(self, behaviour: Behaviour) -> tuple[ConsumedOperation, ...]:
        """What a call could mean; an empty tuple, with a finding, where that is nothing."""
        if behaviour.call is None:
            return ()
        at = (*behaviour.at, "call")
        reference = split_call(behaviour.call, tuple(self._apis))
        if reference is None:
            message = f"`{behaviour.call}` is not of the form `namespace.operation`"
            self._findings.error("NK3003", message, at, f"namespaces here: {', '.join(self._apis) or 'none'}")
            return ()
        api = self._apis.get(reference.namespace)
        if api is None:
            self._no_namespace(reference, at)
            return ()
        candidates = find_candidates(reference, api.consumes.operations)
        if not candidates and not self._findings.is_flawed(api.consumes.at):
            self._no_operation(reference, api, at)
        return candidates

    def _no_namespace(self, reference: CallReference, at: Pointer) -> None:
        if self._findings.is_flawed(("capability", "consumes")) or any(
            name == "import" for name, _ in self._spec.unserved
        ):
            return
        near = nearest(reference.namespace, self._apis)
        hint = f"did you mean `{near}.{reference.operation}`? " if near else ""
        known = ", ".join(self._apis) or "none"
        message = f"no consumes is called `{reference.namespace}`"
        self._findings.error("NK3002", message, at, f"{hint}namespaces here: {known}")

    def _no_operation(self, reference: CallReference, api: Api, at: Pointer) -> None:
        names = list(dict.fromkeys(operation.name for operation in api.consumes.operations))
        near = nearest(reference.operation, names)
        hint = f"did you mean `{near}`? " if near else ""
        listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        message = f"no operation `{reference.operation}` in consumes `{reference.namespace}`"
        self._findings.error("NK3001", message, at, f"{hint}`{reference.namespace}` has: {listed or 'none'}")

    def _decide(
        self, behaviour: Behaviour, candidates: tuple[ConsumedOperation, ...], clues: Callable[[], Sequence[Clue]]
    ) -> Resolution | None:
        at = (*behaviour.at, "call")
        found = resolve(candidates, clues)
        if isinstance(found, Resolution):
            if found.evidence:
                self._ambiguous.append(at)
            return found
        self._no_evidence(behaviour, found, at)
        return None

    def _no_evidence(self, behaviour: Behaviour, found: Unresolved, at: Pointer) -> None:
        listed = ", ".join(
            f"`{item.namespace}.{item.resource}.{item.name}` ({item.method} {item.path})" for item in found.candidates
        )
        message = f"`{behaviour.call}` could mean {len(found.candidates)} operations: {found.reason}"
        self._findings.error("NK3004", message, at, f"write one of {listed}")

    def finish(self) -> None:
        """What can only be told when all functions are compiled."""
        self._variables.report()
        if self._ambiguous:
            count = len(self._ambiguous)
            message = f"{count} calls name an operation that several resources have; each was resolved by evidence"
            help_text = f"`naftiko explain {self._spec.file}` shows the evidence; `namespace.resource.operation` says it outright"
            self._findings.warning("NK3005", message, self._ambiguous[0], help_text)

    def _unserved(self, constructs: tuple[tuple[str, Pointer], ...]) -> None:
        for name, at in constructs:
            help_text = "this version serves calls and mock values on REST and as MCP tools"
            self._findings.error(
                "NK2008", f"`{name}` is part of the language, but not served yet", at, help_text, key=True
            )


def _shape(path: str) -> tuple[str, ...]:
    parts = parse_template(path, single=True)
    return tuple("{}" if isinstance(part, Placeholder) else part for part in parts)
