"""What a diagnostic is: one problem, one place, one way out.

Diagnostics are values. Whoever finds a problem returns one; only the command line and the logs turn it into text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic weighs. Only an `ERROR` keeps a capability from being served."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text. Lines and columns count from 1; a column is a character; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a problem (the first use of a duplicate key, say)."""

    message: str
    file: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of one file.

    `code` is stable and has a page (`naftiko explain CODE`). `pointer` is the RFC 6901 JSON Pointer of the value that
    is meant, empty for the whole file. `span` is absent only where there is no text to point at (an unreadable file).
    `help` says what to write instead.
    """

    code: str
    severity: Severity
    message: str
    file: str
    span: Span | None = None
    pointer: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()

    @property
    def place(self) -> str:
        """`file:line:column`, or the file alone where there is no text to point at."""
        return self.file if self.span is None else f"{self.file}:{self.span.line}:{self.span.column}"

    @property
    def is_error(self) -> bool:
        """Whether this keeps the capability from being served."""
        return self.severity is Severity.ERROR


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file, then place, then code: every list of diagnostics is stable."""
    return tuple(
        sorted(
            diagnostics,
            key=lambda item: (item.file, item.span or Span(0, 0, 0, 0), item.code, item.message),
        )
    )
