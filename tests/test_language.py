"""The page of keywords says all there is to say: every keyword of the schema has its row, and every row its proof."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from naftiko_runtime.spec.generations.earlier import BIND_WORDS
from naftiko_runtime.spec.generations.shapes import LATER, LATER_IN_IMPORTS
from tests.runner import ROOT

PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "naftiko-runtime.json").read_text(encoding="utf-8"))
OTHER_WORDS = "Words of other versions"

_HOLDERS = ("properties", "later")
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| `(tests/[\w/]+\.py::\w+(?:::\w+)?)` \|$", re.MULTILINE)


class Row(NamedTuple):
    """What the page says of one keyword."""

    section: str
    keyword: str
    effect: str
    test: str


ROWS = [Row(title, *row) for title, body in _SECTION.findall(PAGE) for row in _ROW.findall(body)]


def described() -> dict[str, set[str]]:
    """The keywords on the page by section."""
    found: dict[str, set[str]] = {}
    for row in ROWS:
        found.setdefault(row.section, set()).add(row.keyword)
    return found


def objects() -> dict[str, set[str]]:
    """The keywords of each object of the schema, by the title that the page gives it. Nothing but a definition of its
    own may have keywords; the conditions around them repeat some.
    """
    found: dict[str, set[str]] = {}
    for name, definition in {"file": SCHEMA, **SCHEMA["$defs"]}.items():
        keywords = {*definition.get("properties", {}), *definition.get("later", {})}
        if keywords:
            found[f"`{name}`: {definition['title']}"] = keywords
    return found


def keywords_within(value: Any) -> set[str]:
    """Every keyword below a schema, wherever it stands in it."""
    if isinstance(value, list):
        return {keyword for item in value for keyword in keywords_within(item)}
    if not isinstance(value, dict):
        return set()
    own = {keyword for key in _HOLDERS for keyword in value.get(key, {})}
    # Below a keyword stands a schema again, even where the keyword is `properties`.
    below = [item for key, held in value.items() for item in (held.values() if key in _HOLDERS else [held])]
    return own.union(*map(keywords_within, below))


def test_every_object_of_the_schema_has_its_section_and_every_section_its_object() -> None:
    assert set(described()) - {OTHER_WORDS} == set(objects())


@pytest.mark.parametrize("title", objects())
def test_every_keyword_has_its_row_and_every_row_its_keyword(title: str) -> None:
    assert described().get(title, set()) == objects()[title]


@pytest.mark.parametrize("name", SCHEMA["$defs"])
def test_no_keyword_hides_below_a_definition(name: str) -> None:
    definition = SCHEMA["$defs"][name]
    own = {*definition.get("properties", {}), *definition.get("later", {})}
    # A body without a type is told from its document by the types there are.
    assert keywords_within(definition) - own <= ({"type"} if name == "body" else set())


def test_the_words_of_other_versions_have_their_rows() -> None:
    later = {*LATER.values(), *LATER_IN_IMPORTS.values()}
    assert described()[OTHER_WORDS] == later | {"externalRefs", *(BIND_WORDS.keys() - {"name"})}


def test_no_keyword_has_two_rows() -> None:
    keys = [(row.section, row.keyword) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_every_line_of_a_table_is_a_row() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(lines) == len(ROWS)


def test_every_proof_is_a_test_that_is_there() -> None:
    tests = sorted({row.test for row in ROWS})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *tests]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, re.findall(r"^ERROR.*", ended.stdout + ended.stderr, re.MULTILINE)


def test_what_is_not_served_says_by_which_code() -> None:
    assert [row for row in ROWS if "ot served" in row.effect and "(errors/NK2008.md)" not in row.effect] == []
