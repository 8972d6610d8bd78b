"""What do CSV, TSV and PSV mean as JSON? A list of objects, named by the header row (language §4.1, RFC 4180).

Every value is a text, as written: no spaces are taken off it. Lines end in CRLF, LF or CR; empty lines mean nothing;
what a short row lacks is null.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import partial
from io import StringIO

from naftiko_runtime.formats.charset import decode_text
from naftiko_runtime.formats.model import MAX_VALUES, Allowance, Decode, UndecodableError
from naftiko_runtime.formats.table import to_rows

SEPARATORS = {"csv": ",", "tsv": "\t", "psv": "|"}
"""The separator of each format, by its name in the language."""


def delimited(name: str) -> Decode:
    """The decoder of the format `name`."""
    return partial(_decode, name.upper(), SEPARATORS[name])


def _decode(name: str, separator: str, body: bytes, content_type: str) -> object:
    # The text is given line by line with its ends, as the csv module asks, so that a quoted field keeps its own.
    lines = StringIO(decode_text(body, content_type), newline="")
    reader = csv.reader(_bounded(lines, separator), delimiter=separator, strict=True)
    rows = (row for row in reader if row)
    try:
        return to_rows(next(rows, []), rows, None, Allowance())
    except csv.Error as error:
        raise UndecodableError(f"not {name}: {error} at line {reader.line_num}") from None


def _bounded(lines: Iterable[str], separator: str) -> Iterator[str]:
    """The lines, where each may be a row: the module reads a whole one before anybody counts, and lets no other thread
    run meanwhile. Raises UndecodableError.
    """
    for line in lines:
        if len(line) > MAX_VALUES:
            Allowance().take(line.count(separator))
        yield line
