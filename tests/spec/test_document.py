from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.diagnostics import Span
from naftiko_runtime.spec.text.document import Document, to_json_pointer
from naftiko_runtime.spec.text.parse import parse

TEXT = """\
naftiko: 1.0.0-alpha2
list:
- one
- k: two
  l: 'three
    lines

    long'
-
- - nested
empty:
flow: {a: [b, "c"], d: {}}
block: |
  first
  last

after: &anchor
  inner: 1
alias: *anchor
merged:
  - <<: *anchor
  - <<: {x: 1}
tagged: !!str 5
"""


def read(text: str) -> Document:
    document, diagnostics = parse(text, "x.yaml")
    assert document is not None, diagnostics
    return document


@pytest.mark.parametrize(
    ("pointer", "span"),
    [
        ((), Span(1, 1, 1, 8)),
        (("naftiko",), Span(1, 10, 1, 22)),
        (("list",), Span(2, 1, 2, 5)),
        (("list", 0), Span(3, 3, 3, 6)),
        (("list", 1), Span(4, 3, 4, 4)),
        (("list", 1, "k"), Span(4, 6, 4, 9)),
        (("list", 1, "l"), Span(5, 6, 8, 10)),
        (("list", 2), Span(9, 2, 9, 3)),
        (("list", 3), Span(10, 3, 10, 4)),
        (("list", 3, 0), Span(10, 5, 10, 11)),
        (("empty",), Span(11, 1, 11, 6)),
        (("flow",), Span(12, 1, 12, 5)),
        (("flow", "a", 1), Span(12, 15, 12, 18)),
        (("flow", "d"), Span(12, 21, 12, 22)),
        (("block",), Span(13, 8, 15, 7)),
        (("alias", "inner"), Span(18, 10, 18, 11)),
        (("alias",), Span(19, 1, 19, 6)),
        (("merged", 0), Span(21, 5, 21, 6)),
        (("merged", 0, "inner"), Span(18, 10, 18, 11)),
        (("merged", 1), Span(22, 10, 22, 11)),
        (("tagged",), Span(23, 9, 23, 16)),
    ],
)
def test_the_span_of_a_value_is_where_the_text_says_it(pointer: tuple[str | int, ...], span: Span) -> None:
    assert read(TEXT).span(pointer) == span


@pytest.mark.parametrize(
    ("pointer", "span"),
    [
        ((), Span(1, 1, 1, 8)),
        (("naftiko",), Span(1, 1, 1, 8)),
        (("list", 0), Span(3, 3, 3, 6)),
        (("list", 1, "k"), Span(4, 3, 4, 4)),
        (("list", 3), Span(10, 3, 10, 4)),
        (("empty",), Span(11, 1, 11, 6)),
        (("alias", "inner"), Span(18, 3, 18, 8)),
    ],
)
def test_the_span_of_a_key_is_where_the_key_stands(pointer: tuple[str | int, ...], span: Span) -> None:
    assert read(TEXT).key_span(pointer) == span


@pytest.mark.parametrize(
    ("pointer", "deepest"),
    [
        (("missing",), ()),
        (("naftiko", "deeper"), ("naftiko",)),
        (("list", 9), ("list",)),
        (("list", -1), ("list",)),
        (("list", "0"), ("list",)),
        (("list", 1, "k", 0, "x"), ("list", 1, "k")),
        (("flow", "d", "x"), ("flow", "d")),
    ],
)
def test_a_pointer_that_leads_nowhere_gives_the_deepest_place_there_is(
    pointer: tuple[str | int, ...], deepest: tuple[str | int, ...]
) -> None:
    document = read(TEXT)

    assert document.span(pointer) == document.span(deepest)
    assert document.key_span(pointer) == document.key_span(deepest)
    assert document.start(pointer) == document.start(deepest)


def test_the_start_of_a_value_is_not_that_of_its_key() -> None:
    document = read(TEXT)

    assert document.start(("flow",)) == (12, 7)
    assert document.start(("tagged",)) == (23, 9)
    assert document.start(("list",)) == (3, 1)


def test_a_number_finds_the_key_that_looks_like_it() -> None:
    assert read("200: ok").span((200,)) == Span(1, 6, 1, 8)


def test_a_text_in_flow_style_at_the_root_starts_at_its_first_key() -> None:
    assert read('{"a": 1}').span(()) == Span(1, 2, 1, 5)


@given(st.lists(st.one_of(st.text(), st.integers(), st.sampled_from(["list", "flow", "a", "alias"])), max_size=5))
def test_no_pointer_makes_a_place_raise(parts: list[Any]) -> None:
    document, pointer = read(TEXT), tuple(parts)
    lines = TEXT.split("\n")

    for span in (document.span(pointer), document.key_span(pointer)):
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    assert document.start(pointer) >= (1, 1)


@pytest.mark.parametrize(
    ("pointer", "text"),
    [((), ""), (("",), "/"), (("a", 0, "b"), "/a/0/b"), (("a/b", "~c", "~1"), "/a~1b/~0c/~01")],
)
def test_a_json_pointer_is_written_as_rfc_6901_says(pointer: tuple[str | int, ...], text: str) -> None:
    assert to_json_pointer(pointer) == text
