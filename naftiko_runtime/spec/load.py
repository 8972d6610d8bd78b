"""A capability file → Spec and diagnostics: the whole of reading, in the order a reader would check.

Source, YAML, version, schema, typed model. Each stage runs only if the one before gave it something to work on, and all
problems of a stage are reported in one run (C7). Nothing raises for a bad file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Severity, in_file_order
from naftiko_runtime.diagnostics.suggest import one_edit
from naftiko_runtime.spec.files.entries import Entries
from naftiko_runtime.spec.files.imports import SECTIONS, Imports, follow_imports
from naftiko_runtime.spec.files.page import Page, Unread, read_page
from naftiko_runtime.spec.files.telling import tell_relaxations, tell_unavailable, tell_unused, tell_verdicts
from naftiko_runtime.spec.model.aggregates import inherit, read_aggregate
from naftiko_runtime.spec.model.capability import Bind, Info, Spec
from naftiko_runtime.spec.model.consumes import read_consumes
from naftiko_runtime.spec.model.control import read_control_adapter, scripting_of
from naftiko_runtime.spec.model.exposes import read_mcp, read_rest
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.model.scripts import read_scripts
from naftiko_runtime.spec.model.skills import read_skill_adapter
from naftiko_runtime.spec.text.document import Document
from naftiko_runtime.spec.text.material import Material
from naftiko_runtime.spec.text.source import BYTE_ORDER_MARK, read_source


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file. `spec` is absent where the text has no readable structure at all; it may be there
    beside errors, so that the plan can report what else is wrong. `document` has the canonical form and gives places to
    later stages; JSON Pointers lead through that form until its `as_written` gives those of the text. `material` are
    the further files it names, whether they could be had or not; `sources` are the texts of those it imports from.
    Where it `is_judged`, the version is known and the schemas were asked.
    """

    file: str
    text: str
    document: Document | None
    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]
    material: tuple[Path, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    is_judged: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic keeps the file from being served."""
        return any(item.is_error for item in self.diagnostics)


def read_spec(path: Path, *, strict: bool = False) -> Reading:
    """Read the capability file at `path`. With `strict`, all that the official schema refuses is an error too (C2)."""
    file = str(path)
    text = read_source(path, file)
    if isinstance(text, Diagnostic):
        return Reading(file, "", None, None, (text,))
    return read_text(text, file, folder=path.parent, strict=strict)


def read_text(text: str, file: str, *, folder: Path | None = None, strict: bool = False) -> Reading:
    """Read a capability from text; `file` is the name its diagnostics carry, `folder` where the files lie that it
    names.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    page = read_page(text, file, strict=strict)
    if isinstance(page, Unread):
        return Reading(file, text, page.document, None, in_file_order(page.found))
    material = Material(folder)
    imports = follow_imports(page, material, strict=strict)
    document = imports.document
    found = [*page.found, *imports.found]
    spec = None
    offered = next((key for key in SECTIONS if key in document.value), None)
    if offered is not None and not any(_means_capability(key) for key in document.value):
        found += [_import_material(document, offered), *_offering_nothing(document)]
    else:
        found += _beside_capability(document)
        spec = _read_root(document, page, imports, material)
    found += [tell_unavailable(document, item) for item in material.problems]
    found += _judged(document, page, imports, strict)
    diagnostics = in_file_order(_each_once(found))
    return Reading(file, text, document, spec, diagnostics, material.paths, imports.sources, is_judged=True)


def _judged(document: Document, page: Page, imports: Imports, strict: bool) -> list[Diagnostic]:
    """What the schemas and readers have to say of a file and of what it imports."""
    # What is said of an entry that imports must not be told of what it imports.
    own = page.document
    found: list[Diagnostic] = []
    for place, verdicts in ((own, page.verdicts), *((document, item) for item in imports.verdicts)):
        found += tell_verdicts(place, verdicts, strict=strict)
    for place, relaxations in ((own, page.notes), *((document, item) for item in imports.relaxations.values())):
        found += [] if strict else tell_relaxations(place, relaxations)
        found += tell_unused(place, relaxations)
    return found


def _means_capability(key: str) -> bool:
    return key == "capability" or one_edit(key, ("capability",)) is not None


def _each_once(found: list[Diagnostic]) -> list[Diagnostic]:
    """A value that aliases repeat is wrong in each of its places, and is told once: at its anchor."""
    return list({(item.code, item.file, item.span, item.message): item for item in reversed(found)}.values())


def _read_root(document: Document, page: Page, imports: Imports, material: Material) -> Spec:
    root = Fields(document.value, (), page.notes, material)
    info = root.mapping("info")
    if "title" in info and "label" not in info:
        info.note("`info.title`", "title")
    capability = root.mapping("capability")
    entries = Entries(imports, material)
    exposes = entries.of(capability, "exposes")
    consumes = entries.of(capability, "consumes")
    aggregates = entries.of(capability, "aggregates")
    binds = (*entries.of(root, "binds"), *entries.of(capability, "binds"))
    controls = tuple(read_control_adapter(entry) for entry in exposes if entry.text("type") == "control")
    spec = Spec(
        file=document.file,
        info=Info(info.text("label") or info.text("title"), info.text("description"), info.scalar_text("version")),
        version=page.generation.version,
        binds=tuple(_read_bind(bind) for bind in binds),
        consumes=tuple(read_consumes(entry) for entry in consumes),
        aggregates=tuple(read_aggregate(entry) for entry in aggregates),
        rest=tuple(read_rest(entry) for entry in exposes if entry.text("type") == "rest"),
        mcp=tuple(read_mcp(entry) for entry in exposes if entry.text("type") == "mcp"),
        skills=tuple(read_skill_adapter(entry) for entry in exposes if entry.text("type") == "skill"),
        controls=controls,
        scripts=read_scripts((*exposes, *aggregates), scripting_of(controls), material),
        flawed=tuple(at for item in (page.verdicts, *imports.verdicts) for at in item.flawed),
        absent=imports.absent,
    )
    return inherit(spec)


def _read_bind(fields: Fields) -> Bind:
    keys = fields.mapping("keys")
    pairs = tuple((variable, keys.scalar_text(variable) or variable) for variable in keys.values)
    location = fields.optional_text("location")
    if location is not None:
        location = fields.material.from_root(location)
    return Bind(fields.text("namespace"), location, pairs, fields.at)


def _beside_capability(document: Document) -> list[Diagnostic]:
    return [
        document.diagnostic(
            "NK2012",
            Severity.WARNING,
            f"`{key}` at the root is for other files to import; the capability of this file does not see it",
            (key,),
            "write it below `capability` to have it here",
            key=True,
        )
        for key in SECTIONS
        if key != "binds" and key in document.value and "capability" in document.value
    ]


def _offering_nothing(document: Document) -> list[Diagnostic]:
    """The empty sections of import material: whoever imports from them finds nothing."""
    return [
        document.diagnostic(
            "NK2004",
            Severity.ERROR,
            f"`{key}` is empty, so there is nothing here to import",
            (key,),
            "write what others import, or remove the file",
        )
        for key in SECTIONS
        if document.value.get(key) == []
    ]


def _import_material(document: Document, key: str) -> Diagnostic:
    message = "this file has no `capability`: it is material for other files to import"
    help_text = "run the capability that imports it; to serve what it holds, write that below `capability`"
    return document.diagnostic("NK2010", Severity.ERROR, message, (key,), help_text, key=True)
