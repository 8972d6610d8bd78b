"""A script that a step may run, and what it may take.

Frozen values: the plan holds scripts, the engine runs them, the same one any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that scripts are run in. The value is what the language of capabilities calls it."""

    JAVASCRIPT = "javascript"
    PYTHON = "python"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one script file, as it is run, and the name that messages give it: its path below the `location`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """A script file and the files that are evaluated before it, in order, in the same globals."""

    language: Language
    source: Source
    dependencies: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take, all of its files together: `seconds` of time, `statements`, and `memory` in bytes."""

    seconds: float = 10.0
    statements: int = 100_000
    memory: int = 64 * 1024 * 1024
