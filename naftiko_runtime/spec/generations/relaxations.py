"""What does a file write that the official schema does not have?

Public files are served as they are (C9), and their author is told once of each kind of thing that only this runtime
takes, or that has no effect. It is noted where it is read, whichever stage that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from naftiko_runtime.spec.text.document import Pointer, moved


@dataclass(slots=True)
class Relaxations:
    """What a file writes that the official schema refuses and this runtime gives a meaning (C9), and the keys of the
    language that it writes and that have no effect here, each with its place. Filled while reading, turned into one
    warning a kind.
    """

    noted: list[tuple[str, Pointer]] = field(default_factory=list)
    passed_over: list[tuple[str, Pointer]] = field(default_factory=list)

    def note(self, kind: str, at: Pointer) -> None:
        """One more use of `kind`."""
        self.noted.append((kind, at))

    def pass_over(self, key: str, at: Pointer) -> None:
        """One more use of a key that has no effect."""
        self.passed_over.append((key, at))

    @property
    def found(self) -> dict[str, tuple[int, Pointer]]:
        """How often each kind was noted, and where first."""
        return _counted(self.noted)

    @property
    def unused(self) -> dict[str, tuple[int, Pointer]]:
        """How often each key that has no effect was passed over, and where first."""
        return _counted(self.passed_over)

    def tell(self, other: Relaxations, source: Pointer, target: Pointer) -> None:
        """Note elsewhere what lies below `source`, as if that stood at `target`."""
        other.noted += moved(self.noted, source, target)
        other.passed_over += moved(self.passed_over, source, target)


def _counted(uses: Iterable[tuple[str, Pointer]]) -> dict[str, tuple[int, Pointer]]:
    counts: dict[str, tuple[int, Pointer]] = {}
    for kind, at in uses:
        count, first = counts.get(kind, (0, at))
        counts[kind] = (count + 1, first)
    return counts
