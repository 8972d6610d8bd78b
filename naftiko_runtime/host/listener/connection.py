"""How long may a caller take, and how much may it say, before a request is one?

uvicorn bounds neither: a header that goes on is appended to itself, in quadratic time, and nobody else is answered
meanwhile; whoever stops in the middle of a request, or reads no answer, keeps its connection for good. Bodies are
counted by whoever reads them.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""The request line and all headers of one request."""

MOST_HEADERS = 256
"""How many headers one request may have."""

_TOO_LARGE = b"The request line and the headers are too large."
_REFUSED = STATUS_LINE[431] + (
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(_TOO_LARGE)
)


class HeadTooLargeError(Exception):
    """There is more of a head than a request may have."""


class Connection(HttpToolsProtocol):
    """One connection of a listener. `head_seconds` is how long a head may take, from the connection or its first byte
    on, and `silence_seconds` how long a body, or a caller that doesn't read, may stand still.
    """

    head_seconds = 30.0
    silence_seconds = 60.0

    _fed = 0
    _chunk = 0
    _is_too_large = False
    _in_head = False
    _in_request = False
    _is_whole = False
    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head."""
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and decide how long to wait for what is missing."""
        self._chunk = len(data)
        if self._in_head:
            # The parser tells nobody of a header that is not over yet.
            self._fed += self._chunk
        super().data_received(data)
        if self._is_whole:
            # So comes almost every request: in one piece, while nothing is waited for.
            self._is_whole = False
            if self._deadline is None:
                return
        if self._in_head and self._fed > HEAD_BYTES:
            self._is_too_large = True
            self.send_400_response("")
        if self.transport.is_closing():
            self._stop_waiting()
        elif self._in_request and not self._in_head:
            self._stop_waiting()
            self._wait(self.silence_seconds)
        elif self._in_head or self._is_idle:
            if self._deadline is None:
                self._wait(self.head_seconds)
        else:
            self._stop_waiting()

    def pause_writing(self) -> None:
        """Wait for the caller to read."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.silence_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller reads."""
        self._stop_watching()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request: it is broken, or there is too much of it."""
        if self._is_too_large:
            self.transport.write(_REFUSED + _TOO_LARGE)
            self.transport.close()
        else:
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = self._in_request = True
        self._is_whole = False
        self._fed = 0

    def on_headers_complete(self) -> None:
        """The head is there. Raises `HeadTooLargeError`."""
        self._in_head = False
        is_long = self._fed + self._chunk > HEAD_BYTES and self._head_bytes > HEAD_BYTES
        if is_long or len(self.headers) > MOST_HEADERS:
            self._is_too_large = True
            raise HeadTooLargeError
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is there too."""
        self._in_request = False
        self._is_whole = True
        super().on_message_complete()

    @property
    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        self._deadline = None
        if self.flow.read_paused or (self._in_head and not self._is_idle):
            # It is we who don't read, or who have an earlier request to answer.
            self._wait(self.silence_seconds)
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
