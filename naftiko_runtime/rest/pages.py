"""What can be read about the operations of a listener: `/openapi.json` for programs, `/docs` for people (C16).

There is one of each for the whole listener and one below each `/{namespace}`. They are routes like all others, added
last, so that a path which a spec claims stays the spec's; and who may call an adapter may read about it. Nothing is
made before somebody asks: a folder of a thousand capabilities that nobody reads about costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from typing import Any, NamedTuple

import orjson

from naftiko_runtime.asgi.access.guard import Guard
from naftiko_runtime.asgi.access.shared import shown_together
from naftiko_runtime.asgi.page import PAGE_HEADERS, PAGE_TYPE, frame
from naftiko_runtime.plan.model.face import RestFace
from naftiko_runtime.plan.model.forward import Forward
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.rest.answer import Answer
from naftiko_runtime.rest.claims import Claim, Claims, Shadowed
from naftiko_runtime.rest.openapi import About, Exposed, openapi
from naftiko_runtime.rest.template import Segment, parse_template

_JSON_TYPE = b"application/json"


class Page(NamedTuple):
    """One page. `path` is its address below the listener, `render` makes it for where the listener is mounted; `guard`
    decides who may read it, None where everybody may.
    """

    path: str
    media_type: bytes
    render: Callable[[str], bytes]
    guard: Guard | None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its path as a route table takes it."""
        return parse_template(self.path)

    def answer(self, root: str) -> Answer:
        """The page as an answer. `root` is the path at which the whole application is mounted."""
        content = self.render(root)
        headers = [(b"content-type", self.media_type), (b"content-length", b"%d" % len(content)), *PAGE_HEADERS]
        return Answer(200, headers, content, None, "")


def pages(adapters: Sequence[tuple[RestFace, Claims]], shadowed: Sequence[Shadowed]) -> Iterator[Page]:
    """The pages of a listener's adapters; none where there is no adapter. `shadowed` are the addresses that are not
    reached, and so not described.
    """
    if not adapters:
        return
    together = shown_together([face for face, _ in adapters])
    shown = [(face, claims) for face, claims in adapters if any(face is item for item in together)]
    if shown:
        yield from _both("", _Description("", together, lambda: _reached(shown, shadowed)), shown[0][1].guard)
    for face, claims in adapters:
        description = _Description(face.namespace, [face], partial(_declared, face, claims))
        yield from _both(f"/{face.namespace}", description, claims.guard)


def _both(prefix: str, description: _Description, guard: Guard | None) -> Iterator[Page]:
    yield Page(f"{prefix}/openapi.json", _JSON_TYPE, lambda root: orjson.dumps(description.document(root)), guard)
    yield Page(f"{prefix}/docs", PAGE_TYPE, lambda root: _render(description.document(root)), guard)


class _Description:
    """What the two pages of one prefix say; the last document is kept, because the next request asks for it again."""

    def __init__(self, namespace: str, faces: Sequence[RestFace], operations: Callable[[], list[Exposed]]) -> None:
        self._namespace = namespace
        self._faces = faces
        self._operations = operations
        self._kept: tuple[str, dict[str, Any]] | None = None

    def document(self, root: str) -> dict[str, Any]:
        """The OpenAPI document, for an application mounted at `root`."""
        kept = self._kept
        if kept is None or kept[0] != root:
            self._kept = kept = (root, openapi(self._about(root), self._operations()))
        return kept[1]

    def _about(self, root: str) -> About:
        server = f"{root}/{self._namespace}" if self._namespace else root
        if len(self._faces) == 1:
            [face] = self._faces
            label = next((route.function.capability for route in face.routes), face.namespace)
            return About(label, face.version or "unversioned", face.description, server)
        return About("Everything on this port", "unversioned", "", server)


def _declared(face: RestFace, claims: Claims) -> list[Exposed]:
    """What an adapter offers, below its own namespace."""
    return [_exposed(face, claim) for claim in claims.declared if _is_served(claim)]


def _reached(adapters: Sequence[tuple[RestFace, Claims]], shadowed: Sequence[Shadowed]) -> list[Exposed]:
    """Every operation at its shortest address: as declared, or below its namespace where another one has that."""
    lost = {(item.namespace, item.route.method, item.address) for item in shadowed}
    operations: list[Exposed] = []
    for face, claims in adapters:
        prefixed = {id(claim.route): claim for claim in claims.prefixed}
        for claim in filter(_is_served, claims.declared):
            addresses = (claim, prefixed[id(claim.route)])
            found = next(
                (item for item in addresses if (item.namespace, item.route.method, item.address) not in lost), None
            )
            if found is not None:
                operations.append(_exposed(face, found))
    return operations


def _exposed(face: RestFace, claim: Claim) -> Exposed:
    return Exposed(claim.namespace, claim.address, claim.route, face.access)


def _is_served(claim: Claim) -> bool:
    return not isinstance(claim.route.function.action, Refused | Forward)


def _render(document: dict[str, Any]) -> bytes:
    """The page for people. Every text in it comes from a spec, so every text is escaped."""
    server = document["servers"][0]["url"].rstrip("/")
    operations = (
        _section(method, server + path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    info = document["info"]
    about = (
        f"<p>{escape(info.get('description', ''))}</p><p>As OpenAPI 3.1: <code>{escape(server)}/openapi.json</code></p>"
    )
    return frame(info["title"], about + "".join(operations))


def _section(method: str, path: str, operation: dict[str, Any]) -> str:
    inputs = [
        _row(item["name"], item["in"], item.get("required", False), item["schema"], item.get("description", ""))
        for item in operation.get("parameters", ())
    ]
    body = operation.get("requestBody")
    if body is not None:
        schema = body["content"]["application/json"]["schema"]
        fields = schema.get("properties", {})
        required = schema.get("required", ())
        inputs += [_row(name, "body", name in required, of, of.get("description", "")) for name, of in fields.items()]
        if not fields:
            inputs.append(_row("the body", "JSON", body["required"], schema, body.get("description", "")))
    rows = f"<ul>{''.join(inputs)}</ul>" if inputs else ""
    title = f"<code>{escape(method.upper())} {escape(path)}</code>"
    return f"<h2>{title}</h2><p>{escape(operation.get('description', ''))}</p>{rows}"


def _row(name: str, place: str, required: bool, schema: dict[str, Any], description: str) -> str:
    kind = schema.get("type", "any")
    words = f"{place}, {kind if isinstance(kind, str) else ' or '.join(kind)}{', required' if required else ''}"
    return f"<li><code>{escape(name)}</code> <small>{escape(words)}</small> {escape(description)}</li>"
