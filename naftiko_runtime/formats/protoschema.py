"""A `.proto` text → its messages (Protocol Buffers language, proto2, proto3 and editions).

What decoding needs is read: messages, enums, fields, maps, groups and oneofs. Services, options and extensions are
passed over. Files it imports are not read, but for the well-known types, which are built in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from naftiko_runtime.formats.model import SchemaError

SCALARS = frozenset(
    {"double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool", "string", "bytes"}
    | {"fixed32", "fixed64", "sfixed32", "sfixed64"}
)

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/
      | (?P<token>\.?[A-Za-z_]\w*(?:\.\w+)*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[-+]?[\w.]+|[{}\[\]();=<>,:/])
    """,
    re.VERBOSE | re.DOTALL,
)
_LABELS = ("optional", "required", "repeated")
_DEEPEST = 50

_WELL_KNOWN = "google/protobuf/"
_BUILT_IN = """
syntax = "proto3"; package google.protobuf;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message Any { string type_url = 1; bytes value = 2; }
message Empty {}
message FieldMask { repeated string paths = 1; }
message DoubleValue { double value = 1; } message FloatValue { float value = 1; }
message Int64Value { int64 value = 1; } message UInt64Value { uint64 value = 1; }
message Int32Value { int32 value = 1; } message UInt32Value { uint32 value = 1; }
message BoolValue { bool value = 1; } message StringValue { string value = 1; } message BytesValue { bytes value = 1; }
message Struct { map<string, Value> fields = 1; }
message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;
  bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }
enum NullValue { NULL_VALUE = 0; }
message ListValue { repeated Value values = 1; }
"""


@dataclass(slots=True)
class Enum:
    """An enum: its names by number."""

    names: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Field:
    """A field. `kind` is a scalar's name, or a type's full name once it is resolved; `type` is that type.

    `is_implicit` marks a proto3 field whose absence on the wire means its default value. `key` is set for a map.
    """

    name: str
    number: int
    kind: str
    is_repeated: bool
    is_implicit: bool
    oneof: str = ""
    key: str = ""
    type: Message | Enum | None = None


@dataclass(slots=True)
class Message:
    """A message: its fields by number."""

    name: str
    fields: dict[int, Field] = field(default_factory=dict)


def read_proto(text: str) -> Message:
    """The first message of a `.proto` text. Raises SchemaError, which says at which line."""
    types: dict[str, Message | Enum] = {}
    _Reader(_BUILT_IN, types).read()
    reader = _Reader(text, types)
    reader.read()
    if reader.first is None:
        raise SchemaError("the .proto file defines no message")
    return reader.first


