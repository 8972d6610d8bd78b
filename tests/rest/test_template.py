"""Segments of templates and of requests, before any table of routes."""

from __future__ import annotations

import time

import pytest

from naftiko_runtime.rest.template import (
    Literal,
    Pattern,
    Placeholder,
    decode_segments,
    parse_template,
    placeholder_names,
    unreadable,
)


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("/", [Literal("")]),
        ("/jobs", [Literal("jobs")]),
        ("jobs", [Literal("jobs")]),
        ("/jobs/", [Literal("jobs"), Literal("")]),
        ("/jobs/{id}/events", [Literal("jobs"), Placeholder("id"), Literal("events")]),
        ("/a%20b/é", [Literal("a b"), Literal("é")]),
        ("/{path}", [Placeholder("path")]),
        ("/{}", [Literal("{}")]),
    ],
)
def test_a_template_is_read_segment_by_segment(path: str, segments: list[object]) -> None:
    assert list(parse_template(path)) == segments


@pytest.mark.parametrize(
    ("segment", "value", "groups"),
    [
        ("{id}.json", "5.json", ("5",)),
        ("{id}.json", "5.json.json", ("5.json",)),
        ("{id}.json", ".json", None),
        ("{id}.json", "5xjson", None),
        ("v{major}", "v2", ("2",)),
        ("v{major}", "v", None),
        ("{a}-{b}", "x-y-z", ("x", "y-z")),
        ("{a}-{b}.txt", "x-.txt.txt", ("x", ".txt")),
        ("{a}-{b}", "-y", None),
        ("{a}-{b}", "--y", ("-", "y")),
        ("{a}{b}", "xyz", ("x", "yz")),
        ("{a}.{b}", "x\ny.z", ("x\ny", "z")),
    ],
)
def test_placeholders_may_stand_inside_a_segment(segment: str, value: str, groups: tuple[str, ...] | None) -> None:
    (pattern,) = parse_template(f"/{segment}")

    assert isinstance(pattern, Pattern)
    matched = pattern.expression.fullmatch(value)
    assert (matched and matched.groups()) == groups


def test_a_hostile_value_costs_linear_time() -> None:
    (pattern,) = parse_template("/{a}-{b}-{c}-{d}-{e}.json")
    assert isinstance(pattern, Pattern)

    started = time.process_time()
    assert pattern.expression.fullmatch("-" * 60_000) is None
    assert time.process_time() - started < 1


def test_placeholders_are_listed_in_the_order_of_their_values() -> None:
    assert placeholder_names(parse_template("/{c}/x/{a}-{b}.json/{d}")) == ("c", "a", "b", "d")


@pytest.mark.parametrize(
    ("raw", "segments"),
    [
        (b"/", [""]),
        (b"", [""]),
        (b"/a/b", ["a", "b"]),
        (b"/a%2Fb/c", ["a/b", "c"]),
        (b"/%61/%C3%A9", ["a", "é"]),
        (b"/%252e", ["%2e"]),
        (b"/a+b", ["a+b"]),
        (b"//a/", ["", "a", ""]),
    ],
)
def test_a_path_is_decoded_once_and_after_splitting(raw: bytes, segments: list[str]) -> None:
    assert decode_segments(raw) == segments


@pytest.mark.parametrize(
    "raw", [b"%ff", b"\xff", b"%", b"%4", b"%zz", b"a%g1b", b"%00", b"a%0D%0Ab", b"%7f", b"%ed%a0%80"]
)
def test_what_is_no_text_is_recognised(raw: bytes) -> None:
    (segment,) = decode_segments(b"/" + raw)

    assert unreadable(segment)


@pytest.mark.parametrize("raw", [b"a", b"%C3%A9", "é".encode(), b"%F0%9F%98%80", b"..", b"a;b"])
def test_text_is_readable(raw: bytes) -> None:
    (segment,) = decode_segments(b"/" + raw)

    assert not unreadable(segment)
