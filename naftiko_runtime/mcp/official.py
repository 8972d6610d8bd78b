"""The official MCP SDK, seen from the inside: the only module that knows it.

It is the authority for the protocol: revisions, negotiation, headers, errors, stdio. Importing it costs half a second
and 30 MB, so this module is imported by whoever first needs it and never with the package. Only public names are used,
so that a new revision of the protocol comes with a new release of the SDK (decision 0004).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

import anyio
from mcp import types
from mcp.server.caching import CacheHint
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    PromptsListChanged,
    ResourcesListChanged,
    ServerEvent,
    ToolsListChanged,
)
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage

from naftiko_runtime.asgi.request_id import new_request_id
from naftiko_runtime.mcp.calls import NO_TOOL, REQUEST_ID_KEY, ToolCalls
from naftiko_runtime.mcp.freshness import freshness
from naftiko_runtime.mcp.listing import Listing
from naftiko_runtime.mcp.news import KINDS, Kind
from naftiko_runtime.mcp.piped import Piped
from naftiko_runtime.mcp.reading import (
    BadArgumentsError,
    NoSuchResourceError,
    NotReadError,
    fill_prompt,
    read_resource,
)
from naftiko_runtime.mcp.result import ToolResult, render
from naftiko_runtime.mcp.revisions import HANDSHAKE

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from naftiko_runtime.plan.model.face import McpFace

_NO_RESOURCE = -32002
_EVENTS: Mapping[Kind, Callable[[], ServerEvent]] = {
    "tools": ToolsListChanged,
    "resources": ResourcesListChanged,
    "prompts": PromptsListChanged,
}
_LISTS = ("tools/list", "resources/list", "resources/templates/list", "prompts/list", "server/discover")


class _Server(Server[dict[str, Any]]):
    """The SDK's server, which says in the handshake that it tells of changed lists (`News` does), and of `kinds` alone
    that they are there.
    """

    kinds: frozenset[Kind] = frozenset()

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """What `initialize` is answered with."""
        options = notification_options or NotificationOptions(
            prompts_changed=True, resources_changed=True, tools_changed=True
        )
        return super().create_initialization_options(options, experimental_capabilities, extensions)

    def get_capabilities(self, *args: Any, **kwargs: Any) -> types.ServerCapabilities:
        """What clients are told that they may ask for."""
        capabilities = super().get_capabilities(*args, **kwargs)
        # Nothing here is ever told of a single resource.
        if capabilities.resources is not None:
            capabilities.resources.subscribe = False
        return capabilities.model_copy(update={kind: None for kind in KINDS if kind not in self.kinds})


class OfficialServer:
    """The SDK's low-level server over what one face offers."""

    def __init__(self, face: McpFace, listing: Listing, calls: ToolCalls, version: str) -> None:
        self._listing = listing
        self._calls = calls
        self._tools: list[types.Tool] | None = None
        self._bus = InMemorySubscriptionBus()
        self._listeners = ListenHandler(self._bus)
        self._piped = Piped(_notification)
        self._server = _Server(
            face.namespace,
            version=version,
            instructions=face.description or None,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read_resource,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
            on_subscriptions_listen=self._listeners,
            # Without it the SDK runs the whole listing before each call that has arguments.
            get_tool_input_schema=self._input_schema,
        )
        self.serve(face, listing)

    def http(self, body_limit: int) -> StreamableHTTPSessionManager:
        """A manager of streamable HTTP: JSON answers, no sessions. It is used once; its `run` must be entered first."""
        return StreamableHTTPSessionManager(
            self._server,
            json_response=True,
            stateless=True,
            # Host and Origin are checked above both paths.
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            max_request_body_size=body_limit,
        )

    def serve(self, face: McpFace, listing: Listing) -> None:
        """Serve something else from now on."""
        self._listing = listing
        self._tools = None
        self._server.instructions = face.description or None
        self._server.kinds = listing.kinds
        lists, contents = freshness(face)
        self._server.cache_hints.update(dict.fromkeys(_LISTS, CacheHint(lists.ttl, lists.scope)))
        self._server.cache_hints["resources/read"] = CacheHint(contents.ttl, contents.scope)

    async def announce(self, kinds: Collection[Kind]) -> None:
        """Tell every client that listens that these lists changed."""
        self._piped.announce(kinds)
        for kind in KINDS:
            if kind in kinds:
                await self._bus.publish(_EVENTS[kind]())

    def end_streams(self) -> None:
        """End what clients listen to, and tell them that it is on purpose."""
        self._listeners.close()

    async def serve_stdio(self) -> None:
        """Serve stdin and stdout until EOF, and until everything that was asked before it is answered.

        While it runs, file descriptor 1 is stderr for everybody else.
        """
        piped = self._piped
        asked, requests = anyio.create_memory_object_stream[SessionMessage | Exception]()
        answers, given = anyio.create_memory_object_stream[SessionMessage]()
        async with stdio_server() as (reads, writes), anyio.create_task_group() as tasks:
            tasks.start_soon(piped.pass_requests, reads, asked)
            tasks.start_soon(piped.pass_answers, given, writes)
            async with anyio.create_task_group() as telling:
                telling.start_soon(piped.tell, answers.clone())
                await self._server.run(requests, answers, self._server.create_initialization_options())
                telling.cancel_scope.cancel()

    def _input_schema(self, name: str) -> Mapping[str, Any] | None:
        listed = self._listing.find(name)
        return None if listed is None else listed.tool.function.input_schema

    async def _list_tools(
        self, context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        _refuse_cursor(params)
        if self._tools is None:
            self._tools = [types.Tool.model_validate(entry) for entry in self._listing.entries]
        return types.ListToolsResult(tools=self._tools)

    async def _call_tool(
        self, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        request_id = _request_id(context)
        listed = self._listing.find(params.name)
        if listed is None:
            self._refuse(context, "tools/call")
            raise MCPError(code=types.INVALID_PARAMS, message=f"Unknown tool: {params.name}")
        outcome = await self._calls.run(listed.tool, params.arguments or {}, request_id)
        return _to_sdk(render(outcome, listed.address, checked=listed.checked))

    async def _list_resources(
        self, context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        _refuse_cursor(params)
        entries = await asyncio.to_thread(self._listing.offerings.resources)
        return types.ListResourcesResult.model_validate({"resources": entries})

    async def _list_templates(
        self, context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        _refuse_cursor(params)
        entries = self._listing.offerings.templates
        return types.ListResourceTemplatesResult.model_validate({"resourceTemplates": entries})

    async def _read_resource(
        self, context: ServerRequestContext[Any, Any], params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        offerings, uri = self._listing.offerings, str(params.uri)
        try:
            content = await read_resource(offerings, self._calls, uri, _request_id(context))
        except NoSuchResourceError as error:
            self._refuse(context, "resources/read")
            # 2026-07-28 retired the code that 2025-11-25 §Resources has for this.
            code = _NO_RESOURCE if context.protocol_version in HANDSHAKE else types.INVALID_PARAMS
            raise MCPError(code=code, message=str(error), data={"uri": uri}) from None
        except BadArgumentsError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from None
        except NotReadError as error:
            raise MCPError(code=types.INTERNAL_ERROR, message=str(error)) from None
        return types.ReadResourceResult.model_validate({"contents": [content]})

    async def _list_prompts(
        self, context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        _refuse_cursor(params)
        return types.ListPromptsResult.model_validate({"prompts": self._listing.offerings.prompts})

    async def _get_prompt(
        self, context: ServerRequestContext[Any, Any], params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        started = perf_counter()
        prompt = self._listing.offerings.find_prompt(params.name)
        if prompt is None:
            self._refuse(context, "prompts/get")
            raise MCPError(code=types.INVALID_PARAMS, message=f"Unknown prompt: {params.name}")
        try:
            messages = fill_prompt(prompt, params.arguments or {})
        except BadArgumentsError as error:
            self._refuse(context, "prompts/get", "NK8001")
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from None
        self._calls.tell(prompt.name, _request_id(context), started)
        return types.GetPromptResult.model_validate({"description": prompt.description or None, "messages": messages})

    def _refuse(self, context: ServerRequestContext[Any, Any], operation: str, code: str = NO_TOOL) -> None:
        # The stateless era answers an error of this kind with 400; before it, JSON-RPC errors come with 200.
        status = 200 if context.protocol_version in HANDSHAKE else 400
        self._calls.refuse(_request_id(context), status, code, operation)


def _notification(method: str) -> SessionMessage:
    return SessionMessage(types.JSONRPCNotification(jsonrpc="2.0", method=method))


def _request_id(context: ServerRequestContext[Any, Any]) -> str:
    if context.request is None:
        return new_request_id()
    identifier: str = context.request.scope[REQUEST_ID_KEY]
    return identifier


def _refuse_cursor(params: types.PaginatedRequestParams | None) -> None:
    if params is not None and params.cursor is not None:
        raise MCPError(code=types.INVALID_PARAMS, message="Unknown cursor: every list has one page.")


def _to_sdk(result: ToolResult) -> types.CallToolResult:
    # The standard library's parser keeps integers of any size.
    document = {"content": json.loads(result.content), "isError": result.is_error}
    if result.structured is not None:
        document["structuredContent"] = json.loads(result.structured)
    return types.CallToolResult.model_validate(document)
