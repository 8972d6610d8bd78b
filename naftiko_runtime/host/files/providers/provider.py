"""What does a provider of values have to do? Read what is at a location, and say which files that depends on.

It never raises: what can't be had is a text that says why, which quotes no value. It reads when a capability is loaded
and at no other time; nothing of it is on the way of a request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

Content = Mapping[str, object] | str
"""The values at a location by their keys, or why there are none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a capability wants of one location. `keys` are those its binds name, `folder` is that of the capability's
    file, and `settings` are the environment variables that tell a provider how it is reached.
    """

    location: str
    keys: tuple[str, ...]
    folder: Path
    settings: Mapping[str, str]


class Provider(NamedTuple):
    """One kind of place. `paths` are the files that are read, whether they are there or not; None where there are none
    by which a change would show, so that only asking tells it.
    """

    read: Callable[[Asked], Content]
    paths: Callable[[Asked], tuple[Path, ...]] | None
