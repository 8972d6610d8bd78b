"""An engine over real sockets, and what was told of the requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.plan.face import RestFace, Route
from naftiko_runtime.rest.application import RestApplication
from tests.rest.plans import face_of


class Records(list[RequestRecord]):
    """What was told, in order. `told` is set by the first."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()

    def observe(self, record: RequestRecord) -> None:
        self.append(record)
        self.told.set()


Serve = Callable[..., RestApplication]


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    upstream = HttpxUpstream()
    yield Engine(upstream)
    await upstream.close()


@pytest.fixture
def serve(engine: Engine, records: Records) -> Serve:
    """`serve(*routes)` or `serve(*faces)`, with the application's own options by name."""

    def application(*exposed: Route | RestFace, **options: int) -> RestApplication:
        faces = [item for item in exposed if isinstance(item, RestFace)]
        routes = [item for item in exposed if isinstance(item, Route)]
        return RestApplication(
            faces or [face_of(*routes)], engine, records.observe, body_limit=options.get("body_limit", 1000)
        )

    return application
