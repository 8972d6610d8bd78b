"""What does a value of `with` refer to?

The catalogue writes `rest.x` and `tools.x` for "input x of this exposed operation" (276,000 times, in adapters that are
never called `rest` or `tools`); the specification writes `<own namespace>.x`, older files `$this.x`. All are one thing
here (C11). A text that has the form of a reference is never taken as a literal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.text.names import find_name
from naftiko_runtime.plan.text.template import Part, parse_template

_FACE_PREFIXES = ("rest", "tools", "mcp")
_PATHS = ("$.", "$['", '$["')
_BARE = re.compile(r"[\w-]+\Z")
_REMAINDER = re.compile(r"[^\s{}]+\Z")
_PLACES = {"body": Place.BODY, "query": Place.QUERY, "path": Place.PATH, "header": Place.HEADER}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that means itself."""

    value: object


@dataclass(frozen=True, slots=True)
class InputReference:
    """An input of the function, by name. `place` where the text says it (`rest.query.x`); `Place.DOCUMENT` for the
    whole JSON body (`rest.body`). `text` is what was written.
    """

    name: str
    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders, each a variable or an input."""

    parts: tuple[Part, ...]
    text: str


@dataclass(frozen=True, slots=True)
class StepReference:
    """`$.step.path`: a result of an earlier step."""

    text: str


WithValue = Literal | InputReference | Template | StepReference


def parse_with_value(value: object, namespace: str, bare: frozenset[str]) -> WithValue:
    """Read one value of `with`. `namespace` is the adapter's own; `bare` are the inputs that a word alone may name.

    Raises TemplateError for braces that do not pair up.
    """
    if not isinstance(value, str):
        return Literal(value)
    text = value.strip()
    if "{{" in text:
        # White space around a sole placeholder is the block scalar's; beside other text it is meant.
        parts = parse_template(text)
        return Template(parts if len(parts) == 1 else parse_template(value), text)
    if text.startswith(_PATHS):
        return StepReference(text)
    name = strip_face_prefix(text, namespace)
    if name is not None:
        return _with_place(name, text)
    is_input = _BARE.match(text) is not None and find_name(text, bare) is not None
    return InputReference(text, text) if is_input else Literal(value)


def strip_face_prefix(text: str, namespace: str) -> str | None:
    """The input's name in `rest.x`, `tools.x`, `mcp.x`, `$this.x` or `<namespace>.x`; None for any other text."""
    prefixes = [f"$this.{namespace}", "$this", *_FACE_PREFIXES]
    if namespace:
        prefixes.insert(0, namespace)
    for prefix in prefixes:
        if text.startswith(f"{prefix}."):
            name = text[len(prefix) + 1 :]
            return name if _REMAINDER.match(name) else None
    return None


def _with_place(name: str, text: str) -> InputReference:
    if name == "body":
        return InputReference(name, text, Place.DOCUMENT)
    first, dot, rest = name.partition(".")
    if dot and rest and first in _PLACES:
        return InputReference(rest, text, _PLACES[first])
    return InputReference(name, text)
