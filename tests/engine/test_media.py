from __future__ import annotations

import pytest

from naftiko_runtime.engine.media import essence, is_json, is_text, text_of


@pytest.mark.parametrize(
    ("media_type", "kind", "charset"),
    [
        ("", "", "utf-8"),
        ("Text/HTML", "text/html", "utf-8"),
        ('text/html ; level=1; Charset="ISO-8859-1"', "text/html", "iso-8859-1"),
    ],
)
def test_a_media_type_is_a_kind_and_a_character_set(media_type: str, kind: str, charset: str) -> None:
    assert essence(media_type) == (kind, charset)


@pytest.mark.parametrize(
    ("kind", "text", "json"),
    [
        ("text/csv", True, False),
        ("application/json", True, True),
        ("application/problem+json", True, True),
        ("application/xml", True, False),
        ("image/svg+xml", True, False),
        ("image/png", False, False),
        ("", False, False),
    ],
)
def test_some_kinds_are_text(kind: str, text: bool, json: bool) -> None:
    assert (is_text(kind), is_json(kind)) == (text, json)


@pytest.mark.parametrize("charset", ["utf-8", "x-unknown", "zlib", "\0"])
def test_a_body_reads_as_far_as_it_can(charset: str) -> None:
    assert text_of(b"a\xff", charset) == "a\ufffd"
