"""What did the log tell a moment ago? Its last lines, and those to come, for whoever asks the control adapter.

A request's line is kept as the value it is made of, and becomes text when somebody wants to read it: most are never
read. Who follows and reads too slowly loses lines and is told how many; nobody waits for a reader.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import time

from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.logs.events import Clock
from naftiko_runtime.host.logs.json_events import JsonEvents

KEPT = 200
"""Lines that are kept."""

_WAITING = 1000

Take = Callable[[bytes], None]


class Follower:
    """Lines as they come, from now on: an iterator that can be cancelled while it waits."""

    def __init__(self, leave: Callable[[Follower], None]) -> None:
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING)
        self._lost = 0
        self._leave = leave
        self.beside: asyncio.Task[None] | None = None

    async def __anext__(self) -> bytes:
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        lost, self._lost = self._lost, 0
        return line if not lost else b'{"event":"lost","lines":%d}\n' % lost + line

    def take(self, line: bytes | None) -> None:
        """Take a line, None for the end; one too many is only counted."""
        if line is None and self._lines.full():
            self._lines.get_nowait()
        try:
            self._lines.put_nowait(line)
        except asyncio.QueueFull:
            self._lost += 1

    def close(self) -> None:
        """Follow no more."""
        if self.beside is not None:
            self.beside.cancel()
        self._leave(self)


class Memory:
    """The last lines of a log, each with the time at which it was told."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, bytes | tuple[RequestRecord, str]]] = deque(maxlen=KEPT)
        self._followers: set[Follower] = set()
        self._readers: set[Follower] = set()
        self._events = JsonEvents(Clock())

    @property
    def readers(self) -> int:
        """How many read the lines as they come."""
        return len(self._readers)

    def request(self, record: RequestRecord, level: str) -> None:
        """Remember a finished request."""
        now = time()
        self._kept.append((now, (record, level)))
        if self._followers:
            self._pass_on(_written(now, record, level))

    def event(self, write: Callable[[JsonEvents], bytes]) -> None:
        """Remember any other event; `write` tells it, in one line or several."""
        for line in write(self._events).splitlines(keepends=True):
            self._kept.append((time(), line))
            self._pass_on(line)

    def lines(self) -> list[bytes]:
        """The lines, oldest first."""
        return [told if isinstance(told, bytes) else _written(at, *told) for at, told in self._kept]

    def follow(self) -> Follower:
        """The lines to come."""
        follower = Follower(self._forget)
        self._followers.add(follower)
        return follower

    async def read(self, beside: Callable[[Take], Awaitable[asyncio.Task[None]]]) -> Follower:
        """The lines to come, and those that `beside` gives; counted among the `readers`."""
        follower = self.follow()
        self._readers.add(follower)
        try:
            follower.beside = await beside(follower.take)
        except BaseException:
            follower.close()
            raise
        return follower

    def end(self) -> None:
        """Tell everybody who follows that this was all."""
        for follower in self._followers:
            follower.take(None)

    def _forget(self, follower: Follower) -> None:
        self._followers.discard(follower)
        self._readers.discard(follower)

    def _pass_on(self, line: bytes) -> None:
        for follower in self._followers:
            follower.take(line)


def _written(at: float, record: RequestRecord, level: str) -> bytes:
    return JsonEvents(Clock(lambda: at)).request(record, level)
