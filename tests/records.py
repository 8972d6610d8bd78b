"""What was told of the requests that an application answered."""

from __future__ import annotations

import asyncio

from naftiko_runtime.engine.record import RequestRecord


class Records(list[RequestRecord]):
    """What was told, in order. `told` is set by the first."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()

    def observe(self, record: RequestRecord) -> None:
        self.append(record)
        self.told.set()
