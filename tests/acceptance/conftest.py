"""Servers of the whole session: each capability runs once, as a process of its own, and every test calls it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.exchange import Capability
from tests.acceptance.founding import SEEDS
from tests.runner import Running, free_ports, listen_flags, running
from tests.upstream import Upstream


class Servers:
    """Running capabilities, each started when the first test asks for it."""

    def __init__(self, upstream: str, folder: Path) -> None:
        self._upstream = upstream
        self._folder = folder
        self._stack = ExitStack()
        self._running: dict[str, Running] = {}

    def __getitem__(self, capability: Capability) -> Running:
        if capability.name not in self._running:
            start = self._as_declared if capability.file.is_relative_to(SEEDS) else self._overridden
            self._running[capability.name] = start(capability)
        return self._running[capability.name]

    def close(self) -> None:
        self._stack.close()

    def _overridden(self, capability: Capability) -> Running:
        """The file untouched; flags say where the upstream is and where to listen."""
        flags = listen_flags([f"{capability.name}-rest", f"{capability.name}-mcp"])
        base = f"{capability.name}={self._upstream}{capability.base_path}"
        run = running("run", str(capability.file), "--upstream", base, *flags, env=capability.environment)
        return self._stack.enter_context(run)

    def _as_declared(self, capability: Capability) -> Running:
        """A copy, byte for byte but for the base address and the two ports, and no flag at all."""
        text = capability.file.read_bytes().decode()
        rest, mcp = free_ports(2)
        for old, new in (
            (f"baseUri: {capability.base}", f"baseUri: {self._upstream}{capability.base_path}"),
            ("port: 8080", f"port: {rest}"),
            ("port: 9090", f"port: {mcp}"),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        copy = self._folder / capability.file.name
        copy.write_bytes(text.encode())
        return self._stack.enter_context(running("run", str(copy), env=capability.environment))


@pytest.fixture(scope="session")
def servers(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    started = Servers(upstream_server.url, tmp_path_factory.mktemp("founding"))
    yield started
    started.close()


@pytest.fixture
def free_port() -> int:
    """A port that was free a moment ago."""
    return free_ports(1)[0]
