"""How do clients of the handshake era hear that tools changed?

Those clients may hold a stream open, by GET, for what the server says unasked (2025-11-25 §Listening for Messages).
The only thing this server ever says unasked is that its tools changed, so a stream is this much: a frame when they do,
and a comment now and then, by which proxies see that it lives. Newer clients ask by `subscriptions/listen`, which is
the SDK's.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Send

PING_SECONDS = 15.0
"""How long a stream may be silent."""

_CHANGED = b'event: message\r\ndata: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\r\n\r\n'
_PING = b": ping\r\n\r\n"
_HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
)


class News:
    """The open streams of one endpoint. It belongs to one event loop."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Event] = set()
        self._ended = False

    def publish(self) -> None:
        """Tell every stream that tools changed. A client that has not read the last news yet is told once."""
        for stream in self._streams:
            stream.set()

    def end(self) -> None:
        """End every stream, and those that come later at once."""
        self._ended = True
        self.publish()

    async def stream(self, send: Send, request_id: str) -> None:
        """Serve one stream until the news end. To be cancelled when the client leaves."""
        stream = asyncio.Event()
        self._streams.add(stream)
        try:
            headers = [*_HEADERS, (b"x-request-id", request_id.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            frame = _PING
            while not self._ended:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                frame = await _next(stream)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._streams.discard(stream)


async def _next(stream: asyncio.Event) -> bytes:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await stream.wait()
    except TimeoutError:
        return _PING
    stream.clear()
    return _CHANGED
