"""How do numbers read for Prometheus? The text exposition format, version 0.0.4.

Written here because it is forty lines, and because numbers of several processes are added before they are written;
`prometheus_client` wants files shared by its processes for that (decision 0018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from naftiko_runtime.telemetry.metrics import BOUNDS, FAMILIES, Family, Labels, Snapshot

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Gauge(NamedTuple):
    """A number that is what it is now. `rows` are the values of its labels with their numbers."""

    name: str
    help: str
    labels: tuple[str, ...]
    rows: Mapping[Labels, float]


def render(snapshot: Snapshot, gauges: Iterable[Gauge] = ()) -> str:
    """The text, families and series in a stable order."""
    return "".join(f"{line}\n" for line in _lines(snapshot, gauges))


def _lines(snapshot: Snapshot, gauges: Iterable[Gauge]) -> Iterator[str]:
    for gauge in gauges:
        yield from _head(gauge.name, gauge.help, "gauge")
        for values, number in sorted(gauge.rows.items()):
            yield f"{gauge.name}{_labels(gauge.labels, values)} {_number(number)}"
    for family in FAMILIES:
        if family.is_histogram:
            yield from _histogram(family, snapshot.histograms.get(family.name, {}))
        else:
            yield from _head(family.name, family.help, "counter")
            for values, number in sorted(snapshot.counters.get(family.name, {}).items()):
                yield f"{family.name}{_labels(family.labels, values)} {_number(number)}"


def _histogram(family: Family, rows: Mapping[Labels, tuple[float, ...]]) -> Iterator[str]:
    yield from _head(family.name, family.help, "histogram")
    names = (*family.labels, "le")
    for values, (*counts, total) in sorted(rows.items()):
        so_far = 0.0
        for bound, count in zip((*map(_number, BOUNDS), "+Inf"), counts, strict=True):
            so_far += count
            yield f"{family.name}_bucket{_labels(names, (*values, bound))} {_number(so_far)}"
        yield f"{family.name}_sum{_labels(family.labels, values)} {total!r}"
        yield f"{family.name}_count{_labels(family.labels, values)} {_number(so_far)}"


def _head(name: str, text: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _labels(names: tuple[str, ...], values: Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
