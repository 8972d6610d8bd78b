"""Which pages does a folder have that is shown to callers, and where is one that was asked for?

A folder of a skill or a resource is looked at when it is asked for, because whoever writes its pages edits them.
Nothing outside of the folder is ever reached, neither by a path nor through a link, however the folder changes
meanwhile, and what starts with a dot is nobody's page. These functions block: they are for threads.
"""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_PAGES = 10_000
"""Pages of one folder that are listed; a folder that holds more is taken for something else."""

_BINARY = "application/octet-stream"
# Windows would translate line breaks.
_BINARY_MODE = getattr(os, "O_BINARY", 0)


class UnsafePathError(ValueError):
    """The path of a page has a segment that no page can have."""


class Page(NamedTuple):
    """One page. `path` is its path below the folder with `/`, `size` counts bytes."""

    path: str
    size: int
    media_type: str


def pages(folder: Path, root: Path) -> list[Page]:
    """The pages of a folder below `root`, sorted by path; links that lead out of the folder are none."""
    found: list[Page] = []
    if not is_below(folder, root):
        return found
    for path in _files(folder, folder.resolve()):
        name = path.relative_to(folder).as_posix()
        found.append(Page(name, path.stat().st_size, media_type(name)))
        if len(found) == MOST_PAGES:
            break
    return sorted(found)


def is_below(path: Path, root: Path) -> bool:
    """Whether a path leads to nowhere else than below `root`, behind links too."""
    return path.resolve().is_relative_to(root.resolve())


def open_page(folder: Path, path: str, root: Path) -> BinaryIO | None:
    """A page of a folder below `root`, open; None where there is none. Raises UnsafePathError, and OSError for one that
    can't be read.
    """
    segments = path.split("/")
    if any(segment in ("", ".", "..") or "\\" in segment or not segment.isprintable() for segment in segments):
        raise UnsafePathError("a page's path has no empty, `.` or `..` segment, no backslash and no control character")
    if any(segment.startswith(".") for segment in segments):
        return None
    return _opened(folder.joinpath(*segments), folder, root)


def open_file(path: Path, root: Path) -> BinaryIO | None:
    """A file below `root`, open; None where there is none. Raises OSError for one that can't be read."""
    return _opened(path, root, root)


def _opened(path: Path, folder: Path, root: Path) -> BinaryIO | None:
    """A regular file that lies in `folder`, and below `root`, once all links are followed."""
    try:
        outermost, target = root.resolve(), path.resolve()
        if not target.is_relative_to(folder.resolve()):
            return None
        opened = _walk(outermost, target.relative_to(outermost).parts)
    except PermissionError:
        raise
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        return None
    return os.fdopen(opened, "rb")


def _walk(root: Path, names: Sequence[str]) -> int:
    """Open what these names lead to, one after the other, following no link: what was one when links were followed may
    be another one by now. A pipe, which may have come as well, is not waited for.
    """
    if os.open not in os.supports_dir_fd:
        return os.open(root.joinpath(*names), os.O_RDONLY | _BINARY_MODE)
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for name in names:
        before = at
        try:
            at = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=before)
        finally:
            os.close(before)
    return at


def media_type(path: str) -> str:
    """The media type that the ending of a page's name stands for; texts are UTF-8."""
    kind = mimetypes.guess_type(path, strict=False)[0] or _BINARY
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _files(folder: Path, inside: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(at, name)
            if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(inside):
                yield path
