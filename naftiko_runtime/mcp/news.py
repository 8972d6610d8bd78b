"""How do clients of the handshake era hear that lists changed?

Those clients may hold a stream open, by GET, for what the server says unasked (2025-11-25 §Listening for Messages).
The only thing this server ever says unasked is that its tools, resources or prompts changed, so a stream is this much:
a frame when they do, and a comment now and then, by which proxies see that it lives. Newer clients ask by
`subscriptions/listen`, which is the SDK's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from starlette.types import Send

PING_SECONDS = 15.0
"""How long a stream may be silent."""

Kind = Literal["tools", "resources", "prompts"]
"""A list that may change."""

KINDS: tuple[Kind, ...] = ("tools", "resources", "prompts")
METHODS: Mapping[Kind, str] = {kind: f"notifications/{kind}/list_changed" for kind in KINDS}
"""The notification that tells of each list."""

_FRAME = b'event: message\r\ndata: {"jsonrpc":"2.0","method":"%s"}\r\n\r\n'
_PING = b": ping\r\n\r\n"
_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
)


class _Stream:
    """One open stream: what its client has yet to be told, and whether there is news."""

    def __init__(self, session: bytes, missed: Collection[Kind]) -> None:
        self.session = session
        self.untold: set[Kind] = set(missed)
        self.is_over = False
        self._woken = asyncio.Event()

    def wake(self, kinds: Collection[Kind]) -> None:
        """Have the client told."""
        self.untold.update(kinds)
        self._woken.set()

    def end(self) -> None:
        """Have the stream end."""
        self.is_over = True
        self._woken.set()

    async def wait(self) -> None:
        """Wait until there is news, or the stream was silent for long enough."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PING_SECONDS):
                await self._woken.wait()
        self._woken.clear()

    def frame(self) -> bytes:
        """What the client is to be sent now."""
        kinds = [kind for kind in KINDS if kind in self.untold]
        self.untold.clear()
        return b"".join(_FRAME % METHODS[kind].encode() for kind in kinds) or _PING


class News:
    """The open streams of one endpoint. It belongs to one event loop."""

    def __init__(self) -> None:
        self._streams: set[_Stream] = set()
        self._ended = False

    def publish(self, kinds: Collection[Kind]) -> None:
        """Tell every stream that lists changed. A client that has not read the last news yet is told once."""
        for stream in self._streams:
            stream.wake(kinds)

    def end(self) -> None:
        """End every stream, and those that come later at once."""
        self._ended = True
        for stream in self._streams:
            stream.end()

    def end_session(self, session: bytes) -> None:
        """End the streams of one session."""
        for stream in self._streams:
            if stream.session == session:
                stream.end()

    async def stream(self, send: Send, request_id: str, session: bytes, missed: Collection[Kind]) -> None:
        """Serve one stream until the news, or its session, end. To be cancelled when the client leaves.

        It begins with the news of `missed`, which changed before the client came to listen.
        """
        stream = _Stream(session, missed)
        self._streams.add(stream)
        try:
            headers = [*_HEADERS, (b"x-request-id", request_id.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while not self._ended and not stream.is_over:
                await send({"type": "http.response.body", "body": stream.frame(), "more_body": True})
                await stream.wait()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._streams.discard(stream)
