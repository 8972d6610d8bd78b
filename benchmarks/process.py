"""What does a server cost? One process on one core, with its CPU time and its memory as the kernel counts them.

Processes are started in sessions of their own: Ctrl-C reaches this program alone, which then ends each of them by id.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

START_SECONDS = 20.0
"""How long a server may take to accept."""

_STOP_SECONDS = 15.0
_TICKS = os.sysconf("SC_CLK_TCK")
_POLL_SECONDS = 0.01


class BenchmarkError(Exception):
    """A part of the benchmark can't run as it is meant to. The text says what to look at."""


class Server:
    """A running server. `url` is its address without a path."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], url: str) -> None:
        self.name = name
        self.url = url
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def cpu_seconds(self) -> float:
        """User and system time of all its threads since it started (proc(5), fields 14 and 15 of `stat`)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def resident_megabytes(self) -> float:
        """Its resident memory, MB of 10^6 bytes."""
        resident = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return resident * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def started(
    name: str,
    command: Sequence[str],
    url: str,
    *,
    errors: Path,
    core: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run a server while the context lasts; what it says on standard error goes to the file `errors`."""
    with errors.open("wb") as stream:
        process = subprocess.Popen(
            [*pinned(core), *command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=None if environment is None else dict(environment),
            start_new_session=True,
        )
    try:
        yield Server(name, process, url)
    finally:
        _stop(process)


def pinned(core: int | None) -> tuple[str, ...]:
    """The words before a command that keep it on one core; none where there is no `taskset`, or no core to choose."""
    taskset = shutil.which("taskset")
    return () if core is None or taskset is None else (taskset, "-c", str(core))


def cores() -> tuple[int, int] | None:
    """The core for what is measured and the core for everything around it; None where they can't be kept apart."""
    if shutil.which("taskset") is None:
        return None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else None


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(server: Server, condition: Callable[[], bool], errors: Path, *, seconds: float = START_SECONDS) -> None:
    """Block until a server is ready. Raises BenchmarkError, with what it said, when it ends or takes too long."""
    end = time.monotonic() + seconds
    while not condition():
        if not server.is_alive or time.monotonic() > end:
            said = errors.read_text(errors="replace")[-2000:].strip()
            raise BenchmarkError(f"{server.name} did not start:\n{said}")
        time.sleep(_POLL_SECONDS)


def accepts(port: int) -> bool:
    """Whether anybody accepts connections on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
