from __future__ import annotations

import re

import pytest

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, Span, render_text, summary

FILE = "specs/upbound.yaml"


def problem(span: Span | None = None, **fields: object) -> Diagnostic:
    values: dict[str, object] = {
        "code": "NK3001",
        "severity": Severity.ERROR,
        "message": "no operation `list-teams` in consumes `upbound`",
        "file": FILE,
        "span": span,
    }
    return Diagnostic(**(values | fields))  # type: ignore[arg-type]


def rendered(line: str, span: Span, **fields: object) -> list[str]:
    return render_text([problem(span, **fields)], {FILE: line}).split("\n")


def pointed_at(line: str, span: Span) -> str:
    *_, source, carets = rendered(line, span)
    return source[carets.index("^") : carets.rindex("^") + 1]


def test_a_diagnostic_reads_like_a_compiler_message() -> None:
    source = "\n" * 211 + "        call: upbound.list-teams\n"
    item = problem(Span(212, 15, 212, 33), help="did you mean `list-robots`? `upbound` has: list-organizations")
    assert render_text([item], {FILE: source}) == (
        "error[NK3001]: no operation `list-teams` in consumes `upbound`\n"
        "  --> specs/upbound.yaml:212:15\n"
        "    |\n"
        "212 |         call: upbound.list-teams\n"
        "    |               ^^^^^^^^^^^^^^^^^^\n"
        "    = help: did you mean `list-robots`? `upbound` has: list-organizations"
    )


def test_the_frame_is_as_wide_as_the_line_number() -> None:
    lines = render_text([problem(Span(7, 1, 7, 2), help="x")], {FILE: "\n" * 6 + "a: b"}).split("\n")
    assert lines[2:] == ["  |", "7 | a: b", "  | ^", "  = help: x"]


def test_a_diagnostic_without_a_place_in_the_text_has_no_excerpt() -> None:
    assert render_text([problem(None, help="look")], {FILE: "a: b"}).split("\n")[1:] == [
        f"  --> {FILE}",
        "    = help: look",
    ]


def test_a_diagnostic_without_a_file_has_no_arrow() -> None:
    assert render_text([problem(None, file="")], {}) == "error[NK3001]: no operation `list-teams` in consumes `upbound`"


@pytest.mark.parametrize("sources", [{}, {FILE: "one line"}], ids=["source unknown", "line beyond the end"])
def test_a_place_that_can_not_be_quoted_is_still_named(sources: dict[str, str]) -> None:
    text = render_text([problem(Span(9, 1, 9, 2))], sources)
    assert text.endswith(f"  --> {FILE}:9:1")


@pytest.mark.parametrize(
    ("line", "span", "expected"),
    [
        ("a: bcd # e", Span(1, 4, 1, 7), "bcd"),
        ("a: bcd", Span(1, 4, 1, 99), "bcd"),
        ("a: [b,   \n c]", Span(1, 4, 2, 4), "[b,"),
        ("\ta:\tb", Span(1, 2, 1, 3), "a"),
        ("a: b\r\nc: d", Span(2, 4, 2, 5), "d"),
        ("x: a\u2028y: b", Span(2, 4, 2, 5), "b"),
    ],
    ids=["a word", "past the end of the line", "several lines", "after a tab", "CRLF", "a line separator"],
)
def test_carets_stand_below_the_span(line: str, span: Span, expected: str) -> None:
    assert pointed_at(line, span) == expected


@pytest.mark.parametrize(
    ("line", "span", "offset", "carets"),
    [
        ("名前: x", Span(1, 5, 1, 6), 6, 1),
        ("a: 名前", Span(1, 4, 1, 6), 3, 4),
        ("e\u0301: x", Span(1, 5, 1, 6), 3, 1),
        ("a:\tx", Span(1, 3, 1, 4), 2, 4),
        ("a: \x1bx", Span(1, 5, 1, 6), 7, 1),
    ],
    ids=["after wide", "below wide", "after a combining mark", "below a tab", "after an escape"],
)
def test_carets_count_terminal_columns(line: str, span: Span, offset: int, carets: int) -> None:
    assert rendered(line, span)[-1] == "  | " + " " * offset + "^" * carets


@pytest.mark.parametrize(
    ("source", "span"),
    [("", Span(1, 1, 1, 1)), ("a:", Span(1, 3, 1, 3)), ("a:", Span(1, 9, 1, 9)), ("a: [\n", Span(2, 1, 2, 1))],
    ids=["empty file", "end of line", "beyond the line", "last, empty line"],
)
def test_an_empty_span_gets_one_caret(source: str, span: Span) -> None:
    assert rendered(source, span)[-1].count("^") == 1


@pytest.mark.parametrize("column", [1, 60, 119, 400, 4_990, 4_997])
def test_a_very_long_line_is_cut_to_a_window_around_the_span(column: int) -> None:
    line = "".join(chr(ord("a") + index % 26) for index in range(5_000))
    span = Span(1, column, 1, column + 4)
    assert pointed_at(line, span) == line[column - 1 : column + 3]
    assert 119 <= max(map(len, rendered(line, span))) <= 120


