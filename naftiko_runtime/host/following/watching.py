"""When may something have changed? The one module that knows the file watcher.

The watcher says that something happened, never what: names in events are stale by the time they are read, so whoever is
woken looks at the files. What it adds to the operating system's own notices is rest (a burst of writes is one waking,
told when it has been quiet for a moment), paths that vanish and come back, and a fallback where the system has no
notices left: looking every few seconds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

QUIET_MILLISECONDS = 60
"""How long nothing may happen before a burst counts as over; writers of half a file get as long for the rest."""

_LONGEST_BURST_MILLISECONDS = 400
_LOOK_MILLISECONDS = 1000
_BLIND_SECONDS = 2.0
_SUFFIXES = (".yaml", ".yml")

Wake = Callable[[], None]


class Targets(NamedTuple):
    """What is watched: folders with all below them, and single files."""

    folders: tuple[Path, ...]
    files: frozenset[Path]


def targets_of(paths: Iterable[Path], beside: Iterable[Path]) -> Targets:
    """The targets for the paths of a run and the files `beside` them. A path that isn't there may become either."""
    given = tuple(paths)
    folders = tuple(path for path in given if not path.is_file())
    files = {path for path in given if path.is_file()} | set(beside)
    # A link is watched where it is and where it leads.
    return Targets(folders, frozenset(files | {path.resolve() for path in files}))


class Watcher:
    """Calls `wake`, from threads of its own, whenever something that it was told to `watch` may have changed.

    `blind` is called once with the reason if the system can't watch; files are looked at every few seconds then.
    """

    def __init__(self, wake: Wake, blind: Callable[[str], None]) -> None:
        self._wake = wake
        self._blind = blind
        self._targets = Targets((), frozenset())
        self._stopped: threading.Event | None = None

    def watch(self, targets: Targets) -> None:
        """Watch these targets, and nothing else any more."""
        if targets == self._targets:
            return
        self.stop()
        self._targets = targets
        self._stopped = stopped = threading.Event()
        for watched in (Tree(targets.folders, targets.files), Shelf(targets.files)):
            if watched.roots():
                threading.Thread(target=self._run, args=(watched, stopped), daemon=True).start()

    def stop(self) -> None:
        """Watch nothing any more. Threads end by themselves within a second."""
        if self._stopped is not None:
            self._stopped.set()

    def _run(self, watched: Tree | Shelf, stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                self._follow(watched, stopped)
            except FileNotFoundError:
                stopped.wait(_LOOK_MILLISECONDS / 1000)  # it was there a moment ago
            except (OSError, RuntimeError) as error:
                # Such as: no inotify watches left. The watcher's own error is a RuntimeError without a public name.
                self._blind(str(error).partition(" about [")[0])
                while not stopped.wait(_BLIND_SECONDS):
                    self._wake()

    def _follow(self, watched: Tree | Shelf, stopped: threading.Event) -> None:
        """Watch until a root is another one: then it has to be watched anew."""
        import watchfiles  # noqa: PLC0415 - imported beside serving, not before it

        identities = _identities(watched.roots())
        existing = [root for root, identity in identities.items() if identity is not None]
        if not existing:
            self._wake()
            while _identities(identities) == identities and not stopped.wait(_LOOK_MILLISECONDS / 1000):
                pass
            return
        happenings = watchfiles.watch(
            *existing,
            watch_filter=None,
            debounce=_LONGEST_BURST_MILLISECONDS,
            step=QUIET_MILLISECONDS,
            rust_timeout=_LOOK_MILLISECONDS,
            yield_on_timeout=True,
            stop_event=stopped,
            recursive=isinstance(watched, Tree),
            ignore_permission_denied=True,
        )
        is_first = True
        for changes in happenings:
            # What happened before the system watched, it didn't tell: the first time, somebody has to look.
            if is_first or any(watched.matters(path) for _, path in changes):
                is_first = False
                self._wake()
            if _identities(identities) != identities:
                return


class Tree:
    """Folders with all that is below them. `beside` are files that matter whatever their name."""

    def __init__(self, folders: Iterable[Path], beside: frozenset[Path]) -> None:
        self._folders = tuple(folders)
        self._beside = {path.name for path in beside}

    def roots(self) -> tuple[Path, ...]:
        """The folders to watch."""
        return self._folders

    def matters(self, changed: str) -> bool:
        """Whether a change of this path may concern a capability. In doubt it does."""
        path = Path(changed)
        for folder in self._folders:
            if path.is_relative_to(folder.absolute()):
                # What is hidden is not ours, but `..data` is how Kubernetes swaps the files of a ConfigMap.
                hidden = [part for part in path.relative_to(folder.absolute()).parts[:-1] if _is_hidden(part)]
                if hidden:
                    return False
        return path.suffix in _SUFFIXES or path.name in self._beside or not path.is_file()


class Shelf:
    """Single files, by the folders they lie in: an editor that writes by renaming leaves a new file at the name."""

    def __init__(self, files: frozenset[Path]) -> None:
        self._folders = tuple(sorted({path.parent for path in files}))
        self._names = {path.name for path in files}

    def roots(self) -> tuple[Path, ...]:
        """The folders to watch."""
        return self._folders

    def matters(self, changed: str) -> bool:
        """Whether a change of this path may concern one of the files."""
        name = os.path.basename(changed)
        return name in self._names or name.startswith("..")


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and not name.startswith("..")


def _identities(roots: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
    return {root: _identity(root) for root in roots}


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
