"""Every capability the acceptance tests run, as tables of parameters: our own, and the founding two where they lie."""

from __future__ import annotations

import pytest

from tests.acceptance.exchange import Capability
from tests.acceptance.founding import PORTKEY, SEEDS, TOGETHER
from tests.acceptance.own import OWN

ALL = (*OWN, PORTKEY, TOGETHER)

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the files of the foundation are not beside this checkout")


def marks(capability: Capability) -> list[pytest.MarkDecorator]:
    """What keeps a capability from being tested here."""
    return [] if capability in OWN else [needs_seeds]


EVERY_CAPABILITY = [pytest.param(capability, marks=marks(capability), id=capability.name) for capability in ALL]

EVERY_EXCHANGE = [
    pytest.param(capability, exchange, marks=marks(capability), id=f"{capability.name}-{number}-{exchange.tool}")
    for capability in ALL
    for number, exchange in enumerate(capability.exchanges)
]