def test_both_ends_that_were_cut_are_marked() -> None:
    source = rendered("x" * 1_000, Span(1, 500, 1, 501))[-2].removeprefix("1 | ")
    assert re.fullmatch("…x+…", source)


def test_a_span_longer_than_the_window_shows_its_beginning() -> None:
    assert pointed_at("a: " + "b" * 900, Span(1, 4, 1, 904)) == "b" * 114


def test_a_long_line_of_wide_characters_fits_the_terminal_too() -> None:
    source, carets = rendered("名" * 900, Span(1, 450, 1, 451))[-2:]
    assert source.count("名") == 57
    assert carets.endswith("^^")


def test_a_long_line_of_zero_width_marks_is_cut() -> None:
    assert len(rendered("a" + "\u0301" * 10_000, Span(1, 5_000, 1, 5_001))[-2]) < 300


HOSTILE = "\x1b[2J\x9b31m\u202e\u200b\x07\x00\ud800"


@pytest.mark.parametrize("where", ["message", "help", "file", "source", "related"])
def test_no_text_of_a_file_steers_the_terminal(where: str) -> None:
    fields: dict[str, object] = {where: HOSTILE} if where in {"message", "help", "file"} else {}
    if where == "related":
        fields["related"] = (Related(HOSTILE, HOSTILE, Span(1, 1, 1, 2)),)
    text = render_text([problem(Span(1, 1, 1, 2), **fields)], {FILE: HOSTILE if where == "source" else "a"})
    assert not re.search("[^\x20-\x7e\n]", text)
    assert r"\x1b[2J\x9b31m\u202e\u200b\x07\x00\ud800" in text


def test_a_line_break_in_a_message_can_not_forge_a_second_diagnostic() -> None:
    text = render_text([problem(None, message="a\nerror[NK1001]: forged")], {})
    assert text.split("\n")[0] == r"error[NK3001]: a\nerror[NK1001]: forged"


def test_a_line_that_holds_a_secret_is_not_quoted() -> None:
    text = "\n".join(rendered("token: sk-4711", Span(1, 8, 1, 15), code="NK9002", message="a secret in the file"))
    assert text == f"error[NK9002]: a secret in the file\n  --> {FILE}:1:8"


def test_help_is_wrapped_below_itself() -> None:
    first, *others = rendered("a: b", Span(1, 1, 1, 2), help="word " * 60)[5:]
    assert first.startswith("  = help: word")
    assert others
    assert all(line.startswith(" " * 10 + "word") for line in others)
    assert max(map(len, [first, *others])) <= 120


def test_help_keeps_its_own_line_breaks() -> None:
    assert rendered("a: b", Span(1, 1, 1, 2), help="one\ntwo")[5:] == ["  = help: one", "          two"]


def test_a_related_place_is_quoted_below_the_problem() -> None:
    item = problem(Span(12, 1, 12, 4), related=(Related("first used here", FILE, Span(3, 1, 3, 4)),))
    text = render_text([item], {FILE: "\n\nkey: 1\n" + "\n" * 8 + "key: 2\n"})
    assert text.split("\n")[2:] == [
        "   |",
        "12 | key: 2",
        "   | ^^^",
        f"   = note: first used at {FILE}:3:1",
        "   |",
        " 3 | key: 1",
        "   | ^^^",
    ]


def test_diagnostics_come_in_file_order_with_a_blank_line_between() -> None:
    later, earlier = problem(Span(2, 1, 2, 2)), problem(Span(1, 1, 1, 2))
    first, second = render_text([later, earlier], {}).split("\n\n")
    assert (first.endswith(":1:1"), second.endswith(":2:1")) == (True, True)


@pytest.mark.parametrize(
    ("severity", "tint"),
    [(Severity.ERROR, "\x1b[1;31m"), (Severity.WARNING, "\x1b[1;33m"), (Severity.NOTE, "\x1b[1;36m")],
)
def test_colour_marks_the_severity_and_changes_no_text(severity: Severity, tint: str) -> None:
    item = problem(Span(1, 1, 1, 2), severity=severity, help="x", related=(Related("seen", FILE, Span(1, 4, 1, 5)),))
    coloured = render_text([item], {FILE: "a: b"}, colour=True)
    assert coloured.startswith(f"{tint}{severity}[NK3001]")
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == render_text([item], {FILE: "a: b"})


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ([], "no problems"),
        ([Severity.ERROR], "1 error"),
        ([Severity.WARNING, Severity.ERROR, Severity.ERROR], "2 errors, 1 warning"),
        ([Severity.NOTE, Severity.NOTE, Severity.WARNING], "1 warning, 2 notes"),
    ],
)
def test_the_summary_counts_each_severity(severities: list[Severity], expected: str) -> None:
    assert summary([problem(severity=severity) for severity in severities]) == expected
