"""What does a folder of a thousand capabilities cost? To load, to hold, to follow, and to leave alone.

One process serves everything on one port, on a core of its own, every request logged as JSON to a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import specimens
from benchmarks.exchange import Connection, Traffic, answering, seconds_until_found
from benchmarks.process import Server, cores, started, wait_for
from benchmarks.report import Verdict, machine, table, verdict_table
from benchmarks.servers import child_environment
from benchmarks.subjects import CREDENTIAL
from naftiko_runtime.version import __version__

SPECS = 1000
LARGE_SPECS = 5000
_LOAD_SECONDS = 120.0
_SETTLE_SECONDS = 3.0
_IDLE_SECONDS = 10.0
_CHANGES = 5
_CONNECTIONS = 16


class Loading(NamedTuple):
    """One start: seconds until `ready`, and the memory held then, in MiB."""

    name: str
    megabytes: float
    seconds: float
    resident: float


class Following(NamedTuple):
    """Changes of one file under load: seconds until each was live, and the requests meanwhile."""

    seconds: tuple[float, ...]
    answered: int
    failed: int


@dataclass(slots=True)
class FolderResults:
    """Everything one run found. `idle` is the share of one core that a watched folder takes, in percent."""

    loadings: list[Loading] = field(default_factory=list)
    following: Following | None = None
    idle: float | None = None


def measure(count: int, large: int | None, folder: Path, say: Callable[[str], None]) -> FolderResults:
    """Measure a folder of `count` files, the huge file, and a folder of `large` files where that is asked for."""
    return asyncio.run(_measure(count, large, folder, say))


def verdicts(results: FolderResults) -> list[Verdict]:
    """The targets; the first loading is the folder's, the second the huge file's."""
    many, one = results.loadings[:2]
    following = results.following
    return [
        Verdict(f"{many.name}: until ready", many.seconds, 8, "s", False),
        Verdict(f"{many.name}: memory", many.resident, 250, "MiB", False),
        Verdict(f"{one.name}: until ready", one.seconds, 3, "s", False),
        Verdict("one changed file live, median", following and median(following.seconds), 0.5, "s", False),
        Verdict("one changed file live, slowest", following and max(following.seconds), 0.5, "s", False),
        Verdict("failed requests meanwhile", following and following.failed, 0, "", False),
        Verdict("idle CPU of the watched folder", results.idle, 1, "%", False),
    ]


def render(results: FolderResults) -> str:
    """The tables, in Markdown."""
    parts = [f"naftiko-runtime {__version__}, {machine()}\n"]
    rows = [
        (item.name, f"{item.megabytes:.1f}", f"{item.seconds:.2f}", f"{item.resident:.0f}") for item in results.loadings
    ]
    parts.append(table(("served from one process", "MB of YAML", "s until ready", "RSS MiB"), rows))
    if results.following is not None:
        each = ", ".join(f"{seconds:.2f}" for seconds in results.following.seconds)
        parts.append(f"changes live after {each} s, {results.following.answered:,} requests meanwhile\n")
    parts.append(verdict_table(verdicts(results)))
    return "\n".join(parts)


def document(results: FolderResults) -> dict[str, object]:
    """The same for machines."""
    return {
        "version": __version__,
        "machine": machine(),
        "loadings": [item._asdict() for item in results.loadings],
        "following": None if results.following is None else results.following._asdict(),
        "idle": results.idle,
        "targets": [{**item._asdict(), "is_met": item.is_met} for item in verdicts(results)],
    }


async def _measure(count: int, large: int | None, folder: Path, say: Callable[[str], None]) -> FolderResults:
    results = FolderResults()
    many, single = folder / "many", folder / "single"
    many.mkdir()
    single.mkdir()
    async with answering() as upstream:
        say(f"a folder of {count} files")
        written = specimens.write_folder(many, count, upstream)
        async with _serving(f"{count:,} files", many, results) as (server, url):
            await asyncio.sleep(_SETTLE_SECONDS)
            say(f"its idle CPU, {_IDLE_SECONDS:g} s")
            before = server.cpu_seconds
            await asyncio.sleep(_IDLE_SECONDS)
            results.idle = (server.cpu_seconds - before) / _IDLE_SECONDS * 100
            say(f"{_CHANGES} changes under load")
            results.following = await _follow(many, written, url, upstream)
        say(f"one file of {specimens.LARGEST_OPERATIONS:,} operations")
        huge = specimens.largest(upstream)
        specimens.file_in(single, huge).write_text(huge.text, encoding="utf-8")
        async with _serving(f"one file, {specimens.LARGEST_OPERATIONS:,} operations", single, results):
            pass
        if large is not None:
            say(f"a folder of {large} files")
            specimens.write_folder(many, large, upstream)
            async with _serving(f"{large:,} files", many, results):
                pass
    return results


@contextlib.asynccontextmanager
async def _serving(name: str, folder: Path, results: FolderResults) -> AsyncIterator[tuple[Server, str]]:
    """Serve a folder while the context lasts, and note what its start took. Gives the server and its URL."""
    events = folder.parent / "events.jsonl"
    command = [sys.executable, "-m", "naftiko_runtime", "run", str(folder), "--port", "0", "--log-format", "json"]
    environment = child_environment({specimens.VARIABLE: CREDENTIAL})
    apart = cores()
    megabytes = _megabytes(folder)
    begun = time.perf_counter()
    with started(
        "naftiko", command, "", errors=events, core=apart[0] if apart else None, environment=environment
    ) as server:
        ready = _ready(events)
        wait_for(server, lambda: next(ready) is not None, events, seconds=_LOAD_SECONDS)
        seconds = time.perf_counter() - begun
        results.loadings.append(Loading(name, megabytes, seconds, server.resident_megabytes * 1e6 / 2**20))
        yield server, _origin(events)


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def _ready(events: Path) -> Iterator[bytes | None]:
    """The line of the `ready` event, None as long as it is not there. Reads every line once."""
    rest = b""
    with events.open("rb") as stream:
        while True:
            *lines, rest = (rest + stream.read()).split(b"\n")
            yield next((line for line in lines if b'"event":"ready"' in line), None)


def _origin(events: Path) -> str:
    """The address that everything is served at: that of the first adapter, without its path."""
    line = next(_ready(events)) or b"{}"
    url: str = json.loads(line)["urls"][0]["url"]
    return "/".join(url.split("/")[:3])


async def _follow(folder: Path, written: list[specimens.Specimen], url: str, upstream: str) -> Following:
    """Change the first file again and again while other routes, and its own other ones, are asked for."""
    traffic = Traffic(url, [f"/{item.namespace}-rest{item.listing}" for item in written[:_CONNECTIONS]])
    prober = await Connection.to(url)
    taken = []
    async with traffic.running(_CONNECTIONS):
        for turn in range(_CHANGES):
            await asyncio.sleep(1.0)
            revision = f"revision{turn}"
            changed = specimens.specimen(0, upstream, revision=revision)
            specimens.file_in(folder, changed).write_text(changed.text, encoding="utf-8")
            path = f"/{changed.namespace}-rest{specimens.revised_path(0, revision)}"
            taken.append(await seconds_until_found(prober, path))
        await asyncio.sleep(0.5)
    prober.close()
    return Following(tuple(taken), traffic.answered, traffic.failed)
