"""Changes of a text, collected before any is made.

Each is told in positions of the text as it was, so that none has to know of the others. Lines are moved as a whole:
what stands below a key moves with it, comments and blocks of text included.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from naftiko_runtime.spec.text.source import LINE_BREAK

_SKIPPED = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029]|(?<!\S)#[^\r\n]*)*")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)+|[&!]\S*(?=[\r\n])")


class Edits:
    """The changes of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = LINE_BREAK.search(text)
        self.line_break = found.group() if found else "\n"
        self._starts = [0, *(item.end() for item in LINE_BREAK.finditer(text))]
        self._moves = [0] * (len(self._starts) + 1)
        self._changes: dict[int, tuple[int, str]] = {}

    def replace(self, start: int, end: int, new: str) -> None:
        """Write `new` for what stands from `start` to `end`. What is inserted there comes before what replaces."""
        known_end, known = self._changes.get(start, (start, ""))
        self._changes[start] = max(end, known_end), new + known if start == end else known + new

    def remove_lines(self, first: int, last: int) -> None:
        """Remove whole lines, by their numbers from 0."""
        self.replace(self._starts[first], self.start_of(last + 1), "")

    def move(self, first: int, last: int, columns: int) -> None:
        """Move lines to the right, or to the left where `columns` is negative."""
        for line in range(first, last + 1):
            self._moves[line] += columns

    def moved(self, line: int) -> int:
        """By how many columns a line moves, as far as it is known."""
        return self._moves[line]

    def line_of(self, index: int) -> int:
        """The number of the line, from 0, of a position."""
        return bisect_right(self._starts, index) - 1

    def start_of(self, line: int) -> int:
        """Where a line begins; the end of the text for the one after the last."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def end_of(self, line: int) -> int:
        """Where a line ends, before its line break."""
        end = self.start_of(line + 1)
        while end > self.start_of(line) and LINE_BREAK.match(self.text[end - 1]):
            end -= 1
        return end

    def is_idle(self, line: int) -> bool:
        """Whether a line is there, and holds nothing but a comment or white space."""
        content = self.text[self.start_of(line) : self.end_of(line)].lstrip()
        return line < len(self._starts) and (not content or content.startswith("#"))

    def comment_column(self, line: int) -> int | None:
        """The column of the comment that fills a line; None for every other line."""
        content = self.text[self.start_of(line) : self.end_of(line)]
        inner = content.lstrip()
        return len(content) - len(inner) if inner.startswith("#") else None

    def skip(self, index: int) -> int:
        """The first position from `index` on that is no white space and no comment."""
        found = _SKIPPED.match(self.text, index)
        return found.end() if found else index

    def behind_properties(self, index: int) -> int:
        """The first position from `index` on that is no anchor, no tag, no white space and no comment."""
        found = _PROPERTIES.match(self.text, index)
        return self.skip(found.end() if found else index)

    def apply(self) -> str:
        """The text with all changes made."""
        changes = dict(self._changes)
        for line, columns in enumerate(self._moves[: len(self._starts)]):
            if columns:
                self._move_line(changes, line, columns)
        pieces, at = [], 0
        for start, (end, new) in sorted(changes.items()):
            # What begins inside of something replaced went with it; two removals may share what is between them.
            if start >= at:
                pieces += [self.text[at:start], new]
            at = max(at, end)
        return "".join([*pieces, self.text[at:]])

    def _move_line(self, changes: dict[int, tuple[int, str]], line: int, columns: int) -> None:
        start, end = self.start_of(line), self.end_of(line)
        content = self.text[start:end]
        indent = len(content) - len(content.lstrip(" "))
        known_end, known = changes.get(start, (start, ""))
        if indent == len(content) or known_end > end:
            return
        changes[start] = max(known_end, start + indent), " " * max(0, indent + columns) + known
