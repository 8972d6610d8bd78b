"""Two things of one name in a list → the second under a name of its own, because a map has every key once.

Names that nobody outside of the file says are made up, and told: those of resources, tools and the like. Calls that say
the resource follow it. What callers or templates say by name (inputs, outputs, steps, consumed operations) is left as
it is, for the author to decide.
"""

from __future__ import annotations

from typing import Any

from naftiko_runtime.migration.changes import Changes
from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.layout import write_scalar
from naftiko_runtime.migration.names import numbered
from naftiko_runtime.migration.tree import Mapping, Node, Scalar, Sequence
from naftiko_runtime.migration.walk import Spot, pairs, spots
from naftiko_runtime.spec.generations.shapes import Form
from naftiko_runtime.spec.text.document import Pointer

_RENAMED = frozenset({"consumedResource", "exposedResource", "behaviour", "prompt", "skill"})

_Moved = dict[tuple[str, str], list[dict[str, Any]]]
"""By namespace and former name: the consumed resources that share it, in order, each as it is called now."""


def tell_apart(edits: Edits, root: Mapping, changes: Changes) -> bool:
    """Collect the changes, and say whether there are any. The text has lists."""
    found = list(spots(root, changes.value, {}))
    moved: _Moved = {}
    renamed = False
    for spot in found:
        if spot.part.form is Form.NAMED and spot.part.shape in _RENAMED and isinstance(spot.value, list):
            renamed = _rename(edits, spot, changes, moved) or renamed
    for spot in found if moved else ():
        _follow_calls(edits, spot, changes, moved)
    return renamed


def _rename(edits: Edits, spot: Spot, changes: Changes, moved: _Moved) -> bool:
    taken = {item["name"] for item in spot.value if isinstance(item, dict) and isinstance(item.get("name"), str)}
    seen: dict[str, list[dict[str, Any]]] = {}
    changed = False
    for index, (item, child) in enumerate(zip(spot.value, _items(spot.pair.value), strict=False)):
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str):
            continue
        alike = seen.setdefault(name, [])
        alike.append(item)
        written = next((pair.value for pair in pairs(child) if pair.word == "name"), None)
        if len(alike) == 1 or not isinstance(written, Scalar):
            continue
        new = numbered(name, taken)
        taken.add(new)
        write_scalar(edits, written, new)
        at = (*spot.at, index, "name")
        changes.put(at, new)
        message = f"`{name}` stands twice in `{spot.at[-1]}`, and a map has every key once: this one is now `{new}`"
        changes.warn(message, "call it what you like", at)
        changed = True
        if spot.part.shape == "consumedResource":
            moved[str(spot.owner.get("namespace")), name] = alike
    return changed


def _follow_calls(edits: Edits, spot: Spot, changes: Changes, moved: _Moved) -> None:
    """Let the calls of what stands here say the resources by their new names."""
    if spot.part.shape not in ("behaviour", "leaf") or not isinstance(spot.value, list):
        return
    for index, (item, child) in enumerate(zip(spot.value, _items(spot.pair.value), strict=False)):
        call = item.get("call") if isinstance(item, dict) else None
        if isinstance(call, str):
            _follow(edits, child, call, (*spot.at, index, "call"), changes, moved)


def _follow(edits: Edits, node: Node, call: str, at: Pointer, changes: Changes, moved: _Moved) -> None:
    for (namespace, name), resources in moved.items():
        prefix = f"{namespace}.{name}."
        if not call.startswith(prefix):
            continue
        operation = call.removeprefix(prefix)
        meant = [resource for resource in resources if operation in _operations(resource)]
        if len(meant) > 1:
            message = f"`{call}` could mean an operation of {len(meant)} resources called `{name}`"
            changes.refuse(message, "give those resources names of their own, and say here which one is meant", at)
        elif meant and meant[0]["name"] != name:
            new = f"{namespace}.{meant[0]['name']}.{operation}"
            written = next((pair.value for pair in pairs(node) if pair.word == "call"), None)
            if isinstance(written, Scalar):
                write_scalar(edits, written, new)
                changes.put(at, new)


def _operations(resource: dict[str, Any]) -> set[str]:
    operations = resource.get("operations")
    found = operations if isinstance(operations, list) else []
    return {str(item.get("name")) for item in found if isinstance(item, dict)}


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()
