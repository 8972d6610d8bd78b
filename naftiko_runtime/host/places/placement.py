"""Which version of each file serves, and where?

What serves keeps its place: a changed or new file that claims what another has is refused, and where an older version
of it was good, that one goes on. So a mistake in one file never unseats another one, nor the file's own last good
version (C18), in whatever order files are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Container
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.capability import Capability
from naftiko_runtime.host.files.collection import Collection
from naftiko_runtime.host.places.layout import Key, Layout, Listener, Overrides, lay_out

Claim = Callable[[Listener], Diagnostic | None]
"""Takes the address of a listener that isn't bound yet; says why where it can't be had."""


class Placement(NamedTuple):
    """Who serves where. `diagnostics` holds what is said of refused claims, and advice for the layout."""

    layout: Layout
    served: Mapping[Path, Capability]
    diagnostics: tuple[Diagnostic, ...]


def place(collection: Collection, overrides: Overrides, claim: Claim) -> Placement:
    """Give the files of a collection their places; `claim` is asked for each listener of the outcome."""
    standing = collection.served
    wanted = {
        path: latest
        for path, latest in collection.latest.items()
        if latest.plan is not None and latest is not standing.get(path)
    }
    problems: list[Diagnostic] = []
    unavailable: dict[Key, Diagnostic] = {}
    while True:
        before = [item for path, item in standing.items() if path not in wanted]
        layout = lay_out([*before, *wanted.values()], overrides)
        refused = _refused(wanted, layout)
        if not refused:
            for listener in layout.listeners:
                problem = claim(listener)
                if problem is not None and listener.key not in unavailable:
                    unavailable[listener.key] = problem
                    problems.append(problem)
            refused = _unplaced(wanted, layout.listeners, unavailable)
        else:
            problems += [item for item in layout.diagnostics if item.is_error]
        if not refused:
            break
        wanted = {path: item for path, item in wanted.items() if path not in refused}
    served = {path: wanted.get(path, standing.get(path)) for path in collection.entries}
    chosen = {path: item for path, item in served.items() if item is not None}
    # Once more in the order in which the files came, which decides whose routes are whose.
    final = lay_out(list(chosen.values()), overrides)
    return Placement(final, chosen, (*dict.fromkeys(problems), *final.diagnostics))


def _refused(wanted: Mapping[Path, Capability], layout: Layout) -> Container[Path]:
    granted = {id(plan) for plan in layout.plans}
    return {path for path, item in wanted.items() if id(item.plan) not in granted}


def _unplaced(
    wanted: Mapping[Path, Capability], listeners: Sequence[Listener], unavailable: Mapping[Key, Diagnostic]
) -> Container[Path]:
    lost = {id(item.plan) for one in listeners if one.key in unavailable for item in one.adapters}
    return {path for path, item in wanted.items() if id(item.plan) in lost}
