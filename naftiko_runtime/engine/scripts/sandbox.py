"""Scripts, run where they can touch nothing of ours.

Values go in and come out as JSON text: a script works on copies, whatever it does to them. Each run has globals of its
own. The event loop waits for a pipe, never for a script; a run that outlives its limits is killed with its process.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from time import perf_counter, time
from typing import Any

import orjson

from naftiko_runtime.engine.scripts.counts import Counts
from naftiko_runtime.engine.scripts.process import ScriptProcess, WorkerError, start_process
from naftiko_runtime.engine.scripts.settings import Settings, SharedSettings
from naftiko_runtime.errors import ScriptFailureError
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue, from_json, to_json
from naftiko_runtime.scripts.model import Language, Limits, Script

_GRACE = 1.0
"""Seconds that an engine has to notice by itself that its time is over."""

_MOST_RESULT = 8 * 1024 * 1024
_MOST_WORDS = 500

_OFF = "it did not run, because scripts are turned off through the control adapter"


class Sandbox:
    """Runs scripts in a few processes for each language, started when they are first needed.

    `processes` bounds how many there are for one language: whoever comes when all are busy waits its turn, at most as
    long as it may run. `settings` are looked at before each run; `counts` tells of all runs that have ended.
    """

    def __init__(self, processes: int | None = None, settings: SharedSettings | None = None) -> None:
        count = processes or os.cpu_count() or 1
        self.settings = settings or SharedSettings()
        self.counts = Counts()
        self._turns = {language: asyncio.Semaphore(count) for language in Language}
        self._idle: dict[Language, list[ScriptProcess]] = {language: [] for language in Language}

    async def run(self, script: Script, context: Mapping[str, Any], limits: Limits) -> Any:
        """What `script` leaves in its global `result`: a JSON value, or ABSENT where it sets none.

        The script finds a copy of `context` in the global of that name. Raises ScriptFailureError, also where scripts
        are turned off.
        """
        settings = self.settings.current
        if not settings.enabled:
            raise ScriptFailureError(script.source.name, _OFF)
        with self._counted():
            return await self._run(script, context, _within(limits, settings))

    async def _run(self, script: Script, context: Mapping[str, Any], limits: Limits) -> Any:
        name = script.source.name
        try:
            request = {
                "sources": [{"name": item.name, "text": item.text} for item in (*script.dependencies, script.source)],
                "context": to_json(context).decode(),
                "seconds": limits.seconds,
                "statements": limits.statements,
                "memory": limits.memory,
                "most": _MOST_RESULT,
            }
        except UnfitValue:
            raise ScriptFailureError(name, "what it is given can't be written as JSON") from None
        answer = await self._ask(script, request, limits)
        if answer.get("error") is not None:
            words, line = str(answer["error"])[:_MOST_WORDS], answer.get("line")
            raise ScriptFailureError(str(answer.get("source") or name), words, line if isinstance(line, int) else None)
        text = answer.get("text")
        if text is None:
            return ABSENT
        try:
            return from_json(str(text).encode())
        except (orjson.JSONDecodeError, RecursionError, UnicodeEncodeError):
            raise ScriptFailureError(name, "its result is not what JSON can say") from None

    async def close(self) -> None:
        """End all processes that wait for work."""
        for idle in self._idle.values():
            while idle:
                await idle.pop().end()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        began, errors = perf_counter(), 1
        try:
            yield
            errors = 0
        finally:
            self.counts = self.counts.plus((1, errors, perf_counter() - began, time()))

    async def _ask(self, script: Script, request: dict[str, Any], limits: Limits) -> dict[str, Any]:
        name = script.source.name
        try:
            async with asyncio.timeout(limits.seconds + _GRACE) as waiting, self._process(script.language) as process:
                waiting.reschedule(asyncio.get_running_loop().time() + limits.seconds + _GRACE)
                return await process.ask(request, _MOST_RESULT)
        except TimeoutError:
            raise ScriptFailureError(name, f"it took longer than {limits.seconds:g} s") from None
        except WorkerError as error:
            raise ScriptFailureError(name, str(error)) from None

    @asynccontextmanager
    async def _process(self, language: Language) -> AsyncIterator[ScriptProcess]:
        """A process for one run. One that was interrupted is ended, one that answered waits for the next run."""
        async with self._turns[language]:
            idle = self._idle[language]
            process = idle.pop() if idle else None
            if process is None or not process.is_alive:
                process = await start_process(language)
            try:
                yield process
            except BaseException:
                await process.end()
                raise
            idle.append(process)


def _within(limits: Limits, settings: Settings) -> Limits:
    """What the settings of now say, and what the file says where they say nothing."""
    if settings.milliseconds is not None:
        limits = replace(limits, seconds=settings.milliseconds / 1000)
    return limits if settings.statements is None else replace(limits, statements=settings.statements)
