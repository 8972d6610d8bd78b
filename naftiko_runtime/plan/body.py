"""The body of an upstream request, compiled from its template or from `in: body` inputs.

JSON is built as a structure, never by text substitution, so that no value can break out of its place: a leaf that is
exactly `{{x}}` takes the value with its type, an absent one leaves its key out. A JSON template written as text is read
into the same structure first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

from naftiko_runtime.plan.model import Arguments
from naftiko_runtime.plan.sources import Source, constant, joined, of_items, of_members
from naftiko_runtime.plan.template import Part, Placeholder, TemplateError, parse_template, placeholders
from naftiko_runtime.plan.values import ABSENT, to_json, to_text
from naftiko_runtime.spec.model import Body

Build = Callable[[Arguments], bytes | None]
Find = Callable[[str], Source]
"""Gives the source of a placeholder by its name."""

_JSON = "application/json"
_CONTENT_TYPES = {
    "json": _JSON,
    "text": "text/plain; charset=utf-8",
    "xml": "application/xml",
    "formUrlEncoded": "application/x-www-form-urlencoded",
}
SERVED_KINDS = (*_CONTENT_TYPES, "raw")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text of the template that holds placeholders."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class BodyTemplate:
    """A parsed template: `tree` is JSON-like data with Leafs in it, `kind` how it is encoded."""

    kind: str
    content_type: str
    tree: object

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders' names, in order, each once."""
        return tuple(dict.fromkeys(name for leaf in _leaves(self.tree) for name in _names(leaf)))

    @property
    def is_text(self) -> bool:
        """Whether an absent value would leave a hole in a text. In a structured body its key is left out."""
        return self.kind in ("text", "xml") or (self.kind == "formUrlEncoded" and not isinstance(self.tree, dict))

    @property
    def takes_fields(self) -> bool:
        """Whether inputs the template does not use can stand beside its own fields."""
        return self.kind == "json" and isinstance(self.tree, dict)


def _names(leaf: Leaf) -> Iterator[str]:
    return (placeholder.name for placeholder in placeholders(leaf.parts))


def _leaves(node: object) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, dict):
        for child in node.values():
            yield from _leaves(child)
    elif isinstance(node, list):
        for child in node:
            yield from _leaves(child)


def parse_body(body: Body) -> BodyTemplate:
    """Parse a body template. Raises TemplateError for braces that do not pair up or a JSON text that is no JSON."""
    kind, data = body.kind, body.data
    if kind == "json" and isinstance(data, str):
        return BodyTemplate("json", _JSON, _parse_json_text(data))
    if kind == "raw":
        if isinstance(data, str) and data.lstrip()[:1] in ("{", "["):
            try:
                return BodyTemplate("json", _JSON, _parse_json_text(data))
            except TemplateError:
                # `{ ship { name } }` is GraphQL and `{{a}} {{b}}` a text, but `{"` begins nothing else.
                if _JSON_OBJECT.match(data):
                    raise
        kind = "text"
    return BodyTemplate(kind, _CONTENT_TYPES[kind], _parse_tree(data))


def _parse_tree(node: object) -> object:
    if isinstance(node, str):
        parts = parse_template(node)
        return Leaf(parts) if placeholders(parts) else node
    if isinstance(node, dict):
        return {key: _parse_tree(child) for key, child in node.items()}
    if isinstance(node, list):
        return [_parse_tree(child) for child in node]
    return node


_JSON_OBJECT = re.compile(r"\s*\{\s*\"")
_MARK = re.compile("\ue000(\\d+)\ue001")
_STRING_OR_PLACEHOLDER = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\{\{\s*[^{}]+?\s*\}\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def _parse_json_text(text: str) -> object:
    """Read a JSON text with placeholders, in and outside of its strings, into a structure."""
    names: list[str] = []

    def mark(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"\ue000{len(names) - 1}\ue001"

    def protect(match: re.Match[str]) -> str:
        token = _PLACEHOLDER.sub(mark, match[0])
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


def _escape_xml(text: str) -> str:
    return escape(text, {'"': "&quot;", "'": "&apos;"})


_ESCAPES: dict[str, Callable[[str], str]] = {"xml": _escape_xml, "formUrlEncoded": quote_plus}
"""How a value is spelled inside a text template, so that it can't break out of its place."""


def compile_body(template: BodyTemplate, find: Find, beside: tuple[tuple[str, Source], ...]) -> Build:
    """The builder of a templated body. `beside` are inputs the template does not place: fields of its JSON object."""
    escape_value = _ESCAPES.get(template.kind) if template.is_text else None
    tree = _compile_tree(template.tree, find, escape_value)
    if template.kind == "json":
        if beside and template.takes_fields:
            tree = _merged(tree, of_members(dict(beside), "body fields"))
        if tree.is_constant:
            content = to_json(tree.read({}))
            return lambda arguments: content
        read = tree.read
        return lambda arguments: None if (value := read(arguments)) is ABSENT else to_json(value)
    if template.kind == "formUrlEncoded":
        return lambda arguments: _form(tree.read(arguments))
    return lambda arguments: None if (value := tree.read(arguments)) is ABSENT else to_text(value).encode()


def _compile_tree(node: object, find: Find, escape_value: Callable[[str], str] | None) -> Source:
    if isinstance(node, Leaf):
        parts = tuple(part if isinstance(part, str) else _escaped(find(part.name), escape_value) for part in node.parts)
        return joined(parts, "body template")
    if isinstance(node, dict):
        members = {key: _compile_tree(child, find, escape_value) for key, child in node.items()}
        return of_members(members, "body template")
    if isinstance(node, list):
        return of_items([_compile_tree(child, find, escape_value) for child in node], "body template")
    return constant(node, "body template")


def _escaped(source: Source, escape_value: Callable[[str], str] | None) -> Source:
    if escape_value is None:
        return source
    read = source.read

    def escaped(arguments: Arguments) -> object:
        value = read(arguments)
        return value if value is ABSENT else escape_value(to_text(value))

    return Source(escaped, source.words, source.is_constant)


def _merged(template: Source, beside: Source) -> Source:
    def read(arguments: Arguments) -> object:
        fields, more = template.read(arguments), beside.read(arguments)
        return {**fields, **more} if isinstance(fields, dict) and isinstance(more, dict) else fields

    return Source(read, "body template")


def _form(value: object) -> bytes:
    """`application/x-www-form-urlencoded` of a mapping (lists repeat their key, null is left out), or a text of it."""
    if not isinstance(value, dict):
        return to_text(value).encode()
    pairs = ((key, item) for key, items in value.items() for item in (items if isinstance(items, list) else [items]))
    return "&".join(
        f"{quote_plus(key)}={quote_plus(to_text(item))}" for key, item in pairs if item is not None
    ).encode()


def compile_document(source: Source) -> Build:
    """The builder of a body that is one input as it is."""
    read = source.read
    return lambda arguments: None if (value := read(arguments)) is ABSENT else to_json(value)


def compile_fields(fields: tuple[tuple[str, Source], ...]) -> Build:
    """The builder of a JSON object with one field an input; no body at all where none of them was given."""
    tree = of_members(dict(fields), "body fields")

    def build(arguments: Arguments) -> bytes | None:
        value = tree.read(arguments)
        return to_json(value) if value else None

    return build
