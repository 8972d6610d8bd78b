"""Is the caller still there?

ASGI tells of a closed connection only to who asks, and asking costs a task. Most calls are over before it would matter,
so a call is first left alone and watched only when it takes longer than `PATIENCE`: an ordinary request pays for a
timer (under 2 µs), a slow one for a task. A call whose caller has left is cancelled, and gives its upstream connection
back; in MCP over HTTP that is how a client cancels (2026-07-28 §Transports).
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from starlette.types import Receive

PATIENCE = 0.1
"""Seconds after which a call is watched."""


class CallerLeftError(Exception):
    """The caller closed the connection: there is nobody to answer."""


class CallerWatch:
    """Cancels what runs inside `with` when the caller leaves, and raises `CallerLeftError` in its place.

    To be entered when the request's body was read, or is not wanted: what `receive` still gives is thrown away.
    """

    __slots__ = ("_gone", "_receive", "_task", "_timer", "_watcher")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        # ASGI applications are awaited, so there is a task.
        self._task = cast("asyncio.Task[object]", asyncio.current_task())
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._start)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._gone and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise CallerLeftError from None

    def _start(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
