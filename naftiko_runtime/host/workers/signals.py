"""Which signals came? As something that a selector can wait for, beside everything else.

A handler may run between any two instructions, so it does nothing; Python notes the number in a pipe for whoever waits.
"""

from __future__ import annotations

import signal
import socket
from types import FrameType
from typing import Self

_NUMBERS = (signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGTERM))


class Signals:
    """Takes SIGTERM, SIGINT and SIGHUP while the context lasts."""

    def __enter__(self) -> Self:
        self._reads, self._writes = socket.socketpair()
        self._reads.setblocking(False)
        self._writes.setblocking(False)
        self._before = {number: signal.signal(number, _ignore) for number in _NUMBERS}
        self._wakeup = signal.set_wakeup_fd(self._writes.fileno())
        return self

    def __exit__(self, *_exception: object) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self.close()

    def fileno(self) -> int:
        """What a selector waits for."""
        return self._reads.fileno()

    def received(self) -> list[int]:
        """The numbers that came since the last call."""
        try:
            return list(self._reads.recv(4096))
        except BlockingIOError:
            return []

    def close(self) -> None:
        """Close what a forked child has inherited."""
        self._reads.close()
        self._writes.close()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
