"""What do ten thousand clients that say nothing cost those that do? Latency of `tools/call` without and beside them.

Each idle client has opened an MCP connection, listed the tools once, and keeps the connection. Turns without and with
them follow each other, and the ratio of latencies is the median over the rounds, so that noise hits both alike.
"""

from __future__ import annotations

import contextlib
import json
import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.load import Load, Measured, measure
from benchmarks.process import BenchmarkError
from benchmarks.report import Verdict, machine, table, verdict_table
from naftiko_runtime.version import __version__

CLIENTS = 10_000
_SPARE_FILES = 200
_FIELDS = ("rate", "p50", "p99")
_TIMEOUT_SECONDS = 20.0
_LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).encode()


class IdleResults(NamedTuple):
    """The turns without and beside idle clients, a pair for each round, and the server's memory for each client."""

    clients: int
    pairs: tuple[tuple[Measured, Measured], ...]
    kilobytes: float


def compare(load: Load, *, clients: int, seconds: float, rounds: int, folder: Path, core: int | None) -> IdleResults:
    """Send a load without and beside `clients` idle ones, `rounds` times. Raises BenchmarkError."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if clients + _SPARE_FILES > most:
        raise BenchmarkError(f"{clients} clients need as many open files, and {most} are allowed (`ulimit -n`)")
    pairs = []
    for _ in range(rounds):
        [alone] = measure([load], seconds=seconds, rounds=1, folder=folder, core=core)
        with _idle(load.url, clients):
            [beside] = measure([load], seconds=seconds, rounds=1, folder=folder, core=core)
        pairs.append((alone, beside))
    grown = pairs[0][1].resident - pairs[0][0].resident
    return IdleResults(clients, tuple(pairs), grown * 1e3 / clients)


def verdicts(results: IdleResults) -> list[Verdict]:
    """The target, for the usual call and for the slowest of a hundred."""
    middle = median(beside.p50 / alone.p50 for alone, beside in results.pairs)
    slowest = median(beside.p99 / alone.p99 for alone, beside in results.pairs)
    return [
        Verdict("6 latency beside idle clients, p50", middle, 1.5, "×", False),
        Verdict("6 latency beside idle clients, p99", slowest, 1.5, "×", False),
    ]


def render(results: IdleResults) -> str:
    """The tables, in Markdown."""
    rows = [
        (name, *(f"{median(getattr(pair[index], field) for pair in results.pairs):,.2f}" for field in _FIELDS))
        for index, name in enumerate(("no idle clients", f"{results.clients:,} idle clients"))
    ]
    parts = [
        f"naftiko-runtime {__version__}, {machine()}\n",
        table(("MCP tools/call", "requests/s", "p50 ms", "p99 ms"), rows),
        f"memory for each idle client: {results.kilobytes:.1f} kB\n",
        verdict_table(verdicts(results)),
    ]
    return "\n".join(parts)


def document(results: IdleResults) -> dict[str, object]:
    """The same for machines."""
    return {
        "version": __version__,
        "machine": machine(),
        "clients": results.clients,
        "rounds": [{"alone": one._asdict(), "beside": other._asdict()} for one, other in results.pairs],
        "targets": [{**item._asdict(), "is_met": item.is_met} for item in verdicts(results)],
    }


@contextlib.contextmanager
def _idle(url: str, clients: int) -> Iterator[None]:
    """Clients that have listed the tools and say nothing more."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\n"
        f"Content-Length: {len(_LIST)}\r\n\r\n"
    )
    with contextlib.ExitStack() as stack:
        for _ in range(clients):
            address = (parts.hostname or "", parts.port or 0)
            connection = stack.enter_context(socket.create_connection(address, timeout=_TIMEOUT_SECONDS))
            connection.sendall(head.encode() + _LIST)
            if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
                raise BenchmarkError(f"an idle client's first request failed: {url}")
        yield
