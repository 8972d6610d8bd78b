"""What is served here? The page at `/` of a listener: for people in a browser, and as JSON for everybody else (C15).

Addresses in it have no scheme and no host, so that they hold behind any proxy or host name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import orjson

from naftiko_runtime.asgi.page import frame
from naftiko_runtime.plan.model.face import Face, McpFace, RestFace, SkillFace
from naftiko_runtime.version import __version__

_NAMED = ("tools", "skills", "endpoints")


class Index:
    """The index of one listener in both forms. Each adapter comes with the path it is reached at; `shared` is the path
    of the MCP server that has the tools of all of them, empty where there is none; `control` are the paths of the
    control adapter.
    """

    def __init__(
        self,
        rest: Mapping[str, RestFace],
        mcp: Mapping[str, McpFace],
        skills: Mapping[str, SkillFace],
        shared: str = "",
        control: Sequence[str] = (),
    ) -> None:
        self._rest = rest
        self._mcp = mcp
        self._skills = skills
        self._known: tuple[str | None, list[dict[str, Any]]] = (None, [])
        self._shared = shared if len(mcp) > 1 else ""
        self._control = control

    def json(self, mount: str) -> bytes:
        """The index for programs; `mount` is the path at which all of it is mounted."""
        adapters = self._adapters(mount)
        document: dict[str, Any] = {"name": "naftiko-runtime", "version": __version__, "adapters": adapters}
        if self._shared:
            document["allTools"] = mount + self._shared
        return orjson.dumps(document, option=orjson.OPT_INDENT_2)

    def html(self, mount: str) -> bytes:
        """The index for people."""
        return _page(self._adapters(mount), mount + self._shared if self._shared else "")

    def _adapters(self, mount: str) -> list[dict[str, Any]]:
        if mount != self._known[0]:
            rest = [_rest(mount + path, face) for path, face in self._rest.items()]
            mcp = [_mcp(mount + path, face) for path, face in self._mcp.items()]
            skills = [_skills(mount + path, face) for path, face in self._skills.items()]
            control = [_control(mount, self._control)] if self._control else []
            self._known = (mount, [*rest, *mcp, *skills, *control])
        return self._known[1]


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
    return _described(path, face, "operations", operations)


def _mcp(path: str, face: McpFace) -> dict[str, Any]:
    tools = [{"name": tool.name, "description": tool.description} for tool in face.tools]
    return _described(path, face, "tools", tools)


def _skills(path: str, face: SkillFace) -> dict[str, Any]:
    skills = [{"name": skill.name, "description": skill.description} for skill in face.skills]
    return _described(path, face, "skills", skills)


def _described(path: str, face: Face, key: str, offered: list[dict[str, Any]]) -> dict[str, Any]:
    """An adapter with what it offers; what one offers that guards itself is told to those it lets in, by itself."""
    described = {"namespace": face.namespace, "kind": face.kind, "path": path, "description": face.description}
    if face.access is not None:
        return described | {"authentication": face.access.kind}
    return described | {key: offered}


def _control(mount: str, addresses: Sequence[str]) -> dict[str, Any]:
    described = {"namespace": "control", "kind": "control", "path": mount + "/", "description": ""}
    return described | {"endpoints": [{"name": mount + address, "description": ""} for address in addresses]}


def _page(adapters: list[dict[str, Any]], shared: str) -> bytes:
    """The index for people. Every text in it comes from a spec, so every text is escaped."""
    all_tools = f"<p>All tools together: an MCP server at <code>{escape(shared)}</code></p>" if shared else ""
    return frame("What is served here", "".join(map(_section, adapters)) + all_tools)


def _section(adapter: dict[str, Any]) -> str:
    rows = [_row(f"{item['method']} {item['path']}", item["description"]) for item in adapter.get("operations", ())]
    rows += [_row(item["name"], item["description"]) for key in _NAMED for item in adapter.get(key, ())]
    asked = f", asks for {adapter['authentication']} authentication" if "authentication" in adapter else ""
    place = f"{adapter['kind']} at <code>{escape(adapter['path'])}</code>{asked}"
    title = f"{escape(adapter['namespace'])} <small>{place}</small>"
    return f"<h2>{title}</h2><p>{escape(adapter['description'])}</p><ul>{''.join(rows)}</ul>"


def _row(name: str, description: str) -> str:
    return f"<li><code>{escape(name)}</code> {escape(description)}</li>"
