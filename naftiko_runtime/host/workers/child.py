"""What is a forked process to its parent? A number, a channel, and an end that the channel tells.

A child never returns into what its parent was doing: it does its work and leaves the process.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple, Protocol

_MOST = 4096
_SIGNALS = (signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGTERM))


class Closable(Protocol):
    """Something of the parent that a child has no business with."""

    def close(self) -> None:
        """Close it, in this process."""


class Child(NamedTuple):
    """A child, and this side of the channel to it."""

    pid: int
    channel: socket.socket

    def fileno(self) -> int:
        """The channel's descriptor, for selectors."""
        return self.channel.fileno()

    def receive(self) -> bytes:
        """What the child said, at least one byte; nothing where it is gone. Blocks where it is silent."""
        try:
            return self.channel.recv(_MOST)
        except OSError:
            return b""

    def wait(self) -> str:
        """How it ended. Blocks until it has."""
        self.channel.close()
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def end(self, number: int) -> None:
        """Send it a signal, and wait for its end."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        self.wait()

    def close(self) -> None:
        """Close the channel in this process."""
        self.channel.close()


def fork(work: Callable[[socket.socket], None], foreign: Iterable[Closable]) -> Child:
    """Start a child that does `work` with its side of the channel; it closes `foreign` first. SIGTERM ends it.

    A terminal sends SIGINT and SIGHUP to every process; the parent takes them for all.
    """
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    # A signal that comes before the child has handlers of its own would be taken by those of its parent, and lost.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return Child(pid, ours)
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        ours.close()
        for item in foreign:
            item.close()
        work(theirs)
        code = 0
    except KeyboardInterrupt:
        pass
    except BaseException as error:  # noqa: BLE001 - whatever it is, a child must not go on as its parent
        # The text of an exception may hold a secret; its type and its place never do.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        sys.stderr.write(f"naftiko: {type(error).__name__} at {os.path.basename(frame.filename)}:{frame.lineno}\n")
        sys.stderr.flush()
    os._exit(code)
