"""How often did scripts run, and how did it go? Counted in each process; the counts of several add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Counts(NamedTuple):
    """Runs of scripts. `errors` are those that left no result; `seconds` is what all took together, their turns waited
    for; `last` is when the last one ended, in seconds since 1970, 0 for never.
    """

    executions: int = 0
    errors: int = 0
    seconds: float = 0.0
    last: float = 0.0

    def plus(self, other: Sequence[float]) -> Counts:
        """These and those of another process, which are as many numbers in the same order."""
        executions, errors, seconds, last = other
        return Counts(
            self.executions + int(executions),
            self.errors + int(errors),
            self.seconds + seconds,
            max(self.last, last),
        )
