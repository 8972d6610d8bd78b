"""Where in a file do the objects stand that a rule is about?

Rules look at values of any shape, because what is wrong with a shape is told by the schema check: a key that is not
there and a value of another type select nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from naftiko_runtime.spec.text.document import Pointer

Found = tuple[Pointer, dict[str, Any]]
"""An object and its pointer."""


def select(value: Any, path: str, at: Pointer = ()) -> Iterator[Found]:
    """The objects at a path of keys such as `resources.*.operations.*`, where `*` stands for each item of a list."""
    key, _, rest = path.partition(".")
    children: Iterable[tuple[str | int, Any]] = ()
    if key == "*" and isinstance(value, list):
        children = enumerate(value)
    elif isinstance(value, dict) and key in value:
        children = ((key, value[key]),)
    for part, child in children:
        if rest:
            yield from select(child, rest, (*at, part))
        elif isinstance(child, dict):
            yield (*at, part), child


def entries(value: Any, section: str, path: str = "") -> Iterator[Found]:
    """The entries of a section, at the root and of the capability, without those that import; or what they hold."""
    for owner in (section, f"capability.{section}"):
        for at, entry in select(value, f"{owner}.*"):
            if "import" not in entry:
                yield from select(entry, path, at) if path else [(at, entry)]


def adapters(value: Any, kind: str, path: str = "") -> Iterator[Found]:
    """The adapters of a type; or what they hold."""
    for at, adapter in entries(value, "exposes"):
        if adapter.get("type") == kind:
            yield from select(adapter, path, at) if path else [(at, adapter)]


def behaviours(value: Any) -> Iterator[Found]:
    """Everything that does something: operations, tools and aggregate functions."""
    yield from adapters(value, "rest", "resources.*.operations.*")
    yield from adapters(value, "mcp", "tools.*")
    yield from entries(value, "aggregates", "functions.*")


def text(value: dict[str, Any], key: str) -> str:
    """The text at a key, else the empty text."""
    found = value.get(key)
    return found if isinstance(found, str) else ""
