"""Texts in which the places that must be pointed at are marked."""

from __future__ import annotations

from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.text.source import LINE_BREAK

MARK = "‸"


class Marked(NamedTuple):
    """A text without its marks, and line and column of each."""

    text: str
    places: list[tuple[int, int]]


def marked(text: str) -> Marked:
    pieces = text.split(MARK)
    places = []
    for end in range(1, len(pieces)):
        lines = LINE_BREAK.split("".join(pieces[:end]))
        places.append((len(lines), len(lines[-1]) + 1))
    return Marked("".join(pieces), places)


def place(diagnostic: Diagnostic) -> tuple[int, int]:
    assert diagnostic.span is not None
    return diagnostic.span.line, diagnostic.span.column


def told(text: str, *, strict: bool = False, warnings: bool = True) -> list[tuple[str, tuple[int, int]]]:
    """Code and place of each diagnostic that reading `text` gives, in the order they are told."""
    reading = read_text(text, "x.yaml", strict=strict)
    return [(item.code, place(item)) for item in reading.diagnostics if warnings or item.is_error]
