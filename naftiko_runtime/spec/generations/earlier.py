"""How did 0.4 and 0.5 say what alpha2 says in other words?

They had `externalRefs` where binds are today, and 0.4 called the REST adapter `api` (language §0.1, catalogue §c). The
rest of them is alpha2 already, or read as it is: `items` as a list of one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from naftiko_runtime.spec.generations.shapes import both_ways
from naftiko_runtime.spec.text.document import Branch, Leaf, Place, Pointer, Renamed

BIND_WORDS = {"name": "namespace", "uri": "location"}
"""What a bind says today for the words of an external reference."""

RESTFUL = "api"
"""What 0.4 called a REST adapter."""


def read_earlier(value: dict[str, Any], place: Any) -> tuple[dict[str, Any], Place]:
    """A file of 0.4 or 0.5 in the words of alpha2, and its places. Binds are taken where a file has them already."""
    words = {} if "binds" in value else {"externalRefs": "binds"}
    values, entries, written = _respelled(value, place, words)
    if words and isinstance(values.get("binds"), list):
        key, listed = entries["binds"]
        found = [_bind(item, below) for item, below in zip(values["binds"], listed.entries, strict=True)]
        values["binds"] = [item for item, _ in found]
        entries["binds"] = key, Branch(listed.start, [below for _, below in found])
    capability = values.get("capability")
    if isinstance(capability, dict) and isinstance(capability.get("exposes"), list):
        exposes = [_adapter(item) for item in capability["exposes"]]
        values["capability"] = {**capability, "exposes": exposes}
    return values, Renamed(place.start, entries, written)


def is_resolved(reference: Mapping[str, Any]) -> bool:
    """Whether an external reference says with `uri`, or by having none, what its `resolution` says again."""
    return ("uri" in reference) == (reference.get("resolution") == "file")


def location_of(uri: str) -> str:
    """The location of a bind for the `uri` of an external reference, which may be a plain path."""
    if "://" in uri:
        return uri
    return f"file://{uri}" if uri.startswith(("/", "./", "../")) else f"file://./{uri}"


def _bind(value: Any, place: Any) -> tuple[Any, Place]:
    if not isinstance(value, dict):
        return value, place
    dropped = ("type", "resolution") if is_resolved(value) else ("type",)
    values, entries, written = _respelled(value, place, BIND_WORDS, dropped)
    if isinstance(values.get("location"), str):
        values["location"] = location_of(values["location"])
    return values, Renamed(place.start, entries, written)


def _adapter(value: Any) -> Any:
    is_api = isinstance(value, dict) and value.get("type") == RESTFUL
    return {**value, "type": "rest"} if is_api else value


def _respelled(
    value: dict[str, Any], place: Any, words: Mapping[str, str], dropped: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, tuple[Leaf, Any]], dict[str | int, Pointer]]:
    """A mapping in other words: its values, the places of its entries, and what the author wrote for each word."""
    values: dict[str, Any] = {}
    entries: dict[str, tuple[Leaf, Any]] = {}
    written: dict[str | int, Pointer] = {}
    both = both_ways(words)
    for key, child in value.items():
        word = both.get(key, key)
        if key in dropped:
            continue
        values[word] = child
        if key in place.entries:
            entries[word] = place.entries[key]
        if word != key:
            written[word] = (key,)
    return values, entries, written
