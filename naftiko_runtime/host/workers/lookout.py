"""Who watches files for a parent of workers? A process of its own, because watching takes threads.

A process with threads must not fork, and the parent has to. So the watcher lives beside it and says one word whenever
something may have changed. It ends with its parent.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from naftiko_runtime.host.following.watching import Targets, Watcher, targets_of
from naftiko_runtime.host.workers.child import Child, Closable, fork

CHANGED = b"c"
"""Something may have changed."""

BLIND = b"b"
"""The system can't watch; the reason follows."""


class Lookout:
    """The watcher process, while the context lasts. Where `watches` is false there is none."""

    def __init__(self, *, watches: bool) -> None:
        self._watches = watches
        self._child: Child | None = None
        self._targets: Targets | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.end()

    def is_elsewhere(self, paths: Iterable[Path], beside: Iterable[Path]) -> bool:
        """Whether it watches something, and not these files."""
        return self._child is not None and targets_of(paths, beside) != self._targets

    def watch(self, paths: Iterable[Path], beside: Iterable[Path], foreign: Iterable[Closable]) -> bool:
        """Watch these files, and no others any more. Says whether there is something to wait for."""
        if not self._watches:
            return False
        self.end()
        self._targets = targets = targets_of(paths, beside)
        self._child = fork(lambda channel: _watch(targets, channel), foreign)
        return True

    def fileno(self) -> int:
        """What a selector waits for."""
        return -1 if self._child is None else self._child.fileno()

    def receive(self) -> bytes:
        """What the watcher said; nothing where it is gone."""
        return b"" if self._child is None else self._child.receive()

    def end(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            child.end(signal.SIGKILL)

    def close(self) -> None:
        """Close the channel in this process."""
        if self._child is not None:
            self._child.close()


def _watch(targets: Targets, channel: socket.socket) -> None:
    Watcher(lambda: channel.sendall(CHANGED), lambda reason: channel.sendall(BLIND + reason.encode())).watch(targets)
    channel.recv(1)  # the parent says nothing, and is gone when this returns
