"""Which files are there, without reading any?

A watched folder is looked over each time something happens in it, so this costs one `stat` a file. Links are followed,
because that is how a Kubernetes ConfigMap shows its files; a folder that links back to itself is entered once. A folder
that can't be read is told, never taken for an empty one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity

MOST_FILES = 5_000
"""YAML files of one run. Beyond it, a folder is taken for something else than a folder of capabilities."""

_SUFFIXES = (".yaml", ".yml")


class Scan(NamedTuple):
    """What is there, in a stable order. `files` says of each whether it was named itself; `unread` are folders of which
    nothing can be said.
    """

    files: Mapping[Path, bool]
    unread: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


class Stamp(NamedTuple):
    """What a file looks like from outside. Another stamp: it may hold something else."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file, behind links; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def scan(paths: Iterable[Path], known: Mapping[Path, object] | None = None) -> Scan:
    """Look at the paths: a file counts as it is, a folder gives every YAML file below it.

    `known` files have a place before the others where there are more than `MOST_FILES`.
    """
    files: dict[Path, bool] = {}
    unread: list[Path] = []
    problems: list[OSError] = []
    for path in paths:
        # What is no folder now but held files before was one: it vanished.
        if path.is_dir() or any(path in file.parents for file in known or ()):
            for file in _yaml_files(path, problems):
                files.setdefault(file, False)
        elif known is None or path.exists():
            files[path] = True
    diagnostics = [_unreadable(problem) for problem in problems]
    unread += [Path(problem.filename) for problem in problems]
    if len(files) > MOST_FILES:
        kept = set(sorted(files, key=lambda path: path not in (known or ()))[:MOST_FILES])
        diagnostics.append(_too_many(len(files) - MOST_FILES, next(path for path in files if path not in kept)))
        files = {path: is_named for path, is_named in files.items() if path in kept}
    return Scan(files, tuple(unread), tuple(diagnostics))


def _yaml_files(folder: Path, problems: list[OSError]) -> Iterator[Path]:
    """Every YAML file below a folder, in a stable order; what starts with a dot is not ours."""
    entered: set[str] = set()
    for root, folders, names in os.walk(folder, onerror=problems.append, followlinks=True):
        real = os.path.realpath(root)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if name.endswith(_SUFFIXES) and not name.startswith(".") and path.is_file():
                yield path


def _unreadable(error: OSError) -> Diagnostic:
    reason = (error.strerror or type(error).__name__).lower()
    return Diagnostic(
        "NK7009",
        Severity.ERROR,
        f"the folder can't be read: {reason}; what was served from it goes on",
        str(error.filename),
        help="check the path, and the rights on it",
    )


def _too_many(count: int, first: Path) -> Diagnostic:
    return Diagnostic(
        "NK7009",
        Severity.ERROR,
        f"more than {MOST_FILES} YAML files; {count} are left out, the first of them here",
        str(first),
        help="name the folder that holds the capabilities, or run several processes",
    )
