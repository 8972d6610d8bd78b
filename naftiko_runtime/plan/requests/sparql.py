"""How does a value stand in a SPARQL query, so that it stays one value there? (SPARQL 1.1 §19)

It depends on where: in a string it is escaped, in an IRI percent-encoded, in a comment it stays on its line. Elsewhere
a number, a boolean or a word stands as it is, and any other text becomes a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from naftiko_runtime.plan.text.template import Part
from naftiko_runtime.plan.text.values import to_text

Escape = Callable[[object], str]

_TOKEN = re.compile(r'"""|\'\'\'|"|\'|\#|<(?=[^<>"{}|^`\\\x00-\x20]*(?:>|\Z))')
_ENDS = {
    '"': re.compile(r'(?:[^"\\]|\\.)*?(")', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*?(')", re.DOTALL),
    '"""': re.compile(r'(?:[^\\]|\\.)*?(""")', re.DOTALL),
    "'''": re.compile(r"(?:[^\\]|\\.)*?(''')", re.DOTALL),
    "#": re.compile(r"[^\n\r]*([\n\r])"),
    "<": re.compile(r"[^>]*(>)"),
}
_STRING_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_WORD = re.compile(r"[+-]?[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*\Z")


def _in_string(value: object) -> str:
    return "".join(_STRING_ESCAPES.get(character, character) for character in to_text(value))


def _in_iri(value: object) -> str:
    # Everything RFC 3986 allows stays; what could end the IRI, or is no part of one, is encoded.
    return quote(to_text(value), safe=":/?#[]@!$&'()*+,;=~%")


def _in_comment(value: object) -> str:
    return " ".join(to_text(value).splitlines())


def _bare(value: object) -> str:
    text = to_text(value)
    return text if _WORD.match(text) else f'"{_in_string(text)}"'


_ESCAPES: dict[str, Escape] = {"<": _in_iri, "#": _in_comment, "": _bare}


def escapes(parts: Sequence[Part]) -> list[Escape]:
    """How to write the value of each placeholder of a query, in their order."""
    found: list[Escape] = []
    within = ""
    for part in parts:
        if isinstance(part, str):
            within = _context(part, within)
        else:
            found.append(_ESCAPES.get(within, _in_string))
    return found


def _context(text: str, within: str) -> str:
    """What is open behind `text`: the mark that opened it, empty where nothing is."""
    position = 0
    while True:
        if within:
            end = _ENDS[within].match(text, position)
            if end is None:
                return within
            within, position = "", end.end()
        token = _TOKEN.search(text, position)
        if token is None:
            return ""
        within, position = token[0], token.end()
