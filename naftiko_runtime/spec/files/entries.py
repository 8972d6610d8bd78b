"""The entries of a section, each as its own file means it.

An imported entry names further files relative to the file it stands in, and what it writes beyond the official schema
is told of that file.
"""

from __future__ import annotations

from pathlib import Path

from naftiko_runtime.spec.files.imports import Imports
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.material import Material


class Entries:
    """Reads the entries of one file. What could not be imported is left out; it was told."""

    def __init__(self, imports: Imports, material: Material) -> None:
        self._imports = imports
        self._material = material

    def of(self, owner: Fields, section: str) -> tuple[Fields, ...]:
        """The entries below a key of `owner`, in order."""
        return tuple(self._at_home(entry) for entry in owner.items(section) if "import" not in entry)

    def _at_home(self, entry: Fields) -> Fields:
        document = self._imports.document
        file = document.file_of(entry.at)
        if file == document.file:
            return entry
        relaxations: Relaxations = self._imports.relaxations[file]
        return Fields(entry.values, entry.at, relaxations, self._material.beside(Path(file)))
