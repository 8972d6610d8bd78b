"""Which files of a folder are capabilities?

A folder of capabilities also holds other YAML: material to import, values, pipelines. A text is one of ours if its root
says a version: a capability, or material where it has sections for import instead. One that has neither is taken for a
capability with a mistake, so that its reader says what is wrong. Everything else is left alone with a note (C1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.host.files.scan import scan
from naftiko_runtime.spec.text.source import read_source

_VERSION = re.compile(r"""^["']?(?:naftiko|ikanos)["']?[ \t]*:""", re.MULTILINE)
_CAPABILITY = re.compile(r"""^["']?capability["']?[ \t]*:""", re.MULTILINE)
_MATERIAL = re.compile(r"""^["']?(?:consumes|exposes|aggregates|binds)["']?[ \t]*:""", re.MULTILINE)
# A root in braces, as JSON has it, may be indented.
_FLOW_VERSION = re.compile(r"""^\s*\{[^{}\[\]]*["']?(?:naftiko|ikanos)["']?[ \t]*:""")
_FLOW_CAPABILITY = re.compile(r"""["']?capability["']?[ \t]*:""")
_FLOW_MATERIAL = re.compile(r"""["']?(?:consumes|exposes|aggregates|binds)["']?[ \t]*:""")

_IS_MATERIAL = "no capability here: material for other files to import, not served by itself"
_IS_OTHER = "no capability here: its root has no version of the language; it is left alone"


class Discovery(NamedTuple):
    """What was found, in a stable order: capability files, files for others to import, and what there is to say of the
    search.
    """

    files: tuple[Path, ...]
    material: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def discover(paths: Iterable[Path]) -> Discovery:
    """Find capabilities: a file counts as it is, a folder gives every capability below it. Each file is given once."""
    given = tuple(paths)
    found = scan(given)
    files: list[Path] = []
    material: list[Path] = []
    diagnostics = list(found.diagnostics)
    for path, is_named in found.files.items():
        # Where a file can't be read, its reader shall say what is wrong with it.
        verdict = True if is_named else classify(read_source(path, str(path)), path)
        if verdict is True:
            files.append(path)
            continue
        diagnostics.append(verdict)
        if verdict.message == _IS_MATERIAL:
            material.append(path)
    folders = [path for path in given if path.is_dir() and not any(path in file.parents for file in files)]
    diagnostics += [nothing_below(folder) for folder in folders]
    return Discovery(tuple(files), tuple(material), tuple(diagnostics))


def default_paths(folder: Path) -> tuple[Path, ...] | Diagnostic:
    """What a run without a path means: `specs` in `folder`, else the only `*.naftiko.yaml` there (C1)."""
    specs = folder / "specs"
    if specs.is_dir():
        return (specs,)
    candidates = sorted([*folder.glob("*.naftiko.yaml"), *folder.glob("*.naftiko.yml")])
    if len(candidates) == 1:
        return (candidates[0],)
    if candidates:
        names = ", ".join(path.name for path in candidates)
        message, help_text = f"several capabilities lie here: {names}", "name the one to run, or `.` for all of them"
    else:
        message = "there is no folder `specs` here, and no `*.naftiko.yaml`"
        help_text = "name a file or a folder: `naftiko run PATH`; or see one at work: `naftiko run --demo`"
    return Diagnostic("NK7006", Severity.ERROR, message, "", help=help_text)


def classify(text: str | Diagnostic, path: Path) -> Literal[True] | Diagnostic:
    """Whether a text found in a folder is a capability: True, or a diagnostic that says what it is instead.

    What can't be read may be one, so it counts.
    """
    if isinstance(text, Diagnostic):
        return True
    has_capability = _says(text, _CAPABILITY, _FLOW_CAPABILITY)
    if not _says(text, _VERSION, _FLOW_VERSION):
        return _without_version(path) if has_capability else Diagnostic("NK2010", Severity.NOTE, _IS_OTHER, str(path))
    if has_capability or not _says(text, _MATERIAL, _FLOW_MATERIAL):
        return True
    return Diagnostic("NK2010", Severity.NOTE, _IS_MATERIAL, str(path))


def _without_version(path: Path) -> Diagnostic:
    message = "`capability` stands here, but no version of the language: the file is not served"
    help_text = "start it with `naftiko: 1.0.0-alpha2`, if it is meant to be a capability"
    return Diagnostic("NK2005", Severity.WARNING, message, str(path), help=help_text)


def nothing_below(folder: Path) -> Diagnostic:
    """A folder that holds no capability."""
    return Diagnostic(
        "NK7006",
        Severity.ERROR,
        f"no capability below `{folder}`",
        str(folder),
        help="a capability is a `.yaml` file whose root has `naftiko:` and `capability:`",
    )


def _says(text: str, block: re.Pattern[str], flow: re.Pattern[str]) -> bool:
    return block.search(text) is not None or (text.lstrip().startswith("{") and flow.search(text) is not None)
