"""What does Avro data mean as JSON? (language §4.1; Avro 1.12)

A body is one datum of the schema in the file that `outputSchema` names, or an object container file, which brings its
own schema and means the list of its records. Bytes are Base64, a decimal is its digits as text, other logical types are
the numbers they are stored as.

Schemas of containers and all data are somebody else's: levels and values are counted as they are read, and blocks are
inflated under a limit. (fastavro recurses in C without a limit; ten kilobytes make it crash the process.)
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from naftiko_runtime.formats.cursor import Cursor, base64
from naftiko_runtime.formats.model import Allowance, Decode, SchemaError, UndecodableError, enter, weigh

Read = Callable[[Cursor, int], Any]
"""Reads one value at a depth."""

LARGEST = 50 * 1024 * 1024
"""Bytes of all blocks of a container, inflated."""

_MAGIC = b"Obj\x01"
_SYNC = 16
# The largest scale of a decimal, and the most bytes of its digits.
_MOST_SCALE = 100
_MOST_BYTES = 1_000

_PRIMITIVES: dict[str, Read] = {
    "null": lambda cursor, depth: None,
    "boolean": lambda cursor, depth: cursor.take(1) != b"\0",
    "int": lambda cursor, depth: cursor.zigzag(),
    "long": lambda cursor, depth: cursor.zigzag(),
    "float": lambda cursor, depth: cursor.single(),
    "double": lambda cursor, depth: cursor.double(),
    "bytes": lambda cursor, depth: base64(cursor.take(cursor.zigzag())),
    "string": lambda cursor, depth: cursor.text(cursor.zigzag()),
}


def compile_avro(schema: bytes | None) -> Decode:
    """The decoder of Avro. Without a schema it decodes containers only. Raises SchemaError for one that is none."""
    read = None if schema is None else _compile(schema)

    def decode(body: bytes, content_type: str) -> object:
        cursor = Cursor(body, Allowance())
        try:
            if body.startswith(_MAGIC):
                return _container(cursor)
            if read is None:
                raise UndecodableError("it is no container file, and no `outputSchema` says what it is")
            value = read(cursor, 0)
        except UndecodableError as error:
            raise UndecodableError(f"not Avro: {error}") from None
        if cursor.position < cursor.end:
            raise UndecodableError("not Avro: it is longer than its schema says")
        return value

    return decode


def _compile(schema: bytes) -> Read:
    try:
        written = json.loads(schema)
    except (ValueError, RecursionError):
        raise SchemaError("the Avro schema is no JSON") from None
    try:
        return _Compiler().type(written, "", 0)
    except UndecodableError:
        raise SchemaError("the Avro schema nests too deep") from None


class _Compiler:
    """Compiles the types of one schema. `_named` holds them by full name."""

    def __init__(self) -> None:
        self._named: dict[str, Read] = {}

    def type(self, written: Any, namespace: str, depth: int) -> Read:
        """The reader of a type. Raises SchemaError."""
        enter(depth)
        if isinstance(written, str):
            return _PRIMITIVES.get(written) or self._reference(written, namespace)
        if isinstance(written, list):
            return _union([self.type(branch, namespace, depth + 1) for branch in written])
        if not isinstance(written, dict):
            raise SchemaError("a type of the Avro schema is neither a name, a list nor an object")
        return self._complex(written, namespace, depth)

    def _complex(self, written: Mapping[str, Any], namespace: str, depth: int) -> Read:
        kind = written.get("type")
        if kind == "array":
            return _array(self.type(written.get("items"), namespace, depth + 1))
        if kind == "map":
            return _map(self.type(written.get("values"), namespace, depth + 1))
        if kind in ("record", "error", "enum", "fixed"):
            return self._define(str(kind), written, namespace, depth)
        if kind == "bytes" and written.get("logicalType") == "decimal":
            return _decimal(written, lambda cursor: cursor.take(cursor.zigzag()))
        return self.type(kind, namespace, depth + 1)

    def _define(self, kind: str, written: Mapping[str, Any], namespace: str, depth: int) -> Read:
        name = written.get("name")
        if not isinstance(name, str) or not name:
            raise SchemaError(f"a type `{kind}` of the Avro schema has no name")
        full = _full(name, written.get("namespace") or namespace)
        named = self._named
        # Whoever names the type while it is being defined finds it, complete, when data are read.
        named[full] = lambda cursor, depth: named[full](cursor, depth)
        named[full] = self._body(kind, written, full.rpartition(".")[0], depth)
        return named[full]

    def _body(self, kind: str, written: Mapping[str, Any], namespace: str, depth: int) -> Read:
        if kind == "enum":
            return _enum(_texts(written.get("symbols")))
        if kind == "fixed":
            size = written.get("size")
            if not isinstance(size, int) or size < 0:
                raise SchemaError("a type `fixed` of the Avro schema has no size")
            if written.get("logicalType") == "decimal":
                return _decimal(written, lambda cursor: cursor.take(size))
            return lambda cursor, depth: base64(cursor.take(size))
        fields = written.get("fields")
        if not isinstance(fields, list) or not all(isinstance(item, dict) and "name" in item for item in fields):
            raise SchemaError("a record of the Avro schema has no list of named fields")
        return _record([(str(item["name"]), self.type(item.get("type"), namespace, depth + 1)) for item in fields])

    def _reference(self, name: str, namespace: str) -> Read:
        read = self._named.get(_full(name, namespace)) or self._named.get(name)
        if read is None:
            raise SchemaError(f"the Avro schema names a type `{name[:80]}` that it does not define before")
        return read


def _full(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def _texts(written: Any) -> list[str]:
    if not isinstance(written, list) or not all(isinstance(item, str) for item in written):
        raise SchemaError("an enum of the Avro schema has no list of symbols")
    return written


def _record(fields: Sequence[tuple[str, Read]]) -> Read:
    weight = 1 + sum(weigh(name) for name, _ in fields)

    def read(cursor: Cursor, depth: int) -> Any:
        enter(depth + 1)
        cursor.allowance.take(weight)
        return {name: field(cursor, depth + 1) for name, field in fields}

    return read


def _enum(symbols: Sequence[str]) -> Read:
    def read(cursor: Cursor, depth: int) -> Any:
        symbol: str = _chosen(symbols, cursor.zigzag())
        cursor.allowance.take(weigh(symbol))
        return symbol

    return read


def _union(branches: Sequence[Read]) -> Read:
    def read(cursor: Cursor, depth: int) -> Any:
        branch: Read = _chosen(branches, cursor.zigzag())
        return branch(cursor, depth)

    return read


def _chosen(choices: Sequence[Any], index: int) -> Any:
    if not 0 <= index < len(choices):
        raise UndecodableError("it chooses what its schema does not offer")
    return choices[index]


def _array(item: Read) -> Read:
    def read(cursor: Cursor, depth: int) -> Any:
        enter(depth + 1)
        values: list[Any] = []
        while count := _block(cursor):
            values.extend(item(cursor, depth + 1) for _ in range(count))
        return values

    return read


def _map(value: Read) -> Read:
    def read(cursor: Cursor, depth: int) -> Any:
        enter(depth + 1)
        values: dict[str, Any] = {}
        while count := _block(cursor):
            for _ in range(count):
                key = cursor.text(cursor.zigzag())
                values[key] = value(cursor, depth + 1)
        return values

    return read


def _block(cursor: Cursor) -> int:
    """How many items follow; a negative count is followed by their length."""
    count = cursor.zigzag()
    if count < 0:
        cursor.zigzag()
    cursor.allowance.take(abs(count))
    return abs(count)


def _decimal(written: Mapping[str, Any], take: Callable[[Cursor], bytes]) -> Read:
    scale = written.get("scale", 0)
    if not isinstance(scale, int) or not 0 <= scale <= _MOST_SCALE:
        raise SchemaError(f"a decimal of the Avro schema has no scale from 0 to {_MOST_SCALE}")

    def read(cursor: Cursor, depth: int) -> Any:
        data = take(cursor)
        if len(data) > _MOST_BYTES:
            raise UndecodableError(f"it holds a decimal of more than {_MOST_BYTES} bytes")
        number = int.from_bytes(data, "big", signed=True)
        return format(Decimal((number < 0, tuple(map(int, str(abs(number)))), -scale)), "f")

    return read


def _container(cursor: Cursor) -> list[Any]:
    """The records of an object container file."""
    cursor.take(len(_MAGIC))
    header: dict[str, bytes] = {}
    while count := _block(cursor):
        for _ in range(count):
            key = cursor.text(cursor.zigzag())
            header[key] = cursor.take(cursor.zigzag())
    sync = cursor.take(_SYNC)
    try:
        read = _compile(header.get("avro.schema", b""))
    except SchemaError:
        raise UndecodableError("the schema in its container can't be used") from None
    codec = header.get("avro.codec", b"null")
    records: list[Any] = []
    left = LARGEST
    while cursor.position < cursor.end:
        count, data = cursor.zigzag(), cursor.take(cursor.zigzag())
        block = Cursor(_inflated(data, codec, left), cursor.allowance)
        left -= block.end
        cursor.allowance.take(abs(count))
        records.extend(read(block, 0) for _ in range(count))
        if cursor.take(_SYNC) != sync or block.position < block.end:
            raise UndecodableError("a block of its container is broken")
    return records


def _inflated(data: bytes, codec: bytes, limit: int) -> bytes:
    if codec == b"null":
        return data
    if codec != b"deflate":
        raise UndecodableError("its container is packed in a way that is not known here; deflate is")
    inflater = zlib.decompressobj(-15)
    try:
        block = inflater.decompress(data, limit + 1)
    except zlib.error:
        raise UndecodableError("a block of its container is broken") from None
    if len(block) > limit:
        raise UndecodableError(f"its blocks are larger than {LARGEST} bytes")
    if not inflater.eof:
        raise UndecodableError("a block of its container is broken")
    return block
