"""What does an XML document mean as JSON? (language §4.1)

An element is an object of its attributes and children, by their local names; children of one name are a list; an
element with nothing but text is that text. Text beside attributes or children stands under the empty name. The result
is an object with one member, the root element: whoever shapes it may leave the root out, as the language does.

Entities are never followed, whether they lie in the document or elsewhere; a document that declares any is refused.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from naftiko_runtime.formats.charset import decode_text
from naftiko_runtime.formats.model import Allowance, UndecodableError, enter

_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_UTF_16 = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}
_TRUE = ("true", "1")

TEXT = ""
"""The name of an element's own text beside its attributes and children."""


def decode_xml(body: bytes, content_type: str) -> object:
    """The value of an XML document: an object whose one member is the root element."""
    found = _DECLARED.match(body)
    inside = found[1].decode() if found else _UTF_16.get(body[:4], "")
    return _Reader().read(decode_text(body, content_type, inside))


class _Element:
    """An element that is open. `is_nil` where `xsi:nil` says that it has no value."""

    __slots__ = ("is_nil", "members", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: dict[str, Any] = {}
        self.text: list[str] = []
        self.is_nil = False

    def add(self, name: str, value: Any) -> None:
        """Add a member; a second one of its name makes them a list. No value is a list by itself."""
        if name not in self.members:
            self.members[name] = value
        elif isinstance(held := self.members[name], list):
            held.append(value)
        else:
            self.members[name] = [held, value]

    def value(self) -> Any:
        """What the element means."""
        text = "".join(self.text)
        if self.is_nil and not text.strip() and not self.members:
            return None
        if not self.members:
            return text
        if text.strip():
            self.members[TEXT] = text.strip()
        return self.members


class _Reader:
    """Reads one document with expat, which never opens anything by itself."""

    def __init__(self) -> None:
        self._open: list[_Element] = [_Element("")]
        self._allowance = Allowance()

    def read(self, text: str) -> dict[str, Any]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse_entity
        parser.SkippedEntityHandler = _refuse_entity
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            message = f"not XML: {reason} at line {error.lineno}, column {error.offset + 1}"
            raise UndecodableError(message) from None
        return self._open[0].members

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        enter(len(self._open))
        self._allowance.take(1 + len(attributes))
        element = _Element(_local(name))
        for key, value in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                continue
            if key.endswith(":nil") and value.strip() in _TRUE:
                element.is_nil = True
            else:
                element.add(_local(key), value)
        self._open.append(element)

    def _end(self, name: str) -> None:
        element = self._open.pop()
        self._open[-1].add(element.name, element.value())

    def _text(self, text: str) -> None:
        self._open[-1].text.append(text)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_entity(*_declaration: object) -> None:
    raise UndecodableError("XML with entities of its own, which are not followed")
