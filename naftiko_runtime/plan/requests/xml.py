"""How does a value stand in an XML text, so that it stays one value there? (XML 1.0 §2.4 to §2.7)

In elements, attributes and comments it is escaped. A CDATA section knows no escapes and ends with the first `]]>`, so a
value in one stands as it is, and the section is ended and begun anew where it could hold that end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from naftiko_runtime.plan.text.template import Part
from naftiko_runtime.plan.text.values import UnfitValue, to_text

Escape = Callable[[object], str]

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Line ends and tabs are written out: a parser makes other characters of them, in attributes and elsewhere (XML §2.11).
_ENTITIES = {'"': "&quot;", "'": "&apos;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}

_CDATA = "<![CDATA["
_OPENING = re.compile(r"<!\[CDATA\[|<!--")
_CLOSING = {_CDATA: "]]>", "<!--": "-->"}
_ANEW = f"]]>{_CDATA}"

# What stands before or behind the value may be a part of `]]>` too.
_ENDING = re.compile(r"(?:(?<=\])|\A)>")


def _allowed(value: object) -> str:
    text = to_text(value)
    if _FORBIDDEN.search(text):
        raise UnfitValue("must not hold characters that XML does not allow")
    return text


def _escaped(value: object) -> str:
    return escape(_allowed(value), _ENTITIES)


def _in_cdata(value: object) -> str:
    text = _ENDING.sub(f"{_ANEW}>", _allowed(value))
    return f"{text}{_ANEW}" if text.endswith("]") else text


def escapes(parts: Sequence[Part]) -> list[Escape]:
    """How to write the value of each placeholder of a text, in their order."""
    found: list[Escape] = []
    within = ""
    for part in parts:
        if isinstance(part, str):
            within = _context(part, within)
        else:
            found.append(_in_cdata if within == _CDATA else _escaped)
    return found


def _context(text: str, within: str) -> str:
    """What is open behind `text`: a CDATA section or a comment, empty where neither is."""
    position = 0
    while True:
        if within:
            end = text.find(_CLOSING[within], position)
            if end < 0:
                return within
            within, position = "", end + len(_CLOSING[within])
        opening = _OPENING.search(text, position)
        if opening is None:
            return ""
        within, position = opening[0], opening.end()
