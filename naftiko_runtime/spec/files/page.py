"""Is one file right by itself, whatever other files say?

A capability and the files it imports may be written in different generations, and what is wrong in each is told in its
own words at its own places. So every file is parsed, versioned, brought to the canonical form and held against the
schemas alone; only then are they put together. What was found is kept as values, because of an imported file just the
part that was imported counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.spec.generations.canonical import canonicalise
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.generations.version import Generation, judge_version
from naftiko_runtime.spec.schema.check import check_official, check_runtime
from naftiko_runtime.spec.schema.flaws import flaws
from naftiko_runtime.spec.schema.spelling import Spelling
from naftiko_runtime.spec.schema.violation import Violation
from naftiko_runtime.spec.text.document import Document, Pointer, moved
from naftiko_runtime.spec.text.parse import recover


class Verdicts(NamedTuple):
    """What the schemas say of a value: where it leaves the runtime schema, what of that is to be told (the rest is an
    echo of what the parser refused), where it leaves the official one, and which objects are flawed by it.
    """

    violations: tuple[Violation, ...]
    told: tuple[Violation, ...]
    official: tuple[Violation, ...]
    flawed: tuple[Pointer, ...]

    def below(self, source: Pointer, target: Pointer) -> Verdicts:
        """What is said of the value at `source`, as if that stood at `target`."""
        return Verdicts(
            _rooted(self.violations, source, target),
            _rooted(self.told, source, target),
            _rooted(self.official, source, target),
            tuple(at for _, at in moved((("", at) for at in self.flawed), source, target)),
        )


class Page(NamedTuple):
    """One file that could be read. `document` has the canonical form; `found` is what was wrong before the schema."""

    document: Document
    generation: Generation
    found: tuple[Diagnostic, ...]
    verdicts: Verdicts
    notes: Relaxations

    @property
    def has_capability(self) -> bool:
        """Whether there is something to serve."""
        return "capability" in self.document.value


class Unread(NamedTuple):
    """A file that could not be read; it has a document where only its version is in the way."""

    document: Document | None
    found: tuple[Diagnostic, ...]


def read_page(text: str, file: str, *, strict: bool) -> Page | Unread:
    """Read one file from its text, which has no byte order mark. The official schema is asked if `strict`."""
    document, malformed = recover(text, file)
    if document is None:
        return Unread(None, malformed)
    verdict = judge_version(document)
    found = (*malformed, *([verdict.problem] if verdict.problem else []))
    generation = verdict.generation
    if generation is None:
        return Unread(document, found)
    notes = Relaxations()
    canonical = canonicalise(document, verdict.value, generation, notes)
    broken = {(item.span.line, item.span.column) for item in malformed if item.span is not None}
    violations = tuple(check_runtime(canonical.value, Spelling(canonical.written, is_keyed=generation.is_keyed)))
    told = tuple(item for item in violations if not _is_echo(canonical, item, broken))
    flawed = tuple(place for item in violations for place in flaws(canonical.value, item, strict=strict))
    official = _official(canonical, verdict.value, generation) if strict else ()
    return Page(canonical, generation, found, Verdicts(violations, told, official, flawed), notes)


def _official(canonical: Document, written: dict[str, Any], generation: Generation) -> tuple[Violation, ...]:
    refused = check_official(written, generation=generation.name)
    return tuple(item._replace(pointer=canonical.located(item.pointer)) for item in refused)


def _is_echo(document: Document, violation: Violation, broken: set[tuple[int, int]]) -> bool:
    """Whether a value has the wrong type or text only because the parser refused it, and said so."""
    return violation.kind not in ("unknown-key", "missing-key") and document.start(violation.pointer) in broken


def _rooted(violations: Iterable[Violation], source: Pointer, target: Pointer) -> tuple[Violation, ...]:
    places = ((item, item.pointer) for item in violations)
    return tuple(item._replace(pointer=at) for item, at in moved(places, source, target))
