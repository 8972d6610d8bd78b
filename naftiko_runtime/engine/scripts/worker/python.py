"""One Python run, in a Monty session of its own: nothing it changes is there for the next one.

Monty is a Python without a host: no function of ours, no files, no environment is lent to it, and prints go nowhere.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pydantic_monty

_DEPTH = 500
_COUNT = """
_naftiko_left = [{statements}]
def _naftiko_statement():
    _naftiko_left[0] -= 1
    if _naftiko_left[0] < 0:
        raise RuntimeError("statements")
def eval(*_, **__):
    raise NotImplementedError("code can't be made from text here: its statements are not counted")
exec = eval
"""
"""Lets the marks of a script count (`scripts/statements.py`), and nothing be run that has none."""
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
    are_over = False
    try:
        with _pool().checkout(limits=limits, os_policy={"sleep": "zero"}) as session:
            count = _COUNT.format(statements=request["statements"])
            session.feed_run(count, inputs={"context": json.loads(request["context"])})
            try:
                for source in request["sources"]:
                    session.feed_run(source["text"] + _NO_VALUE, print_callback=_nowhere)
                source = {}
                text = session.feed_run(_TAKE, print_callback=_nowhere)
            finally:
                are_over = _are_over(session)
    except pydantic_monty.MontyError as error:
        words = _too_many(request) if are_over else _words(str(error), request)
        return {"error": words, "source": source.get("name"), "line": _line(error) if source else None}
    if are_over:  # and the script went on, as if nothing had been said
        return {"error": _too_many(request), "source": None, "line": None}
    return {"text": text if isinstance(text, str) else None}


@cache
def _pool() -> pydantic_monty.Monty:
    """The pool of this process: one engine, started at the first run, gone with the process."""
    return pydantic_monty.Monty(min_processes=1, max_processes=1).__enter__()


def _are_over(session: pydantic_monty.MontySession) -> bool:
    """Whether there were too many statements. A session that came to its end can't say so, and says why it ended."""
    try:
        return session.feed_run("_naftiko_left[0] < 0") is True
    except (pydantic_monty.MontyError, RuntimeError):  # the latter where the session ended with its engine
        return False


def _too_many(request: dict[str, Any]) -> str:
    return f"it took more than {request['statements']} statements, which is its `statementLimit`"


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
