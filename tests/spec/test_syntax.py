from __future__ import annotations

import pytest

from naftiko_runtime.spec.text.parse import parse
from tests.spec.places import marked, place

MISTAKES = [
    ("a: ‸@b", "can't start with `@`", "between quotes"),
    ("a: ‸`b`", "can't start with a backtick", "between quotes"),
    ("a: ‸%b", "can't start with `%`", "between quotes"),
    ("a: ‸]", "can't start with `]`", "between quotes"),
    ("a: [‸,]", "can't start with `,`", "between quotes"),
    ("a: [‸", "the file ends where a value is expected", "close what is open"),
    ("a: {b: [c,‸\n\n", "the file ends where a value is expected", "close what is open"),
    ("a: [b]‸]", "`]` closes nothing", "remove it"),
    ("a: b‸: c", "a `:` can't stand here", "between quotes"),
    ("key\nkey2‸: b", "a `:` can't stand here", "indented"),
    ("a: b\n c‸: d", "a `:` can't stand here", "indented"),
    ("a: 'b' ‸c", "a key of the mapping that starts on line 1", "indent"),
    ("a: b\n‸- c", "a key of the mapping that starts on line 1", "indent"),
    ("- a\n‸b: c", "an item of the list that starts on line 1", "`- `"),
    ("a: [1, 2\nb‸: 3", "the list that opens on line 1 is not closed", "`]`"),
    ("a: {b: c‸\n", "the mapping that opens on line 1 is not closed", "`}`"),
    ("a: b\n‸word\n", "no `:` follows this key", "`key: value`"),
    ("a: ‸'b\nc: d\n", "the quote that opens here is never closed", "close it"),
    ('a: ‸"b\nc: d\n', "the quote that opens here is never closed", "close it"),
    ("a: ‸'b\n---\n'", "the quote that opens here is never closed", "close it"),
    ('a: "b‸\\q"', "this escape names no character", "`\\\\`"),
    ('a: "\\u‸zzzz"', "this escape names no character", "`\\\\`"),
    ('a: "\\u‸d800"', "this escape names no character", "`\\\\`"),
    ("a: ‸*.b", "no name follows this sign", "`*` or `&`"),
    ("a: ‸& b", "no name follows this sign", "`*` or `&`"),
    ("a: ‸- b", "a list can't start here", "line of its own"),
    ("a: b\n...\n‸c: d", "the document is over before this line", "remove what follows"),
    ("{a: b}\n‸c: d", "the document is over before this line", "remove what follows"),
    ("a: ‸!x!y 5", "tag is malformed", "remove it"),
    ("a: !<x‸ y", "tag is malformed", "remove it"),
    ("‸%FOO bar\n---\na: b", "this directive can't stand here", "remove the line"),
    ("%YAML 1.1\n‸%YAML 1.1\n---\na: b", "this directive can't stand here", "remove the line"),
    ("a: ‸? b", "a `?` can't stand here", "between quotes"),
    ("[a:b‸:]", "a `:` can't stand here", "between quotes"),
    ("‸%YAML 2.0\n---\na: b", "only YAML 1.1 and 1.2", "`%YAML`"),
    ("a: |‸x\n b", "must end after `|` or `>`", "next line"),
    ("a: |‸0\n b", "must end after `|` or `>`", "next line"),
    ("‸\ta: b", "tab", "spaces"),
    ("a:\n‸\tb: c", "tab", "spaces"),
    ("a:\n  b: c\n‸\td: e", "tab", "spaces"),
    ("a: |\n x\n‸\ty", "tab", "spaces"),
    ("a: ‸{{x", "template", "quotes"),
    ("a: ‸{{x, y", "template", "quotes"),
    ("a: 1 # \tb\nb: ‸@", "can't start with `@`", "between quotes"),
    ("\u00e9: \u00e9 # \U0001f600\nb: ‸@", "can't start with `@`", "between quotes"),
    ("a: b\r\nc: ‸@", "can't start with `@`", "between quotes"),
    ("a: b\rc: ‸@", "can't start with `@`", "between quotes"),
]


@pytest.mark.parametrize(("text", "message", "way_out"), MISTAKES)
def test_a_syntax_error_says_what_is_wrong_where_and_what_to_write(text: str, message: str, way_out: str) -> None:
    text, places = marked(text)
    document, [diagnostic] = parse(text, "x.yaml")

    assert document is None
    assert diagnostic.code == "NK1004"
    assert message in diagnostic.message
    assert way_out in diagnostic.help
    assert place(diagnostic) == places[0]


def test_what_was_never_closed_is_shown_where_it_opens() -> None:
    [diagnostic] = parse("a: 1\nb: [1, 2\nc: 3", "x.yaml")[1]

    assert [(item.message, item.span.line, item.span.column) for item in diagnostic.related] == [("opened here", 2, 4)]


def test_what_opens_on_the_same_line_is_not_shown_twice() -> None:
    assert parse("a: [1 2} ", "x.yaml")[1][0].related == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a: ‸\x00b", "U+0000"),
        ("a: ‸\x07", "U+0007"),
        ("é: é‸\x1b[31m", "U+001B"),
        ("a: b\r\n\U0001f600: ‸\x7f", "U+007F"),
        ("a\u2028b‸\x9f", "U+009F"),
        ("a: ‸\ud800", "U+D800"),
        ("a: ‸\ufffe", "U+FFFE"),
        ("a: b\n‸\ufeffc: d", "ZERO WIDTH NO-BREAK SPACE"),
        ("# ‸\x01", "U+0001"),
    ],
)
def test_a_character_that_yaml_forbids_is_named_and_pointed_at(text: str, name: str) -> None:
    text, places = marked(text)
    document, [diagnostic] = parse(text, "x.yaml")

    assert document is None
    assert diagnostic.code == "NK1004"
    assert name in diagnostic.message
    assert place(diagnostic) == places[0]


def test_no_message_holds_a_character_that_steers_a_terminal() -> None:
    [diagnostic] = parse("a: \x1b[31m", "x.yaml")[1]

    assert diagnostic.message.isprintable()
