"""Is the caller still there?

In MCP over HTTP, closing the connection is how a client cancels a call (2026-07-28 §Transports), and the SDK does not
notice it when it answers in JSON. ASGI tells of a closed connection only to who asks, and asking costs a task; so a
call is watched only when it takes longer than `PATIENCE`.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, cast

from naftiko_runtime.mcp.body import CallerGoneError

if TYPE_CHECKING:
    from starlette.types import Receive

PATIENCE = 0.1
"""Seconds after which a call is watched."""


class CallerWatch:
    """Cancels what runs inside `with` when the caller leaves, and raises `CallerGoneError` in its place.

    To be entered when the request's body was read: what `receive` still gives is thrown away.
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
            raise CallerGoneError from None

    def _start(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
