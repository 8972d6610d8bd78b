"""Which requests of a pipe have no answer yet?

At the end of its input the SDK drops what it has in hand. But who pipes a few messages into a command ends the input at
once and still waits for the answers, so the end is kept from the SDK until there is nothing left to answer. Every
request ends: a call has a deadline, and one that was cancelled is not waited for.
"""

from __future__ import annotations

import asyncio

Identifier = int | str


class Outstanding:
    """Requests that were asked and not answered. It belongs to one event loop."""

    def __init__(self) -> None:
        self._asked: set[Identifier] = set()
        self._none = asyncio.Event()
        self._none.set()

    def asked(self, identifier: Identifier) -> None:
        """A request came."""
        self._asked.add(identifier)
        self._none.clear()

    def ended(self, identifier: object) -> None:
        """A request was answered, or will never be. What is no id, a caller's word for one or a null, ends nothing."""
        if isinstance(identifier, int | str):
            self._asked.discard(identifier)
        if not self._asked:
            self._none.set()

    async def none(self) -> None:
        """Wait until there is none."""
        await self._none.wait()
