"""A text of one generation → the same capability in another one.

Pure: text in, text and diagnostics out. A text goes by way of alpha2, edited at each step where it differs and nowhere
else. What comes out is read again: it must mean what was meant, and be right by the schema of its generation wherever
the text was right by its own. What the target can't say is told; where that would change what is served, nothing is
written.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity, in_file_order
from naftiko_runtime.migration import tree
from naftiko_runtime.migration.changes import Changes, Remark
from naftiko_runtime.migration.distinct import tell_apart
from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.expanding import expand
from naftiko_runtime.migration.modernising import Modernising
from naftiko_runtime.migration.rewriting import Rewriting
from naftiko_runtime.migration.wrapping import wrap
from naftiko_runtime.spec.generations.canonical import canonicalise
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.generations.shapes import LATER_IN_IMPORTS
from naftiko_runtime.spec.generations.version import ALPHA2, GENERATIONS, Generation, judge_version
from naftiko_runtime.spec.schema.check import check_official
from naftiko_runtime.spec.schema.violation import Violation
from naftiko_runtime.spec.text.document import Document, Pointer, to_json_pointer
from naftiko_runtime.spec.text.parse import parse

TARGETS: Mapping[str, Generation] = MappingProxyType(
    {ALPHA2.version: ALPHA2, ALPHA2.name: ALPHA2, GENERATIONS[-1].name: GENERATIONS[-1]}
)
"""The generations a text can be brought to, by what they are called."""

_MODERNISED = ("0.4", "0.5", "1.0.0-alpha1")
_OWN_WORDS = {later: own for own, later in LATER_IN_IMPORTS.items()}
_MERGED_IN_A_ROW = 4  # what is copied may merge in turn, as deep as maps by name hold each other


@dataclass(frozen=True, slots=True)
class Migration:
    """What came of it. `text` is absent where the text can't be brought to the target."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


class _Source(NamedTuple):
    """A text that was read: as it is written, and in its canonical form."""

    text: str
    generation: Generation
    document: Document
    canonical: Document


_SHARED = "alpha2 shares consumes alone: write this into each capability that uses it"
_BINARY = "alpha2 answers text alone: leave out what answers bytes, or stay with a version that has it"
_WAYS_OUT: Mapping[str | int, str] = MappingProxyType(
    {
        "": _SHARED,
        "exposes": _SHARED,
        "aggregates": _SHARED,
        "binary": _BINARY,
        "outputRawFormat": _BINARY,
        "tunnel": "leave it out and write a `baseUri` that is reached without it, or stay with a version that has it",
    }
)
"""What to write instead of what a schema refuses, by its key; nothing is the file itself."""

_NOT_THE_SAME = Remark(
    Severity.ERROR,
    "this file can't be rewritten: what comes out would not mean the same",
    "write out what it takes from aliases and merge keys, and keep to the words of its version",
    (),
)

_Rewrite = Callable[[_Source, Generation, Changes], str | None]
"""A new text, or none where there is nothing to change; what it means and what is to be told goes to the changes."""


def migrate(text: str, file: str, target: Generation) -> Migration:
    """Bring `text` to a generation; `file` is the name its diagnostics carry. A text that is there stays as it is.

    `text` has no byte order mark.
    """
    source = _read(text, file)
    if not isinstance(source, _Source):
        return Migration(None, in_file_order(source))
    remarks: list[Remark] = []
    brought = source
    for goal in _steps(source.generation, target):
        for rewrite in (*_preparations(brought.generation, goal), _rewritten):
            brought = _apply(rewrite, brought, goal, remarks)
    if not _fails(remarks):
        remarks += _refused(source, brought)
    told = in_file_order(_told(source, remark) for remark in _grouped(remarks))
    return Migration(None if _fails(remarks) else brought.text, told)


def _read(text: str, file: str) -> _Source | tuple[Diagnostic, ...]:
    document, problems = parse(text, file)
    if document is None:
        return problems
    generation, problem, _ = judge_version(document)
    if problem is not None or generation is None:
        return (problem,) if problem is not None else ()
    return _Source(text, generation, document, canonicalise(document, document.value, generation, Relaxations()))


def _apply(rewrite: _Rewrite, source: _Source, goal: Generation, remarks: list[Remark]) -> _Source:
    """What a rewriting makes of a text: the text as it was, with a remark, where that is not to be had."""
    if _fails(remarks):
        return source
    changes = Changes(copy.deepcopy(source.canonical.value))
    new = rewrite(source, goal, changes)
    remarks += changes.remarks
    if _fails(remarks) or new is None:
        return source
    after = _read(new, source.document.file)
    if not isinstance(after, _Source) or _meaning(changes.value) != _meaning(after.canonical.value):
        remarks.append(_NOT_THE_SAME)
        return source
    return after


