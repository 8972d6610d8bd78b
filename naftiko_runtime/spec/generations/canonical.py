"""A file of any generation → the same file in the form of alpha2, with every place still that of its own text.

One form means one reader, one schema check and one compiler. Spelling alone is changed: maps become lists of objects
with a `name`, words of later or earlier versions become those of alpha2. A key nobody knows stays as it is, and a word
that belongs to another generation becomes one nobody knows, because what it would mean here is not for us to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from naftiko_runtime.spec.generations.earlier import read_earlier
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.generations.shapes import (
    IMPORT,
    LATER,
    LATER_IN_IMPORTS,
    ROOT,
    SHAPES,
    WITHOUT_EFFECT,
    Form,
    Part,
    both_ways,
    is_import,
    is_named_map,
)
from naftiko_runtime.spec.generations.version import Generation
from naftiko_runtime.spec.text.document import Branch, Document, Leaf, Place, Pointer, Renamed

STRAY_NAME = "(name)"
"""What a `name` is called inside an object whose key is its name already."""

Found = tuple[Any, Place]
"""A value and its place."""


def canonicalise(document: Document, value: dict[str, Any], generation: Generation, notes: Relaxations) -> Document:
    """The document of a generation in the form of alpha2; the same one where it has that form.

    `value` is what to take for the value of `document`. Lists that its generation would write as maps are taken too, as
    its reference engine takes them, and go to `notes`.
    """
    if generation.is_keyed:
        value, place = _Later(notes).read(value, document.root)
    elif generation.version in ("0.4", "0.5"):
        value, place = read_earlier(value, document.root)
    elif value is document.value:
        return document
    else:
        place = document.root
    return Document(document.file, document.text, value, place)


_WORDS = both_ways(LATER)
_WORDS_IN_IMPORTS = both_ways(LATER_IN_IMPORTS)
_WORDS_OF_NAMED = {**_WORDS, "name": STRAY_NAME}

_NOWHERE = (None, None)  # the place of a version that had to be mended
_LISTED = "lists where this version of the language has maps by name"


class _Later:
    """The generations of keyed maps."""

    def __init__(self, notes: Relaxations) -> None:
        self._notes = notes

    def read(self, value: Any, place: Place) -> Found:
        """A whole file."""
        return self._object(value, place, (), ROOT, _WORDS)

    def _object(
        self, value: Any, place: Any, at: Pointer, shape: str, words: Mapping[str, str], key: Leaf | None = None
    ) -> Found:
        """An object; with the `key` it stands under, if that is its name."""
        if not isinstance(value, dict):
            return value, place
        values: dict[str, Any] = {}
        entries: dict[str, tuple[Leaf, Place]] = {}
        written: dict[str | int, Pointer] = {}
        if key is not None:
            values["name"], entries["name"], written["name"] = None, (key, key), ()
        for name, child in value.items():
            word = words.get(name, name)
            part = SHAPES[shape].get(word)
            if word in WITHOUT_EFFECT:
                self._notes.pass_over(word, (*at, word))
            leaf, below = place.entries.get(name, _NOWHERE)
            values[word], below = self._part(child, below, (*at, word), part) if part is not None else (child, below)
            if leaf is not None:
                entries[word] = leaf, below
            if word != name:
                written[word] = (name,)
        return values, Renamed(place.start if key is None else key.start, entries, written)

    def _part(self, value: Any, place: Any, at: Pointer, part: Part) -> Found:
        if part.form is Form.NAMED and is_named_map(str(at[-1]), value):
            return self._named(value, place, at, part.shape)
        if part.form is Form.FREE and isinstance(value, dict):
            return self._free(value, place, at, part.shape)
        if part.form in (Form.LIST, Form.NAMED) and isinstance(value, list):
            return self._list(value, place, at, part)
        return self._object(value, place, at, part.shape, _WORDS)

    def _named(self, value: dict[str, Any], place: Any, at: Pointer, shape: str) -> Found:
        values, places = [], []
        written: dict[str | int, Pointer] = {}
        for index, (name, child) in enumerate(value.items()):
            key, below = place.entries[name]
            item, item_place = self._object(child, below, (*at, index), shape, _WORDS_OF_NAMED, key)
            if isinstance(item, dict):
                item["name"] = name
            values.append(item)
            places.append(item_place)
            written[index] = (name,)
        return values, Renamed(place.start, places, written)

    def _list(self, value: list[Any], place: Any, at: Pointer, part: Part) -> Found:
        # Outputs of a call have no names: in every generation they are a list.
        if part.form is Form.NAMED and at[-1] != "outputParameters":
            self._notes.note(_LISTED, at)
        values, places = [], []
        for index, (child, below) in enumerate(zip(value, place.entries, strict=True)):
            imports = part.form is Form.LIST and isinstance(child, dict) and is_import(child)
            shape, words = (IMPORT, _WORDS_IN_IMPORTS) if imports else (part.shape, _WORDS)
            item, item_place = self._object(child, below, (*at, index), shape, words)
            values.append(item)
            places.append(item_place)
        return values, Branch(place.start, places)

    def _free(self, value: dict[str, Any], place: Any, at: Pointer, shape: str) -> Found:
        values: dict[str, Any] = {}
        entries: dict[str, tuple[Leaf, Place]] = {}
        for name, child in value.items():
            key, below = place.entries[name]
            values[name], below = self._object(child, below, (*at, name), shape, _WORDS)
            entries[name] = key, below
        return values, Branch(place.start, entries)
