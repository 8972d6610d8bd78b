"""How is one function drawn for `naftiko explain`?

A fixed set of rows, each a question a person has when a call surprises: what is called, why that, with what from where,
what travels, what comes back. The request is the compiled one, built from the names of the inputs as their values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from naftiko_runtime.diagnostics import visible
from naftiko_runtime.errors import InvocationError
from naftiko_runtime.plan.model.call import Call, Supply
from naftiko_runtime.plan.model.face import Aggregate, McpFace
from naftiko_runtime.plan.model.forward import Forward
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.plan.model.offerings import Files, PromptArgument
from naftiko_runtime.plan.model.steps import CallStep, LookupStep, Orchestration, ScriptStep

if TYPE_CHECKING:
    from naftiko_runtime.host.embedding.exposures import Exposure
    from naftiko_runtime.plan.model.face import RestFace
    from naftiko_runtime.plan.model.function import Function, Input

_LABEL = 10
_LONGEST_BODY = 2000


def portray_face(face: RestFace | McpFace | Aggregate) -> str:
    """The line above the functions of a face, or of an aggregate."""
    if isinstance(face, Aggregate):
        return visible(f"aggregate {face.namespace}{f': {face.label}' if face.label else ''}")
    kind = "mcp" if isinstance(face, McpFace) else "rest"
    if isinstance(face, McpFace) and face.transport == "stdio":
        where = "over standard input and output"
    else:
        where = f"on {face.address}:{'(no port)' if face.port is None else face.port}"
    asked = "" if face.access is None else f", asks for {face.access.kind} authentication"
    return visible(f"{kind} {face.namespace} {where}{asked}")


def portray(exposure: Exposure) -> Iterator[str]:
    """The lines of one function."""
    function = exposure.function
    title = exposure.name if exposure.shown == exposure.name else f"{exposure.name}: {exposure.shown}"
    yield visible(f"  {title} ({function.origin})")
    yield from _row("inputs", [_input(item) for item in function.inputs] or ["none"])
    action = function.action
    if isinstance(action, Refused):
        yield from _row("left out", [f"{action.code}: {action.message} ({action.place})"])
        return
    if isinstance(action, Orchestration):
        yield from _steps(action)
        return
    if isinstance(action, Forward):
        yield from _row("passes on", [f"any request to {action.base or action.why}"])
        yield from _row("with", [f"the caller's {name}" for name in sorted(action.trusted)])
        return
    if not isinstance(action, Call):
        yield from _row("answers", ["from the values in the file; no upstream is asked"])
        return
    yield from _row("calls", [f"{action.target} at {action.target.origin}"])
    yield from _row("because", [f"{item.rule}: {item.detail}" for item in action.target.evidence])
    yield from _row("supplies", _supplied(action.supplies))
    yield from _row("sends", _request(function, action))
    yield from _row("returns", [_result(action)])


def _steps(action: Orchestration) -> Iterator[str]:
    """The steps of a function, and what becomes of their results."""
    yield from _row("supplies", _supplied(action.handed))
    for number, step in enumerate(action.steps):
        waits = ", ".join(f"`{action.steps[need].name}`" for need in step.needs)
        after = f" after {waits}" if waits else ""
        if isinstance(step, CallStep):
            yield from _row(f"step {number + 1}", [f"{step.name}: calls {step.call.target}{after}"])
            yield from _row("", _supplied(step.call.supplies))
        else:
            yield from _row(f"step {number + 1}", [f"{step.name}: {work_of(step)}{after}"])
    side = "one after the other" if action.is_sequence else "those that wait for none of each other side by side"
    yield from _row("run", [side])
    yield from _row("returns", [action.mapping])


def work_of(step: LookupStep | ScriptStep) -> str:
    """What a step does that calls nothing."""
    if isinstance(step, LookupStep):
        return f"looks up {step.words}"
    return f"runs {step.script.source.name} ({step.script.language})"


def portray_offerings(face: McpFace) -> Iterator[str]:
    """The lines of what an adapter offers that no function stands behind, files and prompts; none where it has none."""
    files = [f"{item.uri} from {item.path.name}" for item in face.resources if isinstance(item, Files)]
    prompts = [f"{item.name} ({', '.join(map(_argument, item.arguments)) or 'no arguments'})" for item in face.prompts]
    if files or prompts:
        yield ""
        yield visible(f"  {face.namespace} also offers")
        yield from _row("files", files)
        yield from _row("prompts", prompts)


def _argument(argument: PromptArgument) -> str:
    return argument.name if argument.required else f"[{argument.name}]"


def _row(label: str, lines: Sequence[str]) -> Iterator[str]:
    """A labelled row; the label stands at the first line only. Without lines there is no row."""
    for index, line in enumerate(lines):
        yield f"    {'' if index else label:{_LABEL}}{visible(line)}"


def _supplied(supplies: Sequence[Supply]) -> list[str]:
    pairs = [(f"{item.place} {item.parameter}", item.source) for item in supplies]
    width = max((len(left) for left, _ in pairs), default=0)
    return [f"{left:{width}}  from {right}" for left, right in pairs]


def _input(item: Input) -> str:
    kind = item.schema.get("type", "any value")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    need = "required" if item.required else "optional"
    default = f", default {item.default!r}" if item.has_default else ""
    return f"{item.name} ({kind}, {need}{default})"


def _request(function: Function, call: Call) -> list[str]:
    """The request as it would be with each input's name, in braces, for its value."""
    try:
        request = call.build({item.name: f"{{{item.name}}}" for item in function.inputs})
    except InvocationError as error:
        return [f"{call.target.method} {call.target.path} ({error})"]
    lines = [f"{request.method} {unquote(request.url)}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.authentication is not None:
        lines.append(request.authentication.words)
    if request.content:
        content = request.content.decode("utf-8", "replace")[:_LONGEST_BODY]
        for item in function.inputs:
            # A placeholder stands for a value of any type, so it is not shown as a JSON string.
            content = content.replace(f'"{{{item.name}}}"', f"{{{item.name}}}")
        lines.append(content)
    return lines


def _result(call: Call) -> str:
    if call.shape is None:
        return "the upstream's answer as it is"
    if call.identity:
        return f"the whole {call.format} document"
    return f"{call.format}, shaped: {call.mapping}"
