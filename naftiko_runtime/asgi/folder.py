"""Which pages does a folder have that is shown to callers, and where is one that was asked for?

A folder of a skill or a resource is looked at when it is asked for, because whoever writes its pages edits them.
Nothing outside of the folder is ever reached, neither by a path nor through a link, and what starts with a dot is
nobody's page. These functions block: they are for threads.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MOST_PAGES = 10_000
"""Pages of one folder that are listed; a folder that holds more is taken for something else."""

_BINARY = "application/octet-stream"


class UnsafePathError(ValueError):
    """The path of a page has a segment that no page can have."""


class Page(NamedTuple):
    """One page. `path` is its path below the folder with `/`, `size` counts bytes."""

    path: str
    size: int
    media_type: str


def pages(folder: Path) -> list[Page]:
    """The pages of a folder, sorted by path; links that lead out of the folder are none."""
    root = folder.resolve()
    found = []
    for path in _files(folder, root):
        name = path.relative_to(folder).as_posix()
        found.append(Page(name, path.stat().st_size, media_type(name)))
        if len(found) == MOST_PAGES:
            break
    return sorted(found)


def find_page(folder: Path, path: str) -> Path | None:
    """The file of a page; None where there is none. Raises UnsafePathError."""
    segments = path.split("/")
    if any(segment in ("", ".", "..") or "\\" in segment or not segment.isprintable() for segment in segments):
        raise UnsafePathError("a page's path has no empty, `.` or `..` segment, no backslash and no control character")
    if any(segment.startswith(".") for segment in segments):
        return None
    file = folder.joinpath(*segments)
    try:
        is_page = file.resolve().is_relative_to(folder.resolve()) and file.is_file()
    except OSError:
        return None
    return file if is_page else None


def media_type(path: str) -> str:
    """The media type that the ending of a page's name stands for; texts are UTF-8."""
    kind = mimetypes.guess_type(path, strict=False)[0] or _BINARY
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _files(folder: Path, root: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(at, name)
            if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(root):
                yield path
