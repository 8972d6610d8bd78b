"""One JavaScript run, in a QuickJS runtime of its own: nothing it changes is there for the next one.

No function of the host is put into the runtime, and it has no modules, files, network or processes by itself.
"""

from __future__ import annotations

import re
import time
from typing import Any

import _quickjs

_UNKEPT = "its promises came to an end without a `result`; what they reject is lost unless it is caught"
_BEHIND = 0.02  # seconds by which the two clocks may differ
_STACK = 1024 * 1024  # bytes; the thread has eight times as much
_NO_VALUE = "\n;undefined"  # what an expression at the end gives is for nobody
_FRAME = re.compile(r"^\s+at (?:(.*?) \()?<input>:(\d+):\d+\)?$", re.MULTILINE)

_PRELUDE = """
(() => {
  const { stringify } = JSON, evaluate = eval, quiet = () => undefined;
  const finite = Number.isFinite, kinds = [Promise, Map, Set, WeakMap, WeakSet, RegExp, ArrayBuffer];
  const refuse = what => { throw new Error(`its result holds ${what}, which JSON can't say`); };
  const check = (key, value) => {
    const type = typeof value;
    if (type === "function" || type === "symbol") refuse(`a ${type}`);
    if (type === "bigint") refuse("a BigInt");
    if (type === "number" && !finite(value)) refuse("a number that is not finite");
    if (type === "object" && value !== null)
      for (const kind of kinds) if (value instanceof kind) refuse(`a ${kind.name}`);
    return value;
  };
  globalThis.console = Object.freeze({ log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet });
  globalThis.print = quiet;
  return () => {
    const result = evaluate("typeof result === 'undefined' ? undefined : result");
    return result === undefined ? undefined : stringify(result, (key, value) => check(key, value));
  };
})()
"""


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Run the sources of a request. The answer has `text`, JSON or nothing, or an `error` with its place."""
    context = _quickjs.Context()
    context.set_memory_limit(request["memory"])
    context.set_max_stack_size(_STACK)
    deadline = time.monotonic() + request["seconds"]
    take = context.eval(_PRELUDE)
    context.set("context", context.parse_json(request["context"]))
    source: dict[str, Any] = {}
    waited = False
    try:
        for source in request["sources"]:
            _limit(context, deadline)
            context.eval(source["text"] + _NO_VALUE)
            waited = _finish(context, deadline) or waited
        source = {}
        _limit(context, deadline)
        text = take()
        return {"error": _UNKEPT, "source": None, "line": None} if waited and text is None else {"text": text}
    except (_quickjs.JSException, _OutOfTimeError) as error:
        line = _line(str(error), is_alone=len(request["sources"]) == 1) if source else None
        return {"error": _words(str(error), request), "source": source.get("name"), "line": line}


class _OutOfTimeError(Exception):
    """The time is over between two pieces of work."""


def _limit(context: Any, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _OutOfTimeError("interrupted")
    # The engine counts processor time, which is never ahead of the clock: when it stops a promise's job, which it does
    # without a word, the deadline has passed, and the next look at it tells.
    context.set_time_limit(left + _BEHIND)


def _finish(context: Any, deadline: float) -> bool:
    """Let promises settle, because a script may set its result behind an `await`, and say whether there were any."""
    found = False
    while context.execute_pending_job():
        found = True
        _limit(context, deadline)
    return found


def _words(error: str, request: dict[str, Any]) -> str:
    message = next(iter(error.splitlines()), "").strip() or "it failed without a word"
    if "interrupted" in message:
        return f"it took longer than {request['seconds']:g} s"
    if "out of memory" in message or message == "null":
        return f"it needed more than {request['memory'] // 1024**2} MiB of memory"
    return message.removeprefix("InternalError: ").removeprefix("Error: ")


def _line(error: str, *, is_alone: bool) -> int | None:
    """The line of the innermost frame; of several sources only the outermost says for certain which file it is of."""
    frames = _FRAME.findall(error)
    if not is_alone:
        frames = [frame for frame in frames if frame[0] in ("", "<eval>")]
    return int(frames[0][1]) if frames else None
