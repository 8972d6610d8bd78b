"""Which requests can be answered without the official SDK, and how do those answers read?

A `tools/call` through the SDK costs several times what the call itself costs (decision 0004). Almost all requests are
alike: one plain call in a known revision. Those are read and answered here. The rule that keeps this small and right:
whatever is not plainly such a request is left to the SDK, unchanged. So nothing here ever refuses anything; every
protocol error is the SDK's, and this module only writes results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple, cast

import orjson

from naftiko_runtime.mcp.freshness import LISTS, Freshness
from naftiko_runtime.mcp.listing import ListedTool, Listing
from naftiko_runtime.mcp.result import ToolResult
from naftiko_runtime.mcp.revisions import HANDSHAKE, STATELESS, revision_of

BODY_LIMIT = 64 * 1024
"""Bytes of the largest request that is read here."""

_ENVELOPE = frozenset({"jsonrpc", "id", "method", "params"})
_CALL = frozenset({"name", "arguments", "_meta"})
_LIST = frozenset({"_meta"})

_VERSION = "io.modelcontextprotocol/protocolVersion"
_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
_CLIENT = "io.modelcontextprotocol/clientInfo"
_SERVER = "io.modelcontextprotocol/serverInfo"
# W3C trace context, which instrumented clients add (SEP-414).
_TRACE = frozenset({"traceparent", "tracestate", "baggage"})
_META = _TRACE | {_VERSION, _CAPABILITIES, _CLIENT}
_CLIENT_FIELDS = frozenset({"name", "version", "title"})
_JSON_TYPES = frozenset({b"application/json", b"application/*", b"*/*"})

# The SDK's parsers give up at about 200 levels. No request has more levels than brackets.
_BRACKETS = 150
# orjson reads integers beyond 64 bits as floats. 19 digits is the shortest run that may be beyond.
_LONG_INTEGER = re.compile(rb"[0-9]{19}")


class FastRequest(NamedTuple):
    """A request that is answered here. `identifier` is its id as JSON; `listed` is None for `tools/list`."""

    identifier: bytes
    stateless: bool
    listed: ListedTool | None
    arguments: dict[str, object]


class FastPath:
    """Reads plain requests and writes their results. `name` and `version` are the server's, as the SDK tells them, and
    `lists` is how long clients may keep `tools/list`.
    """

    def __init__(self, listing: Listing, name: str, version: str, lists: Freshness = LISTS) -> None:
        self._listing = listing
        stamp = orjson.dumps({_SERVER: {"name": name, "version": version}})
        self._end = (b"}}", b',"resultType":"complete","_meta":' + stamp + b"}}")
        caching = b',"ttlMs":%d,"cacheScope":"%s"' % (lists.ttl, lists.scope.encode())
        self._end_of_list = (self._end[0], caching + self._end[1])

    def read(self, headers: Mapping[bytes, bytes], body: bytes) -> FastRequest | None:
        """The request, if it is a plain one. `headers` came once each, with names in lower case."""
        if len(body) > BODY_LIMIT or not _speaks_json(headers):
            return None
        revision = revision_of(headers)
        stateless = revision == STATELESS
        if not stateless and revision not in HANDSHAKE:
            return None
        message = _parse(body)
        if type(message) is not dict or message.get("jsonrpc") != "2.0" or not message.keys() <= _ENVELOPE:
            return None
        identifier, method, params = message.get("id"), message.get("method"), message.get("params", {})
        if type(params) is not dict or (type(identifier) is not int and type(identifier) is not str):
            return None
        if not _plain_meta(params.get("_meta", {}), stateless):
            return None
        written = b"%d" % identifier if type(identifier) is int else orjson.dumps(identifier)
        if method == "tools/call":
            return self._read_call(headers, params, written, stateless)
        if method == "tools/list" and params.keys() <= _LIST and (not stateless or _names(headers, method)):
            return FastRequest(written, stateless, None, {})
        return None

    def _read_call(
        self, headers: Mapping[bytes, bytes], params: dict[str, object], identifier: bytes, stateless: bool
    ) -> FastRequest | None:
        name, arguments = params.get("name"), params.get("arguments")
        if type(name) is not str or not params.keys() <= _CALL:
            return None
        listed = self._listing.find(name)
        if listed is None or listed.mirrored or (stateless and not _names(headers, "tools/call", name)):
            return None
        if arguments is None:
            arguments = {}
        elif type(arguments) is not dict:
            return None
        return FastRequest(identifier, stateless, listed, arguments)

    def write_tools(self, request: FastRequest) -> bytes:
        """The answer to `tools/list`."""
        tools, end = self._listing.content, self._end_of_list[request.stateless]
        return b"".join((b'{"jsonrpc":"2.0","id":', request.identifier, b',"result":{"tools":', tools, end))

    def write_result(self, request: FastRequest, result: ToolResult) -> bytes:
        """The answer to `tools/call`."""
        content, structured, is_error = result
        return b"".join(
            (
                b'{"jsonrpc":"2.0","id":',
                request.identifier,
                b',"result":{"content":',
                content,
                b"" if structured is None else b',"structuredContent":' + structured,
                b',"isError":true' if is_error else b',"isError":false',
                self._end[request.stateless],
            )
        )


def _speaks_json(headers: Mapping[bytes, bytes]) -> bool:
    kind = headers.get(b"content-type", b"").partition(b";")[0]
    if kind.strip(b" \t") != b"application/json":
        return False
    accepted = headers.get(b"accept", b"").split(b",")
    return any(item.partition(b";")[0].strip(b" \t").lower() in _JSON_TYPES for item in accepted)


def _parse(body: bytes) -> object:
    """The JSON value, None where it is none, or one that the SDK may read differently."""
    if body.count(b"[") + body.count(b"{") > _BRACKETS:
        return None
    try:
        message: object = orjson.loads(body)
        return json.loads(body) if _LONG_INTEGER.search(body) else message
    except ValueError:
        return None


def _names(headers: Mapping[bytes, bytes], method: str, name: str | None = None) -> bool:
    """Whether the routing headers say what the body says, as they are (2026-07-28 §Transports); base64 is the SDK's."""
    if headers.get(b"mcp-method", b"").strip(b" \t") != method.encode():
        return False
    if name is None:
        return True
    stated = headers.get(b"mcp-name", b"").strip(b" \t")
    return name.isascii() and stated == name.encode() and not stated.startswith(b"=?")


def _plain_meta(meta: object, stateless: bool) -> bool:
    if type(meta) is not dict or not meta.keys() <= _META or not all(type(meta.get(key, "")) is str for key in _TRACE):
        return False
    if not stateless:
        return True
    return (
        meta.get(_VERSION) == STATELESS
        and _plain_capabilities(meta.get(_CAPABILITIES))
        and (_CLIENT not in meta or _plain_client(meta[_CLIENT]))
    )


def _plain_client(client: object) -> bool:
    return (
        type(client) is dict
        and {"name", "version"} <= client.keys() <= _CLIENT_FIELDS
        and all(type(value) is str for value in client.values())
    )


def _plain_capabilities(capabilities: object) -> bool:
    """Whether each capability is an object of objects, which all that are defined take; `roots` may say more."""
    if type(capabilities) is not dict:
        return False
    for name, capability in cast("dict[str, object]", capabilities).items():
        if type(capability) is not dict or name == "tasks":
            return False
        if name == "roots" and capability.keys() == {"listChanged"} and type(capability["listChanged"]) is bool:
            continue
        if not all(type(member) is dict for member in capability.values()):
            return False
    return True
