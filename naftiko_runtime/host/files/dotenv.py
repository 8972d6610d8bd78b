"""What does a dotenv file say?

There is no standard, only habits, so this reads the part that every reader agrees on: `NAME=value`, an optional
`export`, quotes, comments. Nothing is interpolated, because a `$` in a password means a `$`. Problems are told by line
number and never quote the line, which may hold a secret.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ASSIGNMENT = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_REST = re.compile(r"[^\n]*")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "$": "$", "`": "`", "'": "'"}
_COMMENT = re.compile(r"(?:^|[ \t])#.*")


class Dotenv(NamedTuple):
    """The variables of a dotenv text; the last of a repeated name counts. `problems` name lines, never values."""

    values: dict[str, str]
    problems: tuple[str, ...]


def parse_dotenv(text: str) -> Dotenv:
    """Read a dotenv text. A line that can't be read is a problem; the others count all the same."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    values: dict[str, str] = {}
    problems: list[str] = []
    position = 0
    while position < len(text):
        if blank := _BLANK.match(text, position):
            position = max(blank.end(), position + 1)
            continue
        line = text.count("\n", 0, position) + 1
        assignment = _ASSIGNMENT.match(text, position)
        if assignment is None:
            problems.append(f"line {line} is not `NAME=value`")
            position = _end_of_line(text, position)
            continue
        value, position = _read_value(text, assignment.end())
        if value is None:
            problems.append(f"line {line} has a quote that is not closed, or text after it")
        else:
            values[assignment[1]] = value
    return Dotenv(values, tuple(problems))


def _read_value(text: str, start: int) -> tuple[str | None, int]:
    """The value that starts at `start`, and where the next line does; None where its quotes are broken."""
    quoted = _DOUBLE.match(text, start) or _SINGLE.match(text, start)
    if quoted is not None:
        after = _BLANK.match(text, quoted.end())
        if after is None:
            return None, _end_of_line(text, quoted.end())
        is_double = text[start] == '"'
        value = _ESCAPE.sub(_unescape, quoted[1]) if is_double else quoted[1]
        return value, max(after.end(), quoted.end())
    end = _end_of_line(text, start)
    if text[start : start + 1] in ("'", '"'):
        return None, end
    return _COMMENT.sub("", text[start:end].rstrip("\n")).strip(), end


def _end_of_line(text: str, position: int) -> int:
    found = _REST.match(text, position)
    end = position if found is None else found.end()
    return end + 1


def _unescape(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[0])
