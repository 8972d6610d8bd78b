"""Each test restores the collector: it is the whole process's."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from naftiko_runtime.host.serving.garbage import resting, waiting


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_the_collector_waits_and_goes_on() -> None:
    with waiting():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_the_collector_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), waiting():
        raise ValueError("broken")
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with waiting():
        pass
    assert not gc.isenabled()


def test_waits_within_waits_end_with_the_outermost() -> None:
    with waiting():
        with waiting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_lives_on_is_left_alone() -> None:
    with resting():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
