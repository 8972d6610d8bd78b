"""0.4, 0.5 and alpha1 → alpha2: external references, adapters, constants and items of outputs."""

from __future__ import annotations

import json
from typing import Any

from naftiko_runtime.migration.changes import Changes
from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.layout import drop_pair, write_key, write_scalar
from naftiko_runtime.migration.tree import Mapping, Node, Scalar, Sequence
from naftiko_runtime.spec.generations.earlier import BIND_WORDS, RESTFUL, is_resolved, location_of
from naftiko_runtime.spec.generations.shapes import ROOT, SHAPES, Form
from naftiko_runtime.spec.text.document import Pointer

_SCALARS = ("string", "number", "boolean")


class Modernising:
    """One text on its way to alpha2."""

    def __init__(self, edits: Edits, changes: Changes) -> None:
        self._edits = edits
        self._changes = changes

    def run(self, root: Mapping) -> None:
        """Collect the changes of the whole text, but for its version."""
        references = root.find("externalRefs")
        if references is not None and root.find("binds") is None:
            write_key(self._edits, references, "binds")
            for item in references.value.items if isinstance(references.value, Sequence) else ():
                self._reference(item)
        self._object(root, self._changes.value, (), ROOT)

    def _reference(self, item: Node) -> None:
        if not isinstance(item, Mapping):
            return
        known = {str(pair.word): pair.value.value for pair in item.pairs if isinstance(pair.value, Scalar)}
        for word in ("type", "resolution") if is_resolved(known) else ("type",):
            pair = item.find(word)
            if pair is not None:
                drop_pair(self._edits, item, pair)
        for word, new in BIND_WORDS.items():
            pair = item.find(word)
            if pair is not None and item.find(new) is None:
                write_key(self._edits, pair, new)
                if word == "uri" and isinstance(pair.value, Scalar) and location_of(known[word]) != known[word]:
                    write_scalar(self._edits, pair.value, location_of(known[word]))

    def _object(self, node: Node, value: Any, at: Pointer, shape: str) -> None:
        if not isinstance(node, Mapping) or not isinstance(value, dict):
            return
        for pair in node.pairs:
            word = str(pair.word)
            if shape == "exposes" and word == "type" and isinstance(pair.value, Scalar) and pair.value.value == RESTFUL:
                write_scalar(self._edits, pair.value, "rest")
            part = SHAPES[shape].get(word)
            if part is None or word not in value:
                continue
            inner = value[word]
            if part.form is Form.ONE:
                self._object(pair.value, inner, (*at, word), part.shape)
            elif isinstance(pair.value, Sequence) and isinstance(inner, list):
                for index, (item, one) in enumerate(zip(pair.value.items, inner, strict=True)):
                    visit = self._output if part.shape == "output" else self._object
                    visit(item, one, (*at, word, index), part.shape)

    def _output(self, node: Node, value: Any, at: Pointer, shape: str) -> None:
        if not isinstance(node, Mapping) or not isinstance(value, dict):
            return
        self._constant(node, value, at)
        for pair in node.pairs:
            if pair.word == "properties" and isinstance(pair.value, Mapping) and isinstance(value["properties"], dict):
                for entry in pair.value.pairs:
                    word = str(entry.word)
                    self._output(entry.value, value["properties"].get(word), (*at, "properties", word), shape)
            elif pair.word == "items" and isinstance(pair.value, Sequence) and isinstance(value["items"], list):
                self._items(pair.value, value, at, shape)
            elif pair.word == "items":
                self._output(pair.value, value["items"], (*at, "items"), shape)

    def _constant(self, node: Mapping, value: dict[str, Any], at: Pointer) -> None:
        """A constant scalar has been a `value` since alpha2, and a text."""
        pair = node.find("const")
        if pair is None or value.get("type") not in _SCALARS or {"mapping", "value"} & value.keys():
            return
        write_key(self._edits, pair, "value")
        constant = value["const"]
        if isinstance(pair.value, Scalar) and not isinstance(constant, str):
            constant = pair.value.value
            self._edits.replace(pair.value.start.index, pair.value.end, json.dumps(constant))
        self._changes.put((*at, "value"), constant)
        self._changes.drop((*at, "const"))

    def _items(self, node: Sequence, value: dict[str, Any], at: Pointer, shape: str) -> None:
        """A list of one became its one item; of one with names, a list it stayed."""
        items = value["items"]
        if any(isinstance(item, dict) and "name" in item for item in items):
            for index, (item, one) in enumerate(zip(node.items, items, strict=True)):
                self._output(item, one, (*at, "items", index), shape)
            return
        if len(items) != 1:
            message = f"`items` has {len(items)} entries, and alpha2 takes one"
            self._changes.refuse(message, "keep the first, which is the one that counts", (*at, "items"))
            return
        dash = self._edits.behind_properties(node.start.index)
        self._edits.replace(dash, dash + 1, "" if node.is_flow else " ")
        if node.is_flow:
            self._edits.replace(node.end - 1, node.end, "")
        self._output(node.items[0], items[0], (*at, "items", 0), shape)
        self._changes.put((*at, "items"), items[0])
