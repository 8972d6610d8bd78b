"""Who learns what happens here? Everything is told on standard error, by one writer.

A request must not wait for a terminal or a pipe: its line goes to a buffer that is written every 50 ms, at 64 KiB and
at the end. Other events are rare and are written at once, after what was buffered before them. What other libraries
log is told in the same form and without tracebacks, which belong to whoever debugs, not to whoever operates.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import select
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.following.changes import Changes
from naftiko_runtime.host.logs.events import Ready, diagnostic_level, level_of
from naftiko_runtime.host.logs.json_events import JsonEvents
from naftiko_runtime.host.logs.memory import Memory
from naftiko_runtime.host.logs.pretty_events import PrettyEvents

LEVELS = ("debug", "info", "warning", "error", "off")
"""What a log may be told to leave out, from nothing to everything."""

_RANK = {name: rank for rank, name in enumerate(LEVELS)}
_FLUSH_SECONDS = 0.05
_FLUSH_BYTES = 64 * 1024
# What a pipe takes in one piece, whoever else writes to it (POSIX).
_PIPE_BYTES = getattr(select, "PIPE_BUF", 512)


class Log:
    """Writes events to a stream. `level` is the least that is told; what is served (`ready`) is told but for `off`.

    `memory` keeps what was told, where somebody wants it.

    A stream `shared` with other processes gets whole lines, in pieces that a pipe takes as one.
    """

    def __init__(
        self, stream: BinaryIO, events: JsonEvents | PrettyEvents, level: str = "info", *, shared: bool = False
    ) -> None:
        self._stream = stream
        self._events = events
        self._least = _RANK[level]
        self._most = _PIPE_BYTES if shared else _FLUSH_BYTES
        self._buffer: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self.memory: Memory | None = None

    def request(self, record: RequestRecord) -> None:
        """Tell of a finished request: an `Observer`, to be called in a running event loop."""
        level = level_of(record)
        if _RANK[level] < self._least:
            return
        if self.memory is not None:
            self.memory.request(record, level)
        line = self._events.request(record, level)
        if self._size + len(line) > self._most:
            self.flush()
        self._buffer.append(line)
        self._size += len(line)
        if self._size >= self._most:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)

    def ready(self, ready: Ready) -> None:
        """Tell that every listener accepts."""
        if self._least < _RANK["off"]:
            self._write(lambda events: events.ready(ready))

    def reloaded(self, changes: Changes, refused: int) -> None:
        """Tell what changed, in files and for callers; `refused` counts files that don't serve as they are."""
        if _RANK["info"] >= self._least:
            self._write(lambda events: events.reloaded(changes, refused))

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str] | None = None) -> None:
        """Tell of problems; `sources` holds the texts of their files."""
        told = [item for item in diagnostics if _RANK[diagnostic_level(item)] >= self._least]
        if told:
            self._write(lambda events: events.diagnostics(told, sources or {}))

    def event(self, name: str, level: str = "info", **fields: Any) -> None:
        """Tell of anything else."""
        if _RANK[level] >= self._least:
            self._write(lambda events: events.event(name, level, fields))

    def tells(self, level: str) -> bool:
        """Whether events of a level are told."""
        return _RANK[level] >= self._least

    @property
    def level(self) -> str:
        """The least that is told."""
        return LEVELS[self._least]

    @level.setter
    def level(self, level: str) -> None:
        """Raises ValueError for one that there is not."""
        self._least = level_number(level)

    def flush(self) -> None:
        """Write what is buffered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._buffer:
            data = b"".join(self._buffer)
            self._buffer.clear()
            self._size = 0
            self._send(data)

    def _write(self, write: Callable[[JsonEvents | PrettyEvents], bytes]) -> None:
        self.flush()
        self._send(write(self._events))
        if self.memory is not None:
            self.memory.event(write)

    def _send(self, data: bytes) -> None:
        # A log whose reader went away must not stop what is logged.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(data)
            self._stream.flush()


def level_number(level: str) -> int:
    """The place of a level among `LEVELS`. Raises ValueError for one that there is not."""
    if level not in _RANK:
        raise ValueError(f"the levels are {', '.join(LEVELS)}")
    return _RANK[level]


@contextlib.contextmanager
def route_libraries(log: Log) -> Iterator[None]:
    """Tell what libraries report through `logging`, from warnings on, in our own form while the context lasts."""
    handler = _Bridge(log)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Bridge(logging.Handler):
    """A `logging` handler that tells a Log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record. An exception is told by its type; its frames only where somebody debugs, its text never,
        because it may hold what a caller or an upstream sent.
        """
        level = "error" if record.levelno >= logging.ERROR else "warning"
        fields: dict[str, Any] = {"logger": record.name}
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, asyncio.CancelledError):
            return  # we stopped that ourselves, and say so
        if error is None:
            fields["message"] = record.getMessage()
        else:
            fields |= {"code": "NK8014", "message": f"internal error: {type(error).__name__}"}
            if self._log.tells("debug"):
                fields["frames"] = "".join(traceback.format_tb(error.__traceback__))
        self._log.event("internal", level, **fields)
