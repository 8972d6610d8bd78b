"""Which keys does an issuer have now? Kept, and asked for again where that can tell something new.

A key that is unknown may have been made since: then, and when the keys are old, they are asked for again. Whoever sends
tokens of keys that never were can't make us ask more than once in a while, and however many callers wait, one asks. An
issuer that can't be asked for a while takes nobody's access away: its last keys count for an hour.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from naftiko_runtime.asgi.access.issuer import Issuer, IssuerError
from naftiko_runtime.asgi.access.tokens import Head, Key, matching, read_keys

_LOGGER = logging.getLogger(__name__)

FRESH_SECONDS = 300.0
"""How long keys are taken as they are."""

KEPT_SECONDS = 3600.0
"""How long keys count while the issuer can't be asked."""

UNKNOWN_SECONDS = 30.0
"""How long after a search for an unknown key others are taken to be unknown."""

FAILED_SECONDS = 5.0
"""How long after a failure nobody asks."""


class Keyring:
    """The keys of one issuer. `version` changes with them. It belongs to one event loop."""

    def __init__(self, issuer: Issuer, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: tuple[Key, ...] = ()
        self._read_at: float | None = None
        self._failed_at: float | None = None
        self._searched_at: float | None = None
        self._asking: asyncio.Task[None] | None = None
        self.version = 0

    @property
    def is_fresh(self) -> bool:
        """Whether the keys need not be asked for."""
        return self._read_at is not None and self._clock() - self._read_at < FRESH_SECONDS

    async def find(self, head: Head) -> list[Key]:
        """The keys that may have signed a token. Raises `IssuerError` where they can't be known."""
        if not self.is_fresh:
            await self._refresh()
        if self._read_at is None or self._clock() - self._read_at > KEPT_SECONDS:
            raise IssuerError("the issuer's keys are not known")
        found = matching(self._keys, head)
        if not found and (self._searched_at is None or self._clock() - self._searched_at >= UNKNOWN_SECONDS):
            self._searched_at = self._clock()
            await self._refresh()
            found = matching(self._keys, head)
        return found

    async def _refresh(self) -> None:
        if self._asking is None:
            if self._failed_at is not None and self._clock() - self._failed_at < FAILED_SECONDS:
                return
            self._asking = asyncio.create_task(self._ask())
        # A caller who leaves must not take the answer away from the others.
        await asyncio.shield(self._asking)

    async def _ask(self) -> None:
        try:
            keys = read_keys(await self._issuer.keys())
        except IssuerError as error:
            self._failed_at = self._clock()
            _LOGGER.warning("keys of callers' tokens: %s", error)
        else:
            self.version += keys != self._keys
            self._keys = keys
            self._read_at, self._failed_at = self._clock(), None
        finally:
            self._asking = None
