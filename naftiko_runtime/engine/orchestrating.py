"""How do steps run? As if one after the other; calls that only read may be made side by side (language §9).

A failed step fails the function and is told by name, with what its upstream said. Of several that fail it is always the
first of the text, so what a caller sees does not depend on which upstream was quicker.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from naftiko_runtime.engine.conclusion import LARGE, decoded, rejected, undecodable
from naftiko_runtime.engine.decoding import UndecodableError
from naftiko_runtime.engine.defects import log_defect
from naftiko_runtime.engine.failures import to_failure
from naftiko_runtime.engine.headers import masked
from naftiko_runtime.engine.message import message_of
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Outcome, Success
from naftiko_runtime.engine.tracing import note_failure, within
from naftiko_runtime.engine.upstream.port import UpstreamResponse
from naftiko_runtime.errors import ArgumentError, DeadlineError, FieldError, InvocationError
from naftiko_runtime.plan.model.call import Arguments, UpstreamRequest
from naftiko_runtime.plan.model.steps import CallStep, LookupStep, Orchestration, Scope, Step, is_result, result_key
from naftiko_runtime.plan.text.values import ABSENT, to_json
from naftiko_runtime.scripts.model import Limits, Script

_LOGGER = logging.getLogger(__name__)

Exchange = Callable[[UpstreamRequest], AbstractAsyncContextManager[UpstreamResponse]]
Execute = Callable[[Script, Mapping[str, object], Limits], Awaitable[object]]


class Run:
    """One run of an orchestration, whose requests leave by `exchange` and whose scripts are run by `execute`. `seconds`
    are those that all its steps have together.
    """

    def __init__(
        self, exchange: Exchange, execute: Execute, action: Orchestration, arguments: Arguments, seconds: float
    ) -> None:
        self._exchange = exchange
        self._execute = execute
        self._action = action
        self._arguments = arguments
        self._seconds = seconds
        self._scope: Scope = action.enter(arguments)
        self._requests: dict[str, UpstreamRequest] = {}
        self._status = 200

    async def outcome(self) -> Outcome:
        """Run the steps. Never raises for a failed one."""
        steps = self._action.steps
        problems = self._prepared(steps)
        if problems:
            return self._spelled(to_failure(ArgumentError(problems)))
        try:
            async with asyncio.timeout(self._seconds):
                failure = await (self._in_turn(steps) if self._action.is_sequence else self._side_by_side(steps))
        except TimeoutError:
            # All may have ended while the last tasks were put away.
            waiting = next((step.name for step in steps if result_key(step.name) not in self._scope), steps[-1].name)
            return _of_step(waiting, to_failure(DeadlineError("steps", self._seconds)))
        return self._concluded() if failure is None else self._spelled(failure)

    def _prepared(self, steps: Sequence[Step]) -> list[FieldError]:
        """Make the requests that need no earlier result, so that nothing is sent where the input is at fault."""
        problems: dict[FieldError, None] = {}
        for step in steps:
            if isinstance(step, CallStep) and not step.uses:
                try:
                    self._requests[step.name] = step.call.build(self._scope)
                except ArgumentError as error:
                    problems.update(dict.fromkeys(error.fields))
                except InvocationError:
                    continue  # told when its turn comes
        return list(problems)

    async def _in_turn(self, steps: Sequence[Step]) -> Failure | None:
        for step in steps:
            failure = await self._run(step)
            if failure is not None:
                return failure
        return None

    async def _side_by_side(self, steps: Sequence[Step]) -> Failure | None:
        tasks: list[asyncio.Task[Failure | None]] = []
        try:
            for step in steps:
                tasks.append(asyncio.create_task(self._after([tasks[need] for need in step.needs], step)))
            for task in tasks:
                # Shielded, so that whoever leaves leaves at once, whatever a client library makes of being cancelled.
                failure = await asyncio.shield(task)
                if failure is not None:
                    return failure
            return None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _after(self, needed: Sequence[asyncio.Task[Failure | None]], step: Step) -> Failure | None:
        for task in needed:
            failure = await asyncio.shield(task)
            if failure is not None:
                return failure
        return await self._run(step)

    async def _run(self, step: Step) -> Failure | None:
        """Run one step and keep its result; what it failed of, if it did."""
        try:
            with within(step.name):
                result = await self._result(step)
                if isinstance(result, Failure):
                    note_failure()
        except ArgumentError as error:
            return _of_step(step.name, _refused(error))
        except InvocationError as error:
            return _of_step(step.name, to_failure(error))
        except Exception as error:  # noqa: BLE001 - what a plan does with values is total; it is our mistake
            log_defect(f"the step `{step.name}`", error)
            return _of_step(step.name, Failure(FailureKind.INTERNAL, "its result could not be made"))
        if isinstance(result, Failure):
            return _of_step(step.name, result)
        self._scope[result_key(step.name)] = result
        return None

    async def _result(self, step: Step) -> object:
        if isinstance(step, CallStep):
            return await self._called(step)
        if isinstance(step, LookupStep):
            return self._found(step)
        value = await self._execute(step.script, step.context(self._scope), step.limits)
        return None if value is ABSENT else value

    def _found(self, step: LookupStep) -> object:
        found = step.find(self._scope)
        remark = "" if found else step.remark(self._scope)
        if remark:
            _LOGGER.warning("step `%s` %s (%s)", step.name, remark, self._action.origin)
        return found

    async def _called(self, step: CallStep) -> object:
        request = self._requests.get(step.name) or step.call.build(self._scope)
        async with self._exchange(request) as response:
            body = await response.read()
            status, headers = response.status, masked(response.headers, request.withheld)
        if not 200 <= status <= 299:
            return rejected(request.path, status, headers, body)
        if step is self._action.steps[-1]:
            self._status = status
        call = step.call
        if not body or (call.decode is None and body.isspace()):
            return None
        try:
            if call.decode is not None and len(body) > LARGE:
                value = await asyncio.to_thread(decoded, call, headers, body)
            else:
                value = decoded(call, headers, body)
        except UndecodableError as error:
            return undecodable(error, headers, request.path)
        return value if step.project is None else step.project(value)

    def _concluded(self) -> Outcome:
        action = self._action
        try:
            value = action.result(self._scope)
            if action.finish is not None:
                value = action.finish(value, self._arguments)
            content = to_json(value)
        except Exception as error:  # noqa: BLE001 - as above
            log_defect("the result of steps", error)
            return Failure(FailureKind.INTERNAL, "the results of the steps could not be put together")
        return Success(self._status if action.keeps_status else 200, content, JSON, (), None, True)

    def _spelled(self, failure: Failure) -> Failure:
        """The failure with the inputs it names as the caller spells them."""
        spelled = self._action.spelled
        fields = tuple(FieldError(spelled.get(field, field), problem) for field, problem in failure.fields)
        return failure._replace(fields=fields) if fields else failure


def _refused(error: ArgumentError) -> Failure:
    """Values that can't make a request: the caller's fault only where all of them are the caller's."""
    if any(is_result(field) for field, _ in error.fields):
        told = "; ".join(f"`{field}`: {problem}" for field, problem in error.fields)
        return Failure(FailureKind.STEP, told)
    return to_failure(error)


def _of_step(name: str, failure: Failure) -> Failure:
    """A step's failure as that of its function, told with its name and what the upstream said."""
    if failure.kind is FailureKind.ARGUMENTS:
        return failure
    message = message_of(failure.content, failure.media_type) if failure.content else ""
    told = f"{failure.detail}: {message}" if message else failure.detail
    return failure._replace(detail=f"step `{name}`: {told}", step=name)
