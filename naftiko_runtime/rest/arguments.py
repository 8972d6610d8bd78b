"""Where in a request is each input of a function, and what does it say there? (C13)

The plan has decided place and key of every input; a reader finds the raw values and leaves types, ranges and what is
missing to `Function.admit`. A value that could be read in two ways is refused, never chosen from: a key given twice, a
header given twice, bytes that aren't text. What an operation didn't declare is not looked at, except in a body whose
fields are the inputs: a field nobody knows there is a typing error that would otherwise change what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple

import orjson

from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.function import MOST_UNKNOWN, Function, Input
from naftiko_runtime.rest.body import RawHeaders
from naftiko_runtime.rest.query import parse_query
from naftiko_runtime.rest.template import unreadable

_TWICE = "is given twice; give it once"
_NOT_ESCAPED = "is not percent-encoded UTF-8"
_NOT_UTF8 = "is not UTF-8"


class Absent(Enum):
    """The one value that says that there is no document: JSON has no way to write it."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Reading(NamedTuple):
    """What a request says. `problems` is empty where everything that is there could be read."""

    arguments: dict[str, object]
    problems: list[FieldError]


class ArgumentReader:
    """Reads the inputs of one operation. `placeholders` are those of its path, in the order of a match's values."""

    __slots__ = (
        "_body",
        "_cookies",
        "_document",
        "_headers",
        "_inputs",
        "_nested",
        "_path",
        "_query",
        "_wanted",
        "wants_document",
    )

    def __init__(self, inputs: Sequence[Input], placeholders: tuple[str, ...]) -> None:
        self._inputs = tuple(inputs)
        names = {item.key: item.name for item in inputs if item.place is Place.PATH}
        self._path = tuple((key, names.get(key)) for key in placeholders)
        self._query = tuple(item for item in inputs if item.place is Place.QUERY)
        self._headers = {item.key.lower().encode("latin-1"): item for item in inputs if item.place is Place.HEADER}
        self._cookies = {item.key: item for item in inputs if item.place is Place.COOKIE}
        self._body = {item.key: item for item in inputs if item.place is Place.BODY and not item.within}
        self._nested: dict[str, list[Input]] = {}
        for item in inputs:
            if item.within:
                self._nested.setdefault(item.key, []).append(item)
        self._document = next((item for item in inputs if item.place is Place.DOCUMENT), None)
        # A header can be given as a query key: people try an operation in a browser's address bar.
        self._wanted = frozenset(item.key for item in self._query) | {
            key for item in self._headers.values() for key in (item.key, item.name)
        }
        self.wants_document: Final = bool(self._body or self._nested) or self._document is not None

    def read(self, values: tuple[str, ...], headers: RawHeaders, query: bytes, document: object) -> Reading:
        """The raw arguments of one request, by input name, and every problem met on the way.

        `values` are those of the path's placeholders, `document` is the parsed body or `ABSENT`.
        """
        reading = Reading({}, [])
        if values:
            self._read_path(values, reading)
        found = parse_query(query, self._wanted) if query and self._wanted else {}
        if found:
            for item in self._query:
                _take(item, item.key, found.get(item.key), _NOT_ESCAPED, reading)
        if self._headers:
            self._read_headers(headers, found, reading)
        if self._cookies:
            self._read_cookies(headers, reading)
        if document is not ABSENT:
            self._read_document(document, reading)
        return reading

    def all_problems(self, reading: Reading, function: Function) -> tuple[FieldError, ...]:
        """The problems of a reading and those `admit` has with the rest of it: a caller is told everything at once."""
        told = {problem.field for problem in reading.problems}
        try:
            function.admit(reading.arguments)
        except ArgumentError as error:
            further = (problem for problem in self.as_written(error.fields) if problem.field not in told)
            return (*reading.problems, *further)
        return tuple(reading.problems)

    def as_written(self, fields: Sequence[FieldError]) -> tuple[FieldError, ...]:
        """Field errors under the keys the caller writes, which are not always the inputs' names."""
        keys = {item.name: ".".join((item.key, *item.within)) for item in self._inputs}
        return tuple(FieldError(keys.get(field, field), problem) for field, problem in fields)

    def _read_path(self, values: tuple[str, ...], reading: Reading) -> None:
        for (key, name), value in zip(self._path, values, strict=True):
            if unreadable(value):
                reading.problems.append(FieldError(key, "is not percent-encoded UTF-8, or holds a control character"))
            elif name is not None:
                reading.arguments[name] = value

    def _read_headers(self, headers: RawHeaders, query: Mapping[str, list[str | None]], reading: Reading) -> None:
        found: dict[str, list[str | None]] = {}
        for raw_name, raw_value in headers:
            item = self._headers.get(raw_name)
            if item is not None:
                found.setdefault(item.name, []).append(_header_text(raw_value))
        for item in self._headers.values():
            values = found.get(item.name)
            if values is None:
                key = item.name if item.name in query else item.key
                _take(item, key, query.get(key), _NOT_ESCAPED, reading)
            elif len(values) > 1:
                reading.problems.append(FieldError(item.key, _TWICE))
            else:
                _take(item, item.key, values, _NOT_UTF8, reading)

    def _read_cookies(self, headers: RawHeaders, reading: Reading) -> None:
        found: dict[str, list[str | None]] = {}
        for raw_name, raw_value in headers:
            if raw_name == b"cookie":
                for pair in raw_value.split(b";"):
                    name, equals, value = pair.partition(b"=")
                    key = _header_text(name)
                    if equals and key in self._cookies:
                        found.setdefault(key, []).append(_header_text(value))
        for key, item in self._cookies.items():
            _take(item, key, found.get(key), _NOT_UTF8, reading)

    def _read_document(self, document: object, reading: Reading) -> None:
        if self._document is not None:
            reading.arguments[self._document.name] = document
        if not self._body and not self._nested:
            return
        if not isinstance(document, dict):
            if self._document is None:
                reading.problems.append(FieldError("body", "must be a JSON object"))
            return
        unknown = 0
        for key, value in document.items():
            item = self._body.get(key)
            if item is not None:
                reading.arguments[item.name] = value
            for inner in self._nested.get(key, ()):
                _take_inside(inner, value, reading)
            if item is None and key not in self._nested and self._document is None and unknown < MOST_UNKNOWN:
                unknown += 1
                fields = ", ".join((*self._body, *self._nested))
                reading.problems.append(FieldError(key, f"is no field of this body; its fields are: {fields}"))