def _preparations(source: Generation, goal: Generation) -> Iterator[_Rewrite]:
    """What is done first, in the words of the text, so that no name is in the way of the other form."""
    if goal.is_keyed and not source.is_keyed:
        yield _told_apart
    elif source.is_keyed and not goal.is_keyed:
        yield from [_expanded] * _MERGED_IN_A_ROW
        yield _wrapped


def _told_apart(source: _Source, goal: Generation, changes: Changes) -> str | None:
    edits = Edits(source.text)
    return edits.apply() if tell_apart(edits, tree.read_tree(source.text), changes) else None


def _expanded(source: _Source, goal: Generation, changes: Changes) -> str | None:
    edits = Edits(source.text)
    return edits.apply() if expand(edits, tree.read_tree(source.text), source.document.value, _OWN_WORDS) else None


def _wrapped(source: _Source, goal: Generation, changes: Changes) -> str | None:
    edits = Edits(source.text)
    return edits.apply() if wrap(edits, tree.read_tree(source.text), changes, _OWN_WORDS) else None


def _steps(source: Generation, target: Generation) -> Iterator[Generation]:
    if source.version in _MODERNISED and target != source:
        yield ALPHA2
        source = ALPHA2
    if source != target:
        yield target


def _rewritten(source: _Source, goal: Generation, changes: Changes) -> str | None:
    edits = Edits(source.text)
    root = tree.read_tree(source.text)
    if source.generation.version in _MODERNISED:
        Modernising(edits, changes).run(root)
    elif source.generation.is_keyed != goal.is_keyed:
        Rewriting(edits, changes, is_keyed=goal.is_keyed).run(root)
    _write_version(edits, root, source.generation, goal)
    return edits.apply()


def _write_version(edits: Edits, root: tree.Mapping, source: Generation, goal: Generation) -> None:
    pair = next(pair for pair in root.pairs if pair.word == source.key)
    for node, old, new in ((pair.key, source.key, goal.key), (pair.value, source.version, goal.version)):
        written = edits.text[node.start.index : node.end]
        edits.replace(node.start.index, node.end, written.replace(old, new))


def _meaning(value: dict[str, Any]) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if key != ALPHA2.key}


def _refused(source: _Source, brought: _Source) -> Iterator[Remark]:
    """What the schema of the target refuses, where that of the source did not."""
    before = _official(source)
    known = {_place(source, item) for item in before}
    # Nobody has looked into what has the wrong type.
    unseen = {_place(source, item)[0] for item in before if item.kind == "type"}
    for item in _official(brought):
        at, _ = place = _place(brought, item)
        if place not in known and not any(at[:end] in unseen for end in range(len(at))):
            help_text = _WAYS_OUT.get(at[-1] if at else "", item.help)
            yield Remark(Severity.ERROR, f"{brought.generation} can't say this: {item.message}", help_text, at)


def _official(source: _Source) -> list[Violation]:
    return check_official(source.document.value, generation=source.generation.name)


def _place(source: _Source, violation: Violation) -> tuple[Pointer, str | None]:
    """Where something is refused, alike in both forms: a name is told at the object it belongs to."""
    at = source.canonical.located(violation.pointer)
    if len(at) > 1 and at[-1] == "name" and isinstance(at[-2], int):
        at = at[:-1]
    return at, next((_OWN_WORDS.get(key, key) for key in violation.missing), None)


def _fails(remarks: list[Remark]) -> bool:
    return any(item.severity is Severity.ERROR for item in remarks)


def _grouped(remarks: list[Remark]) -> list[Remark]:
    """Each message once, with how often it applies."""
    counts: dict[str, int] = {}
    for remark in remarks:
        counts[remark.message] = counts.get(remark.message, 0) + 1
    first = {remark.message: remark for remark in reversed(remarks)}
    return [
        item._replace(message=f"{message} ({counts[message]} in this file, the first is here)")
        if counts[message] > 1
        else item
        for message, item in first.items()
    ]


def _told(source: _Source, remark: Remark) -> Diagnostic:
    document = source.canonical
    return Diagnostic(
        code="NK2013",
        severity=remark.severity,
        message=remark.message,
        file=document.file,
        span=document.key_span(remark.at),
        pointer=to_json_pointer(document.written(remark.at)),
        help=remark.help,
    )
