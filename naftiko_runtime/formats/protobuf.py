"""What does a Protobuf message mean as JSON? (language §4.1; Protocol Buffers encoding)

The body is the first message of the `.proto` file that `outputSchema` names. Fields keep the names they have there,
64-bit numbers are numbers, enums their names, bytes Base64. A proto3 field that is not on the wire has its default
value, a repeated one is an empty list; other absent fields are absent. Unknown fields are passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from naftiko_runtime.formats.cursor import Cursor, base64, unzigzag
from naftiko_runtime.formats.model import Allowance, Decode, SchemaError, UndecodableError, enter
from naftiko_runtime.formats.protoschema import Enum, Field, Message, read_proto

_VARINT, _FIXED64, _LENGTH, _START, _END, _FIXED32 = range(6)


def _signed(number: int, bits: int) -> int:
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def _fixed(size: int, is_signed: bool) -> Callable[[Cursor], Any]:
    return lambda cursor: int.from_bytes(cursor.take(size), "little", signed=is_signed)


_SCALARS: dict[str, tuple[int, Callable[[Cursor], Any]]] = {
    "int32": (_VARINT, lambda cursor: _signed(cursor.varint(), 32)),
    "int64": (_VARINT, lambda cursor: _signed(cursor.varint(), 64)),
    "uint32": (_VARINT, lambda cursor: cursor.varint() & 0xFFFFFFFF),
    "uint64": (_VARINT, lambda cursor: cursor.varint()),
    "sint32": (_VARINT, lambda cursor: _signed(unzigzag(cursor.varint()), 32)),
    "sint64": (_VARINT, lambda cursor: cursor.zigzag()),
    "bool": (_VARINT, lambda cursor: cursor.varint() != 0),
    "fixed32": (_FIXED32, _fixed(4, False)),
    "sfixed32": (_FIXED32, _fixed(4, True)),
    "fixed64": (_FIXED64, _fixed(8, False)),
    "sfixed64": (_FIXED64, _fixed(8, True)),
    "float": (_FIXED32, lambda cursor: cursor.single()),
    "double": (_FIXED64, lambda cursor: cursor.double()),
    "string": (_LENGTH, lambda cursor: cursor.text(cursor.varint())),
    "bytes": (_LENGTH, lambda cursor: base64(cursor.take(cursor.varint()))),
}
"""How each scalar travels, and how it is read."""


def compile_protobuf(schema: bytes | None) -> Decode:
    """The decoder of Protobuf. Raises SchemaError without a schema, and for one that is none."""
    if schema is None:
        raise SchemaError("`protobuf` needs an `outputSchema`: the .proto file whose first message the answer is")
    try:
        text = schema.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SchemaError("the .proto file is not UTF-8") from None
    message = read_proto(text)

    def decode(body: bytes, content_type: str) -> object:
        cursor = Cursor(body, Allowance())
        try:
            return _message(cursor, message, {}, 1)
        except UndecodableError as error:
            raise UndecodableError(f"not Protobuf: {error}") from None

    return decode


def _message(cursor: Cursor, message: Message, values: dict[str, Any], depth: int, group: int = 0) -> dict[str, Any]:
    """Read fields into `values` up to the cursor's end, or to the end of a `group` of that number."""
    enter(depth)
    cursor.allowance.take(1 + len(message.fields))
    while cursor.position < cursor.end:
        number, wire = divmod(cursor.varint(), 8)
        if wire == _END:
            if number != group:
                raise UndecodableError("a group ends that has not begun")
            return _completed(message, values)
        cursor.allowance.take()
        found = message.fields.get(number)
        if found is None or not _read(cursor, message, found, wire, values, depth):
            _skip(cursor, number, wire, depth)
    if group:
        raise UndecodableError("it ends within a group")
    return _completed(message, values)


