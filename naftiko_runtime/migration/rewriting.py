"""Alpha2 → ikanos and back: lists and maps, words, and what only one of the two knows."""

from __future__ import annotations

from collections.abc import Mapping as Table
from types import MappingProxyType
from typing import Any

from naftiko_runtime.migration.changes import Changes
from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.layout import Unwritable, add_name, drop_pair, list_to_map, map_to_list, write_key
from naftiko_runtime.migration.names import made_up
from naftiko_runtime.migration.tree import Alias, Mapping, Node, Pair, Sequence
from naftiko_runtime.migration.walk import pairs
from naftiko_runtime.spec.generations.shapes import IMPORT, LATER, LATER_IN_IMPORTS, ROOT, SHAPES, Form, Part, is_import
from naftiko_runtime.spec.text.document import Pointer

_NOT_IN_ALPHA2: Table[str, frozenset[str]] = MappingProxyType(
    {
        "info": frozenset({"version"}),
        "consumedResource": frozenset({"tags"}),
        "consumedOperation": frozenset({"tags", "outputMediaType", "maxBinarySize"}),
        "exposes": frozenset({"maxBinarySize", "ttlMs", "cacheScope"}),
        "exposedResource": frozenset({"tags"}),
        "behaviour": frozenset({"tags", "outputMediaType", "responses", "responseBinary"}),
    }
)
"""By shape, the keys of ikanos without which everything else means the same, and which alpha2 does not have."""

_NAMELESS = frozenset({"consumedResource", "exposedResource", "behaviour"})
"""Shapes whose objects may have no name in alpha2."""


class Rewriting:
    """One text on its way between alpha2 and ikanos. `is_keyed` says that it shall have maps."""

    def __init__(self, edits: Edits, changes: Changes, *, is_keyed: bool) -> None:
        self._edits = edits
        self._changes = changes
        self._is_keyed = is_keyed
        self._words = _table(LATER, is_keyed)
        self._words_in_imports = _table(LATER_IN_IMPORTS, is_keyed)

    def run(self, root: Mapping) -> None:
        """Collect the changes of the whole text, but for its version."""
        self._object(root, self._changes.value, (), ROOT, self._words)

    def _object(self, node: Node, value: Any, at: Pointer, shape: str, words: Table[str, str]) -> None:
        if not isinstance(node, Mapping) or not isinstance(value, dict):
            return
        for pair in node.pairs:
            if pair.word is None:
                continue
            word = pair.word if self._is_keyed else words.get(pair.word, pair.word)
            if not self._is_keyed and word in _NOT_IN_ALPHA2.get(shape, ()):
                self._drop(node, pair, (*at, word))
                continue
            if pair.word in words:
                write_key(self._edits, pair, words[pair.word])
            part = SHAPES[shape].get(word)
            if part is not None and word in value:
                self._part(pair, value, (*at, word), part)

    def _drop(self, owner: Mapping, pair: Pair, at: Pointer) -> None:
        drop_pair(self._edits, owner, pair)
        self._changes.warn(f"`{at[-1]}` is left out: alpha2 can't say it", "the rest means the same without it", at)
        self._changes.drop(at)

    def _part(self, pair: Pair, owner: dict[str, Any], at: Pointer, part: Part) -> None:
        node, value = pair.value, owner[str(at[-1])]
        if part.form is Form.NAMED and isinstance(value, list):
            self._named(pair, owner, at, part)
        elif part.form is Form.LIST and isinstance(node, Sequence) and isinstance(value, list):
            for index, (item, inner) in enumerate(zip(node.items, value, strict=True)):
                imports = isinstance(inner, dict) and is_import(inner)
                words = self._words_in_imports if imports else self._words
                self._object(item, inner, (*at, index), IMPORT if imports else part.shape, words)
        elif part.form is Form.FREE and isinstance(node, Mapping) and isinstance(value, dict):
            for inner_pair in node.pairs:
                self._property(inner_pair, value, at, part, is_named="name" in owner)
        else:
            self._object(node, value, at, part.shape, self._words)

    def _property(self, pair: Pair, owner: dict[str, Any], at: Pointer, part: Part, *, is_named: bool) -> None:
        """A property of an output; of steps, alpha2 has it repeat its name."""
        name, node = str(pair.word), pair.value
        at, value = (*at, name), owner.get(name)
        if is_named and isinstance(value, dict) and isinstance(node, Mapping | Alias):
            own = node.find("name") if isinstance(node, Mapping) else None
            if self._is_keyed and own is not None and isinstance(node, Mapping) and value["name"] == name:
                drop_pair(self._edits, node, own)
                self._changes.drop((*at, "name"))
            elif not self._is_keyed and own is None:
                add_name(self._edits, node, name)
                self._changes.put((*at, "name"), name)
        self._object(node, value, at, part.shape, self._words)

    def _named(self, pair: Pair, owner: dict[str, Any], at: Pointer, part: Part) -> None:
        node, values = pair.value, owner[str(at[-1])]
        try:
            if self._is_keyed and isinstance(node, Sequence):
                names = self._names(owner, at, part)
                if names is not None:
                    list_to_map(self._edits, node, names, pair.key.start.column)
            elif not self._is_keyed and isinstance(node, Mapping):
                map_to_list(self._edits, node, pair.key.start.column)
        except Unwritable as error:
            self._changes.unwritable(error, at)
            return
        children = node.items if isinstance(node, Sequence) else [inner.value for inner in pairs(node)]
        for index, (child, value) in enumerate(zip(children, values, strict=False)):
            self._object(child, value, (*at, index), part.shape, self._words)

    def _names(self, owner: dict[str, Any], at: Pointer, part: Part) -> list[str] | None:
        """The names under which the objects of a list stand in a map; None where they stay a list."""
        items = owner[str(at[-1])]
        if not all(isinstance(item, dict) for item in items) or (part.shape == "output" and _is_mapped(owner, items)):
            return None
        names: list[str] = []
        taken = {str(item["name"]) for item in items if "name" in item}
        for index, item in enumerate(items):
            name = item.get("name")
            if name is None and part.shape in _NAMELESS:
                name = made_up(item, str(owner.get("path", "")), {*taken, *names})
                self._changes.put((*at, index, "name"), name)
                message = f"the key `{name}` is made up, because nothing says how this is called"
                self._changes.warn(message, "call it what you like", (*at, index))
            elif not isinstance(name, str):
                self._changes.refuse(f"this has no name to stand under in `{at[-1]}`", "give it one", (*at, index))
            names.append(str(name))
        for index, name in enumerate(names):
            if name in names[:index]:
                message = f"`{name}` stands twice in `{at[-1]}`, and a map has every key once"
                self._changes.refuse(message, "give one of the two another name", (*at, index, "name"))
        return names


def _table(words: Table[str, str], is_keyed: bool) -> Table[str, str]:
    """The words of the other side, but for the root key, which changes together with its version."""
    table = {own: later for own, later in words.items() if own != "naftiko"}
    return table if is_keyed else {later: own for own, later in table.items()}


def _is_mapped(owner: dict[str, Any], items: list[Any]) -> bool:
    """Whether outputs are those of a call: they have no names in any generation, and stay a list."""
    is_called = "call" in owner and "steps" not in owner
    return is_called or not any("name" in item for item in items)
