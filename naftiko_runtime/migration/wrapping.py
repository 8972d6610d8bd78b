"""Named outputs of a REST operation without steps → one object that has them as properties.

Alpha2 names outputs of steps alone; what a REST operation maps or answers itself has no name there. Several such
outputs form an object, and so does a sole fixed one: the object is written out. A sole output of a call is the answer
itself, and merely loses its name.
"""

from __future__ import annotations

from collections.abc import Mapping as Table

from naftiko_runtime.migration.changes import Changes
from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.tree import Mapping
from naftiko_runtime.migration.walk import Spot, spots

_LOST = "this output loses its name, which alpha2 has no place for and nobody reads"
_WRAPPED = "the outputs become properties of one object: alpha2 names those of steps alone"
_WRAPPED_HELP = "callers get the same; Naftiko's own alpha2 engine puts a fixed answer under `value`"


def wrap(edits: Edits, root: Mapping, changes: Changes, words: Table[str, str]) -> bool:
    """Collect the changes, and say whether there are any."""
    found = [(spot, node) for spot in spots(root, changes.value, words) if (node := _named(spot)) is not None]
    for spot, node in found:
        _wrap(edits, node, spot, changes)
    return bool(found)


def _named(spot: Spot) -> Mapping | None:
    """The outputs of an operation of a REST adapter, where they have names and it has no steps."""
    node = spot.pair.value
    is_one = (
        spot.at[-1] == "outputParameters"
        and "operations" in spot.at
        and "exposes" in spot.at
        and "steps" not in spot.owner
        and "ref" not in spot.owner
        and all(isinstance(item, dict) for item in spot.value)
    )
    return node if is_one and isinstance(node, Mapping) and node.pairs else None


def _wrap(edits: Edits, node: Mapping, spot: Spot, changes: Changes) -> None:
    outputs = spot.value
    properties = {item["name"]: {key: inner for key, inner in item.items() if key != "name"} for item in outputs}
    if "call" in spot.owner and len(outputs) == 1:
        changes.warn(_LOST, "its value is the whole answer", spot.at)
        changes.put(spot.at, list(properties.values()))
        _unname(edits, node)
        return
    changes.warn(_WRAPPED, _WRAPPED_HELP, spot.at)
    changes.put(spot.at, [{"type": "object", "properties": properties}])
    start = edits.behind_properties(node.start.index)
    if node.is_flow:
        edits.replace(start, start, "[{type: object, properties: ")
        edits.replace(node.end, node.end, "}]")
        return
    column = node.pairs[0].key.start.column
    below = edits.line_break + " " * (column + 2)
    edits.replace(start, start, f"- type: object{below}properties:{below}  ")
    edits.move(edits.line_of(start) + 1, edits.line_of(node.end), 4)


def _unname(edits: Edits, node: Mapping) -> None:
    [pair] = node.pairs
    start = edits.behind_properties(node.start.index)
    if node.is_flow:
        edits.replace(start, pair.value.start.index, "[")
        edits.replace(node.end - 1, node.end, "]")
    else:
        edits.replace(pair.key.start.index, pair.value.start.index, "- ")
        value = pair.value
        inner = value.pairs[0].key.start.column if isinstance(value, Mapping) and not value.is_flow else None
        if inner is not None:
            columns = pair.key.start.column + 2 - inner
            edits.move(pair.key.start.line + 1, edits.line_of(node.end), columns)
