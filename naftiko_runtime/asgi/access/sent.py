"""Which credential did the caller send? (RFC 9110 §11.6.2)"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.types import Scope


class RepeatedError(Exception):
    """What may be sent once came more than once."""


def sole_header(scope: Scope, name: bytes) -> bytes | None:
    """The value of a header, None where it was not sent. Raises `RepeatedError`."""
    values = [value for key, value in scope["headers"] if key == name]
    return _sole(values)


def sole_query_value(scope: Scope, name: str) -> bytes | None:
    """The decoded value of a query key, None where it was not sent. Raises `RepeatedError`."""
    query = scope["query_string"].decode("latin-1")
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    return _sole([value.encode("utf-8", "surrogateescape") for key, value in pairs if key == name])


def credentials(scope: Scope, scheme: bytes) -> bytes | None:
    """What the `Authorization` header holds behind this scheme (in lower case); None where it names another one, or was
    not sent. Raises `RepeatedError`.
    """
    value = sole_header(scope, b"authorization")
    if value is None:
        return None
    named, _, rest = value.strip(b" \t").partition(b" ")
    return rest.strip(b" \t") if named.lower() == scheme else None


def _sole(values: list[bytes]) -> bytes | None:
    if len(values) > 1:
        raise RepeatedError
    return values[0].strip(b" \t") if values else None