def _take_inside(item: Input, value: object, reading: Reading) -> None:
    """Put what stands below a field of the body among the arguments; what is not there is absent."""
    for name in item.within:
        if not isinstance(value, dict) or name not in value:
            return
        value = value[name]
    reading.arguments[item.name] = value


def _take(item: Input, key: str, values: list[str | None] | None, unread: str, reading: Reading) -> None:
    """Put the values found for one input among the arguments, or say what is wrong with them."""
    if values is None:
        return
    texts = [value for value in values if value is not None]
    if len(texts) < len(values):
        reading.problems.append(FieldError(key, unread))
    elif _is_array(item):
        reading.arguments[item.name] = texts[0] if len(texts) == 1 and _is_json_list(texts[0]) else texts
    elif len(texts) > 1 and item.place is Place.QUERY and "type" not in item.schema:
        # Whoever says nothing of a type takes what is there, and a repeated key is a list (C14).
        reading.arguments[item.name] = texts
    elif len(texts) > 1:
        reading.problems.append(FieldError(key, _TWICE))
    else:
        reading.arguments[item.name] = texts[0]


def _is_array(item: Input) -> bool:
    declared = item.schema.get("type")
    return declared == "array" or (isinstance(declared, list) and "array" in declared)


def _is_json_list(text: str) -> bool:
    """Whether one value is a whole list written as JSON, which `admit` reads (C13)."""
    if not text.startswith("["):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _header_text(raw: bytes) -> str | None:
    """A header's or cookie's text, None where it isn't UTF-8. Some servers leave the optional space around it."""
    try:
        return raw.strip(b" \t").decode()
    except UnicodeDecodeError:
        return None
