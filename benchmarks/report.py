"""What did a run show, and what does it mean for the targets? Tables for people, one document for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.coldstart import ColdStart
from benchmarks.load import Measured
from benchmarks.overhead import Overhead
from naftiko_runtime.version import __version__

UPSTREAM = "nginx upstream, direct"
PROXY = "nginx proxy_pass"
REST = "naftiko REST list, two optional inputs"
REST_PLAIN = "naftiko REST list, no inputs"
REST_DETAIL = "naftiko REST path and two query values"
MCP = "naftiko MCP tools/call, legacy"
MCP_MODERN = "naftiko MCP tools/call, 2026-07-28"
FASTMCP = "FastMCP tools/call, legacy"


@dataclass(slots=True)
class Results:
    """Everything one run found. A part that was skipped is empty; `skipped` says why."""

    loads: list[Measured] = field(default_factory=list)
    overheads: list[Overhead] = field(default_factory=list)
    cold: ColdStart | None = None
    skipped: list[str] = field(default_factory=list)

    def ratio(self, name: str, base: str) -> float | None:
        """Requests a second of one load as a multiple of another's: the median over the rounds; None if not measured.

        Turns of one round met the same noise, so their ratio says more than that of two medians.
        """
        rates = {item.name: item.rates for item in self.loads}
        if name not in rates or base not in rates:
            return None
        return median(own / other for own, other in zip(rates[name], rates[base], strict=True))


class Verdict(NamedTuple):
    """One target: what it is about, what was found (None: not measured), the bound, and whether more is better."""

    row: str
    found: float | None
    bound: float
    unit: str
    is_floor: bool

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where nothing was measured."""
        if self.found is None:
            return None
        return self.found >= self.bound if self.is_floor else self.found <= self.bound


def verdicts(results: Results) -> list[Verdict]:
    """The targets of this project, each as a ratio inside this run, or as CPU time or seconds."""
    over = [item.cpu for item in results.overheads]
    cold = None if results.cold is None else results.cold.seconds
    return [
        Verdict("1 REST list, two inputs ÷ nginx proxy_pass", results.ratio(REST, PROXY), 0.12, "×", True),
        Verdict("1 REST list, no inputs ÷ nginx proxy_pass", results.ratio(REST_PLAIN, PROXY), 0.12, "×", True),
        Verdict("2 engine overhead, list", max(over[:2]) if over else None, 45, "µs", False),
        Verdict("2 engine overhead, path and two query values", over[2] if over else None, 80, "µs", False),
        Verdict("3 MCP legacy ÷ own REST", results.ratio(MCP, REST), 0.7, "×", True),
        Verdict("3 MCP 2026-07-28 ÷ own REST", results.ratio(MCP_MODERN, REST), 0.7, "×", True),
        Verdict("3 MCP legacy ÷ FastMCP", results.ratio(MCP, FASTMCP), 12, "×", True),
        Verdict("4 cold start to the first answer", cold, 0.5, "s", False),
    ]


def render(results: Results) -> str:
    """The tables, in Markdown."""
    parts = [f"naftiko-runtime {__version__}, {machine()}\n"]
    if results.loads:
        rows = [
            (
                item.name,
                f"{item.rate:,.0f}",
                f"{item.cpu:.0f}",
                f"{item.p50:.2f}",
                f"{item.p99:.2f}",
                f"{item.resident:.0f}",
            )
            for item in results.loads
        ]
        parts.append(table(("path", "requests/s", "CPU µs/request", "p50 ms", "p99 ms", "RSS MB"), rows))
    if results.overheads:
        rows_of = [(item.name, f"{item.cpu:.1f}", f"{item.stand_ins:.1f}") for item in results.overheads]
        parts.append(table(("engine overhead", "CPU µs/call", "of it stand-ins"), rows_of))
    if results.cold is not None:
        starts = ", ".join(f"{seconds:.2f}" for seconds in results.cold.starts)
        parts.append(f"cold start: {results.cold.seconds:.2f} s (each start: {starts})\n")
    parts.append(verdict_table(verdicts(results)))
    parts += [f"skipped: {reason}" for reason in results.skipped]
    return "\n".join(parts)


def document(results: Results) -> dict[str, object]:
    """The same for machines."""
    return {
        "version": __version__,
        "machine": machine(),
        "loads": [item._asdict() for item in results.loads],
        "overheads": [item._asdict() for item in results.overheads],
        "coldStart": None if results.cold is None else results.cold._asdict(),
        "targets": [{**item._asdict(), "is_met": item.is_met} for item in verdicts(results)],
        "skipped": results.skipped,
    }


def verdict_table(found: Iterable[Verdict]) -> str:
    """Each target beside what was found, in Markdown."""
    rows = [
        (item.row, "–" if item.found is None else f"{item.found:.2f} {item.unit}".rstrip(), _bound(item), _word(item))
        for item in found
    ]
    return table(("target", "found", "bound", "verdict"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows below a head, in Markdown; all but the first column stand to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    written = [
        "| "
        + " | ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths)) + "|"
    return "\n".join([written[0], rule, *written[1:]]) + "\n"


def machine() -> str:
    """The Python and the processors that were measured with."""
    model = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"Python {platform.python_version()}, {os.cpu_count()} × {model}"


def _bound(verdict: Verdict) -> str:
    return f"{'≥' if verdict.is_floor else '≤'} {verdict.bound:g} {verdict.unit}".rstrip()


def _word(verdict: Verdict) -> str:
    return {True: "met", False: "NOT MET", None: "not measured"}[verdict.is_met]
