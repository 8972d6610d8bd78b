"""How is what the schemas found told: with which code, how severe, where?

All of this is about a document, whose places may be those of other files that it imports.
"""

from __future__ import annotations

from collections.abc import Iterable

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.spec.document import Document, Pointer, to_json_pointer
from naftiko_runtime.spec.fields import Relaxations
from naftiko_runtime.spec.flaws import is_error
from naftiko_runtime.spec.material import Problem
from naftiko_runtime.spec.page import Verdicts
from naftiko_runtime.spec.violation import Violation, shortened

_CODES = {
    "unknown-key": "NK2001",
    "missing-key": "NK2002",
    "type": "NK2003",
}


def tell_verdicts(document: Document, verdicts: Verdicts, *, strict: bool) -> list[Diagnostic]:
    """The diagnostics for what the schemas refuse."""
    found = [_violated(document, item, strict) for item in verdicts.told]
    return found + _refused_officially(document, verdicts.violations, verdicts.official)


def tell_relaxations(document: Document, relaxations: Relaxations) -> list[Diagnostic]:
    """A warning for each kind of thing that only the runtime takes."""
    return [
        _at_key(
            document,
            "NK2011",
            at,
            f"the official schema does not know {kind}; the runtime serves "
            + (f"them ({count} in this file, the first is here)" if count > 1 else "this one"),
            "`naftiko validate --strict` lists each of them",
        )
        for kind, (count, at) in relaxations.found.items()
    ]


def tell_unused(document: Document, relaxations: Relaxations) -> list[Diagnostic]:
    """A warning for each key that has no effect."""
    return [
        _at_key(
            document,
            "NK2008",
            at,
            f"`{key}` has no effect yet" + (f" ({count} in this file, the first is here)" if count > 1 else ""),
            "the rest of the file is served as it would be without it",
        )
        for key, (count, at) in relaxations.unused.items()
    ]


def tell_unavailable(document: Document, problem: Problem) -> Diagnostic:
    """The diagnostic for a file that is named and can't be had."""
    return Diagnostic(
        "NK2014",
        Severity.ERROR,
        f"`{shortened(problem.named)}` can't be had: {problem.reason}",
        document.file_of(problem.at),
        document.span(problem.at),
        pointer=to_json_pointer(problem.at),
        help=problem.way_out or "name a file below the capability's own folder, such as `./shared/name`",
        related=document.importers(problem.at),
    )


def _violated(document: Document, violation: Violation, strict: bool) -> Diagnostic:
    code = _CODES.get(violation.kind, "NK2004")
    severity = Severity.ERROR if is_error(violation, strict=strict) else Severity.WARNING
    return _placed(document, violation, code, severity, violation.message)


def _refused_officially(
    document: Document, reported: Iterable[Violation], official: Iterable[Violation]
) -> list[Diagnostic]:
    """What only the official schema refuses: a mistake that the runtime schema reported already is not told again."""
    known = {(item.pointer, item.missing) for item in reported}
    return [
        _placed(document, item, "NK2009", Severity.ERROR, f"{item.message} (official schema)")
        for item in official
        if (item.pointer, item.missing) not in known
    ]


def _placed(document: Document, violation: Violation, code: str, severity: Severity, message: str) -> Diagnostic:
    at = violation.pointer
    span = document.key_span(at) if violation.kind == "unknown-key" else document.span(at)
    file, related = document.file_of(at), document.importers(at)
    return Diagnostic(code, severity, message, file, span, to_json_pointer(at), violation.help, related)


def _at_key(document: Document, code: str, at: Pointer, message: str, help_text: str) -> Diagnostic:
    file, span = document.file_of(at), document.key_span(at)
    related = document.importers(at)
    return Diagnostic(code, Severity.WARNING, message, file, span, to_json_pointer(at), help_text, related)
