"""Collecting what is wrong with a spec while it compiles, each at its place in the text."""

from __future__ import annotations

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, in_file_order
from naftiko_runtime.plan.model import Origin
from naftiko_runtime.spec.document import Document, Pointer, to_json_pointer


class Findings:
    """Diagnostics of one compilation. `flawed` are objects the schema check refused already: nothing is told about what
    lies inside them, because it may only follow from the flaw (C7: no knock-on noise).
    """

    def __init__(self, document: Document, flawed: tuple[Pointer, ...]) -> None:
        self._document = document
        self._flawed = flawed
        # An operation that ten functions call is judged ten times; what is wrong with it is one problem.
        self._found: dict[tuple[str, str, str], Diagnostic] = {}
        self.has_errors = False

    def error(self, code: str, message: str, at: Pointer, help_text: str, *, key: bool = False) -> None:
        """Something that keeps the capability from being served."""
        self._add(code, Severity.ERROR, message, at, help_text, key)

    def warning(
        self,
        code: str,
        message: str,
        at: Pointer,
        help_text: str,
        *,
        key: bool = False,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Something that is served, though perhaps not as its author meant."""
        self._add(code, Severity.WARNING, message, at, help_text, key, related)

    def note(self, code: str, message: str, at: Pointer, help_text: str) -> None:
        """Something worth knowing."""
        self._add(code, Severity.NOTE, message, at, help_text, False)

    def is_flawed(self, at: Pointer) -> bool:
        """Whether `at` lies in, or holds, an object the schema check refused."""
        return any(at[: len(flaw)] == flaw or flaw[: len(at)] == at for flaw in self._flawed)

    def origin(self, at: Pointer) -> Origin:
        """The place of `at`, as a value that outlives the document."""
        span = self._document.span(at)
        return Origin(self._document.file, span.line, span.column)

    def related(self, message: str, at: Pointer) -> Related:
        """`at` as the second place of another finding."""
        return Related(message, self._document.file, self._document.span(at))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in file order."""
        return in_file_order(list(self._found.values()))

    def _add(
        self,
        code: str,
        severity: Severity,
        message: str,
        at: Pointer,
        help_text: str,
        key: bool,
        related: tuple[Related, ...] = (),
    ) -> None:
        self.has_errors = self.has_errors or severity is Severity.ERROR
        if any(at[: len(flaw)] == flaw for flaw in self._flawed):
            return
        document = self._document
        span = document.key_span(at) if key else document.span(at)
        pointer = to_json_pointer(at)
        self._found.setdefault(
            (code, pointer, message),
            Diagnostic(code, severity, message, document.file, span, pointer, help_text, related),
        )
