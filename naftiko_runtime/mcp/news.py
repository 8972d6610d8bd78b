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
        self._streams: dict[asyncio.Event, bytes] = {}
        self._ended = False

    def publish(self) -> None:
        """Tell every stream that tools changed. A client that has not read the last news yet is told once."""
        for stream in self._streams:
            stream.set()

    def end(self) -> None:
        """End every stream, and those that come later at once."""
        self._ended = True
        self.publish()

    def end_session(self, session: bytes) -> None:
        """End the streams of one session."""
        for stream in [stream for stream, owner in self._streams.items() if owner == session]:
            del self._streams[stream]
            stream.set()

    async def stream(self, send: Send, request_id: str, session: bytes, *, missed: bool) -> None:
        """Serve one stream until the news, or its session, end. To be cancelled when the client leaves.

        `missed`: it begins with the news, because tools changed before the client came to listen.
        """
        stream = asyncio.Event()
        self._streams[stream] = session
        try:
            headers = [*_HEADERS, (b"x-request-id", request_id.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            frame = _CHANGED if missed else _PING
            while not self._ended and stream in self._streams:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                frame = await _next(stream)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._streams.pop(stream, None)


async def _next(stream: asyncio.Event) -> bytes:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await stream.wait()
    except TimeoutError:
        return _PING
    stream.clear()
    return _CHANGED
