"""Which consumed operation does a `call` mean?

The language lets two resources of one namespace have operations of the same name, and public files do (catalogue §d: 676
calls). A call is resolved once, when the plan is compiled, from evidence in the text; never by order of search. Each rule
narrows the candidates; one that finds nothing leaves them to the next; evidence that disagrees is a diagnostic, not a
choice (C12).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from naftiko_runtime.plan.model import Evidence
from naftiko_runtime.plan.names import fold
from naftiko_runtime.spec.model import ConsumedOperation, ExposedOperation, Mcp, Rest, Tool


@dataclass(frozen=True, slots=True)
class Resolution:
    """One `call`, resolved. `evidence` is what `explain` shows, strongest first; empty where there was one candidate."""

    operation: ConsumedOperation
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A `call` that no evidence decides, or on which evidence disagrees. `candidates` are all it could mean."""

    candidates: tuple[ConsumedOperation, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Clue:
    """What one rule found: the candidates it points at, and what it saw, in words."""

    rule: str
    matches: tuple[ConsumedOperation, ...]
    detail: str


_PLACEHOLDER = re.compile(r"\{\{?[^{}]*\}?\}")
_SEGMENT_NOISE = re.compile(r"[^a-z0-9{}]+")


def path_shape(path: str) -> tuple[str, ...]:
    """A path's segments with lower-cased letters and digits only, every placeholder the same."""
    plain = _PLACEHOLDER.sub("{}", path.partition("?")[0].partition("#")[0])
    return tuple(_SEGMENT_NOISE.sub("", segment.lower()) for segment in plain.split("/") if segment)


def _without_version(shape: tuple[str, ...]) -> tuple[str, ...]:
    return shape[1:] if shape[:1] == ("v1",) else shape


def matching_paths(path: str, candidates: Sequence[ConsumedOperation]) -> tuple[ConsumedOperation, ...]:
    """The candidates whose consumed path has the shape of the exposed `path`.

    Generators put `/v1` before the consumed path, so that reading is tried first; then the paths as they are; then both
    without it.
    """
    shape = path_shape(path)
    bare = _without_version(shape)
    readings: tuple[Callable[[ConsumedOperation], bool], ...] = (
        lambda candidate: path_shape(candidate.path) == bare,
        lambda candidate: path_shape(candidate.path) == shape,
        lambda candidate: _without_version(path_shape(candidate.path)) == bare,
    )
    for reads_as in readings:
        found = tuple(candidate for candidate in candidates if reads_as(candidate))
        if found:
            return found
    return ()


def rest_clues(operation: ExposedOperation, candidates: Sequence[ConsumedOperation]) -> tuple[Clue, ...]:
    """What an exposed operation tells of its call: path shape, then method, then resource name."""
    same_method = tuple(candidate for candidate in candidates if candidate.method == operation.method)
    name = fold(operation.resource)
    same_name = tuple(candidate for candidate in candidates if operation.resource and fold(candidate.resource) == name)
    return (
        Clue("path shape", matching_paths(operation.path, candidates), f"exposed path {operation.path}"),
        Clue("method", same_method, f"exposed method {operation.method}"),
        Clue("resource name", same_name, f"exposed resource `{operation.resource}`"),
    )


def tool_clues(
    tool: Tool, index: int, tools: Sequence[Tool], candidates: Sequence[ConsumedOperation], siblings: Siblings
) -> tuple[Clue, ...]:
    """What a tool tells of its call: its sibling REST operation, then its rank, then `with` keys and description."""
    sibling = siblings.of(index)
    by_sibling = () if sibling is None else (sibling[1],)
    sibling_detail = "" if sibling is None else f"the {index + 1}. operation of `{siblings.namespace}`, {sibling[0]}"
    callers = [position for position, other in enumerate(tools) if other.behaviour.call == tool.behaviour.call]
    rank = callers.index(index)
    by_rank = (candidates[rank],) if len(callers) == len(candidates) else ()
    return (
        Clue("sibling operation", by_sibling, sibling_detail),
        Clue("rank", by_rank, f"caller {rank + 1} of {len(callers)} of this call"),
        Clue("with keys and description", _described_alike(tool, candidates), f"description {tool.description!r}"),
    )


def _described_alike(tool: Tool, candidates: Sequence[ConsumedOperation]) -> tuple[ConsumedOperation, ...]:
    keys = {fold(key) for key, _ in tool.behaviour.with_values}
    return tuple(
        candidate
        for candidate in candidates
        if tool.description and candidate.description == tool.description and keys == _input_names(candidate)
    )


def _input_names(operation: ConsumedOperation) -> set[str]:
    names = {fold(parameter.name) for parameter in operation.inputs}
    return names | {fold(match.strip("{}")) for match in _PLACEHOLDER.findall(operation.path)}


@dataclass(frozen=True, slots=True)
class Siblings:
    """The REST adapter whose calls form the same sequence as an MCP adapter's, and what its calls resolved to."""

    namespace: str
    resolved: tuple[tuple[str, ConsumedOperation | None], ...]

    def of(self, index: int) -> tuple[str, ConsumedOperation] | None:
        """The REST operation at the tool's position, in words, and its operation, where there is one."""
        if index >= len(self.resolved):
            return None
        words, operation = self.resolved[index]
        return None if operation is None else (words, operation)


NO_SIBLINGS = Siblings("", ())


def find_siblings(mcp: Mcp, rests: Sequence[tuple[Rest, Sequence[ConsumedOperation | None]]]) -> Siblings:
    """The first REST adapter with the same sequence of calls as `mcp`; `NO_SIBLINGS` where there is none."""
    calls = [tool.behaviour.call for tool in mcp.tools]
    for rest, resolved in rests:
        if calls == [operation.behaviour.call for operation in rest.operations]:
            words = (f"{operation.method} {operation.path}" for operation in rest.operations)
            return Siblings(rest.namespace, tuple(zip(words, resolved, strict=True)))
    return NO_SIBLINGS


def resolve(candidates: Sequence[ConsumedOperation], clues: Callable[[], Sequence[Clue]]) -> Resolution | Unresolved:
    """Narrow `candidates` by the clues, which are only asked for where there is something to decide."""
    if len(candidates) == 1:
        return Resolution(candidates[0])
    left = tuple(candidates)
    evidence: list[Evidence] = []
    for clue in clues():
        if not clue.matches:
            continue
        narrowed = tuple(candidate for candidate in left if candidate in clue.matches)
        if not narrowed:
            found = " or ".join(_words(match) for match in clue.matches)
            earlier = ", ".join(item.rule for item in evidence) or "the text"
            return Unresolved(tuple(candidates), f"{clue.rule} points at {found}, but {earlier} at {_words(left[0])}")
        if len(narrowed) < len(left) or (len(narrowed) == 1 and len(clue.matches) == 1):
            evidence.append(Evidence(clue.rule, clue.detail))
        left = narrowed
    if len(left) == 1:
        return Resolution(left[0], tuple(evidence))
    return Unresolved(tuple(candidates), "nothing in the text tells which one is meant")


def _words(operation: ConsumedOperation) -> str:
    return f"{operation.method} {operation.path}"


@dataclass(frozen=True, slots=True)
class CallReference:
    """A `call` taken apart. `operation` is all behind the namespace: `operation`, or `resource.operation`."""

    namespace: str
    operation: str


def split_call(call: str, namespaces: Sequence[str]) -> CallReference | None:
    """Take a `call` apart; names may hold dots, so the longest known namespace is taken. None where there is no dot."""
    for namespace in sorted(namespaces, key=len, reverse=True):
        if call.startswith(f"{namespace}.") and len(call) > len(namespace) + 1:
            return CallReference(namespace, call[len(namespace) + 1 :])
    namespace, dot, operation = call.partition(".")
    return CallReference(namespace, operation) if dot and namespace and operation else None


def find_candidates(reference: CallReference, operations: Sequence[ConsumedOperation]) -> tuple[ConsumedOperation, ...]:
    """The operations a reference could mean: by name, or by resource and name where the name alone matches none."""
    found = tuple(operation for operation in operations if operation.name == reference.operation)
    if found:
        return found
    return tuple(
        operation for operation in operations if f"{operation.resource}.{operation.name}" == reference.operation
    )