class _Reader:
    """Reads one text by recursive descent into `types`, which are keyed by full name."""

    def __init__(self, text: str, types: dict[str, Message | Enum]) -> None:
        self._text = text
        self._types = types
        self._tokens = self._scan(text)
        self._line = 1
        self._next = ""
        self._package = ""
        self._is_proto3 = False
        self._unresolved: list[tuple[Field, str]] = []
        self.first: Message | None = None
        self._advance()

    def read(self) -> None:
        """Read the whole text and resolve the types it names."""
        while self._next:
            self._statement()
        for item, scope in self._unresolved:
            item.type = self._resolve(item.kind, scope)

    def _scan(self, text: str) -> Iterator[tuple[str, int]]:
        position, line = 0, 1
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise SchemaError(f"the .proto file has no sense at line {line}")
            position = match.end()
            if match["token"] is not None:
                yield match["token"], line
            line += match[0].count("\n")

    def _advance(self) -> str:
        token = self._next
        self._next, self._line = next(self._tokens, ("", self._line))
        return token

    def _expect(self, wanted: str) -> None:
        if self._next != wanted:
            raise SchemaError(f"the .proto file has no `{wanted}` where there must be one, at line {self._line}")
        self._advance()

    def _word(self) -> str:
        if not re.match(r"[A-Za-z_]", self._next):
            raise SchemaError(f"the .proto file has no name where there must be one, at line {self._line}")
        return self._advance()

    def _number(self) -> int:
        try:
            return int(self._next, 0)
        except ValueError:
            raise SchemaError(f"the .proto file has no number where there must be one, at line {self._line}") from None
        finally:
            self._advance()

    def _statement(self) -> None:
        word = self._advance()
        if word in ("syntax", "edition"):
            self._expect("=")
            self._is_proto3 = self._advance()[1:-1] == "proto3"
            self._expect(";")
        elif word == "package":
            self._package = self._word()
            self._expect(";")
        elif word == "import":
            self._import()
        elif word == "message":
            self._message(self._package, 0)
        elif word == "enum":
            self._enum(self._package)
        elif word in ("option", "service", "extend"):
            self._skip()
        elif word != ";":
            raise SchemaError(f"the .proto file has no sense at line {self._line}")

    def _import(self) -> None:
        line = self._line
        if self._next in ("public", "weak"):
            self._advance()
        if not self._advance()[1:].startswith(_WELL_KNOWN):
            raise SchemaError(f"the .proto file imports another at line {line}: write its messages into this one")
        self._expect(";")

    def _skip(self) -> None:
        """Pass over the rest of a statement: up to its `;`, or its block in braces."""
        depth = 0
        while self._next:
            read = self._advance()
            depth += (read == "{") - (read == "}")
            if depth == 0 and read in (";", "}"):
                return
        raise SchemaError("the .proto file ends within a statement")

    def _options(self) -> None:
        if self._next == "[":
            while self._next not in ("]", ""):
                self._advance()
            self._expect("]")

    def _enum(self, scope: str) -> None:
        enum = Enum()
        self._types[_in(scope, self._word())] = enum
        self._expect("{")
        while self._next != "}":
            if self._next in ("option", "reserved"):
                self._skip()
                continue
            if self._next == ";":
                self._advance()
                continue
            name = self._word()
            self._expect("=")
            enum.names.setdefault(self._number(), name)
            self._options()
            self._expect(";")
        self._advance()

    def _message(self, scope: str, depth: int) -> Message:
        message = Message(_in(scope, self._word()))
        if self.first is None:
            self.first = message
        return self._body(message, depth)

    def _body(self, message: Message, depth: int) -> Message:
        if depth > _DEEPEST:
            raise SchemaError(f"the .proto file nests deeper than {_DEEPEST} levels")
        self._types[message.name] = message
        self._expect("{")
        while self._next != "}":
            self._member(message, depth)
        self._advance()
        return message

    def _member(self, message: Message, depth: int) -> None:
        if self._next == ";":
            self._advance()
        elif self._next in ("option", "reserved", "extensions", "extend"):
            self._skip()
        elif self._next == "message":
            self._advance()
            self._message(message.name, depth + 1)
        elif self._next == "enum":
            self._advance()
            self._enum(message.name)
        elif self._next == "oneof":
            self._advance()
            name = self._word()
            self._expect("{")
            while self._next != "}":
                if self._next == "option":
                    self._skip()
                else:
                    self._field(message, depth, oneof=name)
            self._advance()
        else:
            self._field(message, depth)

    def _field(self, message: Message, depth: int, oneof: str = "") -> None:
        label = self._advance() if self._next in _LABELS else ""
        kind = self._word() if not self._next.startswith(".") else self._advance()
        key = ""
        if kind == "map" and self._next == "<":
            self._advance()
            key = self._word()
            self._expect(",")
            kind = self._advance()
            self._expect(">")
        name = self._word()
        self._expect("=")
        number = self._number()
        self._options()
        is_implicit = self._is_proto3 and not label and not oneof
        found = Field(name, number, kind, label == "repeated", is_implicit, oneof, key)
        message.fields[number] = found
        if kind == "group" and self._next == "{":
            # A group is a message of its own and a field of its name in lower case.
            found.type = self._body(Message(_in(message.name, name)), depth + 1)
            found.name = name.lower()
            return
        self._expect(";")
        if kind not in SCALARS:
            self._unresolved.append((found, message.name))

    def _resolve(self, name: str, scope: str) -> Message | Enum:
        """The type that a name means within `scope`: the innermost that has it."""
        if name.startswith("."):
            scope, name = "", name[1:]
        while True:
            found = self._types.get(_in(scope, name))
            if found is not None:
                return found
            if not scope:
                raise SchemaError(f"the .proto file names a type `{name[:80]}` that it does not define")
            scope = scope.rpartition(".")[0]


def _in(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
