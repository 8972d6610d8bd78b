"""Valid documents, broken one place at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MISFITS: tuple[Any, ...] = (
    "",
    "a b",
    "a_b",
    "a.b",
    "x/y",
    "rest",
    "call",
    "array",
    None,
    True,
    0,
    1.5,
    70000,
    -1,
    "x" * 1025,
    [],
    {},
    ["a"],
)

NAMES = ("a b", "a_b", "A_B", "2XX", "x/y")


def _places(value: Any, pointer: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield pointer, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from _places(inner, (*pointer, part))


def mutants(document: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, dict[str, Any]]]:
    """The document with one thing wrong, for each place and each way of being wrong; it is mended after each."""
    for pointer, value in list(_places(document)):
        if isinstance(value, dict):
            value["unheardOf"] = 1
            yield pointer, "an unknown key", document
            del value["unheardOf"]
        if not pointer:
            continue
        owner: Any = document
        for part in pointer[:-1]:
            owner = owner[part]
        last = pointer[-1]
        for misfit in MISFITS:
            owner[last] = misfit
            yield pointer, repr(misfit)[:40], document
        owner[last] = value
        if isinstance(owner, dict):
            entries = list(owner.items())
            del owner[last]
            yield pointer, "deleted", document
            for name in NAMES:
                if name not in owner:
                    owner[name] = value
                    yield pointer, f"renamed {name!r}", document
                    del owner[name]
            owner.clear()
            owner.update(entries)
