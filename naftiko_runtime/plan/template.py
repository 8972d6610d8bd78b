"""Texts with placeholders: `{{name}}` anywhere, `{name}` in paths and base addresses too.

A template is parsed once, at load. What a placeholder is filled with is never parsed again, so a caller's text that looks
like a placeholder stays text (field-study E9).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DOUBLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_ANY = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}|\{\s*([^{}]*?)\s*\}")


class Placeholder(NamedTuple):
    """A name to fill in. `is_double` tells `{{name}}` from `{name}`."""

    name: str
    is_double: bool


Part = str | Placeholder


class TemplateError(ValueError):
    """Braces that do not pair up, or a placeholder without a name."""


def parse_template(text: str, *, single: bool = False) -> tuple[Part, ...]:
    """The constant texts and placeholders of `text`, in order; empty texts are left out.

    With `single`, `{name}` is a placeholder too and any brace left over raises TemplateError; without, single braces are
    text (JSON has them) and only a `{{` or `}}` that is no placeholder raises.
    """
    parts: list[Part] = []
    end = 0
    for match in (_ANY if single else _DOUBLE).finditer(text):
        name = match[1] if match[1] is not None else match[2]
        if not name:
            raise TemplateError(f"`{match[0]}` has no name between its braces")
        _append_text(parts, text[end : match.start()], single)
        parts.append(Placeholder(name, match[0].startswith("{{")))
        end = match.end()
    _append_text(parts, text[end:], single)
    return tuple(parts)


def _append_text(parts: list[Part], text: str, single: bool) -> None:
    stray = next((brace for brace in (("{", "}") if single else ("{{",)) if brace in text), None)
    if stray is not None:
        raise TemplateError(f"`{stray}` opens or closes no placeholder in `{text.strip()[:40]}`")
    if text:
        parts.append(text)


def placeholders(parts: tuple[Part, ...]) -> tuple[Placeholder, ...]:
    """The placeholders of a parsed template, in order."""
    return tuple(part for part in parts if isinstance(part, Placeholder))
