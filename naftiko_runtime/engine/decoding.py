"""An upstream's bytes → a value, safely.

Whatever a server sends ends in a value or in one error that says what is wrong without quoting it; integers keep every
digit (field-study §5.4, E4).
"""

from __future__ import annotations

import codecs
import re
from typing import Any

import orjson

from naftiko_runtime.formats.charset import decode_text
from naftiko_runtime.formats.model import UndecodableError as UndecodableError
from naftiko_runtime.plan.text.values import from_json

_OTHER_CHARSET = re.compile(r";\s*charset\s*=\s*(?!\"?utf-?8\b)", re.IGNORECASE)
_MARKS_OF_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_json(body: bytes) -> None:
    """Raise UndecodableError unless `body` is one JSON text."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UndecodableError(_reason(error)) from None


def decode_json(body: bytes) -> Any:
    """The value of one JSON text (RFC 8259; of a repeated name the last counts). Raises UndecodableError."""
    try:
        return from_json(body)
    except orjson.JSONDecodeError as error:
        raise UndecodableError(_reason(error)) from None
    except RecursionError:
        raise UndecodableError("JSON that nests too deep to read its long integers") from None


def in_utf8(body: bytes, content_type: str) -> bytes:
    """A JSON text as RFC 8259 wants it: in UTF-8, and without the byte order mark that §8.1 lets a reader ignore.

    A few servers write another character set and say so; what says so and is UTF-8 all the same is read as that. Raises
    UndecodableError for a body that is no text in what is said.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    says_another = ";" in content_type and _OTHER_CHARSET.search(content_type) is not None
    if not says_another and not body.startswith(_MARKS_OF_UTF16):
        return body
    return body if _is_utf8(body) else decode_text(body, content_type).encode()


def _is_utf8(body: bytes) -> bool:
    if b"\0" in body:  # UTF-16 with letters of ASCII alone, which are valid UTF-8
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _reason(error: orjson.JSONDecodeError) -> str:
    return f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
