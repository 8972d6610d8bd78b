"""Which part of an input does a placeholder mean? `{{user.name}}` leads into `user`, `{{tags[0]}}` into `tags`.

An input that has the whole name counts first: names may hold dots.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from naftiko_runtime.plan.jsonpath.path import Select, split_path, walk

_PART = re.compile(r"([\w-]+)((?:\.[\w-]+|\[-?[0-9]+\])+)\Z")


class Part(NamedTuple):
    """A part of the input `whole`: `path` leads to it, `select` takes it, or MISSING."""

    whole: str
    path: str
    select: Select


def part_of(name: str) -> Part | None:
    """The part that a name may mean; None for a plain name."""
    match = _PART.match(name)
    if match is None:
        return None
    path = f"${match[2]}"
    return Part(match[1], path, walk(split_path(path) or ()))
