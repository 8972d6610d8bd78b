from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.spec.text.source import MAX_BYTES, decode_source, read_source, span_at


def refused(result: str | Diagnostic) -> Diagnostic:
    assert isinstance(result, Diagnostic)
    return result


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("é: ü\r\n".encode())

    assert read_source(path, "x.yaml") == "é: ü\r\n"


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode_source(b"\xef\xbb\xbfa: b", "x") == "a: b"


@pytest.mark.parametrize(
    ("data", "place", "byte"),
    [
        (b"\xff", (1, 1), "0xff"),
        (b"a: b\nc: \xff", (2, 4), "0xff"),
        ("é: ".encode() + b"\xe9", (1, 4), "0xe9"),
        (b"a\r\nb\rc\xe9", (3, 2), "0xe9"),
        ("a\u2028b".encode() + b"\x80", (2, 2), "0x80"),
        (b"\xef\xbb\xbfa\n\xff", (2, 1), "0xff"),
        (b"\xef\xbb\xbfab\xff", (1, 3), "0xff"),
        (b"\xef\xbb", (1, 1), "0xef"),
        (b"a: \xed\xa0\x80", (1, 4), "0xed"),
        (b"a: \xc3", (1, 4), "0xc3"),
    ],
)
def test_the_first_byte_that_is_not_utf_8_is_named_where_it_is(data: bytes, place: tuple[int, int], byte: str) -> None:
    diagnostic = refused(decode_source(data, "x.yaml"))

    assert diagnostic.code == "NK1002"
    assert diagnostic.span is not None
    assert (diagnostic.span.line, diagnostic.span.column) == place
    assert byte in diagnostic.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_called_by_its_name(encoding: str) -> None:
    diagnostic = refused(decode_source("\ufeffnaftiko: 1".encode(encoding), "x.yaml"))

    assert (diagnostic.code, diagnostic.message) == ("NK1002", "the file is UTF-16")


def test_the_largest_file_is_read_and_one_byte_more_is_not() -> None:
    assert decode_source(b"#" * MAX_BYTES, "x") == "#" * MAX_BYTES

    diagnostic = refused(decode_source(b"#" * (MAX_BYTES + 1), "x"))
    assert (diagnostic.code, diagnostic.span) == ("NK1003", None)
    assert "4 MiB" in diagnostic.message


def test_a_file_that_never_ends_is_not_read_to_its_end() -> None:
    assert refused(read_source(Path("/dev/zero"), "zero")).code == "NK1003"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.yaml", "No such file"), (".", "directory"), ("a\0b", "NUL"), ("n" * 300, "too long")],
)
def test_a_file_that_cant_be_read_says_why(tmp_path: Path, name: str, reason: str) -> None:
    diagnostic = refused(read_source(tmp_path / name, name))

    assert (diagnostic.code, diagnostic.file, diagnostic.span) == ("NK1001", name, None)
    assert reason in diagnostic.message


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [("", 0, (1, 1)), ("ab", 1, (1, 2)), ("a\nb", 2, (2, 1)), ("a\r\nb", 3, (2, 1)), ("a\x85b\u2029c", 4, (3, 1))],
)
def test_places_count_lines_as_the_parser_does(text: str, offset: int, place: tuple[int, int]) -> None:
    span = span_at(text, offset)

    assert (span.line, span.column) == place
    assert (span.end_line, span.end_column) == (span.line, span.column + 1)
