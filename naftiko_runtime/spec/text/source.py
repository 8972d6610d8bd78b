"""A file's bytes → text, or a diagnostic that says why not (C8: UTF-8, at most 4 MiB)."""

from __future__ import annotations

import re
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Severity, Span

MAX_BYTES = 4 * 1024 * 1024
"""The largest public file has 1.8 MB."""

BYTE_ORDER_MARK = "\ufeff"

LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What the YAML parser counts as the end of a line; every place in a file has to count like it."""

_LONGEST_QUOTE = 40

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_source(path: Path, file: str) -> str | Diagnostic:
    """The text of `path`, without a byte order mark. `file` is the name diagnostics use."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(error.strerror or type(error).__name__, file)
    except ValueError:
        return _unreadable("its name holds a NUL character", file)
    return decode_source(data, file)


def decode_source(data: bytes, file: str) -> str | Diagnostic:
    """The text of `data`, which must be UTF-8, without a byte order mark."""
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return Diagnostic("NK1003", Severity.ERROR, message, file, help="split it into several capabilities")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind a byte order mark; so does the object it hands over, unlike `data`.
        before = error.object[: error.start].decode("utf-8")
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        help_text = "save the file as UTF-8"
        if data.startswith(_UTF_16_MARKS):
            message, help_text = "the file is UTF-16", "save it as UTF-8"
        return Diagnostic("NK1002", Severity.ERROR, message, file, span_at(before, len(before)), help=help_text)


def span_at(text: str, offset: int) -> Span:
    """The place of the one character of `text` at `offset`."""
    lines = LINE_BREAK.split(text[:offset])
    line, column = len(lines), len(lines[-1]) + 1
    return Span(line, column, line, column + 1)


def quoted(text: str) -> str:
    """A piece of a file as a message quotes it: between backticks, and cut where it goes on and on."""
    return f"`{text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + '…'}`"


def _unreadable(reason: str, file: str) -> Diagnostic:
    message = f"can't read the file: {reason}"
    return Diagnostic("NK1001", Severity.ERROR, message, file, help="check the path, and the rights on it")
