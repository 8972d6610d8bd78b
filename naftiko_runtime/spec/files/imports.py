"""Which entries of a file stand in other files, and what do these say?

An entry of `consumes`, `exposes`, `aggregates` or `binds` may name another file and a namespace there (language §1.7,
§13.3). That entry is then part of this file under a name of its own, and nothing else of the other file is. What is
imported may have been imported there: such a chain is followed to its end, and one that comes back to itself is told.
Locations are relative to the file they stand in and never lead out of the capability's folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity
from naftiko_runtime.diagnostics.suggest import did_you_mean, listed, nearest
from naftiko_runtime.spec.files.alias import rename
from naftiko_runtime.spec.files.page import Page, Verdicts, read_page
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.text.document import Document, Imported, Pointer, value_at
from naftiko_runtime.spec.text.material import Material, MaterialError
from naftiko_runtime.spec.text.source import decode_source, quoted

SECTIONS = ("binds", "consumes", "exposes", "aggregates")
"""The keys whose entries may be imported."""


class Imports(NamedTuple):
    """What came of the imports of one file.

    `document` has what was imported in the place of the entries that import it. `verdicts` and `relaxations` are those
    of the imported parts, the latter by file; `sources` are the texts of the imported files. `absent` has section and
    name of what could not be imported: whoever refers to it is not at fault.
    """

    document: Document
    verdicts: tuple[Verdicts, ...]
    relaxations: Mapping[str, Relaxations]
    found: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    absent: frozenset[tuple[str, str]]


def follow_imports(page: Page, material: Material, *, strict: bool) -> Imports:
    """Follow every import of a file. What can't be had, because of its location, is noted in `material`."""
    return _Importer(page, material, strict).run()


class _Fault(NamedTuple):
    """Something wrong with an import; `earlier` is a second place it has to do with."""

    code: str
    at: Pointer
    message: str
    help: str
    earlier: Pointer | None = None


class _Importer:
    def __init__(self, page: Page, material: Material, strict: bool) -> None:
        self._page = page
        self._material = material
        self._strict = strict
        self._pages: dict[Path, Page | None] = {}
        self._sources: dict[str, str] = {}
        self._faults: list[_Fault] = []
        self._found: list[Diagnostic] = []
        self._ends: dict[Pointer, Imported] = {}
        self._absent: set[tuple[str, str]] = set()

    def run(self) -> Imports:
        own = self._page.document
        value: dict[str, Any] = own.value
        has_imports = False
        for section in SECTIONS:
            entries = list(self._own_entries(section))
            taken = {_identity(entry, section): at for at, entry in reversed(entries) if "import" not in entry}
            for at, entry in entries:
                if "import" in entry:
                    has_imports = True
                    value = self._import(value, section, at, taken)
        if not has_imports:
            return Imports(own, (), {}, (), {}, frozenset())
        return self._outcome(Document(own.file, own.text, value, own.root, self._ends))

    def _own_entries(self, section: str) -> Iterator[tuple[Pointer, dict[str, Any]]]:
        """The entries that are part of this file: beside a capability, those at the root are for others, but binds."""
        for at, entry in _entries(self._page.document, section):
            if at[0] == "capability" or section == "binds" or not self._page.has_capability:
                yield at, entry

    def _outcome(self, document: Document) -> Imports:
        relaxations: dict[str, Relaxations] = {}
        verdicts = []
        for at, end in self._ends.items():
            page = self._page_of(end.document)
            verdicts.append(page.verdicts.below(end.at, at))
            page.notes.tell(relaxations.setdefault(end.document.file, Relaxations()), end.at, at)
        found = (*self._found, *(_told(document, fault) for fault in self._faults))
        return Imports(document, tuple(verdicts), relaxations, found, self._sources, frozenset(self._absent))

    def _import(
        self, value: dict[str, Any], section: str, at: Pointer, taken: dict[tuple[str, ...], Pointer]
    ) -> dict[str, Any]:
        """The value with the entry at `at` in it, as far as that could be followed."""
        written = value_at(value, at)
        if section != "consumes" and not self._page.generation.is_keyed:
            self._page.notes.note("imports of anything but `consumes`", at)
        end, is_whole = self._follow(section, at)
        alias = _local_name(written)
        entry = value_at(end.document.value, end.at)
        if is_whole:
            entry = rename(entry, alias) if section in ("exposes", "aggregates") else {**entry, "namespace": alias}
            earlier = taken.setdefault(_identity(entry, section), at)
            if earlier != at:
                self._twice(section, alias, at, earlier, "as" if "as" in written else "import")
                return value
        else:
            self._absent.add((section, alias))
        if end.document is not self._page.document:
            self._ends[at] = end
        replaced: dict[str, Any] = _replaced(value, at, entry)
        return replaced

    def _follow(self, section: str, at: Pointer) -> tuple[Imported, bool]:
        """How far the chain that begins at `at` could be followed, and whether that is to its end."""
        hop = Imported(self._page.document, at)
        material = self._material
        passed = {_station(hop)}
        while True:
            entry = value_at(hop.document.value, hop.at)
            if "import" not in entry:
                return hop, True
            name, location = entry.get("import"), entry.get("location")
            if not isinstance(name, str) or not isinstance(location, str):
                return hop, False
            page = self._open(location, at, hop, material)
            if page is None:
                return hop, False
            onward = self._find(page, section, name, at, location)
            if onward is None:
                return hop, False
            if _station(onward) in passed:
                message = f"the import of `{name}` comes back to itself"
                self._faults.append(_Fault("NK3031", (*at, "import"), message, "let one of these files define it"))
                return hop, False
            passed.add(_station(onward))
            hop, material = onward, material.beside(Path(page.document.file))

    def _open(self, location: str, at: Pointer, hop: Imported, material: Material) -> Page | None:
        try:
            path = material.locate(location)
            known = path.resolve()
            if known in self._pages:
                return self._pages[known]
            content = material.read(location)
        except MaterialError as error:
            material.refuse((*at, "location"), location, error)
            return None
        self._pages[known] = page = self._read(content, str(path), hop)
        return page

    def _read(self, content: bytes, file: str, hop: Imported) -> Page | None:
        text = decode_source(content, file)
        if isinstance(text, Diagnostic):
            self._found += _imported_here([text], hop)
            return None
        self._sources[file] = text
        page = read_page(text, file, strict=self._strict)
        self._found += _imported_here(page.found, hop)
        return page if isinstance(page, Page) else None

    def _find(self, page: Page, section: str, name: str, at: Pointer, location: str) -> Imported | None:
        document = page.document
        names: dict[str, Pointer] = {}
        for place, entry in _entries(document, section):
            names.setdefault(_local_name(entry), place)
        if name in names:
            return Imported(document, names[name])
        message = f"{quoted(location)} has no {section} `{name}`"
        help_text = f"{did_you_mean(nearest(name, names))}it has: {listed(names) or 'none'}"
        self._faults.append(_Fault("NK3030", (*at, "import"), message, help_text))
        return None

    def _twice(self, section: str, alias: str, at: Pointer, earlier: Pointer, key: str) -> None:
        message = f"`{section}` has a `{alias}` already"
        help_text = f"import it under another name: `as: {alias}-2`"
        self._faults.append(_Fault("NK3032", (*at, key), message, help_text, earlier))

    def _page_of(self, document: Document) -> Page:
        return next(page for page in self._pages.values() if page is not None and page.document is document)


