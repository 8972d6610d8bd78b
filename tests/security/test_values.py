"""Can a caller's value leave the place it was meant for? (paths A1 to A7, queries A9, headers B1)

A value is one segment, one query value or one header value, whatever it says; what no spelling can keep there is
refused.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.text.values import UnfitValue, cookie_value, header_value, path_segment, query_value

BASE = "https://api.invalid/base"


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("../admin", "..%2Fadmin"),
        ("%2e%2e/x", "%252e%252e%2Fx"),
        ("..%2fx", "..%252fx"),
        ("..;/x", "..%3B%2Fx"),
        ("%252e%252e", "%25252e%25252e"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("123?admin=true", "123%3Fadmin%3Dtrue"),
        ("u#f", "u%23f"),
        ("a&b=c", "a%26b%3Dc"),
        ("//evil.invalid", "%2F%2Fevil.invalid"),
        ("https://evil.invalid", "https%3A%2F%2Fevil.invalid"),
        ("@evil.invalid", "%40evil.invalid"),
        ("\\evil", "%5Cevil"),
        ("/../base-private", "%2F..%2Fbase-private"),
        (". ", ".%20"),
        ("．．", "%EF%BC%8E%EF%BC%8E"),
        ("a+b", "a%2Bb"),
    ],
)
def test_a_path_value_stays_one_segment_below_its_base(value, segment):
    assert path_segment(value) == segment
    url = urlsplit(f"{BASE}/users/{path_segment(value)}")
    assert (url.hostname, url.query, url.fragment) == ("api.invalid", "", "")
    assert unquote(url.path.removeprefix("/base/users/")) == value


@pytest.mark.parametrize("value", [".", ".."])
def test_a_dot_segment_is_refused_because_no_spelling_is_safe(value):
    with pytest.raises(UnfitValue, match="can't stand for a path segment"):
        path_segment(value)


def test_an_empty_path_value_is_refused():
    with pytest.raises(UnfitValue, match="must not be empty"):
        path_segment("")


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_control_characters_are_refused_in_a_path(code):
    with pytest.raises(UnfitValue, match="control characters"):
        path_segment(f"a{chr(code)}b")


@given(st.text(min_size=1))
def test_any_path_value_is_a_segment_that_decodes_to_itself_or_is_refused(value):
    try:
        segment = path_segment(value)
    except UnfitValue:
        assert value in (".", "..") or any(ord(mark) < 0xA0 and not mark.isprintable() for mark in value)
        return
    assert not set(segment) & set("/?#\\ ;@:%") - {"%"}
    assert segment not in (".", "..")
    assert segment.isascii()
    assert unquote(segment, errors="strict") == value


@given(st.lists(st.text()))
def test_query_values_round_trip_exactly(values):
    query = "&".join(f"k={query_value(value)}" for value in values)
    assert not set(query) & set("#+ ;?/")
    assert parse_qsl(query, keep_blank_values=True, errors="strict") == [("k", value) for value in values]


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb"])
@pytest.mark.parametrize("spell", [path_segment, query_value, header_value, cookie_value])
def test_half_a_character_is_refused_everywhere(spell, value):
    with pytest.raises(UnfitValue):
        spell(value)


@pytest.mark.parametrize("spell", [header_value, cookie_value])
@pytest.mark.parametrize("code", [code for code in [*range(0x20), 0x7F, 0x85, 0xA0, 0x2028] if code != 0x09])
def test_no_control_character_reaches_a_header_or_a_cookie(spell, code):
    for value in (f"a{chr(code)}b", f"{chr(code)}b", f"a{chr(code)}"):
        with pytest.raises(UnfitValue):
            spell(value)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", ["a", "b\r\nX-Evil: 1"], {"a": "\r\né"}, "a\nb", "a\x00"])
def test_a_header_is_never_split(value):
    with pytest.raises(UnfitValue, match="visible ASCII"):
        header_value(value)


@given(st.text())
def test_any_header_value_is_safe_or_refused(value):
    try:
        text = header_value(value)
    except UnfitValue:
        return
    assert text.isascii()
    assert not set(text) & {"\r", "\n", "\x00"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("spell", [path_segment, query_value, header_value, cookie_value])
def test_a_number_that_json_has_not_is_refused_everywhere(spell, value):
    with pytest.raises(UnfitValue, match="finite"):
        spell(value)
