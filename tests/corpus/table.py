"""The table of an examination: files, refusals by code, operations and tools, requests, and each miss in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from naftiko_runtime.plan.compile import Compilation
from tests.corpus.truth import Truth


class Miss(NamedTuple):
    """One operation or tool of a file, and what is to be told of it."""

    file: str
    words: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.words}: {self.problem}"


@dataclass
class Table:
    """What came of a folder. `left_out` operations and tools are those of partly served files that only say why they
    are not served; `shadowed` operations have the route of an earlier one; of `unjudged` ones the text does not tell
    what they truly mean; those in `answered_otherwise` arrived rightly, but their answer was no success.
    """

    files: int = 0
    loaded: int = 0
    operations: int = 0
    tools: int = 0
    shadowed: int = 0
    left_out: int = 0
    refused_operations: int = 0
    refused_tools: int = 0
    sent: int = 0
    refusals: dict[str, list[Miss]] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    unjudged: list[Miss] = field(default_factory=list)
    answered_otherwise: list[Miss] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Requests that arrived as they should. What a loaded file fails to serve counts as one that did not."""
        return max(0, self.sent - len(self.misses))

    @property
    def share(self) -> float:
        """The share of requests that arrived as they should, from 0 to 1."""
        return self.right / self.sent if self.sent else 0.0

    def add_file(self, name: str, truth: Truth, compilation: Compilation) -> None:
        """Count a file; of a refused one, also each code it was refused for, with its first place."""
        self.files += 1
        if compilation.plan is not None:
            self.loaded += 1
            return
        self.refused_operations += sum(len(adapter.exposed) for adapter in truth.of("rest"))
        self.refused_tools += sum(len(adapter.exposed) for adapter in truth.of("mcp"))
        for item in reversed(compilation.diagnostics):
            if item.is_error:
                line = item.span.line if item.span is not None else 1
                found = self.refusals.setdefault(item.code, [])
                if found and found[-1].file == name:
                    found.pop()
                found.append(Miss(name, f"line {line}", item.message))

    def lines(self, *, examples: int = 2) -> Iterator[str]:
        """The table as text, with this many examples of each refusal."""
        yield f"files                 {self.files}"
        yield f"  loaded              {self.loaded}"
        yield f"  refused             {self.files - self.loaded}"
        for code, found in sorted(self.refusals.items()):
            yield f"    {code}  {len(found)} files"
            yield from (f"      {item}" for item in found[:examples])
        yield f"REST operations       {self.operations} served, {self.shadowed} behind an earlier one of their route"
        yield f"MCP tools             {self.tools} served"
        if self.left_out:
            yield f"left out              {self.left_out} operations and tools of partly served files"
        yield f"in refused files      {self.refused_operations} operations, {self.refused_tools} tools"
        yield f"not judged            {len(self.unjudged)}"
        yield from (f"      {item}" for item in self.unjudged)
        yield f"requests sent         {self.sent}"
        yield f"  arrived right       {self.right} ({self.share:.2%})"
        yield f"  answered otherwise  {len(self.answered_otherwise)}"
        yield from (f"      {item}" for item in self.answered_otherwise[:examples])
        yield f"  misses              {len(self.misses)}"
        yield from (f"      {item}" for item in self.misses)
