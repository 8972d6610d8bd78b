"""What is served here? The page at `/` of a listener: for people in a browser, and as JSON for everybody else (C15).

Both forms are made once, when they are first asked for. Addresses in them are relative, so that they hold behind any
proxy or host name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape
from typing import Any

import orjson

from naftiko_runtime.asgi.page import frame
from naftiko_runtime.plan.model import McpFace, RestFace
from naftiko_runtime.version import __version__


class Index:
    """The index of one listener in both forms. Each adapter comes with the path it is reached at; `shared` is the path
    of the MCP server that has the tools of all of them, empty where there is none.
    """

    def __init__(self, rest: Mapping[str, RestFace], mcp: Mapping[str, McpFace], shared: str = "") -> None:
        self._rest = rest
        self._mcp = mcp
        self._shared = shared if len(mcp) > 1 else ""

    @cached_property
    def json(self) -> bytes:
        """The index for programs."""
        document: dict[str, Any] = {"name": "naftiko-runtime", "version": __version__, "adapters": self._adapters()}
        if self._shared:
            document["allTools"] = self._shared
        return orjson.dumps(document, option=orjson.OPT_INDENT_2)

    @cached_property
    def html(self) -> bytes:
        """The index for people."""
        return _page(self._adapters(), self._shared)

    def _adapters(self) -> list[dict[str, Any]]:
        rest = [_rest(path, face) for path, face in self._rest.items()]
        return rest + [_mcp(path, face) for path, face in self._mcp.items()]


def _rest(path: str, face: RestFace) -> dict[str, Any]:
    base = path.rstrip("/")
    operations = [
        {
            "method": route.method,
            "path": base + route.path,
            "name": route.function.name,
            "description": route.function.description,
        }
        for route in face.routes
    ]
    described = {"namespace": face.namespace, "kind": "rest", "path": path, "description": face.description}
    return described | {"operations": operations}


def _mcp(path: str, face: McpFace) -> dict[str, Any]:
    tools = [{"name": tool.name, "description": tool.description} for tool in face.tools]
    described = {"namespace": face.namespace, "kind": "mcp", "path": path, "description": face.description}
    return described | {"tools": tools}


def _page(adapters: list[dict[str, Any]], shared: str) -> bytes:
    """The index for people. Every text in it comes from a spec, so every text is escaped."""
    all_tools = f"<p>All tools together: an MCP server at <code>{escape(shared)}</code></p>" if shared else ""
    return frame("What is served here", "".join(map(_section, adapters)) + all_tools)


def _section(adapter: dict[str, Any]) -> str:
    if adapter["kind"] == "rest":
        rows = [_row(f"{item['method']} {item['path']}", item["description"]) for item in adapter["operations"]]
    else:
        rows = [_row(item["name"], item["description"]) for item in adapter["tools"]]
    title = f"{escape(adapter['namespace'])} <small>{adapter['kind']} at <code>{escape(adapter['path'])}</code></small>"
    return f"<h2>{title}</h2><p>{escape(adapter['description'])}</p><ul>{''.join(rows)}</ul>"


def _row(name: str, description: str) -> str:
    return f"<li><code>{escape(name)}</code> {escape(description)}</li>"
