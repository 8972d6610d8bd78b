"""How do the rows of a table become objects? By one rule for every format that has tables.

The header names the members. A column without a name is `column3`, by its place; a second column of one name is
`name_2`. A cell beyond the header is kept under the name of its place, unless it is empty: a separator at the end of
every line means nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from naftiko_runtime.formats.model import Allowance, weigh

Row = dict[str, str | None]


def to_rows(
    header: Sequence[str], rows: Iterable[Sequence[str]], missing: str | None, allowance: Allowance
) -> list[Row]:
    """The rows as objects; cells that a short row lacks are `missing`. Raises UndecodableError for too many."""
    names = _names(header)
    taken = frozenset(names)
    weight = 1 + sum(map(weigh, names))
    allowance.take(weight)
    found: list[Row] = []
    for cells in rows:
        allowance.take(max(weight, len(cells)))
        row: Row = dict(zip(names, cells, strict=False))
        for name in names[len(cells) :]:
            row[name] = missing
        for place, cell in enumerate(cells[len(names) :], len(names) + 1):
            if cell.strip():
                row[_beyond(place, taken)] = cell
        found.append(row)
    return found


def _beyond(place: int, taken: frozenset[str]) -> str:
    name = f"column{place}"
    while name in taken:
        name += "_"
    return name


def _names(header: Sequence[str]) -> list[str]:
    written = [name.strip() or f"column{place}" for place, name in enumerate(header, 1)]
    taken = set(written)
    counts: dict[str, int] = {}
    names: list[str] = []
    for name in written:
        count = counts.get(name, 0) + 1
        unique = name
        while count > 1 and (unique := f"{name}_{count}") in taken:
            count += 1
        counts[name] = count
        taken.add(unique)
        names.append(unique)
    return names
