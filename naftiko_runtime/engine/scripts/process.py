"""One process that runs scripts of one language, one at a time.

It is a Python without our packages and without our environment, in a session of its own, so that it can be killed with
all that it started. What doesn't answer in time is killed, and so is one whose caller has gone: a process that has
answered is as good as new, every other one is thrown away.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import orjson

from naftiko_runtime.scripts.model import Language
from naftiko_runtime.scripts.syntax import ENGINES

_MAIN = Path(__file__).parent / "worker" / "__main__.py"
_HEAD = 4
_FRAME = 65536
"""Bytes by which an answer may exceed its text: the words around it."""


class WorkerError(Exception):
    """The process ended, or said what it can't say: it is gone."""


class ScriptProcess:
    """A started process with pipes to it and from it. Made by `start_process`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether it can take another request."""
        return self._process.returncode is None

    async def ask(self, request: dict[str, Any], most: int) -> dict[str, Any]:
        """Send a request and wait for its answer, whose text has at most `most` characters.

        Whoever is interrupted here must `end` the process. Raises WorkerError.
        """
        requests = cast(asyncio.StreamWriter, self._process.stdin)
        answers = cast(asyncio.StreamReader, self._process.stdout)
        try:
            message = orjson.dumps(request)
            requests.write(len(message).to_bytes(_HEAD, "big") + message)
            await requests.drain()
            size = int.from_bytes(await answers.readexactly(_HEAD), "big")
            if size > 6 * most + _FRAME:  # JSON may write a character as six
                raise WorkerError(f"the process answered with {size} bytes")
            answer: dict[str, Any] = orjson.loads(await answers.readexactly(size))
        except (OSError, asyncio.IncompleteReadError, ValueError):
            raise WorkerError("the process that ran it ended") from None
        return answer

    async def end(self) -> None:
        """Kill the process and what it started, and wait until it is gone."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.communicate()


async def start_process(language: Language) -> ScriptProcess:
    """Start a process for a language whose engine is installed. Raises WorkerError where that can't be done."""
    found = find_spec(ENGINES[language].module)
    if found is None or found.origin is None:
        raise WorkerError(f"the engine that runs {language} is not installed")
    origin = Path(found.origin)
    packages = origin.parent.parent if origin.name == "__init__.py" else origin.parent
    command = (sys.executable, "-I", "-S", "-B", str(_MAIN), str(language), str(packages))
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            cwd="/",
            env={"PATH": str(Path(sys.executable).parent)},  # where the engine of Python finds its own program
            start_new_session=True,
        )
    except OSError as error:
        raise WorkerError(f"a process for {language} can't be started: {error.strerror}") from None
    return ScriptProcess(process)
