"""Collecting what is wrong with a spec while it compiles, each at its place in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, in_file_order
from naftiko_runtime.plan.model.call import Origin
from naftiko_runtime.spec.text.document import Document, Pointer, to_json_pointer

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


class Finding(NamedTuple):
    """A diagnostic, and the JSON Pointers of what can't be served because of it; none: of the object it stands in.

    One that `withholds` keeps that from being served, and nothing else of the file.
    """

    diagnostic: Diagnostic
    concerns: tuple[str, ...]
    withholds: bool = False


class Findings:
    """Diagnostics of one compilation. `flawed` are objects the schema check refused already: nothing is told about what
    lies inside them, because it may only follow from the flaw (C7: no knock-on noise).
    """

    def __init__(self, document: Document, flawed: tuple[Pointer, ...]) -> None:
        self._document = document
        self._flawed = flawed
        # An operation that ten functions call is judged ten times; what is wrong with it is one problem.
        self._found: dict[tuple[str, str, str], Finding] = {}
        self.has_errors = False

    def error(
        self,
        code: str,
        message: str,
        at: Pointer,
        help_text: str,
        *,
        key: bool = False,
        related: tuple[Related, ...] = (),
        concerns: Sequence[Pointer] = (),
    ) -> None:
        """Something that keeps the capability from being served, or with `--partial` what lies in `concerns`."""
        self.has_errors = True
        self._add(code, Severity.ERROR, message, at, help_text, key, related, concerns)

    def withhold(self, code: str, message: str, at: Pointer, help_text: str, concerns: Sequence[Pointer]) -> None:
        """Something that can't be served, while the file is right: what lies in `concerns` is left out,
        with `--partial` or without.
        """
        self._add(code, Severity.WARNING, message, at, help_text, False, (), concerns, withholds=True)

    def warning(
        self,
        code: str,
        message: str,
        at: Pointer,
        help_text: str,
        *,
        key: bool = False,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Something that is served, though perhaps not as its author meant."""
        self._add(code, Severity.WARNING, message, at, help_text, key, related, ())

    def is_flawed(self, at: Pointer) -> bool:
        """Whether `at` lies in, or holds, an object the schema check refused."""
        return any(at[: len(flaw)] == flaw or flaw[: len(at)] == at for flaw in self._flawed)

    def origin(self, at: Pointer) -> Origin:
        """The place of `at`, as a value that outlives the document."""
        span = self._document.span(at)
        return Origin(self._document.file_of(at), span.line, span.column)

    def spelled(self, value: object, at: Pointer) -> object:
        """The value at `at`; a number as the letters of its text, for where it travels as text: `1.10` is no `1.1`."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return value
        text = self._document.spelled(at)
        return text if _DECIMAL.match(text) else value

    def related(self, message: str, at: Pointer) -> Related:
        """`at` as the second place of another finding."""
        return self._document.related(message, at)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in file order."""
        return in_file_order(finding.diagnostic for finding in self._found.values())

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The errors, in the order in which they were found, with all that each concerns."""
        return tuple(finding for finding in self._found.values() if finding.diagnostic.is_error)

    @property
    def withheld(self) -> tuple[Finding, ...]:
        """What is told of parts that are left out of a file that is right."""
        return tuple(finding for finding in self._found.values() if finding.withholds)

    def _add(
        self,
        code: str,
        severity: Severity,
        message: str,
        at: Pointer,
        help_text: str,
        key: bool,
        related: tuple[Related, ...],
        concerns: Sequence[Pointer],
        *,
        withholds: bool = False,
    ) -> None:
        if any(at[: len(flaw)] == flaw for flaw in self._flawed):
            return
        pointer = to_json_pointer(at)
        concerned = tuple(to_json_pointer(item) for item in concerns)
        known = self._found.get((code, pointer, message))
        if known is not None:
            self._found[code, pointer, message] = known._replace(concerns=(*known.concerns, *concerned))
            return
        diagnostic = self._document.diagnostic(code, severity, message, at, help_text, key=key, related=related)
        self._found[code, pointer, message] = Finding(diagnostic, concerned, withholds)
