"""How does one process follow its files? Woken, it looks, compiles aside, and switches.

Looking and compiling happen in a thread, because a large file takes seconds and requests don't wait. The interpreter
runs one thread at a time, so while that thread works it has to give way often: at the usual interval each step of a
request that waits for the network would wait for 5 ms, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from naftiko_runtime.control.operator import Json
from naftiko_runtime.diagnostics import Diagnostic, render_json
from naftiko_runtime.engine.defects import defect_of
from naftiko_runtime.host.files.capability import Capability
from naftiko_runtime.host.files.standing import Standing
from naftiko_runtime.host.following.keeper import Keeper, Update
from naftiko_runtime.host.following.watching import Watcher, targets_of
from naftiko_runtime.host.logs.json_events import told
from naftiko_runtime.host.logs.log import Log
from naftiko_runtime.host.serving.garbage import waiting
from naftiko_runtime.host.serving.switchboard import Switchboard

_TURN_SECONDS = 0.0005

Told = list[tuple[Sequence[Diagnostic], dict[str, str]]]


class Reload:
    """The course of a process that serves alone: changes of files, unless `watches` is false, and SIGHUP."""

    def __init__(self, keeper: Keeper, log: Log, *, watches: bool) -> None:
        self._keeper = keeper
        self._log = log
        self._watches = watches
        self._told_routes: frozenset[Diagnostic] = frozenset()
        self._woken = asyncio.Event()
        self._asked = asyncio.Event()
        self._waiting: list[asyncio.Future[Json]] = []

    @property
    def folder(self) -> Path | None:
        """It serves alone."""
        return None

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each file stands."""
        return self._keeper.standings

    @property
    def served(self) -> Mapping[Path, Capability]:
        """The version of each file that serves."""
        return self._keeper.collection.served

    async def look(self) -> Json:
        """Look at all files now. Returns when what is new serves."""
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._asked.set()
        self._woken.set()
        return await answer

    async def set_level(self, level: str) -> None:
        """Have the log tell this level and above."""
        self._log.level = level

    async def follow(self, switchboard: Switchboard, stop: Callable[[], None]) -> None:
        """Follow changes until cancelled."""
        loop = asyncio.get_running_loop()
        woken, asked = self._woken, self._asked
        self._told_routes = frozenset(switchboard.diagnostics)
        watcher = Watcher(lambda: _wake(loop, woken), lambda reason: _wake_blind(loop, self._log, reason))
        with _on_hangup(asked, woken):
            try:
                while True:
                    if self._watches:
                        watcher.watch(targets_of(self._keeper.paths, self._keeper.beside))
                    await woken.wait()
                    woken.clear()
                    thorough = asked.is_set()
                    asked.clear()
                    waiting, self._waiting = self._waiting, []
                    report = await self._reload(switchboard, thorough)
                    for answer in waiting:
                        if not answer.done():
                            answer.set_result(report)
            finally:
                watcher.stop()
                for answer in self._waiting:
                    answer.cancel()

    async def _reload(self, switchboard: Switchboard, thorough: bool) -> Json:
        told: Told = []
        try:
            with often_giving_way(), waiting():
                update = await asyncio.to_thread(
                    self._keeper.update, lambda *item: told.append(item), thorough=thorough
                )
                if update is not None:
                    await switchboard.apply(update.bound, update.layout.stdio)
                    await switchboard.announce()
        except Exception as error:  # noqa: BLE001 - what serves goes on serving, whatever a reload runs into
            tell_failure(self._log, error)
            return report_of(None, (), self._keeper.collection.refused)
        for found, sources in told:
            self._log.diagnostics(found, sources)
        if update is not None:
            self._log.reloaded(update.changes, self._keeper.collection.refused)
            await self._tell_doubled(switchboard)
        diagnostics = [item for items, _ in told for item in items]
        return report_of(update, diagnostics, self._keeper.collection.refused)

    async def _tell_doubled(self, switchboard: Switchboard) -> None:
        """Tell of routes that share an address since now. There may be thousands, so a thread looks for them."""
        told = self._told_routes
        self._told_routes = found = await asyncio.to_thread(lambda: frozenset(switchboard.diagnostics))
        if found - told:
            self._log.diagnostics([item for item in switchboard.diagnostics if item not in told])


def report_of(update: Update | None, diagnostics: Sequence[Diagnostic], refused: int) -> Json:
    """What a look at the files came to, as a JSON value. `refused` counts files that don't serve as they are."""
    report: dict[str, Json] = {"changed": update is not None, "refused": refused}
    if update is not None:
        report |= told(update.changes)
    return report | {"diagnostics": json.loads(render_json(diagnostics))}


def tell_failure(log: Log, error: Exception) -> None:
    """Tell of a defect of ours. The exception's own text may hold a secret, so its type and place must do."""
    message = f"internal error: {defect_of(error)}; what was served goes on"
    log.event("internal", "error", code="NK8014", message=message)


@contextlib.contextmanager
def often_giving_way() -> Iterator[None]:
    """Let threads take turns often while the context lasts."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _wake(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
    # A watcher's thread may be the last to learn that the loop is gone.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(woken.set)


def _wake_blind(loop: asyncio.AbstractEventLoop, log: Log, reason: str) -> None:
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(tell_blind, log, reason)


def tell_blind(log: Log, reason: str) -> None:
    """Tell that the system can't watch files."""
    message = f"files can't be watched: {reason}; they are looked at every few seconds instead"
    log.event("watching", "warning", message=message)


@contextlib.contextmanager
def _on_hangup(asked: asyncio.Event, woken: asyncio.Event) -> Iterator[None]:
    """Take SIGHUP for "look at everything" while the context lasts; other systems have no such signal."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    loop = asyncio.get_running_loop()

    def look() -> None:
        asked.set()
        woken.set()

    loop.add_signal_handler(signal.SIGHUP, look)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
