"""Which further files does a capability name, and what do they hold?

Imports, scripts, prompts and the schemas of binary formats lie beside the capability. They are read while the text is,
so that everything after it works on values, and never from outside the capability's own folder: a file from elsewhere
must not become a way to read the machine. Every path that was asked for is kept, whether it was there or not, because
a change in it changes the capability (C18).
"""

from __future__ import annotations

import os.path
import stat
from copy import copy
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.spec.text.document import Pointer
from naftiko_runtime.spec.text.source import MAX_BYTES

_SCHEME = "file://"
_RELATIVE = ("./", "../")


class MaterialError(ValueError):
    """A named file can't be had. The text says why, in words fit for a diagnostic; it quotes nothing of the file."""


class Problem(NamedTuple):
    """Why a file can't be had, and where the text names it as what. `way_out` is what to do; empty where nothing better
    is known than to name another file.
    """

    at: Pointer
    named: str
    reason: str
    way_out: str = ""


class Material:
    """The files one capability names. `folder` is the capability's own; None where the text came from no file.

    `paths` are those that were asked for; `problems` those of them that could not be had.
    """

    def __init__(self, folder: Path | None) -> None:
        self._root = folder
        self._folder = folder
        self._paths: dict[Path, None] = {}
        self.problems: list[Problem] = []

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were asked for, in that order."""
        return tuple(self._paths)

    def beside(self, path: Path) -> Material:
        """The same files, as a text at `path` names them: relative to its own folder, and still below the root."""
        other = copy(self)
        other._folder = path.parent
        return other

    @property
    def root(self) -> Path | None:
        """The capability's folder, which no location leads out of; None where it came as a text."""
        return self._root

    def from_root(self, location: str) -> str:
        """The location as a text in the capability's own folder would name it: what is relative to the folder of an
        imported file leads through that one.
        """
        path = _path_text(location)
        is_relative = location.startswith(_SCHEME) and path.startswith(_RELATIVE)
        if not is_relative or self._folder is None or self._root is None or self._folder == self._root:
            return location
        return f"{_SCHEME}./{quote(os.path.relpath(self._folder / path, self._root))}"

    def locate(self, location: str) -> Path:
        """The path that `location` means: a path, or a `file://` URI, relative to the capability's folder or absolute,
        which leads to nowhere else than below it, behind links too. Raises MaterialError.
        """
        if self._folder is None or self._root is None:
            raise MaterialError("the capability came as a text, so it has no folder to find files in")
        text = _path_text(location)
        if not text or "\0" in text:
            raise MaterialError("the location is empty or holds a NUL character")
        path = self._folder / text
        try:
            # Links count by where they lead: a ConfigMap shows its files through links within its own folder.
            is_below = path.resolve().is_relative_to(self._root.resolve())
        except RuntimeError:
            # What pathlib makes of `ELOOP` before Python 3.13.
            raise MaterialError("it is reached through links that lead back to themselves") from None
        if not is_below:
            raise MaterialError("the location leads out of the capability's folder")
        return path

    def read(self, location: str) -> bytes:
        """The content of the file at `location`, at most 4 MiB. Raises MaterialError."""
        path = self.locate(location)
        self._paths[path] = None
        try:
            # A pipe would keep whoever loads it waiting.
            if stat.S_IFMT(path.stat().st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
                raise MaterialError("it is no regular file")
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise MaterialError((error.strerror or type(error).__name__).lower()) from None
        if len(content) > MAX_BYTES:
            raise MaterialError(f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
        return content

    def text(self, location: str) -> str:
        """As `read`, but the UTF-8 text of the file without a byte order mark."""
        try:
            return self.read(location).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise MaterialError("the file is not UTF-8") from None

    def refuse(self, at: Pointer, named: str, error: MaterialError) -> None:
        """Note that the file, which the text names so at `at`, can't be had."""
        self.problems.append(Problem(at, named, str(error), self._way_out(named)))

    def _way_out(self, named: str) -> str:
        """What was meant by a file that is not there: one of nearly its name, or the one a folder higher."""
        try:
            path = self.locate(named)
            if self._folder is None or path.exists():
                return ""
            near = (
                nearest(path.name, sorted(item.name for item in path.parent.iterdir()))
                if path.parent.is_dir()
                else None
            )
            is_above = (self._folder.parent / _path_text(named)).exists()
        except (MaterialError, OSError):
            return ""
        if near is not None and named.endswith(path.name):
            return f"did you mean `{named.removesuffix(path.name)}{near}`?"
        return "the folder above has it; move it below the capability's own folder" if is_above else ""


def _path_text(location: str) -> str:
    """The path in a location; `file://./x` and `file:///./x` are relative, as for binds (C10)."""
    if not location.startswith(_SCHEME):
        return location
    rest = unquote(location.removeprefix(_SCHEME)).removeprefix("localhost")
    return rest[1:] if rest.removeprefix("/").startswith(_RELATIVE) and rest.startswith("/") else rest
