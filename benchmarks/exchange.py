"""What do callers notice while a file changes? Connections that ask without a pause, and count what goes wrong.

Caller and upstream live in one event loop, so that the server under test has its core to itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

from benchmarks.payload import JOB_LIST
from benchmarks.process import BenchmarkError

_HEADER_END = b"\r\n\r\n"
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(JOB_LIST)
) + JOB_LIST
_LONGEST_SECONDS = 20.0


class Connection:
    """One kept connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def to(cls, url: str) -> Connection:
        """Connect to the server of a URL. Raises OSError where nobody listens."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        return cls(reader, writer, parts.netloc)

    async def status(self, path: str) -> int:
        """The status of one GET, its body read. Raises OSError or EOFError where the connection ends instead."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        head = (await self._reader.readuntil(_HEADER_END)).lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if not length:
            raise BenchmarkError(f"an answer without a length: {head!r}")
        await self._reader.readexactly(int(length))
        return int(head[9:12])

    def close(self) -> None:
        """Close it."""
        self._writer.close()


class Traffic:
    """Connections that ask for `paths` in turn, each again as soon as it is answered. Counts what they got."""

    def __init__(self, url: str, paths: Sequence[str]) -> None:
        self.answered = 0
        self.failed = 0
        self._url = url
        self._paths = paths

    @contextlib.asynccontextmanager
    async def running(self, connections: int) -> AsyncIterator[None]:
        """Ask while the context lasts; what is under way at its end is waited for."""
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for first in range(connections):
                group.create_task(self._ask(ended, first))
            try:
                yield
            finally:
                ended.set()

    async def _ask(self, ended: asyncio.Event, turn: int) -> None:
        connection = await Connection.to(self._url)
        try:
            while not ended.is_set():
                turn += 1
                try:
                    status = await connection.status(self._paths[turn % len(self._paths)])
                except (OSError, EOFError):
                    self.failed += 1
                    connection.close()
                    connection = await Connection.to(self._url)
                    continue
                self.answered += 1
                self.failed += status != 200
        finally:
            connection.close()


async def seconds_until_found(connection: Connection, path: str) -> float:
    """How long until a path gets a 200, asked every 5 ms. Raises BenchmarkError where it never does."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() - begun < _LONGEST_SECONDS:
        if await connection.status(path) == 200:
            return loop.time() - begun
        await asyncio.sleep(0.005)
    raise BenchmarkError(f"a changed file is not live after {_LONGEST_SECONDS:g} s: {path}")


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[str]:
    """The URL of an upstream that answers every request without a body with the job list."""
    served: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served[asyncio.current_task()] = writer
        with contextlib.suppress(OSError, EOFError):
            while True:
                await reader.readuntil(_HEADER_END)
                writer.write(_ANSWER)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            # Each then reads the end of its connection, and is waited for: a loop that ends cancels what is left.
            for writer in served.values():
                writer.close()
            await asyncio.gather(*(task for task in served if task is not None))
