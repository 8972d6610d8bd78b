"""Which tool does a `call` mean that names no consumed operation?

Integrations of the public catalogue expose one tool and call it by its bare name (catalogue §d: 86 calls). The name is
looked for among the tools of the adapter it stands in, then among those of the whole file. What calls itself, by
however many others, has no answer.
"""

from __future__ import annotations

from collections.abc import Collection

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.plan.calls.resolution import split_call
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.spec.model.capability import Behaviour, Spec, Tool
from naftiko_runtime.spec.text.document import Pointer

LONGEST_CHAIN = 16
"""Tools in a row that a call may go through: each is a step of every request."""


class ToolCalls:
    """The calls of tools in one file. `namespaces` are those of its consumed APIs, whose calls are none of these."""

    def __init__(self, spec: Spec, namespaces: Collection[str], findings: Findings) -> None:
        self._namespaces = tuple(namespaces)
        self._findings = findings
        self._by_name: dict[str, list[Tool]] = {}
        for adapter in spec.mcp:
            # Of tools of one name in one adapter the first keeps it (C15).
            for name, tool in {tool.name: tool for tool in reversed(adapter.tools)}.items():
                self._by_name.setdefault(name, []).append(tool)

    def is_one(self, call: str | None) -> bool:
        """Whether a `call` names a tool of this file, and nothing of a consumed API."""
        if call is None or call not in self._by_name:
            return False
        reference = split_call(call, self._namespaces)
        return reference is None or reference.namespace not in self._namespaces

    def nearest(self, call: str) -> str | None:
        """The name of a tool that may have been meant."""
        return nearest(call, self._by_name)

    def target(self, behaviour: Behaviour) -> Tool | None:
        """The tool that is called; None, with a finding, where several have the name or it comes back to itself."""
        found = self._find(behaviour)
        if len(found) > 1:
            listed = ", ".join(str(self._findings.origin(tool.at)) for tool in found)
            message = f"{len(found)} tools of this file are called `{behaviour.call}`"
            self._error("NK3004", message, behaviour, f"give one of them another name; they stand at {listed}")
            return None
        chain = self._chain(found[0])
        if chain is None:
            message = f"`{behaviour.call}` calls a tool that calls a tool, more than {LONGEST_CHAIN} times"
            self._error("NK3014", message, behaviour, "call what the last one calls")
            return None
        places = [tool.at for tool in chain]
        if behaviour.at in places:
            names = [f"`{tool.name}`" for tool in chain[: places.index(behaviour.at) + 1]]
            # One circle is one mistake: it is told where it begins in the text.
            if behaviour.at == min(places):
                way = f", by way of {', '.join(names[:-1])}" if names[1:] else ""
                help_text = "let one of them call an operation: `namespace.operation`"
                self._error("NK3014", f"the tool calls itself{way}", behaviour, help_text)
            return None
        return found[0] if len(set(places)) == len(places) else None

    def relied_on(self, behaviour: Behaviour) -> tuple[Pointer, ...]:
        """The places of all tools that a call goes through; none for a call of something else."""
        if not self.is_one(behaviour.call):
            return ()
        return tuple(tool.at for tool in self._chain(self._find(behaviour)[0]) or ())

    def _find(self, behaviour: Behaviour) -> list[Tool]:
        named = self._by_name[behaviour.call or ""]
        return [tool for tool in named if tool.at[:-2] == behaviour.at[:-2]] or named

    def _chain(self, tool: Tool) -> list[Tool] | None:
        """The tools a call goes through, up to the one that calls none, or one that comes again; None: too many."""
        chain = [tool]
        while len(chain) <= LONGEST_CHAIN:
            if not self.is_one(tool.behaviour.call):
                return chain
            tool = self._find(tool.behaviour)[0]
            is_back = any(earlier is tool for earlier in chain)
            chain.append(tool)
            if is_back:
                return chain
        return None

    def _error(self, code: str, message: str, behaviour: Behaviour, help_text: str) -> None:
        self._findings.error(code, message, (*behaviour.at, "call"), help_text)
