"""Which tools are there, and what is a client told of them?

The answer to `tools/list` can't change while a plan lives, so it is written once and sent as bytes. It is one page, in
document order: clients in the field ignore cursors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import orjson

from naftiko_runtime.mcp.news import Kind
from naftiko_runtime.mcp.offerings import Offerings
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.face import McpFace, Tool

_DIGEST_BYTES = 4


@dataclass(frozen=True, slots=True)
class ListedTool:
    """One tool, ready to serve.

    `address` names its results where a URI is asked for. `checked`: its JSON results are known to be JSON. `mirrored`:
    its schema asks clients to repeat arguments as `Mcp-Param-…` headers, which the SDK alone compares.
    """

    tool: Tool
    address: str
    checked: bool
    mirrored: bool


class Listing:
    """The tools of a face. `entries` are what `tools/list` shows, `content` is their JSON array. What else clients find
    is in `offerings`.

    Both are made when they are first asked for: of thousands of adapters, few are ever listed.
    """

    def __init__(self, face: McpFace) -> None:
        self._namespace = face.namespace
        self._tools = {tool.name: tool for tool in face.tools}
        self._known = {tool.name: tool for tool in face.left_out} | self._tools
        self._listed: dict[str, ListedTool] = {}
        self.offerings = Offerings(face)

    @cached_property
    def entries(self) -> Sequence[dict[str, Any]]:
        """What is told of each tool, in document order."""
        return tuple(map(_entry, self._tools.values()))

    @cached_property
    def content(self) -> bytes:
        """The entries as one JSON array."""
        return orjson.dumps(self.entries)

    @cached_property
    def digest(self) -> bytes:
        """Eight hexadecimal digits that are others, most probably, where anything listed is another."""
        shown = self.content + orjson.dumps(self.offerings.declared)
        return blake2b(shown, digest_size=_DIGEST_BYTES).hexdigest().encode()

    @property
    def kinds(self) -> frozenset[Kind]:
        """What there is to list. A face that offers nothing is one of tools, which it may have again."""
        offerings = self.offerings
        kinds: dict[Kind, bool] = {"resources": offerings.has_resources, "prompts": offerings.has_prompts}
        found = {kind for kind, is_there in kinds.items() if is_there}
        return frozenset(found if found and not self._tools else {*found, "tools"})

    def find(self, name: str) -> ListedTool | None:
        """The tool of this exact name; one that was left out is found, too, though it is not listed."""
        listed = self._listed.get(name)
        if listed is None and name in self._known:
            listed = self._listed[name] = _listed(self._namespace, self._known[name])
        return listed


def _entry(tool: Tool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": tool.name,
        # The protocol lets it be absent, its conformance suite and some clients don't.
        "description": tool.description or tool.title or tool.name,
        "inputSchema": tool.function.input_schema,
    }
    if tool.title:
        entry["title"] = tool.title
    if tool.annotations:
        entry["annotations"] = tool.annotations
    output = tool.function.output_schema
    # Structured content is an object in every revision that clients speak today, so only such a schema can be kept.
    if output is not None and output.get("type") == "object":
        entry["outputSchema"] = output
    return entry


def _listed(namespace: str, tool: Tool) -> ListedTool:
    action = tool.function.action
    return ListedTool(
        tool=tool,
        address=f"naftiko://{quote(namespace, safe='')}/{quote(tool.name, safe='')}",
        checked=not isinstance(action, Call) or action.shape is not None or action.identity,
        mirrored=b'"x-mcp-header"' in orjson.dumps(tool.function.input_schema),
    )
