"""One call of an exposed operation or of a tool, over real HTTP, as a client makes it who read what the face shows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.function import Input
from tests.corpus.arguments import as_text, fitting_value, fold
from tests.corpus.truth import Adapter, Exposed

_PLACEHOLDER = re.compile(r"\{\{?\s*([^{}]*?)\s*\}?\}")
_PCHAR = "/%!$&'()*+,;=:@~"
_PLAIN = (Place.HEADER, Place.COOKIE)
_MCP_HEADERS = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2025-06-18",
}


@dataclass(frozen=True)
class Reply:
    """What a call was given, and how it was answered: `refusal` is empty for a success."""

    given: Mapping[str, Any]
    refusal: str


class Face(NamedTuple):
    """One adapter as a client sees it. `headers` are the credential it asks for."""

    client: httpx.AsyncClient
    url: str
    headers: Mapping[str, str]

    async def ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one message of an MCP client."""
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        headers = {**_MCP_HEADERS, **self.headers}
        response = await self.client.post(self.url, content=json.dumps(message), headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def tools(self) -> dict[str, Mapping[str, Any]]:
        """What `tools/list` says, by name."""
        return {tool["name"]: tool for tool in (await self.ask("tools/list", {}))["result"]["tools"]}


class OperationCall:
    """Calls of one exposed operation. The inputs are the route's: what an OpenAPI document of the face would say."""

    def __init__(self, face: Face, exposed: Exposed, route: Route) -> None:
        self._face = face
        self._exposed = exposed
        self._inputs = route.function.inputs
        self.has_options = any(not item.required for item in self._inputs)

    async def make(self, *, full: bool) -> Reply:
        """Call it with every input (`full`), or with those that are required."""
        inputs = [item for item in self._inputs if full or item.required]
        given = {
            item.name: fitting_value(item.schema, item.name, number, plain=item.place in _PLAIN)
            for number, item in enumerate(inputs, 1)
        }
        response = await self._face.client.send(self._request(inputs, given))
        return Reply(given, "" if response.is_success else f"{response.status_code} {response.text[:300]}")

    def _request(self, inputs: Sequence[Input], given: dict[str, Any]) -> httpx.Request:
        at = {place: [item for item in inputs if item.place is place] for place in Place}
        path_names = {item.key: item.name for item in at[Place.PATH]}

        def fill(key: str) -> str:
            name = path_names.get(key, key)
            return quote(as_text(given.setdefault(name, f"v0 {name}")), safe="")

        pieces = _PLACEHOLDER.split(self._exposed.path.partition("?")[0])
        path = "".join(fill(piece) if index % 2 else quote(piece, safe=_PCHAR) for index, piece in enumerate(pieces))
        pairs = [
            f"{quote(item.key, safe='')}={quote(as_text(value), safe='')}"
            for item in at[Place.QUERY]
            for value in (given[item.name] if isinstance(given[item.name], list) else [given[item.name]])
        ]
        url = self._face.url + (path if path.startswith("/") else f"/{path}") + ("?" + "&".join(pairs) if pairs else "")
        headers = dict(self._face.headers) | {item.key: as_text(given[item.name]) for item in at[Place.HEADER]}
        if at[Place.COOKIE]:
            headers["cookie"] = "; ".join(f"{item.key}={as_text(given[item.name])}" for item in at[Place.COOKIE])
        content = _content(at, given)
        if content is not None:
            headers["content-type"] = "application/json"
        return self._face.client.build_request(self._exposed.method, url, headers=headers, content=content)


def _content(at: Mapping[Place, Sequence[Input]], given: Mapping[str, Any]) -> str | None:
    """The body: one whole document, or an object of fields."""
    for item in at[Place.DOCUMENT]:
        return json.dumps(given[item.name])
    fields = {item.key: given[item.name] for item in at[Place.BODY]}
    return json.dumps(fields) if fields else None


class ToolCall:
    """Calls of one tool, by what `tools/list` says of it. That doesn't say which arguments end in a header, which takes
    ASCII alone; the text does.
    """

    def __init__(self, face: Face, exposed: Exposed, tool: Mapping[str, Any]) -> None:
        self._face = face
        self._plain = _fed_to_headers(exposed)
        self._name = tool["name"]
        self._schema = tool["inputSchema"]
        self.has_options = len(self._schema.get("required", ())) < len(self._schema.get("properties", {}))

    async def make(self, *, full: bool) -> Reply:
        """Call it with every argument (`full`), or with those that are required."""
        properties: Mapping[str, Any] = self._schema.get("properties", {})
        names = [name for name in properties if full or name in self._schema.get("required", ())]
        given = {
            name: fitting_value(properties[name], name, number, plain=fold(name) in self._plain)
            for number, name in enumerate(names, 1)
        }
        answer = await self._face.ask("tools/call", {"name": self._name, "arguments": given})
        result = answer.get("result")
        failed = result is None or result.get("isError")
        return Reply(given, json.dumps(answer.get("error", result))[:300] if failed else "")


def _fed_to_headers(exposed: Exposed) -> frozenset[str]:
    """The folded names of the arguments that a header takes."""
    inputs = exposed.target.inputs if exposed.target is not None else ()
    names = {fold(str(item["name"])) for item in inputs if item.get("in") == "header"}
    return frozenset(
        names | {fold(str(value).rpartition(".")[2]) for key, value in exposed.supplied.items() if fold(key) in names}
    )


def served_names(adapter: Adapter) -> tuple[str, ...]:
    """The name each tool is served under: of equal ones the first keeps it, the next become `name-2`, `name-3`, …"""
    names: list[str] = []
    for tool in adapter.exposed:
        name, number = tool.name, 2
        while name in names:
            name, number = f"{tool.name}-{number}", number + 1
        names.append(name)
    return tuple(names)
