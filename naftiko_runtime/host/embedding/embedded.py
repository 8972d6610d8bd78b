"""How does a runtime answer inside another application?

A mounted application is told its place by `root_path`, and frameworks do not agree on what they leave in `path`: ASGI
and Starlette since 0.33 keep the prefix in it, older ones take it off, and `raw_path` is never touched. Capabilities
decide by the path as it was sent, so all spellings are brought to one here: what is below the mount, as if there were
none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from naftiko_runtime.asgi.mount import unmounted

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.host.embedding.session import Sessions


class EmbeddedApplication:
    """The ASGI application of a runtime: to be mounted in another, or served alone.

    Served alone, its lifespan releases what it holds. Mounted, nobody tells it of a start or an end: it starts with the
    first request, and whoever made the runtime closes it.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope. WebSockets are refused, because capabilities have none."""
        if scope["type"] == "http":
            application = await self._sessions.current().application()
            await application(below_mount(scope), receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000, "reason": ""})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.startup":
                await self._sessions.current().application()
                await send({"type": "lifespan.startup.complete"})
            elif kind == "lifespan.shutdown":
                await self._sessions.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def below_mount(scope: Scope) -> Scope:
    """The scope as an application that is mounted nowhere would see it."""
    root: str = scope.get("root_path", "").rstrip("/")
    if not root:
        return scope
    path: str = scope["path"]
    raw = (scope.get("raw_path") or quote(path).encode()).partition(b"?")[0]
    prefix = _prefix(scope, root, path, unquote(raw.decode("ascii", "replace")))
    # A slash within a prefix is a separator; one within a segment below it may be encoded, and has to stay so.
    segments = raw.split(b"/", prefix.count("/") + 1)
    below = b"/" + segments[-1] if len(segments) == prefix.count("/") + 2 else b""
    return unmounted(scope, unquote(below.decode("ascii", "replace")), below, root)


def _prefix(scope: Scope, root: str, path: str, sent: str) -> str:
    """What of the path as it was `sent` belongs to the mount."""
    if path != sent and sent.endswith(path):
        return sent[: len(sent) - len(path)]
    # Behind a proxy that takes a prefix off, `root_path` begins with one that never arrives.
    mounted = root.removeprefix(scope.get("app_root_path", ""))
    return next((item for item in (root, mounted) if item and (sent == item or sent.startswith(f"{item}/"))), "")
