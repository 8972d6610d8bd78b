"""The fixtures every folder may use: one upstream for the whole session, empty at the start of each test, and an engine
over real sockets, with what was told of its requests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.upstream import HttpxUpstream
from tests.records import Records
from tests.upstream import Upstream, serving

# No test is held to a clock that other work on the machine can slow.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Upstream]:
    with serving() as upstream:
        yield upstream


@pytest.fixture
def upstream(upstream_server: Upstream) -> Upstream:
    upstream_server.reset()
    return upstream_server


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    upstream = HttpxUpstream()
    yield Engine(upstream)
    await upstream.close()
