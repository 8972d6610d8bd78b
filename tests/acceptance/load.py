"""Requests without a pause, on connections that are kept: what a reload must not disturb.

Written on plain sockets, because a client library would hide a closed connection behind a retry.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.runner import wait_until

_SECONDS = 20.0


@dataclass
class Load:
    """What the requests met. `failures` says of each failed one how."""

    answers: Counter[bytes] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        """How many were answered."""
        with self._lock:
            return sum(self.answers.values())

    def met(self, body: bytes) -> None:
        """Count one good answer."""
        with self._lock:
            self.answers[body] += 1

    def seen(self, text: bytes) -> bool:
        """Whether an answer held a text."""
        with self._lock:
            return any(text in body for body in self.answers)


@contextmanager
def requesting(base: str, *paths: str, connections: int = 16) -> Iterator[Load]:
    """Request the paths in turn, on so many connections, while the context lasts."""
    load, stop = Load(), threading.Event()
    address = urlsplit(base)
    assert address.hostname is not None
    assert address.port is not None
    arguments = (address.hostname, address.port, paths, load, stop)
    threads = [threading.Thread(target=_request, args=arguments, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join(_SECONDS)


def go_on(load: Load) -> None:
    """Let every connection ask several times more."""
    total = load.total
    wait_until(lambda: load.total > total + 200, _SECONDS)


def _request(host: str, port: int, paths: tuple[str, ...], load: Load, stop: threading.Event) -> None:
    try:
        with socket.create_connection((host, port), _SECONDS) as connection, connection.makefile("rb") as answers:
            while not stop.is_set():
                for path in paths:
                    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                    status = answers.readline()
                    length = 0
                    while (line := answers.readline()) not in (b"\r\n", b""):
                        name, _, value = line.partition(b":")
                        length = int(value) if name.lower() == b"content-length" else length
                    body = answers.read(length)
                    if not status.startswith(b"HTTP/1.1 200 "):
                        load.failures.append(f"{path}: {status!r} {body!r}")
                        return
                    load.met(body)
    except OSError as error:
        load.failures.append(repr(error))
