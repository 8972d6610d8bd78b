"""A template of a body as data: JSON-like, with the texts that hold placeholders as leaves.

A JSON template written as text is read into the same structure first, so that no value can break out of its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from naftiko_runtime.plan.text.template import Part, Placeholder, TemplateError, parse_template, placeholders

_MARK = re.compile("\ue000(\\d+)\ue001")
_STRING_OR_PLACEHOLDER = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\{\{\s*[^{}]+?\s*\}\}", re.DOTALL)
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text of the template that holds placeholders."""

    parts: tuple[Part, ...]


def names_of(leaf: Leaf) -> Iterator[str]:
    """The names of its placeholders, in order."""
    return (placeholder.name for placeholder in placeholders(leaf.parts))


def leaves(node: object) -> Iterator[Leaf]:
    """The leaves of a template, in order."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, dict):
        for child in node.values():
            yield from leaves(child)
    elif isinstance(node, list):
        for child in node:
            yield from leaves(child)


def parse_tree(node: object) -> object:
    """Data with a leaf for each text that holds placeholders. Raises TemplateError."""
    if isinstance(node, str):
        parts = parse_template(node)
        return Leaf(parts) if placeholders(parts) else node
    if isinstance(node, dict):
        return {key: parse_tree(child) for key, child in node.items()}
    if isinstance(node, list):
        return [parse_tree(child) for child in node]
    return node


def is_malformed(text: str) -> bool:
    """Whether braces of a text do not pair up."""
    try:
        parse_template(text)
    except TemplateError:
        return True
    return False


def has_placeholder(name: str, text: str) -> bool:
    """Whether a text holds a placeholder of this name."""
    return name in PLACEHOLDER.findall(text)


def place_of(node: object, is_meant: Callable[[str], bool]) -> tuple[str | int, ...]:
    """Where in data the first text stands that is meant; the whole of it where there is none."""
    return next(_places(node, is_meant), ())


def _places(node: object, is_meant: Callable[[str], bool]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(node, str) and is_meant(node):
        yield ()
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        for below in _places(child, is_meant):
            yield (key, *below)


def parse_json_text(text: str) -> object:
    """Read a JSON text with placeholders, in and outside of its strings, into a structure."""
    names: list[str] = []

    def mark(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"\ue000{len(names) - 1}\ue001"

    def protect(match: re.Match[str]) -> str:
        token = PLACEHOLDER.sub(mark, match[0])
        return token if match[0].startswith('"') else f'"{token}"'

    try:
        tree = json.loads(_STRING_OR_PLACEHOLDER.sub(protect, text))
    except (ValueError, RecursionError):
        raise TemplateError("the JSON text is no JSON, even with its placeholders filled in") from None
    return _restore(tree, names)


def _restore(node: object, names: list[str]) -> object:
    if isinstance(node, str):
        pieces = _MARK.split(node)
        parts: list[Part] = []
        for index, piece in enumerate(pieces):
            if index % 2:
                parts.append(Placeholder(names[int(piece)], True))
            elif piece:
                parts.append(piece)
        return Leaf(tuple(parts)) if len(pieces) > 1 else node
    if isinstance(node, dict):
        return {key: _restore(child, names) for key, child in node.items()}
    if isinstance(node, list):
        return [_restore(child, names) for child in node]
    return node
