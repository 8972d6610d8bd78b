"""What is in this capability, and is it right? The answer of `load`, without an environment, a network or a server.

A person who embeds the engine wants to look before running: the problems of a file as values, in file order. So nothing
raises here for a bad file unless it is asked to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TypeGuard

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.errors import SpecError
from naftiko_runtime.host.files.capability import UNNAMED, folder_of
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.text.source import read_source


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """One capability, read and checked. A `Runtime` takes it in place of a path, and serves exactly this text.

    `file` is its name in diagnostics. `diagnostics` holds every problem in file order, as `naftiko validate` tells
    them: no variable was read for them.
    """

    file: Path
    diagnostics: tuple[Diagnostic, ...]
    strict: bool = False
    text: str | Diagnostic = field(default="", repr=False)

    @property
    def is_servable(self) -> bool:
        """Whether no error keeps it from being served; a variable that is unset is none yet."""
        return not any(item.is_error for item in self.diagnostics)

    def raise_for_errors(self) -> None:
        """Raise SpecError with all diagnostics, if one of them is an error."""
        if not self.is_servable:
            raise SpecError(self.diagnostics)


def load(source: str | PathLike[str], *, strict: bool = False) -> LoadedSpec:
    """Read and check one capability: a path, or the YAML text itself.

    A `str` with a line break in it, or one that begins with `{`, is a text; any other is a path. With `strict`, all
    that the official schema refuses is an error too. Never raises for a bad file: see `LoadedSpec.raise_for_errors`.
    """
    if is_text(source):
        return _check(source, UNNAMED, strict)
    path = Path(source)
    return _check(read_source(path, str(path)), path, strict)


def is_text(source: object) -> TypeGuard[str]:
    """Whether a source is a capability's text itself and not the path of one."""
    return isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{"))


def _check(text: str | Diagnostic, file: Path, strict: bool) -> LoadedSpec:
    if isinstance(text, Diagnostic):
        return LoadedSpec(file, (text,), strict, text)
    compilation = compile_plan(read_text(text, str(file), folder=folder_of(file), strict=strict), None)
    return LoadedSpec(file, compilation.diagnostics, strict, text)
