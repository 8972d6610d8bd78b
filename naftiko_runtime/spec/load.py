"""A capability file → Spec and diagnostics: the whole of reading, in the order a reader would check.

Source, YAML, version, schema, typed model. Each stage runs only if the one before gave it something to work on, and all
problems of a stage are reported in one run (C7). Nothing raises for a bad file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Severity, in_file_order
from naftiko_runtime.spec.consumes import read_consumes
from naftiko_runtime.spec.document import Document, Pointer, to_json_pointer
from naftiko_runtime.spec.exposes import read_mcp, read_rest
from naftiko_runtime.spec.fields import Fields, Relaxations
from naftiko_runtime.spec.generations import find_generation
from naftiko_runtime.spec.model import Bind, Info, Spec
from naftiko_runtime.spec.parse import parse
from naftiko_runtime.spec.schema import Violation, check_official, check_runtime
from naftiko_runtime.spec.source import read_source


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file. `spec` is absent where the text has no readable structure at all; it may be present
    beside errors, so that the plan can report what else is wrong. `document` gives places to later stages.
    """

    file: str
    text: str
    document: Document | None
    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]

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
    return read_text(text, file, strict=strict)


def read_text(text: str, file: str, *, strict: bool = False) -> Reading:
    """Read a capability from text; `file` is the name its diagnostics carry."""
    document, diagnostics = parse(text, file)
    if document is None:
        return Reading(file, text, None, None, in_file_order(diagnostics))
    generation = find_generation(document)
    if isinstance(generation, Diagnostic):
        return Reading(file, text, document, None, (generation,))
    if "capability" not in document.value and "consumes" in document.value:
        return Reading(file, text, document, None, (_import_material(document),))
    relaxations = Relaxations()
    violations = check_runtime(document.value)
    flawed = tuple(_container(violation) for violation in violations if _severity(violation, strict).value == "error")
    spec = _read_root(document, generation.version, flawed, relaxations)
    found = [_to_diagnostic(document, violation, strict) for violation in violations]
    found += _official(document, violations) if strict else _relaxed(document, relaxations)
    return Reading(file, text, document, spec, in_file_order(found))


def _read_root(document: Document, version: str, flawed: tuple[Pointer, ...], relaxations: Relaxations) -> Spec:
    root = Fields(document.value, (), relaxations)
    info = root.mapping("info")
    if "title" in info and "label" not in info:
        info.note("`info.title`", "title")
    capability = root.mapping("capability")
    exposes = tuple(capability.items("exposes"))
    return Spec(
        file=document.file,
        info=Info(info.text("label") or info.text("title"), info.text("description"), info.scalar_text("version")),
        version=version,
        binds=tuple(_read_bind(bind) for owner in (root, capability) for bind in owner.items("binds")),
        consumes=tuple(read_consumes(entry) for entry in capability.items("consumes") if "import" not in entry),
        rest=tuple(read_rest(entry) for entry in exposes if entry.text("type") == "rest"),
        mcp=tuple(read_mcp(entry) for entry in exposes if entry.text("type") == "mcp"),
        unserved=(
            *((entry.text("type"), entry.at) for entry in exposes if entry.text("type") in ("skill", "control")),
            *(("import", entry.at) for entry in capability.items("consumes") if "import" in entry),
            *((name, (*capability.at, name)) for name in ("aggregates",) if name in capability),
        ),
        flawed=flawed,
    )


def _read_bind(fields: Fields) -> Bind:
    keys = fields.mapping("keys")
    pairs = tuple((variable, keys.scalar_text(variable) or variable) for variable in keys.values)
    return Bind(fields.text("namespace"), fields.optional_text("location"), pairs, fields.at)


def _import_material(document: Document) -> Diagnostic:
    return Diagnostic(
        "NK2010",
        Severity.ERROR,
        "this file has no `capability`: it is material for other files to import",
        document.file,
        document.key_span(("consumes",)),
        pointer="/consumes",
        help="run the capability that imports it",
    )


_CODES = {
    "unknown-key": "NK2001",
    "missing-key": "NK2002",
    "type": "NK2003",
}


def _severity(violation: Violation, strict: bool) -> Severity:
    """A key the language does not know is a warning, unless it is one slip away from one it does (C9)."""
    lenient = violation.kind == "unknown-key" and violation.near is None and not strict
    return Severity.WARNING if lenient else Severity.ERROR


def _container(violation: Violation) -> Pointer:
    return violation.pointer if violation.kind == "missing-key" else violation.pointer[:-1]


def _to_diagnostic(document: Document, violation: Violation, strict: bool) -> Diagnostic:
    at_key = violation.kind == "unknown-key"
    return Diagnostic(
        code=_CODES.get(violation.kind, "NK2004"),
        severity=_severity(violation, strict),
        message=violation.message,
        file=document.file,
        span=document.key_span(violation.pointer) if at_key else document.span(violation.pointer),
        pointer=to_json_pointer(violation.pointer),
        help=violation.help,
    )


def _official(document: Document, reported: list[Violation]) -> list[Diagnostic]:
    """What only the official schema refuses; a place the runtime schema reported already is not reported twice."""
    places = {violation.pointer for violation in reported}
    return [
        Diagnostic(
            code="NK2009",
            severity=Severity.ERROR,
            message=f"{violation.message} (official schema)",
            file=document.file,
            span=document.key_span(violation.pointer)
            if violation.kind == "unknown-key"
            else document.span(violation.pointer),
            pointer=to_json_pointer(violation.pointer),
            help=violation.help,
        )
        for violation in check_official(document.value)
        if violation.pointer not in places
    ]


def _relaxed(document: Document, relaxations: Relaxations) -> list[Diagnostic]:
    return [
        Diagnostic(
            code="NK2011",
            severity=Severity.WARNING,
            message=f"the official schema does not know {kind}; they are served ({count} of them, the first is here)"
            if count > 1
            else f"the official schema does not know {kind}; it is served",
            file=document.file,
            span=document.key_span(at),
            pointer=to_json_pointer(at),
            help="`naftiko validate --strict` lists each of them",
        )
        for kind, (count, at) in relaxations.found.items()
    ]
