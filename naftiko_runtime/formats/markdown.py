"""What does a Markdown document mean as JSON? (language §4.1; CommonMark with GitHub's tables)

`{"frontMatter": {}, "tables": [[{header: cell}]], "sections": [{"heading", "level", "content"}]}`: the front matter is
the YAML between two `---` lines at the start, tables and headings are those that lie in nothing else. A section's
content is its plain text, code included and tables left out; what stands before the first heading is `preamble`.
`outputSchema` keeps the sections whose heading starts with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from naftiko_runtime.formats.charset import decode_text
from naftiko_runtime.formats.model import Allowance, Decode, MissingExtraError, UndecodableError
from naftiko_runtime.formats.table import Row, to_rows
from naftiko_runtime.formats.yaml import read_yaml

LARGEST = 256 * 1024
"""Characters of a document: its grammar looks ahead, so that time can grow faster than the text."""

_FRONT = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TEXTS = frozenset({"text", "code_inline", "fence", "code_block"})
_BREAKS = frozenset({"softbreak", "hardbreak"})

Parse = Callable[[str], Sequence[Any]]


def compile_markdown(prefix: str) -> Decode:
    """The decoder of Markdown. Raises MissingExtraError where its parser is not installed."""
    try:
        from markdown_it import MarkdownIt  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("markdown") from None
    parse = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").parse
    wanted = prefix.lstrip("#").strip()

    def decode(body: bytes, content_type: str) -> object:
        text = decode_text(body, content_type).replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > LARGEST:
            raise UndecodableError(f"Markdown of more than {LARGEST:,} characters")
        front, rest = _split(text)
        return _Reader(wanted).read(parse(rest)) | {"frontMatter": front}

    return decode


def _split(text: str) -> tuple[object, str]:
    """The front matter, and the text behind it. Two lines of dashes around anything but a mapping are only lines."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    front = read_yaml(match[1] or "")
    if front is None:
        return {}, text[match.end() :]
    return (front, text[match.end() :]) if isinstance(front, dict) else ({}, text)


class _Reader:
    """Reads the blocks of one document."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._allowance = Allowance()
        self._tables: list[list[Row]] = []
        self._sections: list[dict[str, Any]] = []
        self._before: list[str] = []
        self._lines = self._before

    def read(self, tokens: Sequence[Any]) -> dict[str, Any]:
        left = iter(tokens)
        for token in left:
            self._allowance.take()
            if token.type == "heading_open" and token.level == 0:
                self._begin(int(token.tag[1:]), _plain(next(left)))
            elif token.type == "table_open" and token.level == 0:
                self._tables.append(self._table(left))
            elif token.type == "inline" or token.type in _TEXTS:
                self._lines.append(_plain(token))
        sections = [section for section in self._sections if section["heading"].startswith(self._prefix)]
        for section in sections:
            section["content"] = "\n".join(section["content"])
        return {"tables": self._tables, "sections": sections, "preamble": "\n".join(self._before)}

    def _begin(self, level: int, heading: str) -> None:
        self._lines = []
        self._sections.append({"heading": heading, "level": level, "content": self._lines})

    def _table(self, left: Iterator[Any]) -> list[Row]:
        rows: list[list[str]] = []
        for token in takewhile(lambda token: token.type != "table_close", left):
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(_plain(token))
        return to_rows(rows[0], rows[1:], "", self._allowance)


def _plain(token: Any) -> str:
    """The text of a block without its marks."""
    if token.type in _TEXTS:
        return str(token.content).removesuffix("\n")
    pieces = []
    for child in token.children or ():
        if child.type in _TEXTS:
            pieces.append(child.content)
        elif child.type in _BREAKS:
            pieces.append("\n")
        elif child.type == "image":
            pieces.append(_plain(child))
    return "".join(pieces)