def _read(cursor: Cursor, message: Message, found: Field, wire: int, values: dict[str, Any], depth: int) -> bool:
    """Read one field; false, and nothing read, where it does not travel as its type says."""
    if found.key:
        return wire == _LENGTH and _entry(cursor, found, values, depth)
    if isinstance(found.type, Message):
        inner = _inner(cursor, found, found.type, wire, values, depth)
        if inner is not None:
            _set(message, found, values, inner)
        return inner is not None
    expected, read = _scalar(found)
    if wire == expected:
        _set(message, found, values, read(cursor))
        return True
    if wire != _LENGTH or not found.is_repeated:
        return False
    end = _enclose(cursor)
    items = values.setdefault(found.name, [])
    while cursor.position < cursor.end:
        cursor.allowance.take()
        items.append(read(cursor))
    cursor.end = end
    return True


def _scalar(found: Field) -> tuple[int, Callable[[Cursor], Any]]:
    if isinstance(found.type, Enum):
        names = found.type.names
        return _VARINT, lambda cursor: names.get(number := _signed(cursor.varint(), 32), number)
    return _SCALARS[found.kind]


def _inner(
    cursor: Cursor, found: Field, message: Message, wire: int, values: dict[str, Any], depth: int
) -> dict[str, Any] | None:
    """A field that is a message; None, and nothing read, where it does not travel as one."""
    held = values.get(found.name)
    # A message that comes twice is one whose parts came in two pieces.
    into = held if isinstance(held, dict) else {}
    if wire == _START:
        return _message(cursor, message, into, depth + 1, found.number)
    if wire != _LENGTH:
        return None
    end = _enclose(cursor)
    value = _message(cursor, message, into, depth + 1)
    cursor.end = end
    return value


def _entry(cursor: Cursor, found: Field, values: dict[str, Any], depth: int) -> bool:
    key = Field("key", 1, found.key, False, True)
    value = Field("value", 2, found.kind, False, True, type=found.type)
    entry = Message("", {1: key, 2: value})
    end = _enclose(cursor)
    read = _message(cursor, entry, {}, depth + 1)
    cursor.end = end
    name = read["key"]
    text = ("true" if name else "false") if isinstance(name, bool) else str(name)
    values.setdefault(found.name, {})[text] = read.get("value", {})
    return True


def _enclose(cursor: Cursor) -> int:
    """Let the cursor end where the next length says; gives back where it ended before."""
    length, end = cursor.varint(), cursor.end
    if cursor.position + length > end:
        raise UndecodableError("it ends too early, or is not what its schema says")
    cursor.end = cursor.position + length
    return end


def _set(message: Message, found: Field, values: dict[str, Any], value: Any) -> None:
    if found.is_repeated:
        values.setdefault(found.name, []).append(value)
        return
    if found.oneof:
        for other in message.fields.values():
            if other.oneof == found.oneof and other is not found:
                values.pop(other.name, None)
    values[found.name] = value


def _completed(message: Message, values: dict[str, Any]) -> dict[str, Any]:
    """The values with what the schema says of the absent ones."""
    for found in message.fields.values():
        if found.name in values:
            continue
        if found.key:
            values[found.name] = {}
        elif found.is_repeated:
            values[found.name] = []
        elif found.is_implicit and not isinstance(found.type, Message):
            values[found.name] = _default(found)
    return values


def _default(found: Field) -> Any:
    if isinstance(found.type, Enum):
        return found.type.names.get(0, 0)
    if found.kind in ("string", "bytes"):
        return ""
    if found.kind == "bool":
        return False
    return 0.0 if found.kind in ("float", "double") else 0


def _skip(cursor: Cursor, number: int, wire: int, depth: int) -> None:
    if wire == _VARINT:
        cursor.varint()
    elif wire == _FIXED64:
        cursor.take(8)
    elif wire == _LENGTH:
        cursor.take(cursor.varint())
    elif wire == _FIXED32:
        cursor.take(4)
    elif wire == _START:
        _message(cursor, Message(""), {}, depth + 1, number)
    else:
        raise UndecodableError("it holds a field of a kind that does not exist")
