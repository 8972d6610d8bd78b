"""How is a tool called, or a resource read, and what is told of the call?

Both paths of this face call tools here and nowhere else: that is why every call is recorded exactly once, whichever
path took it and however it ended.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

from naftiko_runtime.engine.defects import log_defect
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Outcome, Success
from naftiko_runtime.engine.record import CALLER_LEFT, Observer, RequestRecord
from naftiko_runtime.plan.model.call import Arguments, Call
from naftiko_runtime.plan.model.face import Tool
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.offerings import Resource
from naftiko_runtime.plan.text.values import to_json

if TYPE_CHECKING:
    from naftiko_runtime.engine.engine import Engine

NO_TOOL = "NK8007"
"""The code of a call of a tool that is not there."""

REQUEST_ID_KEY = "naftiko.request_id"
"""The key of an ASGI scope under which handlers of the SDK find the request's id."""


class ToolCalls:
    """Calls tools and tells `observe` of each call when it is over."""

    def __init__(self, engine: Engine, observe: Observer) -> None:
        self._invoke = engine.invoke
        self._observe = observe

    async def run(self, tool: Tool | Resource, arguments: Arguments, request_id: str) -> Outcome:
        """Call a tool, or what a resource does. The HTTP status is 200 whatever the outcome: a tool's failed call is a
        result (C17).
        """
        started = perf_counter()
        try:
            outcome = await self._invoke(tool.function, arguments)
            if isinstance(outcome, Success) and not outcome.content:
                outcome = _in_shape(tool.function, arguments, outcome)
        except asyncio.CancelledError:
            self._tell(tool, request_id, started, CALLER_LEFT, None, "")
            raise
        except Exception as error:  # noqa: BLE001 - the engine fails by value: this is our mistake, and still a result
            log_defect(f"the call of `{tool.name}`", error)
            outcome = Failure(FailureKind.INTERNAL, "The runtime failed to call this tool.")
        if isinstance(outcome, Failure):
            self._tell(tool, request_id, started, 200, outcome.status, outcome.kind.value)
        else:
            self._tell(tool, request_id, started, 200, outcome.upstream_status, "")
        return outcome

    def refuse(self, request_id: str, status: int, code: str, operation: str = "tools/call") -> None:
        """Tell of a request that came to no tool. A name that was asked for is the caller's text, so it isn't told."""
        self._observe(RequestRecord(request_id, "mcp", operation, "", "", status, None, 0.0, code))

    def tell(self, operation: str, request_id: str, started: float) -> None:
        """Tell of a request that was answered without calling anything, begun at `started` of the clock."""
        milliseconds = (perf_counter() - started) * 1000
        self._observe(RequestRecord(request_id, "mcp", operation, "", "", 200, None, milliseconds, ""))

    def _tell(
        self,
        tool: Tool | Resource,
        request_id: str,
        started: float,
        status: int,
        upstream_status: int | None,
        code: str,
    ) -> None:
        function = tool.function
        self._observe(
            RequestRecord(
                request_id,
                "mcp",
                tool.name,
                function.capability,
                function.qualified_name,
                status,
                upstream_status,
                (perf_counter() - started) * 1000,
                code,
            )
        )


def _in_shape(function: Function, arguments: Arguments, outcome: Success) -> Success:
    """An empty answer (204, or 200 without a body) of a tool with an `outputSchema`, in the shape of a null payload.

    A result of such a tool must have structured content that fits (2025-06-18 §Tools, "Output Schema"); clients of the
    official SDKs refuse it otherwise.
    """
    action = function.action
    if function.output_schema is None or not isinstance(action, Call) or action.shape is None:
        return outcome
    return outcome._replace(content=to_json(action.shape(None, function.admit(arguments))), media_type=JSON)
