"""Which URIs does a resource answer? One, or all that its template can be expanded to.

Templates are those of RFC 6570, level 1: `{name}` stands for one value, percent-encoded, so that `/`, `?` and `#` in a
value can't be told from the template's own. What is matched is decoded, and never looked at as a URI again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from naftiko_runtime.plan.text.template import Placeholder, TemplateError, parse_template, placeholders

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_FOREIGN = re.compile(r"[\x00-\x20\x7f<>\"\\^`|]")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_VALUE = "([^/?#]+)"
_ENCODED = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")


class UriError(ValueError):
    """A URI, or a template of URIs, that no client could ask for. The text says why."""


@dataclass(frozen=True, slots=True)
class UriTemplate:
    """The URIs of one resource. `text` is what clients are told, `names` are its placeholders as the text has them.

    `match` gives the value of each placeholder in a URI, None where it is none of these URIs.
    """

    text: str
    names: tuple[str, ...]
    match: Callable[[str], Mapping[str, str] | None]


def parse_uri(text: str) -> UriTemplate:
    """Read the `uri` of a resource. Raises UriError."""
    if _SCHEME.match(text) is None:
        raise UriError("it has no scheme, such as `https:` or one of your own")
    if _FOREIGN.search(text) is not None:
        raise UriError("it holds a character that no URI has; write it percent-encoded")
    try:
        parts = parse_template(text, single=True)
    except TemplateError as error:
        raise UriError(str(error)) from None
    names = [item.name for item in placeholders(parts)]
    for name in names:
        _check_name(name, names)
    if not names:
        return UriTemplate(text, (), lambda uri: {} if uri == text else None)
    # RFC 6570 §2.3 knows no hyphen in a name, and clients expand by it.
    shown = "".join(part if isinstance(part, str) else f"{{{part.name.replace('-', '_')}}}" for part in parts)
    pattern = re.compile("".join(_VALUE if isinstance(part, Placeholder) else re.escape(part) for part in parts))
    return UriTemplate(shown, tuple(names), _matcher(pattern, names))


def _check_name(name: str, names: list[str]) -> None:
    if _NAME.fullmatch(name) is None:
        raise UriError(f"`{{{name}}}` is more than a name; templates are those of RFC 6570, level 1")
    if names.count(name) > 1:
        raise UriError(f"`{{{name}}}` stands in it twice")


def _matcher(pattern: re.Pattern[str], names: list[str]) -> Callable[[str], Mapping[str, str] | None]:
    def match(uri: str) -> Mapping[str, str] | None:
        found = pattern.fullmatch(uri)
        if found is None:
            return None
        try:
            return dict(zip(names, map(_decoded, found.groups()), strict=True))
        except UriError:
            return None

    return match


def _decoded(value: str) -> str:
    if _ENCODED.fullmatch(value) is None:
        raise UriError("a percent sign that encodes nothing")
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise UriError("not UTF-8") from None
