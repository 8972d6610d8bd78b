"""What a migration has to say, and what the file must mean when it is done.

The same rewriting is done twice: in the text, and on the canonical value. Where the new text doesn't mean that value,
it is thrown away: a file that says something else is worse than none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Severity
from naftiko_runtime.migration.layout import Unwritable
from naftiko_runtime.spec.text.document import Pointer, value_at


class Remark(NamedTuple):
    """Something to tell about a place of the canonical form."""

    severity: Severity
    message: str
    help: str
    at: Pointer


class Changes:
    """The remarks of a rewriting, and `value`: a canonical value, changed as its text is."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.remarks: list[Remark] = []

    def warn(self, message: str, help_: str, at: Pointer) -> None:
        """Something is lost or made up."""
        self.remarks.append(Remark(Severity.WARNING, message, help_, at))

    def refuse(self, message: str, help_: str, at: Pointer) -> None:
        """Something can't be written at all."""
        self.remarks.append(Remark(Severity.ERROR, message, help_, at))

    def unwritable(self, error: Unwritable, at: Pointer) -> None:
        """Something can't be rewritten for certain."""
        self.refuse(f"this can't be rewritten: {error.why}", error.way_out, at)

    def drop(self, at: Pointer) -> None:
        """What stands at a pointer is left out."""
        value_at(self.value, at[:-1]).pop(at[-1], None)

    def put(self, at: Pointer, value: Any) -> None:
        """Something else stands at a pointer."""
        value_at(self.value, at[:-1])[at[-1]] = value
