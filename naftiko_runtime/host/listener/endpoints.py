"""Which MCP endpoints does a listener have, and which of them survive a reload?

Clients listen to an endpoint for changes of its tools, so an endpoint lives as long as its namespace does: a reload
gives it other tools and doesn't replace it. Besides the endpoint of each adapter there is one for all of them (C15).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from naftiko_runtime.host.following.changes import differing_lists
from naftiko_runtime.host.listener.merged import merge
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.mcp.news import Kind
from naftiko_runtime.mcp.serving import Serving

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine
    from naftiko_runtime.engine.record import Observer
    from naftiko_runtime.plan.model.face import McpFace

# No namespace is empty, so this stands for the endpoint of all adapters.
_SHARED = ""


class Endpoints:
    """The endpoints of one listener, taken over from `previous` where they were there already.

    With `alone` they look at Host and Origin themselves, as their transport requires, because no listener has.
    """

    def __init__(
        self,
        faces: Sequence[McpFace],
        engine: Engine,
        observe: Observer,
        version: str,
        body_limit: int,
        previous: Endpoints | None = None,
        *,
        alone: bool,
    ) -> None:
        known = previous._endpoints if previous is not None else {}
        self._endpoints: dict[str, McpEndpoint] = {}
        self._entering: list[tuple[McpEndpoint, Serving]] = []
        self._altered: list[tuple[McpEndpoint, frozenset[Kind]]] = []
        for namespace, face in _served(faces).items():
            endpoint = known.get(namespace)
            if endpoint is None:
                endpoint = McpEndpoint(
                    face, engine, observe, version=version, checks_hosts=alone, body_limit=body_limit
                )
            elif endpoint.face is not face:
                self._entering.append((endpoint, endpoint.prepare(face)))
                if kinds := differing_lists(endpoint.face, face):
                    self._altered.append((endpoint, kinds))
            self._endpoints[namespace] = endpoint

    @property
    def shared(self) -> McpEndpoint | None:
        """The endpoint of all adapters; None where there is none, or none that may be shared."""
        return self._endpoints.get(_SHARED)

    def paths(self, *, has_shared: bool) -> Mapping[str, McpEndpoint]:
        """Every path of an endpoint, as ASGI has it: decoded."""
        paths: dict[str, McpEndpoint] = {}
        for namespace, endpoint in self._endpoints.items():
            if namespace != _SHARED or has_shared:
                path = f"/{namespace}/mcp" if namespace != _SHARED else "/mcp"
                paths |= {path: endpoint, f"{path}/": endpoint}
        return paths

    def enter(self) -> None:
        """Serve the new tools. In a step: nobody sees some of them and not the others."""
        for endpoint, serving in self._entering:
            endpoint.serve(serving)
        self._entering.clear()

    async def announce(self) -> None:
        """Tell the clients of endpoints whose lists are others now."""
        altered, self._altered = self._altered, []
        for endpoint, kinds in altered:
            await endpoint.announce(kinds)

    def leaving(self, successor: Endpoints | None) -> list[McpEndpoint]:
        """The endpoints that the successor does not have."""
        kept = set(successor._endpoints.values()) if successor is not None else set()
        return [endpoint for endpoint in self._endpoints.values() if endpoint not in kept]

    def warm(self) -> None:
        """Import what the endpoints share. Blocks."""
        for endpoint in list(self._endpoints.values())[:1]:
            endpoint.warm()


def _served(faces: Sequence[McpFace]) -> dict[str, McpFace]:
    own = {face.namespace: face for face in faces}
    shared = merge(faces) if faces else None
    return own if shared is None else own | {_SHARED: shared}
