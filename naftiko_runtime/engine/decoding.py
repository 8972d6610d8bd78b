"""An upstream's bytes → a value, safely.

orjson is fast and strict about NaN, UTF-8 and depth, but turns integers beyond 64 bits into floats (field-study §5.4). A
body that has such digits is read by the standard library, which keeps them exact.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_LONG_DIGITS = re.compile(rb"[0-9]{19}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UndecodableError(ValueError):
    """The body is not what it should be. The text says what it is instead; it quotes nothing of it."""


def check_json(body: bytes) -> None:
    """Raise UndecodableError unless `body` is one JSON text."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UndecodableError(_reason(error)) from None


def decode_json(body: bytes) -> Any:
    """The value of one JSON text (RFC 8259; of a repeated name the last counts). Raises UndecodableError."""
    try:
        if _LONG_DIGITS.search(body):
            return json.loads(body, parse_constant=_refuse_constant)
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UndecodableError(_reason(error)) from None
    except (ValueError, RecursionError):
        raise UndecodableError("not JSON, or with numbers or nesting beyond reason") from None


def strip_mark(body: bytes) -> bytes:
    """The body without the byte order mark that some servers put before JSON (RFC 8259 §8.1 lets a reader ignore it)."""
    return body[3:] if body.startswith(_BYTE_ORDER_MARK) else body


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _reason(error: orjson.JSONDecodeError) -> str:
    return f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
