"""Which consumed operation does a `call` mean?

The language lets two resources of one namespace have operations of the same name, and public files do (catalogue §d:
676 calls). A call is resolved once, when the plan is compiled, from evidence in the text; never by order of search.
Each rule narrows the candidates; one that finds nothing leaves them to the next; evidence that disagrees is a
diagnostic, not a choice (C12).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from naftiko_runtime.plan.model.call import Evidence
from naftiko_runtime.plan.text.names import fold
from naftiko_runtime.spec.model.capability import ConsumedOperation, ExposedOperation, Mcp, Rest, Tool


@dataclass(frozen=True, slots=True)
class Resolution:
    """One `call`, resolved. `evidence` is what `explain` shows, strongest first; empty where one alone was meant."""

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

    Generators put `/v1` before the consumed path, people expose it as it is; where one candidate fits either way, both
    are matches and the next rule decides. Only where none fits, a `/v1` of the consumed path is dropped too.
    """
    shape = path_shape(path)
    bare = _without_version(shape)
    found = tuple(candidate for candidate in candidates if path_shape(candidate.path) in (bare, shape))
    if found:
        return found
    return tuple(candidate for candidate in candidates if _without_version(path_shape(candidate.path)) == bare)


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
    index: int, tools: Sequence[Tool], candidates: Sequence[ConsumedOperation], siblings: Siblings
) -> tuple[Clue, ...]:
    """What the tool at `index` tells of its call: its sibling REST operation, then its rank, then `with` keys and
    description.
    """
    tool = tools[index]
    words, by_sibling = siblings.of(index)
    callers = [position for position, other in enumerate(tools) if other.behaviour.call == tool.behaviour.call]
    rank = callers.index(index)
    in_order = sorted(candidates, key=lambda candidate: candidate.at)
    by_rank = (in_order[rank],) if len(callers) == len(in_order) else ()
    return (
        Clue("sibling operation", by_sibling, words),
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
    """The REST operations at the positions of an MCP adapter's tools: each of `resolved` holds, for one tool, the words
    and the operation of every such REST operation whose own call is resolved.
    """

    resolved: tuple[tuple[tuple[str, ConsumedOperation], ...], ...]

    def of(self, index: int) -> tuple[str, tuple[ConsumedOperation, ...]]:
        """The REST operations at a tool's position, in words, and what they call; empty where there are none."""
        found = self.resolved[index] if index < len(self.resolved) else ()
        return ", ".join(words for words, _ in found), tuple(operation for _, operation in found)


NO_SIBLINGS = Siblings(())


def find_siblings(mcp: Mcp, rests: Sequence[tuple[Rest, Sequence[ConsumedOperation | None]]]) -> Siblings:
    """The siblings in the REST adapters with the same sequence of calls as `mcp`; `NO_SIBLINGS` where there is none.

    Two such adapters may disagree on a call: both of their operations are siblings then, and the next rule decides.
    """
    calls = [tool.behaviour.call for tool in mcp.tools]
    same = [pair for pair in rests if calls == [operation.behaviour.call for operation in pair[0].operations]]
    if not same:
        return NO_SIBLINGS
    return Siblings(
        tuple(
            tuple(
                (_place(rest, index), operation)
                for rest, resolved in same
                if (operation := resolved[index]) is not None
            )
            for index in range(len(calls))
        )
    )


def _place(rest: Rest, index: int) -> str:
    operation = rest.operations[index]
    return f"operation {index + 1} of `{rest.namespace}`, {operation.method} {operation.path}"


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
            earlier = " and ".join(item.rule for item in evidence)
            reason = f"{clue.rule} points at {_all_words(clue.matches)}, but {earlier} at {_all_words(left)}"
            return Unresolved(tuple(candidates), reason)
        if len(narrowed) < len(left) or (len(narrowed) == 1 and len(clue.matches) == 1):
            evidence.append(Evidence(clue.rule, clue.detail))
        left = narrowed
    if len(left) == 1:
        return Resolution(left[0], tuple(evidence))
    return Unresolved(tuple(candidates), "nothing in the text tells which one is meant")


def _all_words(operations: Sequence[ConsumedOperation]) -> str:
    return " or ".join(f"{operation.method} {operation.path}" for operation in operations)


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
    """The operations a reference could mean: `operation` by its name, or `resource.operation` by both."""
    return tuple(
        operation
        for operation in operations
        if reference.operation in (operation.name, f"{operation.resource}.{operation.name}")
    )
