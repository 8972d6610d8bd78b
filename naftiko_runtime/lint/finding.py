"""What does a rule find?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from naftiko_runtime.spec.text.document import Pointer


class Finding(NamedTuple):
    """One place that a rule objects to. `key` says that the key is meant and not its value; `earlier` is a second place
    that has to do with it.
    """

    at: Pointer
    message: str
    help: str
    key: bool = False
    earlier: Pointer | None = None


Find = Callable[[Any], Iterator[Finding]]
"""A rule: what it objects to in the value of a file, in the canonical form of the language."""
