"""How many requests a second does a server answer, and at what cost? wrk asks, one thread, 16 kept connections.

Noise on a shared machine comes in spells, so every load gets a short turn in each round instead of one long turn. What
counts is the median of its turns, and for a ratio the median of the ratios within each round.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.payload import JOB_LIST
from benchmarks.process import BenchmarkError, Server, pinned

CONNECTIONS = 16
_WARM_SECONDS = 1.0
_CHECK_SECONDS = 10.0
_RESULT = "result "
_GRACE_SECONDS = 10.0

_SCRIPT = """
{request}
done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '\\n{result}{{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}}\\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout
    ))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One request, to be sent again and again to a server. A `body` makes it a POST."""

    name: str
    server: Server
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


class Turn(NamedTuple):
    """What one turn of wrk showed. Latencies are milliseconds, CPU microseconds of the server for each request."""

    rate: float
    cpu: float
    p50: float
    p99: float


class Measured(NamedTuple):
    """A load with the medians of its turns, and the server's resident memory in MB when all was over.

    `rates` holds the requests a second of each turn, in the order of the rounds.
    """

    name: str
    rate: float
    cpu: float
    p50: float
    p99: float
    resident: float
    rates: tuple[float, ...]


def measure(loads: Sequence[Load], *, seconds: float, rounds: int, folder: Path, core: int | None) -> list[Measured]:
    """Run every load in turn, `rounds` times. Raises BenchmarkError for an answer that is not the job list."""
    scripts = list(_scripts(loads, folder))
    for load, script in zip(loads, scripts, strict=True):
        _check(load)
        _ask(load, script, min(_WARM_SECONDS, seconds), core)
    turns: list[list[Turn]] = [[] for _ in loads]
    for _ in range(rounds):
        for load, script, taken in zip(loads, scripts, turns, strict=True):
            taken.append(_run(load, script, seconds, core))
    return [_medians(load, taken) for load, taken in zip(loads, turns, strict=True)]


def _scripts(loads: Sequence[Load], folder: Path) -> Iterator[Path]:
    for number, load in enumerate(loads):
        # A JSON text of printable ASCII is a Lua string too.
        lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in load.headers.items()]
        if load.body:
            lines += ['wrk.method = "POST"', f"wrk.body = {json.dumps(load.body)}"]
        script = folder / f"load-{number}.lua"
        script.write_text(_SCRIPT.format(request="\n".join(lines), result=_RESULT))
        yield script


def _check(load: Load) -> None:
    """One request whose answer is looked at, so that no error page is measured for an answer."""
    request = urllib.request.Request(load.url, load.body.encode() or None, dict(load.headers))
    try:
        with urllib.request.urlopen(request, timeout=_CHECK_SECONDS) as answer:
            content = answer.read()
    except OSError as error:
        raise BenchmarkError(f"{load.name}: {load.url} failed: {error}") from None
    if not _holds_job_list(json.loads(content)):
        raise BenchmarkError(f"{load.name}: {load.url} answered something else: {content[:500]!r}")


def _holds_job_list(document: object) -> bool:
    """Whether an answer is the upstream's document, or an MCP result that has it as structured content."""
    wanted = json.loads(JOB_LIST)
    if not isinstance(document, dict):
        return False
    result = document.get("result")
    return document == wanted or (isinstance(result, dict) and result.get("structuredContent") == wanted)


def _run(load: Load, script: Path, seconds: float, core: int | None) -> Turn:
    before = load.server.cpu_seconds
    found = _ask(load, script, seconds, core)
    used = load.server.cpu_seconds - before
    requests = found["requests"]
    if found["refused"] or found["broken"] or not requests:
        raise BenchmarkError(f"{load.name}: requests failed under load, or none was answered: {found}")
    return Turn(requests / found["microseconds"] * 1e6, used / requests * 1e6, found["p50"] / 1e3, found["p99"] / 1e3)


def _ask(load: Load, script: Path, seconds: float, core: int | None) -> dict[str, int]:
    """Let wrk send a load for a while; what its script says in the end."""
    command = [*pinned(core), shutil.which("wrk") or "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ceil(seconds)}s"]
    with subprocess.Popen(
        [*command, "-s", str(script), load.url], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        output = _output(process, seconds)
    result = next((line for line in output.splitlines() if line.startswith(_RESULT)), None)
    if result is None:
        raise BenchmarkError(f"{load.name}: wrk gave no result:\n{output.strip()}")
    found: dict[str, int] = json.loads(result.removeprefix(_RESULT))
    return found


def _output(process: subprocess.Popen[str], seconds: float) -> str:
    """What wrk prints. It counts in whole seconds; for less it is interrupted, and then sums up what it has."""
    try:
        if seconds == ceil(seconds):
            return process.communicate(timeout=seconds + _GRACE_SECONDS)[0]
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            return process.communicate(timeout=_GRACE_SECONDS)[0]
    except BaseException:
        process.kill()
        raise


def _medians(load: Load, turns: Sequence[Turn]) -> Measured:
    rate, cpu, p50, p99 = (median(column) for column in zip(*turns, strict=True))
    rates = tuple(turn.rate for turn in turns)
    return Measured(load.name, rate, cpu, p50, p99, load.server.resident_megabytes, rates)
