"""One Python run, in a Monty session of its own: nothing it changes is there for the next one.

Monty is a Python without a host: no function of ours, no files, no environment is lent to it, and prints go nowhere.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pydantic_monty

_DEPTH = 500
_NO_VALUE = "\nNone"  # what an expression at the end gives is for nobody
_TAKE = """
from json import dumps as __write
try:
    __written = __write(result, allow_nan=False)
except NameError:
    __written = None
__written
"""


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Run the sources of a request. The answer has `text`, JSON or nothing, or an `error` with its place."""
    limits: pydantic_monty.ResourceLimits = {
        "max_feed_duration_secs": request["seconds"],
        "max_memory": request["memory"],
        "max_recursion_depth": _DEPTH,
    }
    source: dict[str, Any] = {}
    try:
        with _pool().checkout(limits=limits, os_policy={"sleep": "zero"}) as session:
            session.feed_run("None", inputs={"context": json.loads(request["context"])})
            for source in request["sources"]:
                session.feed_run(source["text"] + _NO_VALUE, print_callback=_nowhere)
            source = {}
            text = session.feed_run(_TAKE, print_callback=_nowhere)
        return {"text": text if isinstance(text, str) else None}
    except pydantic_monty.MontyError as error:
        return {
            "error": _words(str(error), request),
            "source": source.get("name"),
            "line": _line(error) if source else None,
        }


@cache
def _pool() -> pydantic_monty.Monty:
    """The pool of this process: one engine, started at the first run, gone with the process."""
    return pydantic_monty.Monty(min_processes=1, max_processes=1).__enter__()


def _nowhere(_stream: str, _text: str) -> None:
    """What a script prints is for nobody: a caller's values may be in it."""


def _words(error: str, request: dict[str, Any]) -> str:
    message = next(iter(error.splitlines()), "").strip() or "it failed without a word"
    if message.startswith("TimeoutError: feed time limit"):
        return f"it took longer than {request['seconds']:g} s"
    if message.startswith("MemoryError: memory limit"):
        return f"it needed more than {request['memory'] // 1024**2} MiB of memory"
    return message.removeprefix("NotImplementedError: ")


def _line(error: pydantic_monty.MontyError) -> int | None:
    """The line in the file that was being run: the outermost frame, because inner ones may be of a dependency."""
    if not isinstance(error, pydantic_monty.MontyRuntimeError | pydantic_monty.MontySyntaxError):
        return None
    frames = error.traceback()
    return frames[0].line if frames else None
