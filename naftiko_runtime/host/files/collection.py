"""What do the files hold, now and when they were last good?

A collection is a value: each file with the fingerprint of what it held, and the version of it that serves. Looking
again gives a new collection and loads only what changed, aside; nobody sees it before it is placed. A file is changed
when its text is, or when a file is that its variables are read from. Touching a file changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.capability import Capability, Settings, load_text
from naftiko_runtime.host.files.discovery import classify
from naftiko_runtime.host.files.scan import Scan, Stamp, stamp_of
from naftiko_runtime.spec.text.source import MAX_BYTES, read_source

Tell = Callable[[Sequence[Diagnostic], dict[str, str]], None]
"""Told of problems, with the texts of the files they are in."""

# File systems date changes by the kernel's tick. A file younger than this may change again under the same stamp.
_SETTLED_NANOSECONDS = 100_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. `latest` is what its text means now, None where it is no capability. `served` is the version that
    serves: the last good one that was granted its place. `stamps` is None where only reading tells whether it changed.
    """

    stamps: tuple[Stamp | None, ...] | None
    digest: bytes
    latest: Capability | None
    served: Capability | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """Files in the order in which they came, and what there is to say of the folders."""

    entries: Mapping[Path, Entry] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def served(self) -> dict[Path, Capability]:
        """The version of each file that serves."""
        return {path: entry.served for path, entry in self.entries.items() if entry.served is not None}

    @property
    def latest(self) -> dict[Path, Capability]:
        """What the text of each capability means now."""
        return {path: entry.latest for path, entry in self.entries.items() if entry.latest is not None}

    @property
    def digests(self) -> dict[Path, bytes]:
        """What tells one text of each capability from another."""
        return {path: self.entries[path].digest for path in self.latest}

    @property
    def refused(self) -> int:
        """How many capabilities are not served as their text is now."""
        return sum(self.entries[path].served is not latest for path, latest in self.latest.items())

    @property
    def inputs(self) -> frozenset[Path]:
        """The files that variables are read from."""
        return frozenset(path for item in self.latest.values() for path in item.inputs)

    def serving(self, served: Mapping[Path, Capability]) -> Collection:
        """The same files, of which these versions serve."""
        entries = {path: replace(entry, served=served.get(path)) for path, entry in self.entries.items()}
        return replace(self, entries=entries)


def look(collection: Collection, found: Scan, settings: Settings, tell: Tell, *, thorough: bool = False) -> Collection:
    """The collection of the files that were found. What changed is loaded, and `tell` learns what is wrong with it.

    With `thorough`, every file is read again, whatever its stamp, and who else gives values is asked again. Blocks;
    meant for a thread.
    """
    entries: dict[Path, Entry] = {}
    for path, entry in collection.entries.items():
        if path in found.files:
            entries[path] = _look_at(path, found.files[path], entry, settings, tell, thorough)
        elif any(folder in path.parents for folder in found.unread):
            entries[path] = entry
    for path, is_named in found.files.items():
        if path not in entries:
            entries[path] = _look_at(path, is_named, None, settings, tell, thorough)
    fresh = [item for item in found.diagnostics if item not in collection.diagnostics]
    if fresh:
        tell(fresh, {})
    return Collection(entries, found.diagnostics)


def _look_at(path: Path, is_named: bool, entry: Entry | None, settings: Settings, tell: Tell, thorough: bool) -> Entry:
    known = entry.latest.inputs if entry is not None and entry.latest is not None else ()
    stamps = _stamps(path, known)
    if entry is not None and not thorough and stamps is not None and stamps == entry.stamps:
        return entry
    text = read_source(path, str(path))
    asks = entry.latest.unfollowed if entry is not None and entry.latest is not None else b""
    if entry is not None and not (thorough and asks) and _digest(text, known, asks) == entry.digest:
        return replace(entry, stamps=stamps)
    served = entry.served if entry is not None else None
    # Half of a capability may look like none.
    verdict = True if is_named or served is not None else classify(text, path)
    if verdict is not True:
        tell([verdict], {})
        return Entry(stamps, _digest(text, ()), None)
    loaded = load_text(text, path, settings)
    digest = _digest(text, loaded.inputs, loaded.unfollowed)
    if entry is not None and digest == entry.digest:
        return replace(entry, stamps=stamps)
    if loaded.diagnostics:
        tell(loaded.diagnostics, loaded.texts)
    return Entry(_stamps(path, loaded.inputs), digest, loaded.kept(digest), served)


def load_version(path: Path, digest: bytes, settings: Settings) -> Capability | None:
    """The version of a file that somebody else has seen; None where it is another one by now."""
    text = read_source(path, str(path))
    loaded = load_text(text, path, settings)
    is_same = _digest(text, loaded.inputs, loaded.unfollowed) == digest
    return loaded.kept(digest) if loaded.plan is not None and is_same else None


def _stamps(path: Path, inputs: Sequence[Path]) -> tuple[Stamp | None, ...] | None:
    """The stamps of a file and of what it reads; None while one of them is too young to tell anything."""
    stamps = tuple(stamp_of(item) for item in (path, *inputs))
    settled = time.time_ns() - _SETTLED_NANOSECONDS
    return stamps if all(item is None or max(item.modified, item.changed) < settled for item in stamps) else None


def _digest(text: str | Diagnostic, inputs: Sequence[Path], unfollowed: bytes = b"") -> bytes:
    digest = blake2b(unfollowed, digest_size=16)
    content = text.message if isinstance(text, Diagnostic) else text
    digest.update(blake2b(content.encode("utf-8", "surrogatepass")).digest())
    for path in inputs:
        digest.update(blake2b(_content(path)).digest())
    return digest.digest()


def _content(path: Path) -> bytes:
    """What a further file holds, of whatever kind; why it can't be read, where it can't."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return type(error).__name__.encode()
