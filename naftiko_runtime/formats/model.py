"""What is a decoder, and how much may one document hold?

A document comes from somebody else's server. Whatever it holds, decoding ends in a value or in one error, in bounded
time and memory: values are counted as they are made, levels as they are entered.
"""

from __future__ import annotations

from collections.abc import Callable

Decode = Callable[[bytes, str], object]
"""`decode(body, content_type)` → the value. Raises UndecodableError."""

MAX_VALUES = 1_000_000
"""Values in one document: members, items, cells, and repeated ones as often as they are repeated."""

MAX_LEVELS = 200
"""Levels of nesting in one document. JSON writers stop at 254."""


class UndecodableError(ValueError):
    """The body is not what it should be. The text says what it is instead; it quotes nothing of it."""


class SchemaError(ValueError):
    """An `outputSchema` that can't be used. The text says why, and what to write instead."""


class MissingExtraError(ImportError):
    """A format whose library is not installed. `extra` names the optional dependency that brings it."""

    def __init__(self, extra: str) -> None:
        self.extra = extra
        super().__init__(f"the extra `{extra}` is not installed")


class Allowance:
    """What is left of the values that one document may hold."""

    __slots__ = ("_left",)

    def __init__(self, values: int = MAX_VALUES) -> None:
        self._left = values

    def take(self, values: int = 1) -> None:
        """Count values. Raises UndecodableError where they are too many."""
        self._left -= values
        if self._left < 0:
            raise UndecodableError(f"larger than {MAX_VALUES:,} values")


def weigh(text: str) -> int:
    """What a text counts that a document may repeat without writing it: one value more for every 64 characters."""
    return 1 + len(text) // 64


def enter(depth: int) -> None:
    """Check that a document may nest `depth` levels deep. Raises UndecodableError."""
    if depth > MAX_LEVELS:
        raise UndecodableError(f"nested deeper than {MAX_LEVELS} levels")
