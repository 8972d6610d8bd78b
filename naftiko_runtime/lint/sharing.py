"""Rules about files that import from each other. They are about the entries that import, not about what these bring."""

from __future__ import annotations

from collections.abc import Iterator

from naftiko_runtime.lint.finding import Finding
from naftiko_runtime.spec.text.document import Document


def imports_come_from_elsewhere(document: Document) -> Iterator[Finding]:
    """A file that imports from itself has two names for one thing."""
    for at, source in document.imports.items():
        if source.document.file == document.file:
            yield Finding(at, "the file imports from itself", "use the entry by its own name")


def material_imports_nothing(document: Document) -> Iterator[Finding]:
    """A file for others to import is read best without following it further."""
    if "capability" not in document.value:
        for at in document.imports:
            message = "material for others to import imports itself"
            yield Finding(at, message, "let the capability import from where it stands")
