"""Texts with placeholders: `{{name}}` anywhere, `{name}` in paths and base addresses too.

A template is parsed once, at load, in time linear in its length. What a placeholder is filled with is never parsed
again, so a caller's text that looks like a placeholder stays text (field-study E9).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DOUBLE = re.compile(r"\{\{([^{}]*)\}\}")
_ANY = re.compile(r"\{\{([^{}]*)\}\}|\{([^{}]*)\}")

# Mustache has sections, partials and comments behind these marks: a file that uses them means no name.
_TAGS = ("#", "^", "/", "!", ">", "&")


class Placeholder(NamedTuple):
    """A name to fill in. `is_double` tells `{{name}}` from `{name}`."""

    name: str
    is_double: bool


Part = str | Placeholder


class TemplateError(ValueError):
    """Braces that do not pair up, or a placeholder that holds no name."""


def parse_template(text: str, *, single: bool = False) -> tuple[Part, ...]:
    """The constant texts and placeholders of `text`, in order; empty texts are left out.

    With `single`, `{name}` is a placeholder too and any brace left over raises TemplateError; without, single braces
    are text (JSON has them, and so `}}`) and only a `{{` that opens no placeholder raises.
    """
    parts: list[Part] = []
    strays = ("{", "}") if single else ("{{",)
    end = 0
    for match in (_ANY if single else _DOUBLE).finditer(text):
        _append_text(parts, text[end : match.start()], strays)
        parts.append(_placeholder(match))
        end = match.end()
    _append_text(parts, text[end:], strays)
    return tuple(parts)


def _placeholder(match: re.Match[str]) -> Placeholder:
    is_double = match[1] is not None
    name = (match[1] if is_double else match[2]).strip()
    if not name:
        raise TemplateError(f"`{match[0][:40]}` has no name between its braces")
    if is_double and name.startswith(_TAGS):
        raise TemplateError(f"`{match[0][:40]}` is a tag of Mustache, of which only names are served")
    return Placeholder(name, is_double)


def _append_text(parts: list[Part], text: str, strays: tuple[str, ...]) -> None:
    stray = next((brace for brace in strays if brace in text), None)
    if stray is not None:
        raise TemplateError(f"`{stray}` opens or closes no placeholder in `{text.strip()[:40]}`")
    if text:
        parts.append(text)


def placeholders(parts: tuple[Part, ...]) -> tuple[Placeholder, ...]:
    """The placeholders of a parsed template, in order."""
    return tuple(part for part in parts if isinstance(part, Placeholder))
