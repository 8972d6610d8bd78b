"""Where in a text stand the keys that hold objects of the language?

A tree is walked beside its value, along the table that reading uses. The value may have the form of the text or the
canonical one: what stands in a map by name is found by its name in the first, by its number in the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from typing import Any, NamedTuple

from naftiko_runtime.migration.tree import Mapping, Node, Pair, Sequence
from naftiko_runtime.spec.generations.shapes import ROOT, SHAPES, Form, Part
from naftiko_runtime.spec.text.document import Pointer


class Spot(NamedTuple):
    """A key that holds objects: its entry, the object it stands in, what it holds, and where that is."""

    pair: Pair
    owner: dict[str, Any]
    value: Any
    at: Pointer
    part: Part


def spots(root: Mapping, value: Any, words: Table[str, str]) -> Iterator[Spot]:
    """Every such key, before those below it. `words` gives the words of alpha2 for those of the text."""
    yield from _object(root, value, (), ROOT, words)


def _object(node: Node, value: Any, at: Pointer, shape: str, words: Table[str, str]) -> Iterator[Spot]:
    if not isinstance(node, Mapping) or not isinstance(value, dict):
        return
    for pair in node.pairs:
        word = words.get(str(pair.word), str(pair.word))
        part = SHAPES[shape].get(word)
        key = word if word in value else str(pair.word)
        if part is None or key not in value:
            continue
        spot = Spot(pair, value, value[key], (*at, key), part)
        yield spot
        for child, inner, index in _children(spot):
            yield from _object(child, inner, (*spot.at, *index), part.shape, words)


def _children(spot: Spot) -> Iterator[tuple[Node, Any, Pointer]]:
    node, value = spot.pair.value, spot.value
    if spot.part.form is Form.ONE:
        yield node, value, ()
    elif isinstance(value, list):
        nodes = node.items if isinstance(node, Sequence) else [pair.value for pair in pairs(node)]
        for index, (child, inner) in enumerate(zip(nodes, value, strict=False)):
            yield child, inner, (index,)
    elif isinstance(value, dict):
        for pair in pairs(node):
            yield pair.value, value.get(str(pair.word)), (str(pair.word),)


def pairs(node: Node) -> tuple[Pair, ...]:
    """The entries of a mapping; none of anything else."""
    return node.pairs if isinstance(node, Mapping) else ()
