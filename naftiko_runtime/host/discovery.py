"""Which files of a folder are capabilities?

A folder of capabilities also holds other YAML: material to import, values, pipelines. Only a text whose root says both
its version and `capability` is served; everything else is left alone, with a note where it looks like one of ours.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.spec.source import read_source

_VERSION = re.compile(r"""^["']?(?:naftiko|ikanos)["']?[ \t]*:""", re.MULTILINE)
_CAPABILITY = re.compile(r"""^["']?capability["']?[ \t]*:""", re.MULTILINE)
# A root in braces, as JSON has it, may be indented.
_FLOW_VERSION = re.compile(r"""^\s*\{[^{}\[\]]*["']?(?:naftiko|ikanos)["']?[ \t]*:""")
_FLOW_CAPABILITY = re.compile(r"""["']?capability["']?[ \t]*:""")
_SUFFIXES = (".yaml", ".yml")


class Discovery(NamedTuple):
    """The capability files that were found, in a stable order, and what there is to say about the search."""

    files: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def discover(paths: Iterable[Path]) -> Discovery:
    """Find capabilities: a file counts as it is, a folder gives every capability below it. Each file is given once."""
    files: dict[Path, None] = {}
    diagnostics: list[Diagnostic] = []
    for path in paths:
        if not path.is_dir():
            files.setdefault(path)
            continue
        found, notes = _search(path)
        files.update(dict.fromkeys(found))
        diagnostics += notes
        if not found:
            diagnostics.append(_nothing_below(path))
    return Discovery(tuple(files), tuple(diagnostics))


def discover_default(folder: Path) -> Discovery:
    """Find what a run without a path means: `specs` in `folder`, else the only `*.naftiko.yaml` there (C1)."""
    specs = folder / "specs"
    shown = Path("specs")
    if specs.is_dir():
        return discover([shown if folder == Path() else specs])
    candidates = sorted([*folder.glob("*.naftiko.yaml"), *folder.glob("*.naftiko.yml")])
    if len(candidates) == 1:
        return Discovery((candidates[0],), ())
    if candidates:
        names = ", ".join(path.name for path in candidates)
        message, help_text = f"several capabilities lie here: {names}", "name the one to run, or `.` for all of them"
    else:
        message = "there is no folder `specs` here, and no `*.naftiko.yaml`"
        help_text = "name a file or a folder: `naftiko run PATH`; or see one at work: `naftiko run --demo`"
    return Discovery((), (Diagnostic("NK7006", Severity.ERROR, message, "", help=help_text),))


def _search(folder: Path) -> tuple[list[Path], list[Diagnostic]]:
    found: list[Path] = []
    notes: list[Diagnostic] = []
    for path in _yaml_files(folder):
        text = read_source(path, str(path))
        if isinstance(text, Diagnostic):
            # Whether it is a capability can't be told, so its reader shall say what is wrong with it.
            found.append(path)
        elif _says(text, _CAPABILITY, _FLOW_CAPABILITY) and _says(text, _VERSION, _FLOW_VERSION):
            found.append(path)
        elif _says(text, _VERSION, _FLOW_VERSION):
            message = "no capability here: material for other files to import, not served by itself"
            notes.append(Diagnostic("NK2010", Severity.NOTE, message, str(path)))
    return found, notes


def _yaml_files(folder: Path) -> Iterator[Path]:
    """Every YAML file below a folder, in a stable order; what starts with a dot is not ours."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if name.endswith(_SUFFIXES) and not name.startswith(".") and path.is_file():
                yield path


def _says(text: str, block: re.Pattern[str], flow: re.Pattern[str]) -> bool:
    return block.search(text) is not None or (text.lstrip().startswith("{") and flow.search(text) is not None)


def _nothing_below(folder: Path) -> Diagnostic:
    return Diagnostic(
        "NK7006",
        Severity.ERROR,
        f"no capability below `{folder}`",
        str(folder),
        help="a capability is a `.yaml` file whose root has `naftiko:` and `capability:`",
    )
