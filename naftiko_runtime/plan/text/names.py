"""When do two spellings mean one name? When they keep the same lower-cased letters and digits (C13).

Public files write `{workspace-id}`, `rest.workspaceId` and `workspace_id` for one thing (catalogue §e: 10,843
operations). An exact match always wins, so that a file may still tell `a-b` from `a_b`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

Value = TypeVar("Value")

_SAFE_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NOISE = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """Lower-cased letters and digits of a name; the name itself where nothing else would be left (`$`, `id+` …)."""
    return _NOISE.sub("", name.lower()) or name


def find_name(name: str, names: Iterable[str]) -> str | None:
    """The member of `names` that `name` means: the equal one, else the first that folds alike."""
    folded = fold(name)
    found = None
    for candidate in names:
        if candidate == name:
            return candidate
        if found is None and fold(candidate) == folded:
            found = candidate
    return found


def find_value(name: str, values: Mapping[str, Value]) -> Value | None:
    """The value whose key `name` means, else None."""
    key = find_name(name, values)
    return None if key is None else values[key]


def is_safe_tool_name(name: str) -> bool:
    """Whether a model can be given a tool of this name: several LLM APIs take no other (catalogue §g)."""
    return _SAFE_TOOL_NAME.match(name) is not None
