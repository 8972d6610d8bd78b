"""The body of an upstream request, compiled from its template or from `in: body` inputs.

JSON is built as a structure, never by text substitution, so that no value can break out of its place: a leaf that is
exactly `{{x}}` takes the value with its type, an absent one leaves its key out. A JSON template written as text is read
into the same structure first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.requests import sparql, xml
from naftiko_runtime.plan.requests.leaves import PLACEHOLDER, Leaf, leaves, names_of, parse_json_text, parse_tree
from naftiko_runtime.plan.requests.multipart import CONTENT_TYPE, SPELLINGS, encode_parts
from naftiko_runtime.plan.text.template import Part, TemplateError
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue, to_json, to_text
from naftiko_runtime.plan.wiring.sources import Find, Source, constant, joined, of_items, of_members
from naftiko_runtime.spec.model.capability import Body

Build = Callable[[Arguments], bytes | None]

_JSON = "application/json"
_CONTENT_TYPES = {
    "json": _JSON,
    "text": "text/plain; charset=utf-8",
    "xml": "application/xml",
    "sparql": "application/sparql-query",
    "formUrlEncoded": "application/x-www-form-urlencoded",
    "multipartForm": CONTENT_TYPE,
}
KINDS = frozenset({*_CONTENT_TYPES, "raw"})
"""The kinds of a body that the language has."""


@dataclass(frozen=True, slots=True)
class BodyTemplate:
    """A parsed template: `tree` is JSON-like data with Leafs in it, `kind` how it is encoded."""

    kind: str
    content_type: str
    tree: object

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders' names, in order, each once."""
        return tuple(dict.fromkeys(name for leaf in leaves(self.tree) for name in names_of(leaf)))

    @property
    def is_text(self) -> bool:
        """Whether an absent value would leave a hole in a text. In a structured body its key is left out."""
        return self.kind in ("text", "xml", "sparql") or (
            self.kind == "formUrlEncoded" and not isinstance(self.tree, dict)
        )

    @property
    def takes_fields(self) -> bool:
        """Whether inputs the template does not use can stand beside its own fields."""
        return self.kind == "json" and isinstance(self.tree, dict)


def parse_body(body: Body) -> BodyTemplate:
    """Parse a body template. Raises TemplateError for braces that do not pair up or a JSON text that is no JSON."""
    kind, data = body.kind, body.data
    if kind == "json" and isinstance(data, str):
        return BodyTemplate("json", _JSON, parse_json_text(data))
    if kind == "raw":
        if isinstance(data, str) and data.lstrip()[:1] in ("{", "["):
            try:
                return BodyTemplate("json", _JSON, parse_json_text(data))
            except TemplateError:
                # `{ ship { name } }` is GraphQL and `{{a}} {{b}}` a text, but `{"` begins nothing else.
                if _JSON_OBJECT.match(data):
                    raise
        kind = "text"
    if kind == "multipartForm":
        _check_parts(data)
    return BodyTemplate(kind, _CONTENT_TYPES[kind], parse_tree(data))


def _parts(data: object) -> list[dict[str, object]]:
    """The parts of a multipart body; what is none was refused by the schema."""
    return [part for part in data if isinstance(part, dict)] if isinstance(data, list) else []


def _check_parts(data: object) -> None:
    """Raise TemplateError for what stands in a part's head and can't."""
    for part in _parts(data):
        for key, spell in SPELLINGS.items():
            text = part.get(key)
            try:
                if isinstance(text, str) and not PLACEHOLDER.search(text):
                    spell(text)
            except UnfitValue as unfit:
                raise TemplateError(f"the `{key}` of a part {unfit}") from None


_JSON_OBJECT = re.compile(r"\s*\{\s*\"")


def _form_escapes(parts: Sequence[Part]) -> list[Callable[[object], str]]:
    return [lambda value: quote_plus(to_text(value)) for part in parts if not isinstance(part, str)]


_ESCAPES: dict[str, Callable[[Sequence[Part]], list[Callable[[object], str]]]] = {
    "formUrlEncoded": _form_escapes,
    "sparql": sparql.escapes,
    "xml": xml.escapes,
}
"""How each value is spelled inside a text of these kinds, so that it can't break out of its place."""


def compile_body(template: BodyTemplate, find: Find, beside: tuple[tuple[str, Source], ...]) -> Build:
    """The builder of a templated body. `beside` are inputs the template does not place: fields of its JSON object."""
    if template.kind == "multipartForm":
        return _compile_parts(template.tree, find)
    escapes, node = _ESCAPES.get(template.kind), template.tree
    if escapes is not None and isinstance(node, Leaf):
        tree = _compile_text(node, escapes(node.parts), find)
    else:
        tree = _compile_tree(node, find)
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


def _compile_parts(node: object, find: Find) -> Build:
    parts = [
        of_members({key: _spelled(value, find, SPELLINGS.get(key)) for key, value in part.items()}, "body part")
        for part in _parts(node)
    ]
    reads = tuple(part.read for part in parts)
    return lambda arguments: encode_parts([part for read in reads if isinstance(part := read(arguments), dict)])


def _spelled(node: object, find: Find, spell: Callable[[str], str] | None) -> Source:
    """A value of a part; in its head, what its author wrote is spelled like what callers give."""
    source = _compile_tree(node, find)
    if spell is None:
        return source
    spelled = _escaped(source, spell)

    def read(arguments: Arguments) -> object:
        return ABSENT if source.read(arguments) is None else spelled.read(arguments)

    return Source(read, source.words, field=source.field)


def _compile_text(leaf: Leaf, escapes: Sequence[Callable[[object], str]], find: Find) -> Source:
    remaining = iter(escapes)
    parts = tuple(part if isinstance(part, str) else _escaped(find(part.name), next(remaining)) for part in leaf.parts)
    return joined(parts, "body template")


def _compile_tree(node: object, find: Find) -> Source:
    if isinstance(node, Leaf):
        return joined(tuple(part if isinstance(part, str) else find(part.name) for part in node.parts), "body template")
    if isinstance(node, dict):
        members = {key: _compile_tree(child, find) for key, child in node.items()}
        return of_members(members, "body template")
    if isinstance(node, list):
        return of_items([_compile_tree(child, find) for child in node], "body template")
    return constant(node, "body template")


def _escaped(source: Source, escape_value: Callable[[str], str]) -> Source:
    read = source.read

    def escaped(arguments: Arguments) -> object:
        value = read(arguments)
        try:
            return value if value is ABSENT else escape_value(to_text(value))
        except UnfitValue as unfit:
            raise ArgumentError([FieldError(source.field or "body", str(unfit))]) from None

    return Source(escaped, source.words, field=source.field)


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
