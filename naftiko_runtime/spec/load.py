"""A capability file → Spec and diagnostics: the whole of reading, in the order a reader would check.

Source, YAML, version, schema, typed model. Each stage runs only if the one before gave it something to work on, and all
problems of a stage are reported in one run (C7). Nothing raises for a bad file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Severity, in_file_order
from naftiko_runtime.diagnostics.suggest import one_edit
from naftiko_runtime.spec.aggregates import inherit, read_aggregate
from naftiko_runtime.spec.canonical import canonicalise
from naftiko_runtime.spec.consumes import read_consumes
from naftiko_runtime.spec.control import read_control_adapter
from naftiko_runtime.spec.document import Document, Pointer, to_json_pointer
from naftiko_runtime.spec.exposes import read_mcp, read_rest
from naftiko_runtime.spec.fields import Fields, Relaxations
from naftiko_runtime.spec.flaws import flaws, is_error
from naftiko_runtime.spec.generations import Generation, judge_version
from naftiko_runtime.spec.material import Material, Problem
from naftiko_runtime.spec.model import Bind, Info, Spec
from naftiko_runtime.spec.parse import recover
from naftiko_runtime.spec.schema import Violation, check_official, check_runtime
from naftiko_runtime.spec.skills import read_skill_adapter
from naftiko_runtime.spec.source import BYTE_ORDER_MARK, read_source
from naftiko_runtime.spec.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file. `spec` is absent where the text has no readable structure at all; it may be there
    beside errors, so that the plan can report what else is wrong. `document` has the canonical form and gives places to
    later stages; JSON Pointers lead through that form until its `as_written` gives those of the text. `material` are
    the further files it names, whether they could be had or not.
    """

    file: str
    text: str
    document: Document | None
    spec: Spec | None
    diagnostics: tuple[Diagnostic, ...]
    material: tuple[Path, ...] = ()

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
    document, malformed = recover(text, file)
    if document is None:
        return Reading(file, text, None, None, in_file_order(malformed))
    verdict = judge_version(document)
    found = [*malformed, *([verdict.problem] if verdict.problem else [])]
    if verdict.generation is None:
        return Reading(file, text, document, None, in_file_order(found))
    offered = next((key for key in verdict.value if key in _importable(verdict.generation)), None)
    if offered is not None and not any(_means_capability(key) for key in verdict.value):
        return Reading(file, text, document, None, in_file_order([*found, _import_material(document, offered)]))
    if "consumes" in verdict.value and "capability" in verdict.value:
        found.append(_beside_capability(document))
    relaxations = Relaxations()
    canonical = canonicalise(document, verdict.value, verdict.generation, relaxations)
    broken = {(item.span.line, item.span.column) for item in malformed if item.span is not None}
    violations = check_runtime(canonical.value, Spelling(canonical.written, is_keyed=verdict.generation.is_keyed))
    told = [item for item in violations if not _is_echo(canonical, item, broken)]
    flawed = tuple(place for item in violations for place in flaws(canonical.value, item, strict=strict))
    material = Material(folder)
    spec = _read_root(canonical, verdict.generation.version, flawed, relaxations, material)
    found += [_unavailable(canonical, item) for item in material.problems]
    found += [_to_diagnostic(canonical, item, strict) for item in told]
    if strict:
        official = check_official(verdict.value, generation=verdict.generation.name)
        found += _refused_officially(canonical, violations, official)
    else:
        found += _relaxed(canonical, relaxations)
    found += _without_effect(canonical, relaxations)
    return Reading(file, text, canonical, spec, in_file_order(_each_once(found)), material.paths)


def _importable(generation: Generation) -> tuple[str, ...]:
    """The root keys under which a file without a capability offers something to others."""
    return ("consumes", "exposes", "aggregates", "binds") if generation.is_keyed else ("consumes",)


def _means_capability(key: str) -> bool:
    return key == "capability" or one_edit(key, ("capability",)) is not None


def _is_echo(document: Document, violation: Violation, broken: set[tuple[int, int]]) -> bool:
    """Whether a value has the wrong type or text only because the parser refused it, and said so."""
    return violation.kind not in ("unknown-key", "missing-key") and document.start(violation.pointer) in broken


def _each_once(found: list[Diagnostic]) -> list[Diagnostic]:
    """A value that aliases repeat is wrong in each of its places, and is told once: at its anchor."""
    return list({(item.code, item.span, item.message): item for item in reversed(found)}.values())


