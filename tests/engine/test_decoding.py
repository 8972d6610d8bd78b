"""An upstream's bytes become a value or one error that quotes nothing of them (field-study E4, §5.4)."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.engine.decoding import UndecodableError, check_json, decode_json, in_utf8


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b" [1, 2.5, null, true] ", [1, 2.5, None, True]),
        (b'"x"', "x"),
        (b"null", None),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"9007199254740993", 9007199254740993),
        (b"18446744073709551615", 18446744073709551615),
        (b"18446744073709551616", 18446744073709551616),
        (b"-9223372036854775809", -9223372036854775809),
        (b'{"a":' + b"9" * 300 + b"}", {"a": int("9" * 300)}),
        (b'["12345678901234567890","\\u00e9"]', ["12345678901234567890", "é"]),
        (b"[" * 900 + b"]" * 900, None),
    ],
)
def test_a_json_text_becomes_its_value_with_every_digit(body, value):
    decoded = decode_json(body)
    check_json(body)
    if value is not None:
        assert decoded == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>s3cret</html>",
        b'{"s3cret": ',
        b"NaN",
        b"[Infinity]",
        b"[1e999]",
        b"[" + b"9" * 100_000 + b"]",
        b"[12345678901234567890, NaN]",
        b"[12345678901234567890, 1e999]",
        b'"\\ud800"',
        b'["12345678901234567890", "\\ud800"]',
        b'"\xff s3cret"',
        "[12345678901234567890]".encode("utf-16"),
        b'"s3cret\n"',
        b"[1] s3cret",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"12345678901234567890" + b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_one_error_that_quotes_nothing(body):
    for read in (decode_json, check_json):
        with pytest.raises(UndecodableError, match=r"^not JSON: ") as error:
            read(body)
        assert "s3cret" not in str(error.value)
        assert error.value.__cause__ is None


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads as deep as orjson does")
def test_long_integers_in_a_text_too_deep_to_read_them_are_an_error():
    with pytest.raises(UndecodableError, match="nests too deep to read its long integers"):
        decode_json(b"[12345678901234567890," + b"[" * 1020 + b"]" * 1021)


def test_a_million_keys_are_a_value():
    body = b"{" + b",".join(b'"k%d":0' % index for index in range(1_000_000)) + b"}"
    assert len(decode_json(body)) == 1_000_000


@pytest.mark.parametrize(
    ("body", "stripped"), [(b"\xef\xbb\xbf{}", b"{}"), (b"{}", b"{}"), (b"", b""), (b"\xef\xbb", b"\xef\xbb")]
)
def test_a_byte_order_mark_is_left_out(body, stripped):
    assert in_utf8(body, "application/json") == stripped


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("ISO-8859-1", '"é"'.encode("latin-1")),
        ('"windows-1251"', '"é"'.encode()),  # says so, and is UTF-8 all the same
        ("UTF-8", '"é"'.encode()),
        ("utf8", '"é"'.encode()),
        ("utf-16le", '"é"'.encode("utf-16-le")),
        ("utf-16", '"é"'.encode("utf-16")),
    ],
)
def test_json_in_another_character_set_is_read_where_its_server_says_so(charset, body):
    assert decode_json(in_utf8(body, f"application/json; charset={charset}")) == "é"


def test_json_with_the_byte_order_mark_of_utf_16_needs_no_word_of_its_server():
    assert decode_json(in_utf8('"é"'.encode("utf-16"), "application/json")) == "é"


def test_json_in_a_character_set_that_nobody_knows_is_an_error():
    with pytest.raises(UndecodableError, match="a character set that is not known"):
        in_utf8(b'"\xe9"', "application/json; charset=nonsense")


@given(st.recursive(st.integers() | st.text() | st.none(), st.lists, max_leaves=10))
def test_what_json_writes_is_read_exactly(value):
    assert decode_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_that_error(body):
    try:
        decode_json(body)
    except UndecodableError:
        with pytest.raises(UndecodableError):
            check_json(body)
