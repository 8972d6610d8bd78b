"""How does each file stand? Served as it is written now, served as it last was good, or not at all (C18)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, render_json
from naftiko_runtime.host.files.collection import Collection

SERVING, LAST_GOOD, REFUSED = "serving", "last-good", "refused"
"""The states of a file."""


class Standing(NamedTuple):
    """One file. `problems` are the errors that keep it from being served as it is, as `validate --format json` has
    them.
    """

    file: str
    label: str
    version: str
    state: str
    problems: list[Any]

    @property
    def told(self) -> dict[str, Any]:
        """It as a JSON value."""
        return {
            "file": self.file,
            "label": self.label,
            "version": self.version,
            "state": self.state,
            "diagnostics": self.problems,
        }


def standings_of(collection: Collection, placing: Iterable[Diagnostic]) -> tuple[Standing, ...]:
    """How each capability of a collection stands; `placing` are diagnostics of who may have which address."""
    found = []
    for path, entry in collection.entries.items():
        latest, served = entry.latest, entry.served
        if latest is None:
            continue
        state = SERVING if served is latest else LAST_GOOD if served is not None else REFUSED
        errors: list[Diagnostic] = []
        if state != SERVING:
            errors = [item for item in (*latest.diagnostics, *placing) if item.is_error and item.file == latest.file]
        plan = served.plan if served is not None else latest.plan
        label, version = (plan.label, plan.version) if plan is not None else ("", "")
        found.append(Standing(str(path), label, version, state, json.loads(render_json(errors)) if errors else []))
    return tuple(found)
