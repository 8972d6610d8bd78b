"""How often, how badly and how slowly? Requests and upstream calls as counters and histograms.

A request costs a few additions. Labels come from the compiled plan and from tables, never from a caller's text, and
their number is bounded all the same: what is beyond it is counted under one name, so that no counter is ever lost.
Numbers of several processes add up, which is why they are plain sums here and rates nowhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import add
from typing import Any, TypeVar

from naftiko_runtime.engine.record import RequestRecord

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histograms' buckets in seconds; 30 is the deadline of a call."""

MOST_SERIES = 20_000
"""Different label values of one family; a folder of a thousand capabilities stays below."""

OTHER = "(other)"
"""What stands for every further label value."""

Labels = tuple[str, ...]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Plus = Callable[[_Value, _Value], _Value]


class Histogram:
    """Durations in seconds. `counts` has one number for each bound and one for what is above, not summed up."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


@dataclass(frozen=True, slots=True)
class Family:
    """Series of one name: its labels' names, and what a person reads of it."""

    name: str
    labels: tuple[str, ...]
    help: str
    is_histogram: bool = False


REQUESTS = Family(
    "naftiko_requests_total", ("face", "capability", "function", "status"), "Requests that were answered."
)
ERRORS = Family(
    "naftiko_request_errors_total", ("face", "capability", "function", "code"), "Requests that failed, by their code."
)
DURATION = Family(
    "naftiko_request_duration_seconds",
    ("face", "capability", "function"),
    "How long requests took.",
    is_histogram=True,
)
UPSTREAM_REQUESTS = Family(
    "naftiko_upstream_requests_total", ("upstream", "method", "status"), "Requests to upstreams, by how they ended."
)
UPSTREAM_DURATION = Family(
    "naftiko_upstream_duration_seconds",
    ("upstream", "method"),
    "How long upstreams took, until their answer was read.",
    is_histogram=True,
)
FAMILIES = (REQUESTS, ERRORS, DURATION, UPSTREAM_REQUESTS, UPSTREAM_DURATION)


class Meter:
    """Counts in one process. To be used by one thread."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, str, int], int] = {}
        self._errors: dict[Labels, int] = {}
        self._durations: dict[Labels, Histogram] = {}
        self._upstream_requests: dict[tuple[str, str, int | str], int] = {}
        self._upstream_durations: dict[Labels, Histogram] = {}

    def request(self, record: RequestRecord) -> None:
        """Count a finished request."""
        name = record.function or record.operation
        labels = (record.face, record.capability, name)
        histogram = self._durations.get(labels)
        if histogram is None:
            if len(self._durations) >= MOST_SERIES:
                labels = (record.face, OTHER, OTHER)
            histogram = self._durations.setdefault(labels, Histogram())
        histogram.add(record.milliseconds / 1000)
        key = (*labels, record.status)
        self._requests[key] = self._requests.get(key, 0) + 1
        if record.code:
            error = (*labels, record.code)
            self._errors[error] = self._errors.get(error, 0) + 1

    def upstream(self, address: str, method: str, status: int | str, seconds: float) -> None:
        """Count a finished upstream request; `status` is a word where no answer came."""
        labels = (address, method)
        histogram = self._upstream_durations.get(labels)
        if histogram is None:
            if len(self._upstream_durations) >= MOST_SERIES:
                labels = (OTHER, method)
            histogram = self._upstream_durations.setdefault(labels, Histogram())
        histogram.add(seconds)
        key = (*labels, status)
        self._upstream_requests[key] = self._upstream_requests.get(key, 0) + 1

    def snapshot(self) -> Snapshot:
        """All numbers as they are now."""
        return Snapshot(
            {
                REQUESTS.name: {(*key[:3], str(key[3])): float(value) for key, value in self._requests.items()},
                ERRORS.name: {key: float(value) for key, value in self._errors.items()},
                UPSTREAM_REQUESTS.name: {
                    (*key[:2], str(key[2])): float(value) for key, value in self._upstream_requests.items()
                },
            },
            {
                DURATION.name: _copied(self._durations),
                UPSTREAM_DURATION.name: _copied(self._upstream_durations),
            },
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Numbers at one moment: counters, and histograms as their buckets with the sum of all durations behind them."""

    counters: Mapping[str, Mapping[Labels, float]]
    histograms: Mapping[str, Mapping[Labels, tuple[float, ...]]]

    def plus(self, other: Snapshot) -> Snapshot:
        """The numbers of two processes as those of one."""
        return Snapshot(
            _merged(self.counters, other.counters, lambda one, two: _merged(one, two, add)),
            _merged(self.histograms, other.histograms, lambda one, two: _merged(one, two, _added)),
        )

    def to_json(self) -> dict[str, object]:
        """A JSON value for `from_json`."""
        return {
            "counters": {name: [[*key, value] for key, value in rows.items()] for name, rows in self.counters.items()},
            "histograms": {
                name: [[list(key), list(values)] for key, values in rows.items()]
                for name, rows in self.histograms.items()
            },
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Snapshot:
        """What another process's `to_json` told."""
        return cls(
            {name: {tuple(key): value for *key, value in rows} for name, rows in document["counters"].items()},
            {
                name: {tuple(key): tuple(values) for key, values in rows}
                for name, rows in document["histograms"].items()
            },
        )


def _copied(histograms: Mapping[Labels, Histogram]) -> dict[Labels, tuple[float, ...]]:
    return {key: (*map(float, item.counts), item.total) for key, item in histograms.items()}


def _merged(one: Mapping[_Key, _Value], two: Mapping[_Key, _Value], plus: _Plus[_Value]) -> dict[_Key, _Value]:
    """What either of them has; the sum of what both have."""
    return {**one, **two} | {key: plus(one[key], two[key]) for key in one.keys() & two.keys()}


def _added(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(add, one, two))
