"""What is worth telling: values of events, their weight, and the clock that dates them.

How an event reads is another matter: `json_events` writes for machines, `pretty_events` for people.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.engine.record import RequestRecord


class Served(NamedTuple):
    """One adapter that accepts calls. `url` is what a client on this machine opens; empty for standard input. Besides
    its `functions`, an MCP adapter may have resources, of which a folder counts as one, and prompts.
    """

    namespace: str
    kind: str
    url: str
    functions: int
    resources: int = 0
    prompts: int = 0


class Ready(NamedTuple):
    """What is served once every listener accepts. `refused` counts files that had errors."""

    adapters: tuple[Served, ...]
    warnings: int
    refused: int

    @property
    def operations(self) -> int:
        """REST operations of all adapters."""
        return sum(item.functions for item in self.adapters if item.kind == "rest")

    @property
    def tools(self) -> int:
        """MCP tools of all adapters."""
        return sum(item.functions for item in self.adapters if item.kind in ("mcp", "stdio"))

    @property
    def resources(self) -> int:
        """MCP resources of all adapters."""
        return sum(item.resources for item in self.adapters)

    @property
    def prompts(self) -> int:
        """MCP prompts of all adapters."""
        return sum(item.prompts for item in self.adapters)


# What a caller did wrong is everyday business; what we or an upstream did wrong deserves a look.
_CALLERS_FAULT = frozenset({"NK8001", *(f"NK80{number:02}" for number in range(7, 13))})


def level_of(record: RequestRecord) -> str:
    """How much a finished request weighs."""
    return "info" if not record.code or record.code in _CALLERS_FAULT else "warning"


class Clock:
    """The time as text: ISO 8601, UTC, milliseconds. The text of a second is made once."""

    __slots__ = ("_now", "_prefix", "_second")

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._second = -1
        self._prefix = ""

    def text(self) -> str:
        """The time now."""
        now = self._now()
        second = int(now)
        if second != self._second:
            self._second = second
            self._prefix = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
        return f"{self._prefix}{int((now - second) * 1000):03d}Z"


_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "debug"}


def diagnostic_level(diagnostic: Diagnostic) -> str:
    """The level of the line that tells a diagnostic."""
    return _LEVELS[diagnostic.severity]
