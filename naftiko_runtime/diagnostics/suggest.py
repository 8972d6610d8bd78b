"""Which word did the author mean?

Most mistakes in a specification are slips of the hand: a letter too many, two swapped, `base_uri` for `baseUri`. A
diagnostic that names the word meant saves a look into the language. A guess that is far off costs trust, so only near
words are offered, and a word of two letters is never turned into another one (`id` is not a slip for `in`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

_LISTED = 12


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `word`, within about a third of its length in edits; of equals, the first. Else None.

    Case, `-` and `_` don't count, so `list_jobs` is like `listJobs`.
    """
    folded = _fold(word)
    best, least = None, max(1, len(folded) // 3) + 1
    for candidate in candidates:
        other = _fold(candidate)
        if abs(len(other) - len(folded)) >= least:
            continue
        edits = _distance(folded, other)
        if edits < least and _shares(folded, other, edits):
            best, least = candidate, edits
    return best


def one_edit(word: str, candidates: Iterable[str]) -> str | None:
    """The first candidate that a single slip turns into `word`: one letter added, lost, changed, two swapped, or only
    case, `-` and `_`. None where there is none; a candidate equal to `word` is no slip.
    """
    folded = _fold(word)
    for candidate in candidates:
        if candidate == word:
            continue
        if folded and _fold(candidate) == folded:
            return candidate
        if _is_one_edit(word, candidate) and _shares(word, candidate, 1):
            return candidate
    return None


def did_you_mean(meant: str | None) -> str:
    """The question that offers a word, as the author would write it, before a help text goes on; empty without one."""
    return f"did you mean `{meant}`? " if meant else ""


def listed(names: Collection[str]) -> str:
    """The names there are, as a help text tells them: the first twelve; empty where there are none."""
    return ", ".join(islice(names, _LISTED)) + (", …" if len(names) > _LISTED else "")


def _is_one_edit(word: str, other: str) -> bool:
    """Whether the two differ in one place only: told in one pass, because hostile files have many words."""
    if abs(len(word) - len(other)) > 1:
        return False
    start, shorter = 0, min(len(word), len(other))
    while start < shorter and word[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and word[-1 - end] == other[-1 - end]:
        end += 1
    left, right = word[start : len(word) - end], other[start : len(other) - end]
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


def _fold(word: str) -> str:
    return word.replace("-", "").replace("_", "").casefold()


def _shares(word: str, other: str, edits: int) -> bool:
    """Whether at least two letters of the longer word survive the edits."""
    return max(len(word), len(other)) - edits >= 2 or edits == 0


def _distance(word: str, other: str) -> int:
    """Edits from one word to the other: insert, delete, substitute, swap two neighbours (optimal string alignment)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        current = [row]
        for column, other_letter in enumerate(other, 1):
            cost = min(
                above[column] + 1,
                current[column - 1] + 1,
                above[column - 1] + (letter != other_letter),
            )
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == other_letter:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1]
