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
_OWN = "naftiko"  # in the names of our functions that a script can call
_FRAME = re.compile(r"^\s+at (?:(.*?) \()?<input>:(\d+):\d+\)?$", re.MULTILINE)

_PRELUDE = """
(statements => {
  const { stringify } = JSON, evaluate = eval, quiet = () => undefined, Failure = Error;
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
  function naftikoRefusal() { throw new Failure("code can't be made from text here: its statements are not counted"); }
  for (const sample of [function () {}, async function () {}, function* () {}, async function* () {}])
    Object.defineProperty(Object.getPrototypeOf(sample), "constructor", { value: naftikoRefusal });
  naftikoRefusal.prototype = Function.prototype;
  globalThis.Function = globalThis.eval = naftikoRefusal;
  let left = statements, areOver = false;
  function naftikoCount() {
    if (left > 0) { left -= 1; return; }
    areOver = true;
    throw new Failure("statements");
  }
  Object.defineProperty(Number.prototype, "naftikoStatement", { get: naftikoCount });
  return asksForStatements => {
    if (asksForStatements) return areOver;
    const result = evaluate("typeof result === 'undefined' ? undefined : result");
    return result === undefined ? undefined : stringify(result, (key, value) => check(key, value));
  };
})
"""
"""Gives a function of the limit, which prepares the globals and gives another: of `true`, whether there were too many
statements; of nothing, the result as JSON. A mark counts by what only a number literal has (`scripts/statements.py`).
"""


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Run the sources of a request. The answer has `text`, JSON or nothing, or an `error` with its place."""
    context = _quickjs.Context()
    context.set_memory_limit(request["memory"])
    context.set_max_stack_size(_STACK)
    deadline = time.monotonic() + request["seconds"]
    take = context.eval(_PRELUDE)(request["statements"])
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
        if take(True):
            return {"error": _too_many(request), "source": None, "line": None}
        return {"error": _UNKEPT, "source": None, "line": None} if waited and text is None else {"text": text}
    except (_quickjs.JSException, _OutOfTimeError) as error:
        line = _line(str(error), is_alone=len(request["sources"]) == 1) if source else None
        words = _too_many(request) if _are_over(context, take) else _words(str(error), request)
        return {"error": words, "source": source.get("name"), "line": line}


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


def _are_over(context: Any, take: Any) -> bool:
    """Whether a run that failed had too many statements. It may have used up its time, which the question needs too."""
    context.set_time_limit(_BEHIND)
    try:
        return bool(take(True))
    except _quickjs.JSException:
        return False


def _too_many(request: dict[str, Any]) -> str:
    return f"it took more than {request['statements']} statements, which is its `statementLimit`"


def _words(error: str, request: dict[str, Any]) -> str:
    message = next(iter(error.splitlines()), "").strip() or "it failed without a word"
    if "interrupted" in message:
        return f"it took longer than {request['seconds']:g} s"
    if "out of memory" in message or message == "null":
        return f"it needed more than {request['memory'] // 1024**2} MiB of memory"
    return message.removeprefix("InternalError: ").removeprefix("Error: ")


def _line(error: str, *, is_alone: bool) -> int | None:
    """The line of the innermost frame; of several sources only the outermost says for certain which file it is of."""
    frames = [frame for frame in _FRAME.findall(error) if _OWN not in frame[0]]
    if not is_alone:
        frames = [frame for frame in frames if frame[0] in ("", "<eval>")]
    return int(frames[0][1]) if frames else None