def _read_root(
    document: Document, version: str, flawed: tuple[Pointer, ...], relaxations: Relaxations, material: Material
) -> Spec:
    root = Fields(document.value, (), relaxations, material)
    info = root.mapping("info")
    if "title" in info and "label" not in info:
        info.note("`info.title`", "title")
    capability = root.mapping("capability")
    exposes = tuple(capability.items("exposes"))
    consumes = tuple(capability.items("consumes"))
    aggregates = tuple(capability.items("aggregates"))
    binds = tuple(bind for owner in (root, capability) for bind in owner.items("binds"))
    spec = Spec(
        file=document.file,
        info=Info(info.text("label") or info.text("title"), info.text("description"), info.scalar_text("version")),
        version=version,
        binds=tuple(_read_bind(bind) for bind in binds if "import" not in bind),
        consumes=tuple(read_consumes(entry) for entry in consumes if "import" not in entry),
        aggregates=tuple(read_aggregate(entry) for entry in aggregates if "import" not in entry),
        rest=tuple(read_rest(entry) for entry in exposes if entry.text("type") == "rest"),
        mcp=tuple(read_mcp(entry) for entry in exposes if entry.text("type") == "mcp"),
        skills=tuple(read_skill_adapter(entry) for entry in exposes if entry.text("type") == "skill"),
        controls=tuple(read_control_adapter(entry) for entry in exposes if entry.text("type") == "control"),
        unserved=(
            *(("control", entry.at) for entry in exposes if entry.text("type") == "control"),
            *(("import", entry.at) for entry in (*binds, *consumes, *aggregates, *exposes) if "import" in entry),
            *(("tunnel", (*entry.at, "tunnel")) for entry in consumes if "tunnel" in entry),
        ),
        flawed=flawed,
    )
    return inherit(spec)


def _read_bind(fields: Fields) -> Bind:
    keys = fields.mapping("keys")
    pairs = tuple((variable, keys.scalar_text(variable) or variable) for variable in keys.values)
    return Bind(fields.text("namespace"), fields.optional_text("location"), pairs, fields.at)


def _beside_capability(document: Document) -> Diagnostic:
    return Diagnostic(
        "NK2012",
        Severity.WARNING,
        "`consumes` at the root is for other files to import; the capability of this file does not see it",
        document.file,
        document.key_span(("consumes",)),
        pointer="/consumes",
        help="write it below `capability` to call it from here",
    )


def _import_material(document: Document, key: str) -> Diagnostic:
    return Diagnostic(
        "NK2010",
        Severity.ERROR,
        "this file has no `capability`: it is material for other files to import",
        document.file,
        document.key_span((key,)),
        pointer=to_json_pointer((key,)),
        help="run the capability that imports it",
    )


def _unavailable(document: Document, problem: Problem) -> Diagnostic:
    return Diagnostic(
        "NK2014",
        Severity.ERROR,
        f"the file named here can't be had: {problem.reason}",
        document.file,
        document.span(problem.at),
        pointer=to_json_pointer(problem.at),
        help="name a file below the capability's own folder, such as `./shared/name`",
    )


_CODES = {
    "unknown-key": "NK2001",
    "missing-key": "NK2002",
    "type": "NK2003",
}


def _to_diagnostic(document: Document, violation: Violation, strict: bool) -> Diagnostic:
    code = _CODES.get(violation.kind, "NK2004")
    severity = Severity.ERROR if is_error(violation, strict=strict) else Severity.WARNING
    return _placed(document, violation, code, severity, violation.message)


def _placed(document: Document, violation: Violation, code: str, severity: Severity, message: str) -> Diagnostic:
    pointer = violation.pointer
    span = document.key_span(pointer) if violation.kind == "unknown-key" else document.span(pointer)
    return Diagnostic(code, severity, message, document.file, span, to_json_pointer(pointer), violation.help)


def _refused_officially(document: Document, reported: list[Violation], official: list[Violation]) -> list[Diagnostic]:
    """What only the official schema refuses: a mistake that the runtime schema reported already is not told again."""
    known = {(item.pointer, item.missing) for item in reported}
    located = [item._replace(pointer=document.located(item.pointer)) for item in official]
    return [
        _placed(document, item, "NK2009", Severity.ERROR, f"{item.message} (official schema)")
        for item in located
        if (item.pointer, item.missing) not in known
    ]


def _relaxed(document: Document, relaxations: Relaxations) -> list[Diagnostic]:
    return [
        Diagnostic(
            code="NK2011",
            severity=Severity.WARNING,
            message=f"the official schema does not know {kind}; the runtime serves "
            + (f"them ({count} in this file, the first is here)" if count > 1 else "this one"),
            file=document.file,
            span=document.key_span(at),
            pointer=to_json_pointer(at),
            help="`naftiko validate --strict` lists each of them",
        )
        for kind, (count, at) in relaxations.found.items()
    ]


def _without_effect(document: Document, relaxations: Relaxations) -> list[Diagnostic]:
    return [
        Diagnostic(
            code="NK2008",
            severity=Severity.WARNING,
            message=f"`{key}` has no effect yet" + (f" ({count} in this file, the first is here)" if count > 1 else ""),
            file=document.file,
            span=document.key_span(at),
            pointer=to_json_pointer(at),
            help="the rest of the file is served as it would be without it",
        )
        for key, (count, at) in relaxations.unused.items()
    ]
