"""What is an object called that needs a name and has none?

Maps stand by name, and alpha2 lets some objects go without. A name is made up from what the object is, the same one
each time, and told.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

_BETWEEN = re.compile(r"[^A-Za-z0-9]+")


def made_up(item: dict[str, Any], path: str, taken: Collection[str]) -> str:
    """A name for a resource, an operation or a tool; `path` is that of the resource around it."""
    words = f"{item.get('method', '')} {item.get('path', path)}"
    reference = item.get("ref") or item.get("call")
    if isinstance(reference, str) and "method" not in item:
        words = reference.rpartition(".")[2]
    return numbered(_BETWEEN.sub("-", words).strip("-").lower() or "unnamed", taken)


def numbered(name: str, taken: Collection[str]) -> str:
    """The name itself, or the first of `name-2`, `name-3`, … that is not taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
