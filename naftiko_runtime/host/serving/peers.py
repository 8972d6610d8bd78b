"""What do the other workers know? Each answers the others on a socket of its own, in a folder only this user may enter.

A request for the control adapter reaches one worker and is about all of them. The worker asks the others directly:
their parent may be busy compiling, and has no event loop. Who does not answer in time is left out, and the answer says
how many it is for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Container, Iterator
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.control.operator import Json, Lines
from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.errors import HostingError

FOLLOW = "follow"
"""The question whose answer has no end: the lines of the log."""

_PATIENCE_SECONDS = 1.0
_LOOK_SECONDS = 2.0
_LONGEST_LINE = 4 * 1024 * 1024

# What the path of a socket may have: 103 bytes (macOS), less the name of one, which is the number of a process.
_LONGEST_FOLDER = 95

# Told before the first line, so that whoever follows knows that none is missed from here on.
_BEGUN = b"\n"

_Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]

Answer = Callable[[str], Awaitable[Json]]
Take = Callable[[bytes], None]


class Gathered(NamedTuple):
    """The answers of those who gave one, and how many were asked."""

    answers: list[Json]
    asked: int


@contextlib.contextmanager
def meeting_place() -> Iterator[Path]:
    """A folder for the workers of one parent, while the context lasts. Raises HostingError where there can be none."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="naftiko-")
    except OSError:
        raise _without_place("no folder for temporary files can be written") from None
    with folder as name:
        if len(os.fsencode(name)) > _LONGEST_FOLDER:
            raise _without_place("the path of the folder for temporary files is too long for a socket")
        yield Path(name)


def _without_place(reason: str) -> HostingError:
    message = f"workers can't answer each other: {reason}"
    help_text = "set TMPDIR to a folder with a short path that can be written, such as /dev/shm"
    return HostingError([Diagnostic("NK7002", Severity.ERROR, message, "", help=help_text)])


class Peers:
    """The other workers; there are none without a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._own = None if folder is None else folder / str(os.getpid())
        self._server: asyncio.Server | None = None

    async def serve(self, answer: Answer, follow: Callable[[], Lines]) -> None:
        """Answer the others from now on."""
        if self._own is None:
            return

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # Streams of the server are cancelled when the loop ends; that is no news.
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await _answer(reader, writer, answer, follow)
            writer.close()

        self._server = await asyncio.start_unix_server(talk, self._own)

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None and self._own is not None:
            self._server.close()
            self._own.unlink(missing_ok=True)

    async def ask(self, question: str) -> Gathered:
        """What the others answer to a question."""
        found = await asyncio.gather(*(_ask(path, question) for path in self._others()))
        return Gathered([item for item in found if item is not None], len(found))

    async def follow(self, take: Take) -> asyncio.Task[None]:
        """Pass on the lines of all others from now on, and of those who come later, until the task is cancelled."""
        followed = await self._open({})
        return asyncio.create_task(self._pass_on(followed, take))

    async def _pass_on(self, opened: dict[Path, _Stream], take: Take) -> None:
        tasks = {path: asyncio.create_task(_read(stream, take)) for path, stream in opened.items()}
        try:
            while self._folder is not None:
                await asyncio.sleep(_LOOK_SECONDS)
                for path, stream in (await self._open(tasks)).items():
                    tasks[path] = asyncio.create_task(_read(stream, take))
        finally:
            for task in tasks.values():
                task.cancel()

    async def _open(self, known: Container[Path]) -> dict[Path, _Stream]:
        paths = [path for path in self._others() if path not in known]
        streams = await asyncio.gather(*(_open(path) for path in paths))
        return {path: stream for path, stream in zip(paths, streams, strict=True) if stream is not None}

    def _others(self) -> list[Path]:
        if self._folder is None:
            return []
        return [path for path in sorted(self._folder.iterdir()) if path != self._own]


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, follow: Callable[[], Lines]
) -> None:
    question = (await reader.readline()).decode().strip()
    if question != FOLLOW:
        writer.write(json.dumps(await answer(question)).encode())
        await writer.drain()
        return
    lines = follow()
    writer.write(_BEGUN)
    left = asyncio.create_task(reader.read())
    try:
        while not left.done():
            waiting = asyncio.ensure_future(lines.__anext__())
            await asyncio.wait((waiting, left), return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
                break
            writer.write(waiting.result())
            await writer.drain()
    except StopAsyncIteration:
        pass
    finally:
        left.cancel()
        lines.close()


async def _ask(path: Path, question: str) -> Json | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(f"{question}\n".encode())
                return json.loads(await reader.read())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return None


async def _open(path: Path) -> _Stream | None:
    """A stream of lines that has begun."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST_LINE)
            writer.write(f"{FOLLOW}\n".encode())
            await reader.readline()
            return reader, writer
    except (OSError, TimeoutError):
        return None


async def _read(stream: _Stream, take: Take) -> None:
    reader, writer = stream
    try:
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                take(line)
    finally:
        writer.close()
