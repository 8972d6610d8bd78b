"""Which settings of scripts can be changed while they run, and how does every process come to know of it?

They lie in memory that forked workers share, and are read at each run: what is said to one process holds for all of
them at once, and for those that are forked later. Each setting is one machine word, so no two changes can mix.
"""

from __future__ import annotations

import mmap
import struct
from typing import NamedTuple

_WORD = struct.Struct("@q")
_OFF_AT, _MILLISECONDS_AT, _STATEMENTS_AT = (_WORD.size * number for number in range(3))


class Settings(NamedTuple):
    """What holds for all scripts now. `milliseconds` and `statements` are what one run may take, None for what its file
    says.
    """

    enabled: bool = True
    milliseconds: int | None = None
    statements: int | None = None


class Change(NamedTuple):
    """What is to hold from now on; None stays as it is."""

    enabled: bool | None = None
    milliseconds: int | None = None
    statements: int | None = None


class SharedSettings:
    """The settings of a process and of all that it forks."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 3 * _WORD.size)

    @property
    def current(self) -> Settings:
        """What holds now."""
        off, milliseconds, statements = (self._read(place) for place in (_OFF_AT, _MILLISECONDS_AT, _STATEMENTS_AT))
        return Settings(not off, milliseconds or None, statements or None)

    def change(self, change: Change) -> None:
        """Change what is given, and leave the rest."""
        if change.enabled is not None:
            _WORD.pack_into(self._memory, _OFF_AT, not change.enabled)
        if change.milliseconds is not None:
            _WORD.pack_into(self._memory, _MILLISECONDS_AT, change.milliseconds)
        if change.statements is not None:
            _WORD.pack_into(self._memory, _STATEMENTS_AT, change.statements)

    def _read(self, place: int) -> int:
        (value,) = _WORD.unpack_from(self._memory, place)
        return int(value)
