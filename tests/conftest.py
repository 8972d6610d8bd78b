"""The fixtures every folder may use: one upstream for the whole session, empty at the start of each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.upstream import Upstream, serving


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Upstream]:
    with serving() as upstream:
        yield upstream


@pytest.fixture
def upstream(upstream_server: Upstream) -> Upstream:
    upstream_server.reset()
    return upstream_server
