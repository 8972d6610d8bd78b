"""What is there to serve, now that something may have changed?

The keeper holds the one state that outlives a reload: the files with their last good versions, and the bound addresses.
It looks at the files, places what it finds, takes the addresses that are new, and says in one value what is different.
Serving that is somebody else's: one event loop, or several workers. It blocks and is used by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.errors import HostingError
from naftiko_runtime.host.files.capability import Capability, Settings
from naftiko_runtime.host.files.collection import Collection, Entry, Tell, load_version, look
from naftiko_runtime.host.files.scan import scan
from naftiko_runtime.host.files.standing import Standing, standings_of
from naftiko_runtime.host.following.changes import Changes, differences
from naftiko_runtime.host.places.layout import Key, Layout, Listener, Overrides, lay_out
from naftiko_runtime.host.places.placement import Placement, place
from naftiko_runtime.host.places.sockets import Bound, bind, release
from naftiko_runtime.spec.text.source import read_source

_NOTHING = Layout((), None, (), ())


class Update(NamedTuple):
    """What is to be served from now on. `bound` are all listeners, `released` those that nobody claims any more."""

    layout: Layout
    bound: tuple[Bound, ...]
    released: tuple[Bound, ...]
    changes: Changes


class Keeper:
    """Keeps files and addresses. `settings` and `overrides` are those of the run; paths that vanish may come back."""

    def __init__(self, paths: Sequence[Path], settings: Settings, overrides: Overrides) -> None:
        self.paths = tuple(paths)
        self.collection = Collection()
        self.layout = _NOTHING
        self._settings = settings
        self._overrides = overrides
        self._bound: dict[Key, Bound] = {}
        self._spare: dict[Key, Bound] = {}
        self._advice: frozenset[Diagnostic] = frozenset()
        self._told: tuple[Standing, ...] | None = None

    @property
    def beside(self) -> frozenset[Path]:
        """Files outside of the given paths whose change matters as much: inputs, and what links lead to."""
        links = {path.resolve() for path in self.collection.entries if path.is_symlink()}
        return self.collection.inputs | links

    def load(self, tell: Tell) -> None:
        """Look for the first time; nothing is placed yet."""
        self.collection = look(self.collection, scan(self.paths), self._settings, tell)

    def update(self, tell: Tell, *, thorough: bool = False) -> Update | None:
        """Look again; None where everything is as it was. `thorough` trusts no file's date."""
        before = self.collection
        found = scan(self.paths, before.entries)
        self.collection = look(before, found, self._settings, tell, thorough=thorough)
        if before.digests == self.collection.digests:
            return None
        return self.settle(tell, before)

    def settle(self, tell: Tell, before: Collection | None = None) -> Update:
        """Place what was found, and take and give back addresses. Raises HostingError where the address of `--control`
        can't be had, which only the first time can tell.
        """
        opened: dict[Key, Bound] = {}
        if self._overrides.control is not None:
            self._claim_undeclared(opened)
        placement = place(self.collection, self._overrides, lambda listener: self._claim(listener, opened))
        self._advise(placement, tell)
        claimed = {item.key for item in placement.layout.listeners}
        release([opened.pop(key) for key in opened.keys() - claimed])
        return self._commit(placement.layout, placement.served, opened, before or Collection())

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each file stands; in a worker, as its parent has told."""
        return standings_of(self.collection, self._advice) if self._told is None else self._told

    @property
    def bound(self) -> tuple[Bound, ...]:
        """Every listener."""
        return tuple(self._bound.values())

    @property
    def versions(self) -> Mapping[Path, bytes]:
        """The version of each file that serves, for another process to `adopt`."""
        return {path: item.digest for path, item in self.collection.served.items()}

    def adopt(
        self, versions: Mapping[Path, bytes], opened: Mapping[Key, Bound], standings: Sequence[Standing] = ()
    ) -> Update:
        """Serve what another process placed, on sockets that it bound; it also knows how all files stand. A version
        that is gone by now is left as it is: another one will follow.
        """
        self._told = tuple(standings)
        standing = self.collection.served
        served: dict[Path, Capability] = {}
        entries: dict[Path, Entry] = {}
        for path, digest in versions.items():
            known = standing.get(path)
            if known is None or known.digest != digest:
                known = load_version(path, digest, self._settings) or known
            if known is not None:
                served[path] = known
                entries[path] = Entry(None, known.digest, known, known)
        before, self.collection = self.collection, Collection(entries)
        layout = lay_out(list(served.values()), self._overrides)
        self._spare |= opened
        claimed = {item.key: self._spare.pop(item.key) for item in layout.listeners if item.key in self._spare}
        return self._commit(layout, served, claimed, before)

    def release(self) -> None:
        """Give every address back."""
        release(tuple(self._bound.values()))
        self._bound.clear()

    def _claim(self, listener: Listener, opened: dict[Key, Bound]) -> Diagnostic | None:
        if listener.key in self._bound or listener.key in opened:
            return None
        try:
            [opened[listener.key]] = bind([listener])
        except HostingError as error:
            return error.diagnostics[0]
        return None

    def _claim_undeclared(self, opened: dict[Key, Bound]) -> None:
        """Take the address that no file asks for. Raises HostingError: nobody would look at a file for the reason."""
        for listener in lay_out((), self._overrides).listeners:
            problem = self._claim(listener, opened)
            if problem is not None:
                raise HostingError([problem])

    def _advise(self, placement: Placement, tell: Tell) -> None:
        told = [item for item in placement.diagnostics if item not in self._advice]
        self._advice = frozenset(placement.diagnostics)
        if told:
            tell(told, _texts(told))

    def _commit(
        self, layout: Layout, served: Mapping[Path, Capability], opened: Mapping[Key, Bound], before: Collection
    ) -> Update:
        old = self.layout
        known = self._bound | dict(opened)
        self._bound = {item.key: known[item.key]._replace(listener=item) for item in layout.listeners}
        gone = tuple(item for key, item in known.items() if key not in self._bound)
        self.collection = self.collection.serving(served)
        self.layout = layout
        changes = _changes(before, self.collection, old, layout)
        return Update(layout, tuple(self._bound.values()), gone, changes)


def _texts(diagnostics: Sequence[Diagnostic]) -> dict[str, str]:
    """The texts that errors point at, read again: no text is kept for the rare case."""
    files = {item.file for item in diagnostics if item.is_error and item.span is not None}
    texts = {file: read_source(Path(file), file) for file in files}
    return {file: text for file, text in texts.items() if isinstance(text, str)}


def _changes(before: Collection, after: Collection, old: Layout, new: Layout) -> Changes:
    known, now = before.digests, after.digests
    return Changes(
        tuple(str(path) for path in now if path not in known),
        tuple(str(path) for path in now if path in known and known[path] != now[path]),
        tuple(str(path) for path in known if path not in now),
        *differences(old, new),
    )
