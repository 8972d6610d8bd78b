"""What is left of an adapter once it is known what is withheld? (C6b)

An adapter is drafted while its file is compiled; only when all of it has been looked at is it known which functions an
error takes out. Those stay as what answers why they are not served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from naftiko_runtime.plan.calls.resolution import Resolution
from naftiko_runtime.plan.functions.salvage import withhold
from naftiko_runtime.plan.model.face import McpFace, RestFace, Route, Tool
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.plan.model.offerings import Caching, Prompt, Readable, Resource
from naftiko_runtime.plan.model.policy import Access
from naftiko_runtime.spec.model import capability as written
from naftiko_runtime.spec.model.capability import ConsumedOperation


@dataclass(slots=True)
class RestDraft:
    """A REST adapter while its file is compiled; routes with what makes two of them one."""

    adapter: written.Rest
    address: str
    resolutions: list[Resolution | None]
    routes: list[tuple[tuple[str, str], Route]] = field(default_factory=list)

    @property
    def targets(self) -> list[ConsumedOperation | None]:
        """What each of its operations calls, in their order."""
        return [None if item is None else item.operation for item in self.resolutions]


@dataclass(frozen=True, slots=True)
class McpDraft:
    """An MCP adapter, compiled but for what is withheld of it."""

    adapter: written.Mcp
    address: str
    tools: tuple[Tool, ...]
    resources: tuple[Readable, ...]
    prompts: tuple[Prompt, ...]


def settle_rest(draft: RestDraft, version: str, access: Access | None, refusals: Mapping[int, Refused]) -> RestFace:
    """A REST adapter without what `refusals` withhold, by the id of a function; of two routes for one the first."""
    routes: dict[tuple[str, str], Route] = {}
    left_out: dict[tuple[str, str], Route] = {}
    for key, route in draft.routes:
        refusal = refusals.get(id(route.function))
        if refusal is None:
            routes.setdefault(key, route)
        else:
            left_out.setdefault(key, replace(route, function=withhold(route.function, refusal)))
    adapter = draft.adapter
    return RestFace(
        adapter.namespace,
        draft.address,
        adapter.port,
        adapter.description,
        tuple(routes.values()),
        tuple(route for key, route in left_out.items() if key not in routes),
        version,
        access,
    )


def settle_mcp(draft: McpDraft, access: Access | None, refusals: Mapping[int, Refused]) -> McpFace:
    """An MCP adapter without what `refusals` withhold, by the id of a function."""
    adapter, tools = draft.adapter, draft.tools
    refused = ((tool, refusals[id(tool.function)]) for tool in tools if id(tool.function) in refusals)
    has_caching = adapter.ttl is not None or adapter.cache_scope is not None
    return McpFace(
        adapter.namespace,
        draft.address,
        adapter.port,
        adapter.transport,
        adapter.description,
        tuple(tool for tool in tools if id(tool.function) not in refusals),
        tuple(replace(tool, function=withhold(tool.function, refusal)) for tool, refusal in refused),
        access,
        tuple(_settled(item, refusals) for item in draft.resources),
        draft.prompts,
        Caching(adapter.ttl, adapter.cache_scope) if has_caching else None,
    )


def _settled(item: Readable, refusals: Mapping[int, Refused]) -> Readable:
    refusal = refusals.get(id(item.function)) if isinstance(item, Resource) else None
    if refusal is None or not isinstance(item, Resource):
        return item
    return replace(item, function=withhold(item.function, refusal))
