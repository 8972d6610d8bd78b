"""The engine, seen from outside: each function that a traced request invokes is a span."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.outcome import Failure, Outcome, Streamed
from naftiko_runtime.engine.tracing import Span, current
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.model.function import Function

_Result = TypeVar("_Result", Outcome, Outcome | Streamed)


class ObservedEngine(Engine):
    """An engine whose functions are spans."""

    def invoke(self, function: Function, arguments: Arguments) -> Coroutine[Any, Any, Outcome]:
        """As the engine's."""
        span = current()
        made = super().invoke(function, arguments)
        return made if span is None else _spanned(span, function, made)

    def stream(self, function: Function, arguments: Arguments) -> Coroutine[Any, Any, Outcome | Streamed]:
        """As the engine's; the span ends with the upstream's head."""
        span = current()
        made = super().stream(function, arguments)
        return made if span is None else _spanned(span, function, made)


async def _spanned(parent: Span, function: Function, work: Coroutine[Any, Any, _Result]) -> _Result:
    with parent.child(function.qualified_name) as span:
        outcome = await work
        span.error = isinstance(outcome, Failure)
        return outcome
