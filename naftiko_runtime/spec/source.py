"""A file's bytes → text, or a diagnostic that says why not (C8: UTF-8, at most 4 MiB)."""

from __future__ import annotations

from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Severity, Span

MAX_BYTES = 4 * 1024 * 1024
"""The largest public file has 1.8 MB."""


def read_source(path: Path, file: str) -> str | Diagnostic:
    """The text of `path`, without a byte order mark. `file` is the name diagnostics use."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Diagnostic(
            "NK1001", Severity.ERROR, f"can't read the file: {reason}", file, help="check path and rights"
        )
    return decode_source(data, file)


def decode_source(data: bytes, file: str) -> str | Diagnostic:
    """The text of `data`, which must be UTF-8."""
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return Diagnostic("NK1003", Severity.ERROR, message, file, help="split it into several capabilities")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return Diagnostic(
            "NK1002", Severity.ERROR, message, file, Span(line, column, line, column + 1), help="save the file as UTF-8"
        )
