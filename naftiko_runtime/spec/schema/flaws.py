"""What else will look wrong because of one mistake?

A key misspelled in an operation makes the operation look as if it called nothing; a namespace left out makes every call
to it look unknown. Later stages stay silent about objects that are flawed in this way, and about nothing else: a wrong
port must not hide the wrong call in the same adapter, or the author mends one mistake to be told the next.
"""

from __future__ import annotations

from typing import Any

from naftiko_runtime.spec.schema.violation import Violation
from naftiko_runtime.spec.text.document import Pointer, value_at

_HOLDERS = frozenset({"binds", "capability", "consumes", "exposes", "resources", "operations", "tools"})
"""Keys under which many independent things stand; an object with one of them is not flawed as a whole."""


def is_error(violation: Violation, *, strict: bool) -> bool:
    """Whether a violation is an error: an unknown key only warns, unless it is one slip away from a known one (C9)."""
    return violation.kind != "unknown-key" or violation.near is not None or strict


def flaws(root: Any, violation: Violation, *, strict: bool) -> tuple[Pointer, ...]:
    """The pointers of what is flawed by a violation, in the file whose value is `root`; none where it only warns."""
    if not is_error(violation, strict=strict):
        return ()
    pointer = violation.pointer
    owner = pointer if violation.kind == "missing-key" else pointer[:-1]
    value = value_at(root, owner)
    if not isinstance(value, dict) or not _HOLDERS & value.keys() - set(pointer[-1:]):
        return (owner,)
    if violation.kind == "missing-key":
        return tuple((*owner, key) for key in violation.missing)
    return (pointer,) if violation.near is None else (pointer, (*owner, violation.near))
