from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from naftiko_runtime.spec.text.document import Document
from naftiko_runtime.spec.text.parse import parse, recover
from naftiko_runtime.spec.text.source import BYTE_ORDER_MARK, LINE_BREAK
from tests.spec.places import marked, place


def value_of(text: str) -> Any:
    document, diagnostics = parse(text, "x.yaml")
    assert document is not None, diagnostics
    return document.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": 1}),
        ("--- \na: 1\n...\n", {"a": 1}),
        ("%YAML 1.2\n---\na: 1", {"a": 1}),
        ("# only\n\na: 1 # one\n# end\n", {"a": 1}),
        ("a: 1\r\nb:\r\n- 2\r\n", {"a": 1, "b": [2]}),
        ("a: 1\rb: 2\r", {"a": 1, "b": 2}),
        ("a:\nb: ~\nc: ''\n", {"a": None, "b": None, "c": ""}),
        ("{a: [1, {b: c}], d: }", {"a": [1, {"b": "c"}], "d": None}),
        ("on: off\nyes: no\n", {"on": "off", "yes": "no"}),
        (
            "a: 012\nb: 0o17\nc: 1_000\nd: 12:30\ne: 2026-05-19",
            {"a": 12, "b": 15, "c": "1_000", "d": "12:30", "e": "2026-05-19"},
        ),
        (
            "1: a\ntrue: b\n~: c\n2015-02-01: d\n1.50: e",
            {"1": "a", "true": "b", "~": "c", "2015-02-01": "d", "1.50": "e"},
        ),
        ("? a\n: b\n? c\n", {"a": "b", "c": None}),
        ("a: |\n  x\n   y\nb: >-\n  x\n  y\n", {"a": "x\n y\n", "b": "x y"}),
        ('a: "\\u00e9\\x07\\n"', {"a": "é\x07\n"}),
        (
            "a: !!str 5\nb: ! '5'\nc: !!int 5\nd: !!seq [1]\ne: !!map {}\nf: ! []",
            {"a": "5", "b": "5", "c": 5, "d": [1], "e": {}, "f": []},
        ),
        ("a: ! 5\nb: ! |\n 5\n", {"a": "5", "b": "5\n"}),
        ("!!map\na: b", {"a": "b"}),
        ("!!str a: b", {"a": "b"}),
        ("'<<': {a: 1}\nb: {!!str <<: c}\nd: {! <<: e}", {"<<": {"a": 1}, "b": {"<<": "c"}, "d": {"<<": "e"}}),
    ],
)
def test_yaml_becomes_the_values_it_says(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {k: 1}\nb: *x", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("&k key: 1\nb: *k", {"key": 1, "b": "key"}),
        ("&k 5: 1\nb: *k", {"5": 1, "b": 5}),
        ("a: &k key\nb: {*k : 1}", {"a": "key", "b": {"key": 1}}),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}}),
        ("a: &x {k: 1}\nb: {k: 3, <<: *x}", {"a": {"k": 1}, "b": {"k": 3}}),
        ("b: {<<: [{k: 1}, {k: 2, l: 2}]}", {"b": {"k": 1, "l": 2}}),
        ("a: &x [{k: 1}, {l: 2}]\nb: {<<: *x}", {"a": [{"k": 1}, {"l": 2}], "b": {"k": 1, "l": 2}}),
        ("b: {<<: {k: 1}, <<: {l: 2}}", {"b": {"k": 1, "l": 2}}),
        ("b: {<<: {<<: {k: 1}, l: 2}}", {"b": {"l": 2, "k": 1}}),
        ("b: {<<: []}", {"b": {}}),
    ],
)
def test_anchors_and_merge_keys_work(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: b\n‸a: c", "NK1005"),
        ("{a: b, ‸a: c}", "NK1005"),
        ("1: b\n‸'1': c", "NK1005"),
        ("&k a: b\n‸*k : c", "NK1005"),
        ("é: {b: 1,\n  ‸b: 2}", "NK1005"),
        ("a: b\n‸---\nc: d", "NK1006"),
        ("a: b\n...\n‸---\n", "NK1006"),
        ("a: b\n‸--- # again\n{", "NK1006"),
        ("a: ‸!vault x", "NK1009"),
        ("a: ‸!vault {b: c}", "NK1009"),
        ("a: ‸!!set {b}", "NK1009"),
        ("a: ‸!!omap [b: c]", "NK1009"),
        ("a: ‸!!int x", "NK1009"),
        ("‸!x a: b", "NK1009"),
        ("‸!!int a: b", "NK1009"),
        ("‸", "NK1010"),
        ("‸\n# only\n", "NK1010"),
        ("‸---\n", "NK1010"),
        ("‸~", "NK1010"),
        ("‸...", "NK1004"),
        ("# x\n‸- a: b", "NK1010"),
        ("# x\n\n  ‸word\n", "NK1010"),
        ("? ‸[a]\n: b", "NK1011"),
        ("? ‸{a: b}\n: c", "NK1011"),
        ("a: &x [1]\n‸*x : b", "NK1011"),
        ("a: &x 5\n‸*x : b", "NK1011"),
        ("a: ‸*x", "NK1012"),
        ("a: &x [‸*x]", "NK1012"),
        ("a: &x {b: {c: ‸*x}}", "NK1012"),
        ("&x a: ‸*y", "NK1012"),
        ("‸<<: 5", "NK1012"),
        ("‸<<: [{a: b}, c]", "NK1012"),
        ("a: &x b\n‸<<: *x", "NK1012"),
    ],
)
def test_a_mistake_is_told_where_it_is(text: str, code: str) -> None:
    text, places = marked(text)
    document, diagnostics = parse(text, "x.yaml")

    assert document is None
    assert [(item.code, place(item)) for item in diagnostics] == [(code, places[0])]
    assert diagnostics[0].help


