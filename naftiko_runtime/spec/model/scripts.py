"""Reading the script files that steps name (language §9.6).

A file and its dependencies lie in a folder, the step's own `location` or that of all scripts, and nowhere else: their
names lead down from there. What they say is the plan's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from naftiko_runtime.spec.model.control import Scripting
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer
from naftiko_runtime.spec.text.material import Material, MaterialError

_PART = re.compile(r"[A-Za-z0-9._-]+\Z")


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A script file: its name below the location, its text, and where the capability names it."""

    name: str
    text: str
    at: Pointer


@dataclass(frozen=True, slots=True)
class ScriptFiles:
    """The files of one step. `language` is as written, None where nobody says it; `file` is None where one of the files
    can't be had, which is told already.
    """

    language: str | None
    file: ScriptFile | None
    dependencies: tuple[ScriptFile, ...]
    at: Pointer


def read_scripts(
    entries: Iterable[Fields], settings: Scripting | None, material: Material
) -> dict[Pointer, ScriptFiles]:
    """The files of all script steps of adapters and aggregates, by the places of the steps. `material` are the files of
    the capability itself: the folder of all scripts is named from there, a step's own from the file that has the step.
    """
    steps = (step for entry in entries for owner in _behaviours(entry) for step in owner.items("steps"))
    return {step.at: _read(step, settings, material) for step in steps if step.text("type") == "script"}


def _behaviours(entry: Fields) -> Iterator[Fields]:
    for resource in entry.items("resources"):
        # A resource of an MCP adapter does something itself, one of a REST adapter has operations.
        yield resource
        yield from resource.items("operations")
    yield from entry.items("tools")
    yield from entry.items("functions")


def _read(step: Fields, settings: Scripting | None, material: Material) -> ScriptFiles:
    own = step.optional_text("location")
    location = own or (settings.default_location if settings is not None else None)
    folder = _Folder(step.material if own else material, location)
    language = step.optional_text("language") or (settings.default_language if settings is not None else None)
    dependencies = step.values.get("dependencies")
    names = dependencies if isinstance(dependencies, list) else []
    files = [
        folder.read(name, (*step.at, "dependencies", index))
        for index, name in enumerate(names)
        if isinstance(name, str)
    ]
    main = folder.read(step.text("file"), (*step.at, "file"))
    had = tuple(item for item in files if item is not None)
    return ScriptFiles(language, main if len(had) == len(files) else None, had, step.at)


class _Folder:
    """The folder that scripts lie in; nowhere, where nobody says its location."""

    def __init__(self, material: Material, location: str | None) -> None:
        self._material = material
        self._location = location

    def read(self, name: str, at: Pointer) -> ScriptFile | None:
        """The file of a name; None, and a problem noted, where it can't be had."""
        try:
            if self._location is None:
                raise MaterialError(
                    "neither the step nor the scripting settings of a control adapter say its `location`"
                )
            if not all(_PART.match(part) and part.strip(".") for part in name.split("/")):
                raise MaterialError("a script is named by letters, digits, `.`, `_` and `-`, with `/` between folders")
            return ScriptFile(name, self._material.text(f"{self._location.rstrip('/')}/{name}"), at)
        except MaterialError as error:
            self._material.refuse(at, name, error)
            return None
