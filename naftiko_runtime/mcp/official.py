"""The official MCP SDK, seen from the inside: the only module that knows it.

It is the authority for the protocol: revisions, negotiation, headers, errors, stdio. Importing it costs half a second
and 30 MB, so this module is imported by whoever first needs it and never with the package. Only public names are used,
so that a new revision of the protocol comes with a new release of the SDK (decision 0004).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio
from mcp import types
from mcp.server.caching import CacheHint
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage

from naftiko_runtime.asgi.request_id import new_request_id
from naftiko_runtime.mcp.calls import NO_TOOL, REQUEST_ID_KEY, ToolCalls
from naftiko_runtime.mcp.fast import LIST_TTL_MILLISECONDS
from naftiko_runtime.mcp.listing import Listing
from naftiko_runtime.mcp.outstanding import Outstanding
from naftiko_runtime.mcp.result import ToolResult, render

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.server.context import ServerRequestContext

    from naftiko_runtime.plan.model import McpFace

_HANDSHAKE = frozenset({"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
_CHANGED = "notifications/tools/list_changed"


class _Server(Server[dict[str, Any]]):
    """The SDK's server, which says in the handshake that it tells of changed tools (`News` does)."""

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """What `initialize` is answered with."""
        options = notification_options or NotificationOptions(tools_changed=True)
        return super().create_initialization_options(options, experimental_capabilities, extensions)


class OfficialServer:
    """The SDK's low-level server over the tools of one face."""

    def __init__(self, face: McpFace, listing: Listing, calls: ToolCalls, version: str) -> None:
        self._listing = listing
        self._calls = calls
        self._tools: list[types.Tool] | None = None
        self._bus = InMemorySubscriptionBus()
        self._listeners = ListenHandler(self._bus)
        self._piped = _Piped()
        hint = CacheHint(ttl_ms=LIST_TTL_MILLISECONDS, scope="public")
        self._server: Server[dict[str, Any]] = _Server(
            face.namespace,
            version=version,
            instructions=face.description or None,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_subscriptions_listen=self._listeners,
            # Without it the SDK runs the whole listing before each call that has arguments.
            get_tool_input_schema=self._input_schema,
            cache_hints={"tools/list": hint, "server/discover": hint},
        )

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
        """Serve other tools from now on."""
        self._listing = listing
        self._tools = None
        self._server.instructions = face.description or None

    async def announce(self) -> None:
        """Tell every client that listens that the tools changed."""
        self._piped.announce()
        await self._bus.publish(ToolsListChanged())

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
        if params is not None and params.cursor is not None:
            raise MCPError(code=types.INVALID_PARAMS, message="Unknown cursor: tools/list has one page.")
        if self._tools is None:
            self._tools = [types.Tool.model_validate(entry) for entry in self._listing.entries]
        return types.ListToolsResult(tools=self._tools)

    async def _call_tool(
        self, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        request_id = new_request_id() if context.request is None else context.request.scope[REQUEST_ID_KEY]
        listed = self._listing.find(params.name)
        if listed is None:
            # The stateless era answers an error of this code with 400; before it, JSON-RPC errors come with 200.
            status = 200 if context.protocol_version in _HANDSHAKE else 400
            self._calls.refuse(request_id, status, NO_TOOL)
            raise MCPError(code=types.INVALID_PARAMS, message=f"Unknown tool: {params.name}")
        outcome = await self._calls.run(listed.tool, params.arguments or {}, request_id)
        return _to_sdk(render(outcome, listed.address, checked=listed.checked))


class _Piped:
    """Stands between a pipe and the SDK: it waits for answers, and tells clients of the handshake era the news."""

    def __init__(self) -> None:
        self._outstanding = Outstanding()
        self._news = anyio.Event()
        self._listens = False

    def announce(self) -> None:
        """Tell the client that tools changed. One that has not shaken hands has not listed any."""
        if self._listens:
            self._news.set()

    async def tell(self, sink: MemoryObjectSendStream[SessionMessage]) -> None:
        """Tell the news until cancelled. A client that has not read the last news yet is told once."""
        async with sink:
            while True:
                await self._news.wait()
                self._news = anyio.Event()
                await sink.send(SessionMessage(types.JSONRPCNotification(jsonrpc="2.0", method=_CHANGED)))

    async def pass_requests(self, source: Any, sink: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        """Pass on what the client says, and its end once there is nothing left to answer."""
        async with source, sink:
            async for item in source:
                if isinstance(item, SessionMessage):
                    self._note(item.message)
                await sink.send(item)
            await self._outstanding.none()

    async def pass_answers(self, source: MemoryObjectReceiveStream[SessionMessage], sink: Any) -> None:
        """Pass on what the client is told."""
        async with source, sink:
            async for item in source:
                await sink.send(item)
                # A notification has no id.
                self._outstanding.ended(getattr(item.message, "id", None))

    def _note(self, message: types.JSONRPCMessage) -> None:
        if isinstance(message, types.JSONRPCRequest):
            self._outstanding.asked(message.id)
        elif isinstance(message, types.JSONRPCNotification):
            if message.method == "notifications/cancelled":
                self._outstanding.ended((message.params or {}).get("requestId"))
            elif message.method == "notifications/initialized":
                self._listens = True


def _to_sdk(result: ToolResult) -> types.CallToolResult:
    # The standard library's parser keeps integers of any size.
    document = {"content": json.loads(result.content), "isError": result.is_error}
    if result.structured is not None:
        document["structuredContent"] = json.loads(result.structured)
    return types.CallToolResult.model_validate(document)
