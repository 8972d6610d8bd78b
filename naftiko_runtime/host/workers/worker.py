"""What does one of several workers do? It serves, and does what its parent tells it; without a parent it ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from naftiko_runtime.control.operator import Json
from naftiko_runtime.host.files.capability import Capability
from naftiko_runtime.host.files.standing import Standing
from naftiko_runtime.host.following.keeper import Keeper, Update
from naftiko_runtime.host.logs.log import Log, level_number
from naftiko_runtime.host.places.layout import Listener
from naftiko_runtime.host.places.sockets import Bound
from naftiko_runtime.host.serving.garbage import waiting
from naftiko_runtime.host.serving.hosting import Hosting, run
from naftiko_runtime.host.serving.reload import often_giving_way, tell_failure
from naftiko_runtime.host.serving.switchboard import Switchboard
from naftiko_runtime.host.workers.channel import (
    ACCEPTS,
    APPLIED,
    BEHIND,
    LEVEL,
    LOOK,
    Announcement,
    Opened,
    Orders,
    receive_orders,
)


def work(hosting: Hosting, keeper: Keeper, log: Log, folder: Path, channel: socket.socket) -> None:
    """Serve until the parent asks to stop (SIGTERM), or is gone. Workers answer each other in `folder`. Blocks."""
    run(hosting, log, _Obedience(keeper, log, folder, channel), is_worker=True)


class _Obedience:
    """The course of a worker: orders of the parent."""

    def __init__(self, keeper: Keeper, log: Log, folder: Path, channel: socket.socket) -> None:
        self._folder = folder
        self._keeper = keeper
        self._log = log
        self._channel = channel
        self._waiting: list[asyncio.Future[Json]] = []

    @property
    def folder(self) -> Path | None:
        """Where the workers answer each other."""
        return self._folder

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each file stands."""
        return self._keeper.standings

    @property
    def served(self) -> Mapping[Path, Capability]:
        """The version of each file that serves."""
        return self._keeper.collection.served

    async def look(self) -> Json:
        """Have the parent look at all files. Returns when this worker serves what is new."""
        return await self._ask(LOOK)

    async def set_level(self, level: str) -> None:
        """Have the parent and all workers tell this level and above."""
        number = level_number(level)
        await self._ask(LEVEL[number : number + 1])

    async def _ask(self, word: bytes) -> Json:
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._channel.sendall(word)
        return await answer

    async def follow(self, switchboard: Switchboard, stop: Callable[[], None]) -> None:
        """Follow orders until cancelled, or until there is no parent any more."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        self._channel.sendall(ACCEPTS)
        loop.add_reader(self._channel, readable.set)
        try:
            while True:
                await readable.wait()
                loop.remove_reader(self._channel)
                readable.clear()
                orders = await asyncio.to_thread(receive_orders, self._channel)
                if orders is None:
                    break
                if isinstance(orders, Announcement):
                    await switchboard.announce()
                else:
                    await self._obey(orders, switchboard)
                    is_behind = self._keeper.versions != orders.versions
                    self._channel.sendall(BEHIND + APPLIED if is_behind else APPLIED)
                    if orders.answer is not None and self._waiting:
                        _give(self._waiting.pop(0), orders.answer)
                loop.add_reader(self._channel, readable.set)
        except OSError:
            pass  # the parent went while it was told something
        finally:
            loop.remove_reader(self._channel)
            for answer in self._waiting:
                answer.cancel()
        stop()

    async def _obey(self, orders: Orders, switchboard: Switchboard) -> None:
        self._log.level = orders.level
        try:
            with often_giving_way(), waiting():
                update = await asyncio.to_thread(self._adopt, orders)
                await switchboard.apply(update.bound)
        except Exception as error:  # noqa: BLE001 - what serves goes on serving, whatever a reload runs into
            tell_failure(self._log, error)

    def _adopt(self, orders: Orders) -> Update:
        return self._keeper.adopt(orders.versions, {item.key: _bound(item) for item in orders.opened}, orders.standings)


def _give(waiting: asyncio.Future[Json], answer: Json) -> None:
    if not waiting.done():  # nobody waits any more where the caller has left
        waiting.set_result(answer)


def _bound(item: Opened) -> Bound:
    return Bound(Listener(item.key, ()), item.socket, item.endpoint)
