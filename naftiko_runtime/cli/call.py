"""`naftiko call`: call one function of a file, without a server."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from naftiko_runtime.cli.curl import render_curl
from naftiko_runtime.cli.exposures import find_exposure
from naftiko_runtime.cli.loading import limits_from, route_from, settings_from, unknown_upstreams, usage
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.portrait import work_of
from naftiko_runtime.cli.report import sources_of, tell
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, USAGE, put, say
from naftiko_runtime.diagnostics import Diagnostic, visible
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.failures import to_failure
from naftiko_runtime.engine.outcome import JSON, Failure, Outcome, Success
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.engine.upstream.port import Limits
from naftiko_runtime.engine.upstream.route import Route
from naftiko_runtime.errors import InvocationError
from naftiko_runtime.host.files.capability import Capability, inspect_capability, load_capability
from naftiko_runtime.host.files.discovery import discover
from naftiko_runtime.plan.model.call import Arguments, Call
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.steps import CallStep, Orchestration


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. The result goes to standard output, the reason for its absence to standard error."""
    given, document = _pairs(options.arguments), _document(options.json)
    settings, problems = settings_from(options, environment)
    route = route_from(options)
    if problems:
        return usage(problems, environment)
    discovery = discover([options.path])
    capabilities = [
        inspect_capability(path, strict=settings.strict, upstreams=settings.upstreams, partial=settings.partial)
        if options.dry_run
        else load_capability(path, settings)
        for path in discovery.files
    ]
    if unknown := unknown_upstreams(settings.upstreams, capabilities):
        return usage(unknown, environment)
    tell([*discovery.diagnostics, *_errors(capabilities)], sources_of(capabilities), environment)
    plans = [capability.plan for capability in capabilities if capability.plan is not None]
    if not plans:
        return AT_FAULT
    found = find_exposure(plans, options.name)
    if isinstance(found, Diagnostic):
        tell([found], {}, environment)
        return USAGE
    arguments = document | {key: read_value(found.function, key, text) for key, text in given}
    return (
        _dry_run(found.function, arguments)
        if options.dry_run
        else _call(found.function, arguments, limits_from(options), route)
    )


def read_value(function: Function, key: str, text: str) -> object:
    """The value of `key=text`: JSON where the input is not declared a string and the text is JSON, else the text."""
    declared = next((item.schema.get("type") for item in function.inputs if item.name == key), None)
    if declared == "string":
        return text
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return text
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _pairs(values: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for value in values:
        key, separator, text = value.partition("=")
        if not separator or not key:
            raise UsageError(f"`{key}` is no argument: write KEY=VALUE")
        pairs.append((key, text))
    return pairs


def _document(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise UsageError(f"--json is no JSON: {error}") from None
    except RecursionError:
        raise UsageError("--json is nested too deeply") from None
    if not isinstance(document, dict):
        raise UsageError('--json is no JSON object: write \'{"name": "value"}\'')
    return document


def _errors(capabilities: Sequence[Capability]) -> list[Any]:
    return [item for capability in capabilities for item in capability.diagnostics if item.is_error]


def _dry_run(function: Function, arguments: Mapping[str, object]) -> int:

    try:
        admitted = function.admit(arguments)
        if isinstance(function.action, Call):
            put(render_curl(function.action.build(admitted)))
        elif isinstance(function.action, Orchestration):
            put("\n".join(_rehearse(function.action, admitted)))
        else:
            put(f"# {function.qualified_name} answers from the file itself: no request is sent")
    except InvocationError as error:
        _print_failure(to_failure(error))
        return AT_FAULT
    return FINE


def _rehearse(action: Orchestration, arguments: Arguments) -> Iterator[str]:
    """The requests of steps, each under its name. One that is made of an earlier result can't be known before."""
    scope = action.enter(arguments)
    for step in action.steps:
        if not isinstance(step, CallStep):
            yield f"# step {step.name}: {work_of(step)}"
            continue
        yield f"# step {step.name}: {step.call.target}"
        if not step.uses:
            yield render_curl(step.call.build(scope))
            continue
        yield f"# its request is made of what {', '.join(action.steps[number].name for number in step.uses)} gives"


def _call(function: Function, arguments: Mapping[str, object], limits: Limits, route: Route) -> int:
    outcome = asyncio.run(_invoke(function, arguments, limits, route))
    if isinstance(outcome, Success):
        _print_result(outcome)
        return FINE
    _print_failure(outcome)
    return AT_FAULT


async def _invoke(function: Function, arguments: Mapping[str, object], limits: Limits, route: Route) -> Outcome:
    engine = Engine(ReqwestUpstream(limits, route), seconds=limits.together)
    try:
        return await engine.invoke(function, arguments)
    finally:
        await engine.close()


def _print_result(outcome: Success) -> None:
    """JSON is indented for a terminal and left as it is for a program; anything else is never touched."""
    content = outcome.content
    if outcome.media_type == JSON and sys.stdout.isatty():
        content = json.dumps(json.loads(content), indent=2, ensure_ascii=False).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    if outcome.media_type == JSON:
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _print_failure(outcome: Failure) -> None:

    say(f"error[{outcome.code or outcome.kind.value}]: {visible(outcome.detail)}")
    for field, problem in outcome.fields:
        say(f"  {visible(field)}: {visible(problem)}")
    if outcome.content and not outcome.step:
        say(visible(outcome.content.decode("utf-8", "replace"), keep="\n\t"))
