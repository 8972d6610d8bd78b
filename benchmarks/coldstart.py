"""How long until the first answer? From starting the command on a twelve-operation file to its first 200 on a socket.

The upstream is a few lines of this process, so that only the command itself is waited for.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.payload import JOB_LIST
from benchmarks.process import START_SECONDS, BenchmarkError, free_port, started
from benchmarks.servers import child_environment
from benchmarks.subjects import CREDENTIAL, Subject

_POLL_SECONDS = 0.002
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    % len(JOB_LIST)
) + JOB_LIST


class ColdStart(NamedTuple):
    """Seconds from starting the process to the end of its first answer: the median, and every start."""

    seconds: float
    starts: tuple[float, ...]


def measure(subject: Subject, starts: int, folder: Path) -> ColdStart:
    """Start the command `starts` times. One more start before them fills the caches that every later one uses."""
    with _answering() as upstream:
        taken = [_start(subject, upstream, folder) for _ in range(starts + 1)][1:]
    return ColdStart(median(taken), tuple(taken))


def _start(subject: Subject, upstream: str, folder: Path) -> float:
    port = free_port()
    command = [sys.executable, "-m", "naftiko_runtime", "run", str(subject.file), "--log-format", "json"]
    command += ["--upstream", f"{subject.namespace}={upstream}"]
    command += ["--listen", f"{subject.rest}=127.0.0.1:{port}", "--listen", f"{subject.mcp}=127.0.0.1:0"]
    errors = folder / "cold.jsonl"
    environment = child_environment({subject.variable: CREDENTIAL})
    begun = time.perf_counter()
    with started("naftiko", command, "", errors=errors, environment=environment) as server:
        while time.perf_counter() - begun < START_SECONDS and server.is_alive:
            if _answers(port, subject.listing):
                return time.perf_counter() - begun
            time.sleep(_POLL_SECONDS)
    said = errors.read_text(errors="replace")[-2000:]
    raise BenchmarkError(f"naftiko gave no first answer:\n{said}")


def _answers(port: int, path: str) -> bool:
    """Whether a request gets a 200 now. False where nobody listens yet."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    with socket.socket() as connection:
        connection.settimeout(START_SECONDS)
        if connection.connect_ex(("127.0.0.1", port)) != 0:
            return False
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise BenchmarkError(f"the first answer of naftiko is no 200: {answer[:500]!r}")
    return True


@contextlib.contextmanager
def _answering() -> Iterator[str]:
    """The URL of an upstream that gives every connection the job list."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            # Wakes the thread that waits in `accept`, which closing alone does not.
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(_ANSWER)
