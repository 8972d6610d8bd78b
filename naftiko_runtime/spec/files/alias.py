"""What changes in an adapter or an aggregate that goes by another name here than where it was written?

Its parts refer to its own inputs by its own name, as in `with: {status: desk.status}` (C11). Those references follow
the name; texts that merely look alike stay as they are.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any


def rename(entry: dict[str, Any], alias: str) -> dict[str, Any]:
    """An entry under the name `alias`, with the references to its own inputs."""
    own = entry.get("namespace")
    if own == alias or not isinstance(own, str):
        return {**entry, "namespace": alias}
    inside = re.compile(rf"(?<=\{{\{{)(\s*){re.escape(own)}(?=\.)")
    whole = re.compile(rf"\A{re.escape(own)}(?=\.)")
    return {**_followed(entry, inside, whole, alias, is_reference=False), "namespace": alias}


def _followed(value: Any, inside: re.Pattern[str], whole: re.Pattern[str], alias: str, *, is_reference: bool) -> Any:
    """A value whose templates, and where it `is_reference` whose texts, mean the alias."""
    again = partial(_followed, inside=inside, whole=whole, alias=alias)
    if isinstance(value, dict):
        return {key: again(item, is_reference=is_reference or key == "with") for key, item in value.items()}
    if isinstance(value, list):
        return [again(item, is_reference=is_reference) for item in value]
    if not isinstance(value, str):
        return value
    followed = inside.sub(lambda match: match[1] + alias, value)
    return whole.sub(lambda _: alias, followed) if is_reference else followed
