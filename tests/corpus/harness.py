"""Does every served operation and tool of a folder of public files reach the true upstream method and path?

Each file is loaded and served as `run` would. Each of its operations and tools is called over real HTTP with all its
inputs, and again with the required ones alone where that is another call. What arrives at a recording upstream is
compared with the truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.plan.model.face import McpFace, RestFace
from tests.corpus.calls import Face, OperationCall, ToolCall, served_names
from tests.corpus.expectation import credential, expect
from tests.corpus.serving import OnlyTo, base_path, load, serving
from tests.corpus.table import Miss, Table
from tests.corpus.truth import Adapter, Consumed, Exposed, Truth, read_truth, route_key
from tests.corpus.worth import Worth
from tests.upstream import Answer, Received, Upstream
from tests.upstream import serving as serving_upstream

FILES_AT_ONCE = 4
LONGEST_CALL_SECONDS = 20.0


class Case(NamedTuple):
    """One served operation or tool, how to call it, and the namespace of its adapter."""

    exposed: Exposed
    call: OperationCall | ToolCall
    namespace: str


def find_files(folder: Path) -> list[Path]:
    """The YAML files below a folder, in a stable order."""
    return sorted(path for path in folder.rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))


def examine(folder: Path, *, partial: bool = False) -> Table:
    """Load, serve and call everything below `folder`; with `partial`, also what is right in files with errors."""
    with serving_upstream() as upstream:
        return asyncio.run(_Examination(folder, upstream, partial).run())


class _Examination:
    """The examination of a folder: which request belongs to which file is told by the first segment of its path."""

    def __init__(self, folder: Path, upstream: Upstream, partial: bool) -> None:
        self._folder = folder
        self._partial = partial
        self._upstream = upstream
        self._arrived: dict[str, list[Received]] = {}
        self._table = Table()
        upstream.answer("*", "*", self._receive)

    def _receive(self, request: Received) -> Answer:
        self._arrived[request.path.split("/", 2)[1]].append(request)
        return Answer.json(request.echo())

    async def run(self) -> Table:
        """Examine all files, a few at a time."""
        engine = Engine(OnlyTo(self._upstream.url))
        files = iter(enumerate(find_files(self._folder)))
        async with httpx.AsyncClient(trust_env=False, timeout=LONGEST_CALL_SECONDS) as client:
            try:
                await asyncio.gather(*(self._take(files, client, engine) for _ in range(FILES_AT_ONCE)))
            finally:
                await engine.close()
        return self._table

    async def _take(self, files: Iterator[tuple[int, Path]], client: httpx.AsyncClient, engine: Engine) -> None:
        for number, path in files:
            name = path.relative_to(self._folder).as_posix()
            truth = read_truth(path)
            compilation = load(path, truth, number, self._upstream.url, partial=self._partial)
            self._table.add_file(name, truth, compilation)
            if compilation.plan is not None:
                arrived = self._arrived.setdefault(str(number), [])
                async with serving(compilation.plan, engine) as (rest, mcp):
                    file = _File(name, number, truth, arrived, self._table)
                    await file.examine_rest(compilation.plan.rest, rest, client)
                    await file.examine_mcp(compilation.plan.mcp, mcp, client)


class _File:
    """The examination of one file. `arrived` grows as requests reach the upstream below the file's number."""

    def __init__(self, name: str, number: int, truth: Truth, arrived: list[Received], table: Table) -> None:
        self._name = name
        self._number = number
        self._truth = truth
        self._arrived = arrived
        self._table = table

    async def examine_rest(self, faces: Sequence[RestFace], urls: Sequence[str], client: httpx.AsyncClient) -> None:
        """Call the operations of all REST adapters. Of those that share a route, the first one serves."""
        for adapter, face, url in zip(self._truth.of("rest"), faces, urls, strict=True):
            shown = self._face(adapter, url, client)
            routes = {route_key(route.method, route.path): route for route in face.routes}
            left_out = {route_key(route.method, route.path) for route in face.left_out}
            seen: set[tuple[str, str]] = set()
            for exposed in adapter.exposed:
                key = route_key(exposed.method, exposed.path)
                if key in seen:
                    self._table.shadowed += 1
                elif key in left_out:
                    self._table.left_out += 1
                elif key not in routes:
                    self._miss(exposed.words, "is not served")
                else:
                    self._table.operations += 1
                    await self._examine(Case(exposed, OperationCall(shown, exposed, routes[key]), adapter.namespace))
                seen.add(key)

    async def examine_mcp(self, faces: Sequence[McpFace], urls: Sequence[str], client: httpx.AsyncClient) -> None:
        """Call the tools of all MCP adapters."""
        for adapter, face, url in zip(self._truth.of("mcp"), faces, urls, strict=True):
            shown = self._face(adapter, url, client)
            tools = await shown.tools()
            left_out = {tool.name for tool in face.left_out}
            for exposed, name in zip(adapter.exposed, served_names(adapter), strict=True):
                if name in left_out:
                    self._table.left_out += 1
                elif name not in tools:
                    self._miss(exposed.words, "is not served")
                else:
                    self._table.tools += 1
                    await self._examine(Case(exposed, ToolCall(shown, exposed, tools[name]), adapter.namespace))

    def _face(self, adapter: Adapter, url: str, client: httpx.AsyncClient) -> Face:
        nothing = Exposed("", "", {})
        worth = Worth(nothing, adapter.namespace, {}, self._truth.variables)
        asked = credential(adapter.authentication, worth.rendered)
        return Face(client, url, {name: value for (_, name), value in asked.items()})

    async def _examine(self, case: Case) -> None:
        if case.exposed.target is None:
            self._table.unjudged.append(Miss(self._name, case.exposed.words, case.exposed.why))
            return
        for full in (True, False) if case.call.has_options else (True,):
            await self._call(case, case.exposed.target, full)

    async def _call(self, case: Case, target: Consumed, full: bool) -> None:
        self._arrived.clear()
        reply = await case.call.make(full=full)
        self._table.sent += 1
        words = f"{case.exposed.words} with {'every input' if full else 'the required inputs'}"
        if len(self._arrived) != 1:
            self._miss(words, f"{len(self._arrived)} requests arrived: {reply.refusal}")
            return
        expected = expect(target, Worth(case.exposed, case.namespace, reply.given, self._truth.variables))
        problems = list(expected.differences(self._arrived[0], base_path(self._number, target.namespace)))
        problems += expected.unfed if full else ()
        if problems:
            self._miss(words, "; ".join(problems))
        elif reply.refusal:
            self._table.answered_otherwise.append(Miss(self._name, words, reply.refusal))

    def _miss(self, words: str, problem: str) -> None:
        self._table.misses.append(Miss(self._name, words, problem))
