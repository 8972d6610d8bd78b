"""One call on each face, and the request it must become.

A row names one operation on REST and as a tool, the arguments a caller gives, and the request that must arrive. The
values in it are those that break careless engines: a slash, a space and a letter outside ASCII in a path segment, the
signs of a query inside a value, numbers, booleans, null.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

ODD = "ft:job/1 é"
ODD_SEGMENT = "ft%3Ajob%2F1%20%C3%A9"
DOCUMENT = {"model": "a/b", "files": ["x&y", "é"], "epochs": 5, "shuffle": True, "suffix": None, "rate": {"of": 0.25}}
LINES = 'a+b=c %20#?"'
LINES_ESCAPED = "a%2Bb%3Dc%20%2520%23%3F%22"

Arguments = dict[str, Any]
Query = tuple[tuple[str, str], ...]


class Exchange(NamedTuple):
    """One call on each face, and the request it must become. `target` is the exposed path and query as sent."""

    operation: str
    target: str
    tool: str
    arguments: Arguments
    path: str
    query: Query = ()
    document: object = None

    @property
    def method(self) -> str:
        """The HTTP method, the same on both sides."""
        return self.operation.partition(" ")[0]

    @property
    def body(self) -> bytes | None:
        """What a REST caller sends."""
        return None if self.document is None else json.dumps(self.document).encode()


class Capability(NamedTuple):
    """A capability file, what it is called inside, and every exchange it must get right."""

    file: Path
    base: str
    base_path: str
    secret: str
    exchanges: tuple[Exchange, ...]

    @property
    def name(self) -> str:
        """The namespace of what it consumes; its adapters are called the same with `-rest` and `-mcp`."""
        return self.file.stem

    @property
    def tools(self) -> list[str]:
        """Its tools, in document order."""
        return list(dict.fromkeys(exchange.tool for exchange in self.exchanges))

    @property
    def canary(self) -> str:
        """The value its secret has in the tests. It must never be seen anywhere but at the upstream."""
        return f"canary-{self.name}-8c1f"

    @property
    def environment(self) -> dict[str, str]:
        """What it needs to start."""
        return {self.secret: self.canary}
