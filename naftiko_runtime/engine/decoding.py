"""An upstream's bytes → a value, safely.

Whatever a server sends ends in a value or in one error that says what is wrong without quoting it; integers keep every
digit (field-study §5.4, E4).
"""

from __future__ import annotations

from typing import Any

import orjson

from naftiko_runtime.formats.model import UndecodableError as UndecodableError
from naftiko_runtime.plan.values import from_json

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


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


def strip_mark(body: bytes) -> bytes:
    """The body without the byte order mark that some servers put before it (RFC 8259 §8.1 lets a reader ignore it)."""
    return body.removeprefix(_BYTE_ORDER_MARK)


def _reason(error: orjson.JSONDecodeError) -> str:
    return f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
