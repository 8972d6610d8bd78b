"""To which collector does this process send what it measures? To the one that its control adapters name, or to none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from naftiko_runtime.engine.tracing import Trace
from naftiko_runtime.telemetry.metrics import Snapshot

if TYPE_CHECKING:
    from naftiko_runtime.telemetry.otlp import Exporter


class Exporting:
    """Sends to one collector at a time. `snapshot` gives the numbers of this process."""

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot
        self._exporter: Exporter | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def take(self, trace: Trace) -> None:
        """Send a finished trace, if anybody wants it."""
        if self._exporter is not None:
            self._exporter.take(trace)

    def send_to(self, endpoint: str | None) -> None:
        """Send to this collector from now on; None for nobody. To be called in a running event loop."""
        known = None if self._exporter is None else self._exporter.endpoint
        if endpoint == known:
            return
        for task in self._sending:
            task.cancel()
        self._exporter = None
        if endpoint is not None:
            # Brings OpenTelemetry, which nobody without a collector should wait for, and which may not be installed.
            from naftiko_runtime.telemetry.otlp import Exporter  # noqa: PLC0415

            self._exporter = Exporter(endpoint, self._snapshot)
            task = asyncio.create_task(self._exporter.run())
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Send what is left, and end."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
