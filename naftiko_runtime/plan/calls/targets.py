"""Which consumed operation does each call of a file mean, and what is told where that can't be said?

The rules are in `resolution`; here they meet the file: its namespaces, what is broken in it already, and the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from naftiko_runtime.diagnostics.suggest import did_you_mean, listed, nearest
from naftiko_runtime.plan.calls.resolution import (
    CallReference,
    Clue,
    Resolution,
    Siblings,
    Unresolved,
    find_candidates,
    resolve,
    rest_clues,
    split_call,
    tool_clues,
)
from naftiko_runtime.plan.calls.toolcalls import ToolCalls
from naftiko_runtime.plan.calls.upstreams import Api
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.spec.model.capability import Behaviour, ConsumedOperation, ExposedOperation, Spec, Tool
from naftiko_runtime.spec.text.document import Pointer


class Targets:
    """Finds the targets of one file's calls."""

    def __init__(self, spec: Spec, apis: Mapping[str, Api], tool_calls: ToolCalls, findings: Findings) -> None:
        self._file = spec.file
        self._tool_calls = tool_calls
        self._absent = spec.absent
        self._apis = apis
        self._findings = findings
        self._decided: list[Pointer] = []

    def of_operation(self, operation: ExposedOperation) -> Resolution | None:
        """The target of an exposed operation; None, with a finding, where it has none."""
        candidates = self._candidates(operation.behaviour)
        resolution = self._decide(operation.behaviour, candidates, lambda: rest_clues(operation, candidates))
        if resolution is None or any(map(self._findings.is_flawed, (operation.at, resolution.operation.at))):
            return resolution
        if resolution.operation.method != operation.method:
            target = resolution.operation
            message = f"{operation.method} {operation.path} calls {target.method} {target.path}"
            help_text = "the call is made as written; expose it with the same method if that was not meant"
            self._findings.warning("NK3011", message, (*operation.at, "method"), help_text)
        return resolution

    def of_tool(self, index: int, tools: Sequence[Tool], siblings: Siblings) -> Resolution | None:
        """The target of the tool at `index`; None, with a finding, where it has none."""
        tool = tools[index]
        candidates = self._candidates(tool.behaviour)
        return self._decide(tool.behaviour, candidates, lambda: tool_clues(index, tools, candidates, siblings))

    def of_call(self, behaviour: Behaviour) -> Resolution | None:
        """The target of an aggregate function or a step; None, with a finding, where it has none. It has no face, and
        so nothing that could decide between namesakes.
        """
        if self._tool_calls.is_one(behaviour.call):
            message = f"`{behaviour.call}` is a tool, and only consumed operations are called from here"
            help_text = f"namespaces here: {', '.join(self._apis) or 'none'}"
            self._findings.error("NK3003", message, (*behaviour.at, "call"), help_text)
            return None
        return self._decide(behaviour, self._candidates(behaviour), lambda: ())

    def report(self) -> None:
        """Say once that calls were resolved by evidence (C12)."""
        if not self._decided:
            return
        count = len(self._decided)
        calls = "one call names" if count == 1 else f"{count} calls name"
        message = f"{calls} an operation that several resources have; evidence in the text decided"
        help_text = f"`naftiko explain {self._file}` shows it; `namespace.resource.operation` says it outright"
        self._findings.warning("NK3005", message, self._decided[0], help_text)

    def _candidates(self, behaviour: Behaviour) -> tuple[ConsumedOperation, ...]:
        """What a call could mean; an empty tuple, with a finding, where that is nothing."""
        if behaviour.call is None or self._tool_calls.is_one(behaviour.call):
            return ()
        at = (*behaviour.at, "call")
        reference = split_call(behaviour.call, tuple(self._apis))
        if reference is None:
            self._no_reference(behaviour.call, at)
            return ()
        api = self._apis.get(reference.namespace)
        if api is None:
            self._no_namespace(reference, at)
            return ()
        # Of operations that repeat a name within one resource, which is told already, the first stands for all.
        candidates: dict[tuple[Pointer, str], ConsumedOperation] = {}
        for operation in find_candidates(reference, api.consumes.operations):
            candidates.setdefault((operation.at[:-2], operation.name), operation)
        if not candidates:
            self._no_operation(reference, api, at)
        return tuple(candidates.values())

    def _no_reference(self, call: str, at: Pointer) -> None:
        message = f"`{call}` is not of the form `namespace.operation`, nor a tool of this file"
        near = self._tool_calls.nearest(call)
        hint = f"did you mean the tool `{near}`? " if near else ""
        self._findings.error("NK3003", message, at, f"{hint}namespaces here: {', '.join(self._apis) or 'none'}")

    def _no_namespace(self, reference: CallReference, at: Pointer) -> None:
        if ("consumes", reference.namespace) in self._absent or self._findings.is_flawed(("capability", "consumes")):
            return
        near = nearest(reference.namespace, self._apis)
        hint = did_you_mean(near and f"{near}.{reference.operation}")
        known = ", ".join(self._apis) or "none"
        message = f"no consumes is called `{reference.namespace}`"
        self._findings.error("NK3002", message, at, f"{hint}namespaces here: {known}")

    def _no_operation(self, reference: CallReference, api: Api, at: Pointer) -> None:
        if self._findings.is_flawed(api.consumes.at):
            return
        names = list(dict.fromkeys(operation.name for operation in api.consumes.operations))
        near = nearest(reference.operation, names)
        hint = did_you_mean(near and f"{reference.namespace}.{near}")
        message = f"no operation `{reference.operation}` in consumes `{reference.namespace}`"
        self._findings.error("NK3001", message, at, f"{hint}`{reference.namespace}` has: {listed(names) or 'none'}")

    def _decide(
        self, behaviour: Behaviour, candidates: tuple[ConsumedOperation, ...], clues: Callable[[], Sequence[Clue]]
    ) -> Resolution | None:
        if not candidates:
            return None
        at = (*behaviour.at, "call")
        found = resolve(candidates, clues)
        if isinstance(found, Unresolved):
            self._no_evidence(behaviour, found, at)
            return None
        if found.evidence:
            self._decided.append(at)
        return found

    def _no_evidence(self, behaviour: Behaviour, found: Unresolved, at: Pointer) -> None:
        listed = ", ".join(
            f"`{item.namespace}.{item.resource}.{item.name}` ({item.method} {item.path})" for item in found.candidates
        )
        message = f"`{behaviour.call}` could mean {len(found.candidates)} operations: {found.reason}"
        self._findings.error("NK3004", message, at, f"write one of {listed}")