def test_a_duplicate_key_shows_both_places() -> None:
    [diagnostic] = parse("a: 1\nb: 2\na: 3", "x.yaml")[1]

    assert diagnostic.span is not None
    assert diagnostic.span.line == 3
    assert [(item.message, item.file, item.span.line) for item in diagnostic.related] == [
        ("first used here", "x.yaml", 1)
    ]
    assert "line 1" in diagnostic.help


def test_the_root_of_another_kind_is_called_by_its_kind() -> None:
    assert "found a list" in parse("- a", "x")[1][0].message
    assert "found a single value" in parse("a", "x")[1][0].message


def test_all_mistakes_that_do_not_stop_the_parser_are_told_at_once() -> None:
    text, places = marked("a: 1\n‸a: !!str 2\nb: ‸!x 1\n? ‸[c]\n: 1\nd: {‸<<: 1}\ne: {f: ‸!!python/name:os.system ''}")
    document, diagnostics = recover(text, "x.yaml")

    assert [item.code for item in diagnostics] == ["NK1005", "NK1009", "NK1011", "NK1012", "NK1009"]
    assert [place(item) for item in diagnostics] == places
    assert document is not None
    assert document.value == {"a": 1, "b": "1", "d": {}, "e": {"f": ""}}


def test_what_was_wrong_before_the_parser_stopped_is_told_too() -> None:
    text, places = marked("a: 1\n‸a: 2\nb: ‸]")
    document, diagnostics = recover(text, "x.yaml")

    assert document is None
    assert [place(item) for item in diagnostics] == places


@pytest.mark.parametrize(
    "text", ["a: ‸{{env.X}}", "a: ‸{{ env.X }}\nb: 1", "a: ‸{{env.X}}/y", "a: [‸{{x}}]", "a: ‸{{x"]
)
def test_a_template_without_quotes_is_one_mistake_and_says_to_quote_it(text: str) -> None:
    text, places = marked(text)
    _, diagnostics = parse(text, "x.yaml")

    assert [place(item) for item in diagnostics] == places
    assert "template" in diagnostics[0].message
    assert "quotes" in diagnostics[0].help


ANYTHING = st.one_of(
    st.text(),
    st.text(alphabet="ab:-?[]{},&*!|>'\"%@`#<~ \n\t\r1\\u\x85\u2028é"),
    st.lists(
        st.sampled_from(
            [
                "a",
                ": ",
                "- ",
                "\n",
                "  ",
                "&x ",
                "*x ",
                "<<: ",
                "{",
                "}",
                "[",
                "]",
                "!!int ",
                "'",
                '"',
                "---\n",
                "|\n",
                "{{",
                ", ",
                "? ",
            ]
        )
    ).map("".join),
)


@settings(max_examples=600, deadline=None)
@given(ANYTHING)
@example("\ud800")
@example("a: \x00")
@example("\ufeff")
def test_no_text_makes_the_parser_raise(text: str) -> None:
    document, diagnostics = recover(text, "x.yaml")

    assert document is not None or diagnostics
    lines = LINE_BREAK.split(text)
    for item in diagnostics:
        assert item.span is not None
        assert item.help
        assert item.span.line <= len(lines)
        assert item.span.column <= len(lines[item.span.line - 1]) + 1
    strict, same = parse(text, "x.yaml")
    assert same == diagnostics
    assert (strict is None) == bool(diagnostics)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


def pointers(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(at, value), *(found for key, item in inner for found in pointers(item, (*at, key)))]


def stretch(document: Document, pointer: tuple[str | int, ...]) -> str:
    """What the text holds at the span of a pointer."""
    span = document.span(pointer)
    lines = LINE_BREAK.split(document.text)
    assert (span.line, span.column) < (span.end_line, span.end_column)
    assert span.end_line <= len(lines)
    assert span.column <= len(lines[span.line - 1])
    assert span.end_column <= len(lines[span.end_line - 1]) + 1
    held = lines[span.line - 1 : span.end_line]
    held[-1] = held[-1][: span.end_column - 1]
    held[0] = held[0][span.column - 1 :]
    return "\n".join(held)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(TEXTS, JSON, min_size=1, max_size=5),
    st.sampled_from([None, False, True]),
    st.sampled_from([20, 1000]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_dumped_is_read_again_each_scalar_at_its_place(
    value: dict[str, Any], style: bool | None, width: int, line_break: Any
) -> None:
    text = yaml.dump(
        value, Dumper=Quoted, default_flow_style=style, width=width, line_break=line_break, allow_unicode=True
    )
    document, diagnostics = parse(text, "x.yaml")

    assert diagnostics == ()
    assert document is not None
    assert document.value == value
    for pointer, inner in pointers(value):
        held = stretch(document, pointer)
        if pointer and not isinstance(inner, dict | list):
            again, _ = parse(f"x:\n {held}", "y")
            assert again is not None, held
            assert again.value == {"x": inner}


class Quoted(yaml.SafeDumper):
    """Writes every text between quotes: what is text to YAML 1.1 alone must not be dumped plain."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


Quoted.add_representer(str, _quoted)
Quoted.ignore_aliases = lambda self, data: True  # type: ignore[method-assign]  # aliases have tests of their own


def test_a_byte_order_mark_inside_the_text_is_pointed_at() -> None:
    [diagnostic] = parse(f"a: b\n{BYTE_ORDER_MARK}c: d", "x")[1]

    assert place(diagnostic) == (2, 1)
