"""How much was told? The summary of a start counts its warnings, and nobody keeps the diagnostics for that."""

from __future__ import annotations

from collections.abc import Sequence

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.host.files.collection import Tell


class Tally:
    """Passes diagnostics on, and counts the warnings among them."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.warnings = 0

    def tell(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> None:
        """Tell and count."""
        self.warnings += sum(item.severity is Severity.WARNING for item in diagnostics)
        self._tell(diagnostics, sources)
