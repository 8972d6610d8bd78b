"""The public files whose calls name an operation that several resources have, and what each call means.

They are not part of the project. In each of them an adapter exposes exactly the consumed operations, in their order
(catalogue §d), so the operation a call means is the one at its position.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.plan.calls.resolution import (
    Resolution,
    Unresolved,
    find_candidates,
    find_siblings,
    resolve,
    rest_clues,
    split_call,
    tool_clues,
)
from naftiko_runtime.spec.load import read_spec
from naftiko_runtime.spec.model.capability import ConsumedOperation, Rest, Spec
from tests.runner import ROOT

SHARED = ROOT.parent / "shared"


class Decision(NamedTuple):
    """One ambiguous call: where it stands, what it means, and what was found."""

    place: str
    meant: ConsumedOperation
    found: Resolution | Unresolved


def files() -> list[Path]:
    """The public files and the seeds, where they are."""
    return sorted([*SHARED.glob("corpus/**/*.y*ml"), *SHARED.glob("seeds/*.yaml")])


def decisions(path: Path) -> Iterator[Decision]:
    """Every ambiguous call of adapters that expose the consumed operations one by one."""
    spec = read_spec(path).spec
    if spec is None:
        return
    consumed = [operation for api in spec.consumes for operation in api.operations]
    resolved: list[tuple[Rest, list[ConsumedOperation | None]]] = []
    for rest in spec.rest:
        targets: list[ConsumedOperation | None] = []
        for index, exposed in enumerate(rest.operations):
            candidates = _candidates(spec, exposed.behaviour.call)
            found = resolve(candidates, partial(rest_clues, exposed, candidates)) if candidates else None
            targets.append(found.operation if isinstance(found, Resolution) else None)
            if found is not None and len(candidates) > 1 and len(consumed) == len(rest.operations):
                yield Decision(f"{path.name} {exposed.method} {exposed.path}", consumed[index], found)
        resolved.append((rest, targets))
    for mcp in spec.mcp:
        siblings = find_siblings(mcp, resolved)
        for index, tool in enumerate(mcp.tools):
            candidates = _candidates(spec, tool.behaviour.call)
            if len(candidates) > 1 and len(consumed) == len(mcp.tools):
                found = resolve(candidates, partial(tool_clues, index, mcp.tools, candidates, siblings))
                yield Decision(f"{path.name} {tool.name}", consumed[index], found)


def _candidates(spec: Spec, call: str | None) -> tuple[ConsumedOperation, ...]:
    apis = {api.namespace: api for api in reversed(spec.consumes)}
    reference = split_call(call, tuple(apis)) if call else None
    api = apis.get(reference.namespace) if reference is not None else None
    return find_candidates(reference, api.operations) if reference is not None and api is not None else ()
