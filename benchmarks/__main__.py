"""`python -m benchmarks`: measure this runtime beside its peers, in one run."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import coldstart, folder, idle, load, overhead, report
from benchmarks.load import Load
from benchmarks.process import BenchmarkError, Server, cores
from benchmarks.report import Results
from benchmarks.servers import Adapters, can_import_fastmcp, fastmcp, naftiko, nginx_proxy, nginx_upstream
from benchmarks.subjects import Subjects, subjects_in

_LEGACY = "2025-06-18"
_MODERN = "2026-07-28"


def main(arguments: Sequence[str]) -> int:
    """Run what is installed, print the tables. Returns the exit code."""
    options = _parser().parse_args(arguments)
    # SIGTERM ends a run as Ctrl-C does: by leaving every context, so that no server stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        text, document = _MEASURES[options.what](options)
    except (BenchmarkError, FileNotFoundError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(text)
    if options.json is not None:
        options.json.write_text(json.dumps(document, indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure this runtime beside its peers, with many files, or with many idle clients.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=tuple(_MEASURES),
        default="peers",
        help="beside the peers, a thousand files, or ten thousand idle clients",
    )
    parser.add_argument("--seconds", type=_positive, default=2.0, help="length of one turn of wrk (default: 2)")
    parser.add_argument("--rounds", type=int, default=6, help="turns of each load (default: 6)")
    parser.add_argument("--calls", type=int, default=20_000, help="calls to measure the overhead with (default: 20000)")
    parser.add_argument("--starts", type=int, default=5, help="cold starts (default: 5)")
    parser.add_argument("--seeds", type=Path, metavar="DIR", help="the folder of the founding capability files")
    parser.add_argument(
        "--peer-python", type=Path, metavar="PATH", help="a Python that has FastMCP (default: this one)"
    )
    parser.add_argument("--specs", type=int, default=folder.SPECS, help=f"files of `folder` (default: {folder.SPECS})")
    parser.add_argument("--large", action="store_true", help=f"load {folder.LARGE_SPECS} files with `folder`, too")
    parser.add_argument(
        "--clients", type=int, default=idle.CLIENTS, help=f"idle clients of `idle` (default: {idle.CLIENTS})"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file too")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _measure_folder(options: argparse.Namespace) -> tuple[str, dict[str, object]]:
    large = folder.LARGE_SPECS if options.large else None
    with tempfile.TemporaryDirectory(prefix="naftiko-benchmarks-") as name:
        found = folder.measure(options.specs, large, Path(name), _say)
    return folder.render(found), folder.document(found)


def _measure_idle(options: argparse.Namespace) -> tuple[str, dict[str, object]]:
    own, other = cores() or (None, None)
    subjects = subjects_in(options.seeds)
    with tempfile.TemporaryDirectory(prefix="naftiko-benchmarks-") as name, contextlib.ExitStack() as stack:
        place = Path(name)
        upstream = stack.enter_context(nginx_upstream(place, other))
        server, urls = stack.enter_context(naftiko(upstream, subjects, place, own))
        paged = subjects.paged
        call = _tool_call(report.MCP, server, urls[paged.mcp], paged.tool, _LEGACY)
        _say(f"tools/call without and beside {options.clients} idle clients, {options.rounds} rounds")
        found = idle.compare(
            call, clients=options.clients, seconds=options.seconds, rounds=options.rounds, folder=place, core=other
        )
    return idle.render(found), idle.document(found)


def _measure_peers(options: argparse.Namespace) -> tuple[str, dict[str, object]]:
    subjects = subjects_in(options.seeds)
    results = Results()
    with tempfile.TemporaryDirectory(prefix="naftiko-benchmarks-") as name:
        place = Path(name)
        missing = [tool for tool in ("nginx", "wrk") if shutil.which(tool) is None]
        if missing:
            results.skipped.append(f"requests/s, for want of {' and '.join(missing)}")
        else:
            _measure_loads(options, subjects, results, place)
        _say("engine overhead")
        results.overheads = overhead.measure(subjects, options.calls)
        _say("cold start")
        results.cold = coldstart.measure(subjects.plain, options.starts, place)
    return report.render(results), report.document(results)


def _measure_loads(options: argparse.Namespace, subjects: Subjects, results: Results, place: Path) -> None:
    apart = cores()
    if apart is None:
        results.skipped.append("pinning, for want of taskset or of a second core")
    own, other = apart or (None, None)
    python = options.peer_python or Path(sys.executable)
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(nginx_upstream(place, other))
        proxy = stack.enter_context(nginx_proxy(upstream, subjects.paged, place, own))
        adapters = stack.enter_context(naftiko(upstream, subjects, place, own))
        peer = None
        if can_import_fastmcp(python):
            peer = stack.enter_context(fastmcp(python, upstream, subjects.paged, place, own))
        else:
            results.skipped.append(f"FastMCP, which {python} can't import (`--peer-python` names another Python)")
        loads = _loads(subjects, upstream, proxy, adapters, peer)
        _say(f"{len(loads)} loads, {options.rounds} rounds of {options.seconds:g} s each")
        results.loads = load.measure(loads, seconds=options.seconds, rounds=options.rounds, folder=place, core=other)


def _loads(subjects: Subjects, upstream: Server, proxy: Server, adapters: Adapters, peer: Server | None) -> list[Load]:
    plain, paged = subjects.plain, subjects.paged
    own, urls = adapters
    loads = [
        Load(report.UPSTREAM, upstream, upstream.url + paged.consumed),
        Load(report.PROXY, proxy, proxy.url + paged.listing),
        Load(report.REST, own, urls[paged.rest] + paged.listing),
        Load(report.REST_PLAIN, own, urls[plain.rest] + plain.listing),
        Load(report.REST_DETAIL, own, urls[paged.rest] + paged.detail),
        _tool_call(report.MCP, own, urls[paged.mcp], paged.tool, _LEGACY),
        _tool_call(report.MCP_MODERN, own, urls[paged.mcp], paged.tool, _MODERN),
    ]
    if peer is not None:
        loads.append(_tool_call(report.FASTMCP, peer, f"{peer.url}/mcp", "list_jobs", _LEGACY))
    return loads


def _tool_call(name: str, server: Server, url: str, tool: str, revision: str) -> Load:
    """A `tools/call` without arguments, as a client of a revision of the protocol sends it."""
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": revision,
    }
    params: dict[str, object] = {"name": tool, "arguments": {}}
    if revision == _MODERN:
        headers |= {"mcp-method": "tools/call", "mcp-name": tool}
        prefix = "io.modelcontextprotocol/"
        params["_meta"] = {f"{prefix}protocolVersion": revision, f"{prefix}clientCapabilities": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return Load(name, server, url, headers, json.dumps(message))


_MEASURES = {"peers": _measure_peers, "folder": _measure_folder, "idle": _measure_idle}


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
