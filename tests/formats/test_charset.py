from __future__ import annotations

import pytest

from naftiko_runtime.formats.charset import decode_plain, decode_text
from naftiko_runtime.formats.model import UndecodableError


@pytest.mark.parametrize(
    ("body", "content_type", "inside"),
    [
        ("é€".encode(), "text/csv", ""),
        ("é€".encode("utf-8-sig"), "text/csv; charset=iso-8859-1", ""),
        ("é€".encode("utf-16"), "text/csv", ""),
        (b"\xfe\xff" + "é€".encode("utf-16-be"), "", ""),
        ("é€".encode("cp1252"), "text/csv; charset=windows-1252", ""),
        ("é€".encode("cp1252"), 'text/csv;header=present;Charset="Windows-1252"', "utf-8"),
        ("é€".encode("iso8859-15"), "text/html", "ISO-8859-15"),
        ("é€".encode("gb18030"), "text/plain; charset=GB18030", ""),
    ],
)
def test_a_text_is_read_in_the_character_set_it_is_in(body: bytes, content_type: str, inside: str) -> None:
    assert decode_text(body, content_type, inside) == "é€"


@pytest.mark.parametrize("label", ["x-unknown", "idna", "punycode", "zlib", "unicode_escape"])
def test_a_character_set_that_is_not_known_is_refused_without_being_quoted(label: str) -> None:
    with pytest.raises(UndecodableError, match=r"^text in a character set that is not known$"):
        decode_text(b"abc", f"text/plain; charset={label}")


def test_bytes_that_are_no_text_are_refused_by_their_place_alone() -> None:
    with pytest.raises(UndecodableError, match=r"^not text in utf-8: the bytes at position 6 are no character$"):
        decode_plain(b"secret\xff\xff", "text/plain")


def test_a_text_is_itself() -> None:
    assert decode_plain("Grüße\r\n".encode(), "text/plain") == "Grüße\r\n"
