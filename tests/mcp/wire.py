"""MCP messages written by hand, because a client library sends only right ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS = "2026-07-28"
ERAS = ("2025-06-18", STATELESS)
JSON_HEADERS = {"content-type": "application/json", "accept": "application/json, text/event-stream"}

VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities"
CLIENT_KEY = "io.modelcontextprotocol/clientInfo"

Document = dict[str, Any]


def headers_of(revision: str | None, method: str = "", name: str | None = None) -> dict[str, str]:
    """The headers a client of this revision sends; None: it says no revision."""
    headers = dict(JSON_HEADERS)
    if revision is not None:
        headers["mcp-protocol-version"] = revision
    if revision == STATELESS:
        headers["mcp-method"] = method
        if name is not None:
            headers["mcp-name"] = name
    return headers


def meta_of(revision: str | None, **more: object) -> Document:
    """The `_meta` a client of this revision sends, empty before the stateless era."""
    if revision != STATELESS:
        return dict(more)
    return {VERSION_KEY: revision, CAPABILITIES_KEY: {}, **more}


def message_of(revision: str | None, method: str, identifier: object = 1, **params: object) -> Document:
    """A request. Parameters are left out where they would be empty."""
    meta = meta_of(revision)
    given = {**params, "_meta": meta} if meta else params
    return {"jsonrpc": "2.0", "id": identifier, "method": method, **({"params": given} if given else {})}


def call_of(revision: str | None, tool: str, arguments: object = None, identifier: object = 1) -> Document:
    """A `tools/call`; no arguments are sent for None."""
    params: Document = {"name": tool} if arguments is None else {"name": tool, "arguments": arguments}
    return message_of(revision, "tools/call", identifier, **params)


async def post_raw(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Post on a connection of our own, with header values exactly as they are, and read status and content."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = [f"POST {address.path} HTTP/1.1", f"Host: {address.netloc}", "Connection: close"]
    lines += [f"{name}:{value}" for name, value in {**headers, "content-length": str(len(body))}.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, content = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split(b" ", 2)[1]), content


def encoded(message: object) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


def raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI gives them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def result_of(reply: Any) -> Document:
    """The result in an HTTP reply, which must be one."""
    assert reply.status_code == 200, reply.text
    result: Document = reply.json()["result"]
    return result
