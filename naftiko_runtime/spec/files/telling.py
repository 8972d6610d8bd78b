"""How is what the schemas found told: with which code, how severe, where?

All of this is about a document, whose places may be those of other files that it imports.
"""

from __future__ import annotations

from collections.abc import Iterable

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.spec.files.page import Verdicts
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.schema.flaws import is_error
from naftiko_runtime.spec.schema.violation import Violation, shortened
from naftiko_runtime.spec.text.document import Document
from naftiko_runtime.spec.text.material import Problem

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
        document.diagnostic(
            "NK2011",
            Severity.WARNING,
            f"the official schema does not know {kind}; the runtime serves "
            + (f"them ({count} in this file, the first is here)" if count > 1 else "this one"),
            at,
            "`naftiko validate --strict` lists each of them",
            key=True,
        )
        for kind, (count, at) in relaxations.found.items()
    ]


def tell_unused(document: Document, relaxations: Relaxations) -> list[Diagnostic]:
    """A warning for each key that has no effect."""
    return [
        document.diagnostic(
            "NK2008",
            Severity.WARNING,
            f"`{key}` has no effect yet" + (f" ({count} in this file, the first is here)" if count > 1 else ""),
            at,
            "the rest of the file is served as it would be without it",
            key=True,
        )
        for key, (count, at) in relaxations.unused.items()
    ]


def tell_unavailable(document: Document, problem: Problem) -> Diagnostic:
    """The diagnostic for a file that is named and can't be had."""
    message = f"`{shortened(problem.named)}` can't be had: {problem.reason}"
    help_text = problem.way_out or "name a file below the capability's own folder, such as `./shared/name`"
    return document.diagnostic("NK2014", Severity.ERROR, message, problem.at, help_text)


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
    is_key = violation.kind == "unknown-key"
    return document.diagnostic(code, severity, message, violation.pointer, violation.help, key=is_key)
