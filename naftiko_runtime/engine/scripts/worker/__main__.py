"""Run scripts of one language, one after the other: a request from standard input, its answer to standard output.

Both are JSON behind four bytes that say how long it is. The process ends when its input does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

_MOST_ADDRESSES = 2 * 1024**3
"""Bytes of address space: the last resort, far above what an engine's own limit lets a script have."""

Run = Callable[[dict[str, Any]], dict[str, Any]]


def main(language: str, packages: str) -> None:  # pragma: no cover - runs in a process of its own
    """Serve until standard input ends. `packages` is the folder that has the engine of the language."""
    sys.path[:0] = [str(Path(__file__).parent), packages]
    run: Run = import_module(language).run
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer, run)


def confine() -> None:  # pragma: no cover - it would confine whoever counts lines
    """Give up what no script needs: files to write, memory beyond all bounds, pictures of a crash."""
    import resource  # noqa: PLC0415 - only systems that can confine a process have it

    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, _MOST_ADDRESSES),
    ):
        _, highest = resource.getrlimit(what)
        allowed = most if highest == resource.RLIM_INFINITY else min(most, highest)
        resource.setrlimit(what, (allowed, allowed))


def serve(requests: BinaryIO, answers: BinaryIO, run: Run) -> None:
    """Answer requests until there are no more."""
    while head := requests.read(4):
        request = json.loads(requests.read(int.from_bytes(head, "big")))
        answer = json.dumps(bounded(run(request), request["most"])).encode()
        answers.write(len(answer).to_bytes(4, "big") + answer)
        answers.flush()


def bounded(answer: dict[str, Any], most: int) -> dict[str, Any]:
    """An answer, or the failure of one with more characters than `most`."""
    size = len(answer.get("text") or "")
    if size <= most:
        return answer
    return {"error": f"its result is {size} characters of JSON, more than {most}", "source": None, "line": None}


if __name__ == "__main__":  # pragma: no cover - as above
    main(*sys.argv[1:])
