"""Which programs do our documents show?"""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.library.quays import ROOT

_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block, with the heading it stands under."""

    heading: str
    language: str
    text: str


def blocks_of(name: str) -> list[Block]:
    """The fenced blocks of a document of ours."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    outside = _BLOCK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    found = []
    for block in _BLOCK.finditer(text):
        headings = [item["title"] for item in _HEADING.finditer(outside, 0, block.start())]
        found.append(Block(headings[-1], block["language"], block["text"]))
    return found


def block_of(name: str, heading: str, language: str = "python") -> str:
    """The one block of a language below a heading."""
    (found,) = [block.text for block in blocks_of(name) if (block.heading, block.language) == (heading, language)]
    return found