def _told(document: Document, fault: _Fault) -> Diagnostic:
    related = () if fault.earlier is None else (document.related("the first is here", fault.earlier),)
    return document.diagnostic(fault.code, Severity.ERROR, fault.message, fault.at, fault.help, related=related)


def _imported_here(found: Iterable[Diagnostic], hop: Imported) -> list[Diagnostic]:
    """What is wrong with a file as such, with the entry that imports from it. It has no pointer, because pointers lead
    through the value of the importing file.
    """
    importer = Related("imported here", hop.document.file, hop.document.span(hop.at))
    return [replace(item, pointer="", related=(*item.related, importer)) for item in found]


def _station(hop: Imported) -> tuple[Path, Pointer]:
    """An entry, wherever the way to its file leads through."""
    return Path(hop.document.file).resolve(), hop.at


def _entries(document: Document, section: str) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """The entries of a section with their places: first those at the root, then those of the capability."""
    owners: tuple[tuple[Pointer, Any], ...] = (
        ((section,), document.value),
        (("capability", section), document.value.get("capability")),
    )
    for place, owner in owners:
        listed = owner.get(section) if isinstance(owner, dict) else None
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, dict):
                yield (*place, index), entry


def _local_name(entry: Mapping[str, Any]) -> str:
    """What an entry is called in its own file."""
    keys = ("as", "import") if "import" in entry else ("namespace",)
    return next((name for name in map(entry.get, keys) if isinstance(name, str)), "")


def _identity(entry: Mapping[str, Any], section: str) -> tuple[str, ...]:
    """What no two entries of a section have in common: adapters of different types may share a name."""
    kind = entry.get("type") if section == "exposes" else ""
    return str(kind), _local_name(entry)


def _replaced(value: Any, pointer: Pointer, entry: dict[str, Any]) -> Any:
    """A copy of a value with another entry at a pointer."""
    if not pointer:
        return entry
    part = pointer[0]
    copied: Any = copy(value)
    copied[part] = _replaced(value[part], pointer[1:], entry)
    return copied
