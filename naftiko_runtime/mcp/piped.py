"""What stands between a pipe and the SDK?

It keeps the end of input from the SDK until everything is answered, and puts between the SDK's messages what clients of
the handshake era are told unasked: a pipe has no stream beside its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import anyio

from naftiko_runtime.mcp.news import KINDS, METHODS, Kind
from naftiko_runtime.mcp.outstanding import Outstanding

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream


class Piped:
    """What one pipe is asked and told. `notification` makes the SDK's message of a method."""

    def __init__(self, notification: Callable[[str], Any]) -> None:
        self._notification = notification
        self._outstanding = Outstanding()
        self._news = anyio.Event()
        self._untold: set[Kind] = set()
        self._listens = False

    def announce(self, kinds: Collection[Kind]) -> None:
        """Tell the client that lists changed. One that has not shaken hands has not seen any."""
        if self._listens:
            self._untold.update(kinds)
            self._news.set()

    async def tell(self, sink: MemoryObjectSendStream[Any]) -> None:
        """Tell the news until cancelled. A client that has not read the last news yet is told once."""
        async with sink:
            while True:
                await self._news.wait()
                self._news = anyio.Event()
                methods = [METHODS[kind] for kind in KINDS if kind in self._untold]
                self._untold.clear()
                for method in methods:
                    await sink.send(self._notification(method))

    async def pass_requests(self, source: Any, sink: MemoryObjectSendStream[Any]) -> None:
        """Pass on what the client says, and its end once there is nothing left to answer."""
        async with source, sink:
            async for item in source:
                if not isinstance(item, Exception):
                    self._note(item.message)
                await sink.send(item)
            await self._outstanding.none()

    async def pass_answers(self, source: MemoryObjectReceiveStream[Any], sink: Any) -> None:
        """Pass on what the client is told."""
        async with source, sink:
            async for item in source:
                await sink.send(item)
                # A notification has no id.
                self._outstanding.ended(getattr(item.message, "id", None))

    def _note(self, message: Any) -> None:
        method = getattr(message, "method", None)
        if method is None:
            return
        identifier = getattr(message, "id", None)
        if identifier is not None:
            self._outstanding.asked(identifier)
        elif method == "notifications/cancelled":
            self._outstanding.ended((message.params or {}).get("requestId"))
        elif method == "notifications/initialized":
            self._listens = True
