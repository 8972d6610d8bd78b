"""The adapters of a file, compiled into faces: routes and tools, each with its function.

Calls are resolved for REST first, because tools follow their sibling operations (C12); functions are compiled for tools
first, because operations may call them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from naftiko_runtime.plan.authentication.access import Accesses
from naftiko_runtime.plan.calls.resolution import Resolution, Siblings, find_siblings
from naftiko_runtime.plan.calls.targets import Targets
from naftiko_runtime.plan.calls.toolcalls import ToolCalls
from naftiko_runtime.plan.faces.forwards import Forwards
from naftiko_runtime.plan.faces.paths import ExposedPaths
from naftiko_runtime.plan.faces.prompts import compile_prompts
from naftiko_runtime.plan.faces.resources import compile_resources
from naftiko_runtime.plan.faces.settling import McpDraft, RestDraft, settle_mcp, settle_rest
from naftiko_runtime.plan.functions.aggregates import Aggregates
from naftiko_runtime.plan.functions.compiler import FunctionCompiler
from naftiko_runtime.plan.functions.delegation import Delegate
from naftiko_runtime.plan.functions.salvage import Offer
from naftiko_runtime.plan.inputs.drafts import declared_rest_drafts, declared_tool_drafts
from naftiko_runtime.plan.model.face import McpFace, RestFace, Route, Tool
from naftiko_runtime.plan.model.function import Function, Refused
from naftiko_runtime.plan.model.offerings import Files
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.names import is_safe_tool_name
from naftiko_runtime.plan.wiring.sourcing import Exposure
from naftiko_runtime.spec.model import capability as written
from naftiko_runtime.spec.model.capability import Behaviour, Spec
from naftiko_runtime.spec.model.control import ControlAdapter
from naftiko_runtime.spec.model.skills import SkillAdapter
from naftiko_runtime.spec.text.document import Pointer

DEFAULT_ADDRESS = "127.0.0.1"

_HINTS = {
    "readOnly": "readOnlyHint",
    "destructive": "destructiveHint",
    "idempotent": "idempotentHint",
    "openWorld": "openWorldHint",
}


@dataclass(slots=True)
class _ToolDraft:
    """A tool while its file is compiled, under the name it is served as."""

    written: written.Tool
    exposure: Exposure
    resolution: Resolution | None


class Faces:
    """Compiles the adapters of one file. `offers` are all operations and tools that came of it."""

    def __init__(
        self,
        functions: FunctionCompiler,
        targets: Targets,
        tool_calls: ToolCalls,
        aggregates: Aggregates,
        variables: Variables,
        findings: Findings,
        accesses: Accesses,
        forwards: Forwards,
    ) -> None:
        self._functions = functions
        self._targets = targets
        self._tool_calls = tool_calls
        self._aggregates = aggregates
        self._variables = variables
        self._findings = findings
        self._accesses = accesses
        self._forwards = forwards
        self._paths = ExposedPaths(variables, findings)
        self._version = ""
        self._rest: list[RestDraft] = []
        self._mcp: list[McpDraft] = []
        self._tools: dict[Pointer, _ToolDraft] = {}
        self._made: dict[Pointer, Function] = {}
        self.offers: list[Offer] = []

    def compile(self, spec: Spec) -> None:
        """Compile all adapters of a file."""
        self._version = spec.info.version
        for rest in spec.rest:
            resolutions = [self._targets.of_operation(item) for item in rest.operations]
            self._rest.append(RestDraft(rest, self.address_of(rest), resolutions))
        drafts = [(mcp, self._draft_tools(mcp)) for mcp in spec.mcp]
        self._tools = {draft.written.at: draft for _, tools in drafts for draft in tools}
        self._mcp = [self._draft_mcp(mcp, tools) for mcp, tools in drafts]
        for draft in self._rest:
            self._add_routes(draft)

    def settle(self, refusals: Mapping[int, Refused]) -> tuple[tuple[RestFace, ...], tuple[McpFace, ...]]:
        """The faces without what `refusals` withhold, which are keyed by the id of a function. Of two operations with
        one method and path shape the first serves.
        """
        accesses = self._accesses
        rest = (settle_rest(item, self._version, accesses.of(item.adapter.at), refusals) for item in self._rest)
        mcp = (settle_mcp(item, accesses.of(item.adapter.at), refusals) for item in map(self._shut, self._mcp))
        # An adapter whose name is missing has no address that a caller could know.
        return tuple(face for face in rest if face.namespace), tuple(face for face in mcp if face.namespace)

    @property
    def offers_more(self) -> bool:
        """Whether there is something that no function stands behind: prompts, and files to read."""
        return any(item.prompts or any(isinstance(one, Files) for one in item.resources) for item in self._mcp)

    def _shut(self, draft: McpDraft) -> McpDraft:
        """An adapter, without what no error withholds where its authentication is wrong: nobody may have it then."""
        return replace(draft, resources=(), prompts=()) if self._accesses.is_shut(draft.adapter.at) else draft

    def address_of(self, adapter: written.Rest | written.Mcp | SkillAdapter | ControlAdapter) -> str:
        """What an adapter listens on."""
        address = self._variables.filled(adapter.address or "", (*adapter.at, "address"))
        return address or DEFAULT_ADDRESS

    def _add_routes(self, draft: RestDraft) -> None:
        adapter = draft.adapter
        seen: set[tuple[str, str]] = set()
        for operation, resolution in zip(adapter.operations, draft.resolutions, strict=True):
            path = self._paths.of(operation)
            if path is None:
                continue
            drafts = declared_rest_drafts(operation.behaviour.inputs, operation.method, path.names)
            exposure = Exposure(
                operation.name, adapter.namespace, operation.description, drafts, operation.method, path.text
            )
            function = self._function(operation.behaviour, exposure, resolution)
            route = Route(operation.method, path.text, function, operation.resource)
            self._add_route(draft, (operation.method, path.shape), route, operation.at, seen)
            self._offer(f"{route.method} {route.path}", function, operation.behaviour, resolution)
        for passage in self._forwards.of(adapter, self._accesses.of(adapter.at)):
            self._add_route(draft, passage.key, passage.route, passage.relies_on[0], seen)
            self.offers.append(Offer(f"forward {passage.route.path}", passage.route.function, passage.relies_on))

    def _add_route(
        self, draft: RestDraft, key: tuple[str, str], route: Route, at: Pointer, seen: set[tuple[str, str]]
    ) -> None:
        if key in seen:
            what = f"{route.method} {route.path} is exposed twice in `{draft.adapter.namespace}`"
            help_text = "give one of them another path or method"
            self._findings.warning("NK3008", f"{what}; the first one serves", at, help_text)
        seen.add(key)
        draft.routes.append((key, route))

    def _draft_mcp(self, adapter: written.Mcp, tools: Sequence[_ToolDraft]) -> McpDraft:
        resources = compile_resources(adapter.resources, adapter.namespace, self._resource_function, self._findings)
        return McpDraft(
            adapter,
            self.address_of(adapter),
            tuple(self._tool(draft) for draft in tools),
            tuple(resources),
            compile_prompts(adapter.prompts, self._findings),
        )

    def _resource_function(self, behaviour: Behaviour, exposure: Exposure) -> Function:
        is_tool = self._tool_calls.is_one(behaviour.call)
        resolution = None if is_tool else self._targets.of_call(behaviour)
        function = self._function(behaviour, exposure, resolution)
        self._offer(f"resource `{exposure.name}`", function, behaviour, resolution)
        return function

    def _draft_tools(self, adapter: written.Mcp) -> list[_ToolDraft]:
        """The tools of an adapter. One whose name is taken gets the next free `name-2`, `name-3` (C15)."""
        siblings = find_siblings(adapter, [(draft.adapter, draft.targets) for draft in self._rest])
        names = {tool.name for tool in adapter.tools}
        drafts: dict[str, _ToolDraft] = {}
        for index, tool in enumerate(adapter.tools):
            name = tool.name if tool.name not in drafts else self._next_name(tool, names | drafts.keys())
            drafts[name] = self._draft_tool(adapter, index, name, siblings)
        self._check_names(adapter, drafts)
        return list(drafts.values())

    def _draft_tool(self, adapter: written.Mcp, index: int, name: str, siblings: Siblings) -> _ToolDraft:
        tool = adapter.tools[index]
        resolution = self._targets.of_tool(index, adapter.tools, siblings)
        inputs = declared_tool_drafts(tool.behaviour.inputs)
        return _ToolDraft(tool, Exposure(name, adapter.namespace, tool.description, inputs), resolution)

    def _next_name(self, tool: written.Tool, taken: Collection[str]) -> str:
        number = 2
        while f"{tool.name}-{number}" in taken:
            number += 1
        name = f"{tool.name}-{number}"
        message = f"a second tool is called `{tool.name}`; it is served as `{name}`"
        self._findings.warning("NK3007", message, (*tool.at, "name"), "give it a name of its own")
        return name

    def _check_names(self, adapter: written.Mcp, drafts: Mapping[str, _ToolDraft]) -> None:
        """Report once for an adapter the names that models can't be given."""
        unsafe = [(name, draft) for name, draft in drafts.items() if name and not is_safe_tool_name(name)]
        if not unsafe:
            return
        name, draft = unsafe[0]
        more = f", and {len(unsafe) - 1} more of `{adapter.namespace}`" if len(unsafe) > 1 else ""
        message = f"the tool name `{name}`{more}: several LLM APIs refuse it; it is served all the same"
        help_text = "they take up to 64 letters, digits, `_` and `-`"
        self._findings.warning("NK3013", message, (*draft.written.at, "name"), help_text)

    def _tool(self, draft: _ToolDraft) -> Tool:
        tool, exposure = draft.written, draft.exposure
        annotations = {_HINTS[hint]: value for hint, value in tool.hints.items() if hint in _HINTS}
        function = self._tool_function(draft)
        self._offer(f"tool `{exposure.name}`", function, tool.behaviour, draft.resolution)
        return Tool(exposure.name, tool.label, function.description, annotations, function)

    def _tool_function(self, draft: _ToolDraft) -> Function:
        at = draft.written.at
        if at not in self._made:
            self._made[at] = self._function(draft.written.behaviour, draft.exposure, draft.resolution)
        return self._made[at]

    def _function(self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution | None) -> Function:
        """The function of an operation or tool; where a finding says that there is none, one that stands for it."""
        if self._functions.is_contradictory(behaviour):
            return self._functions.left_out(behaviour, exposure)
        if behaviour.ref is not None:
            function = self._aggregates.through(behaviour, exposure)
        elif self._tool_calls.is_one(behaviour.call):
            function = self._through_tool(behaviour, exposure)
        else:
            return self._functions.make(behaviour, exposure, resolution)
        return self._functions.left_out(behaviour, exposure) if function is None else function

    def _through_tool(self, behaviour: Behaviour, exposure: Exposure) -> Function | None:
        tool = self._tool_calls.target(behaviour)
        if tool is None:
            return None
        called = self._tool_function(self._tools[tool.at])
        delegate = Delegate(called, tool.at, "tool of this file", "tool", called.name)
        return self._functions.through(behaviour, exposure, delegate)

    def _offer(self, words: str, function: Function, behaviour: Behaviour, resolution: Resolution | None) -> None:
        self.offers.append(Offer(words, function, tuple(self._relied_on(behaviour, resolution))))

    def _relied_on(self, behaviour: Behaviour, resolution: Resolution | None) -> Iterator[Pointer]:
        yield behaviour.at
        if resolution is not None:
            yield resolution.operation.at
        yield from self._functions.relied_on(behaviour)
        yield from self._aggregates.relied_on(behaviour)
        for at in self._tool_calls.relied_on(behaviour):
            yield at
            called = self._tools[at].resolution
            if called is not None:
                yield called.operation.at
