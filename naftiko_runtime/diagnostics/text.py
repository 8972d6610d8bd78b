"""How does a person read a diagnostic in a terminal?

The finder's words, the place, the line of text with carets below it, and the way out; C-compiler style, because editors
and terminals already make `file:line:column` clickable. The text quoted comes from files we don't trust, so nothing of
it reaches the terminal as a control character (CWE-150), and no line of a minified file fills the screen.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from naftiko_runtime.diagnostics.model import Severity, in_file_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from naftiko_runtime.diagnostics.model import Diagnostic, Related, Span

_COLUMNS = 120
_TAB = "    "
_ELLIPSIS = "…"

# YAML 1.1 readers, libyaml among them, count NEL, LS and PS as line breaks: the excerpt must count like the spans do.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

# Control, format (bidirectional overrides, zero-width joiners), lone surrogate, line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# A secret written into a file must not travel on into the logs of whoever checks the file: these places are only named.
_NEVER_QUOTED = frozenset({"NK9002"})

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_FRAME = "\x1b[1;34m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}


def visible(text: str, keep: str = "") -> str:
    r"""Write out each character of `text` that steers a terminal (`\x1b`, `\u202e`), except those of `keep`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character in keep else _shown(character) for character in text)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Count by severity, such as `2 errors, 1 warning`; `no problems` where there are none."""
    counts = Counter(item.severity for item in diagnostics)
    parts = [f"{counts[kind]} {kind}{'' if counts[kind] == 1 else 's'}" for kind in Severity if counts[kind]]
    return ", ".join(parts) or "no problems"


def render_text(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], *, colour: bool = False) -> str:
    """Render for people, in file order, a blank line between two diagnostics and no line break at the end.

    `sources` holds the text of each file by the name that the diagnostics use; a file that is missing there is told
    without an excerpt. A related place has a message like "first used here", whose last word gives way to the place.
    """
    page = _Page({file: _LINE_BREAK.split(text) for file, text in sources.items()}, colour)
    return "\n\n".join(page.block(item) for item in in_file_order(diagnostics))


class _Excerpt(NamedTuple):
    """One line of a file as the terminal shows it. `offset` and `carets` are columns of the terminal."""

    text: str
    offset: int
    carets: int


class _Page(NamedTuple):
    """What every diagnostic of one rendering shares: the files as lines, and whether there are colours."""

    lines: Mapping[str, Sequence[str]]
    colour: bool

    def block(self, item: Diagnostic) -> str:
        """One diagnostic: header, place, excerpt, help, related places."""
        margin = self._margin(item)
        tint = _COLOURS[item.severity]
        header = self._paint(f"{item.severity}[{item.code}]", tint) + self._paint(f": {visible(item.message)}", _BOLD)
        parts = [header]
        if item.file:
            parts.append(f"  {self._paint('-->', _FRAME)} {visible(item.place)}")
        if item.code not in _NEVER_QUOTED:
            parts += self._quote(item.file, item.span, margin, tint)
        if item.help:
            parts += self._remark("help", item.help, margin)
        for place in item.related:
            parts += self._related(place, margin)
        return "\n".join(parts)

    def _margin(self, item: Diagnostic) -> int:
        """Columns left of the frame: wide enough for every line number quoted in this block."""
        places = [(item.file, item.span), *((place.file, place.span) for place in item.related)]
        quoted = [span.line for file, span in places if span is not None and self._line(file, span) is not None]
        return max((len(str(line)) for line in quoted), default=3) + 1

    def _line(self, file: str, span: Span) -> str | None:
        lines = self.lines.get(file, ())
        return lines[span.line - 1] if 1 <= span.line <= len(lines) else None

    def _quote(self, file: str, span: Span | None, margin: int, tint: str) -> list[str]:
        line = None if span is None else self._line(file, span)
        if line is None or span is None:
            return []
        excerpt = _excerpt(line, *_extent(line, span), _COLUMNS - margin - 2)
        bar = self._paint(f"{'':{margin}}|", _FRAME)
        number = self._paint(f"{span.line:>{margin - 1}} |", _FRAME)
        carets = self._paint("^" * excerpt.carets, tint)
        return [bar, f"{number} {excerpt.text}".rstrip(), f"{bar} {'':{excerpt.offset}}{carets}"]

    def _related(self, place: Related, margin: int) -> list[str]:
        where = f"at {place.file}:{place.span.line}:{place.span.column}"
        return [
            *self._remark("note", f"{place.message.removesuffix(' here')} {where}", margin),
            *self._quote(place.file, place.span, margin, _COLOURS[Severity.NOTE]),
        ]

    def _remark(self, kind: str, text: str, margin: int) -> list[str]:
        """`= help: …`, wrapped; the text may hold line breaks of its own, each starts a line."""
        label = f"{'':{margin}}= {kind}: "
        wrapper = textwrap.TextWrapper(_COLUMNS - len(label), break_long_words=False, break_on_hyphens=False)
        lines = [line for part in text.split("\n") for line in wrapper.wrap(visible(part))]
        painted = f"{'':{margin}}{self._paint('=', _FRAME)} {self._paint(f'{kind}:', _BOLD)} "
        return [f"{'':{len(label)}}{line}" if index else painted + line for index, line in enumerate(lines)]

    def _paint(self, text: str, tint: str) -> str:
        return f"{tint}{text}{_RESET}" if self.colour else text


def _extent(line: str, span: Span) -> tuple[int, int]:
    """The part of its first line that a span covers, as offsets; at least one character even where the line is over."""
    start = min(span.column - 1, len(line))
    end = len(line.rstrip()) if span.end_line > span.line else min(span.end_column - 1, len(line))
    return start, max(end, start + 1)


def _excerpt(line: str, start: int, end: int, room: int) -> _Excerpt:
    """Cut a window of at most `room` columns out of `line`, around the characters from `start` to `end`."""
    # No character further away than `room` can be shown: a line of megabytes costs no more than a short one.
    low, high = max(0, start - room), min(len(line), start + room)
    cells = [_shown(character) for character in line[low:high]]
    widths = [_width(cell) for cell in cells]
    first, last = 0, len(cells)
    if low or high < len(line) or sum(widths) > room:
        first, last = _window(widths, start - low, min(end, high) - low, room - 2 * len(_ELLIPSIS))
    before = _ELLIPSIS if low + first > 0 else ""
    after = _ELLIPSIS if low + last < len(line) else ""
    offset = len(before) + sum(widths[first : start - low])
    carets = sum(widths[start - low : min(end - low, last)])
    return _Excerpt(before + "".join(cells[first:last]) + after, offset, max(carets, 1))


def _window(widths: Sequence[int], start: int, end: int, room: int) -> tuple[int, int]:
    """Choose which cells to show: the span, then as much on its left as on its right, then whatever still fits."""
    first = last = start
    while last < end and last < len(widths) and room >= widths[last]:
        room -= widths[last]
        last += 1
    lead = room // 2
    while first > 0 and lead >= widths[first - 1]:
        first -= 1
        lead -= widths[first]
        room -= widths[first]
    while last < len(widths) and room >= widths[last]:
        room -= widths[last]
        last += 1
    while first > 0 and room >= widths[first - 1]:
        first -= 1
        room -= widths[first]
    return first, last


def _shown(character: str) -> str:
    """The character as it may reach a terminal."""
    if character == "\t":
        return _TAB
    if unicodedata.category(character) in _INVISIBLE:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _width(cell: str) -> int:
    """Columns that a cell takes: none for a combining mark, two for a wide character (UAX #11)."""
    if len(cell) > 1:
        return len(cell)
    if unicodedata.category(cell) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(cell) in {"W", "F"} else 1
