from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.formats.avro import LARGEST, compile_avro
from naftiko_runtime.formats.model import MAX_LEVELS, SchemaError, UndecodableError
from tests.formats.ships import AVRO as SHIP
from tests.formats.ships import container, encoded, ship


def decoded(schema: object, body: bytes) -> Any:
    return compile_avro(None if schema is None else json.dumps(schema).encode())(body, "application/avro")


def test_a_record_is_an_object_of_its_fields() -> None:
    value = decoded(SHIP, encoded(SHIP, ship(twin=ship(name="Eve"))))
    assert value == ship(hash="AP8=", blob="YWJj", twin=ship(name="Eve", hash="AP8=", blob="YWJj"))


@pytest.mark.parametrize(
    ("schema", "value", "meaning"),
    [
        ("double", math.inf, "Infinity"),
        ("double", -math.inf, "-Infinity"),
        ("float", math.nan, "NaN"),
        ("float", 16777217.0, 16777216.0),
        ("long", -(2**63), -(2**63)),
        ({"type": "array", "items": "long"}, [], []),
        ({"type": "enum", "name": "a.b.E", "symbols": ["X"]}, "X", "X"),
    ],
)
def test_a_value_is_what_json_can_hold(schema: object, value: object, meaning: object) -> None:
    assert decoded(schema, encoded(schema, value)) == meaning


DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}


@pytest.mark.parametrize(
    ("schema", "body", "text"),
    [
        (DECIMAL, b"\x04\x04\xd2", "12.34"),
        (DECIMAL, b"\x02\xff", "-0.01"),
        (DECIMAL, b"\x00", "0.00"),
        ({**DECIMAL, "type": "fixed", "name": "D", "size": 2, "scale": 0}, b"\x04\xd2", "1234"),
    ],
)
def test_a_decimal_keeps_its_digits(schema: object, body: bytes, text: str) -> None:
    assert decoded(schema, body) == text


def test_a_type_may_be_wrapped_in_another() -> None:
    assert decoded({"type": {"type": "string"}}, b"\x02x") == "x"


def test_blocks_may_tell_their_length() -> None:
    assert decoded({"type": "array", "items": "int"}, b"\x03\x04\x02\x04\x02\x06\x00") == [1, 2, 3]


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.text(st.characters(codec="utf-8")))))
def test_what_fastavro_writes_is_read(pairs: list[tuple[int, str]]) -> None:
    fields = [{"name": "n", "type": "long"}, {"name": "t", "type": "string"}]
    schema = {"type": "array", "items": {"type": "record", "name": "R", "fields": fields}}
    value = [{"n": number, "t": text} for number, text in pairs]
    assert decoded(schema, encoded(schema, value)) == value


@pytest.mark.parametrize("codec", ["null", "deflate"])
@pytest.mark.parametrize("schema", [None, SHIP])
def test_a_container_is_the_list_of_its_records(codec: str, schema: object) -> None:
    ships = [ship(id=number) for number in range(20)]
    assert [item["id"] for item in decoded(schema, container(codec, ships))] == list(range(20))


def forged(schema: bytes, blocks: bytes, codec: bytes = b"null") -> bytes:
    """A container with parts that no writer writes."""

    def sized(data: bytes) -> bytes:
        length, head = len(data) * 2, b""
        while length > 127:
            head += bytes([length & 127 | 128])
            length >>= 7
        return head + bytes([length]) + data

    entries = sized(b"avro.schema") + sized(schema) + sized(b"avro.codec") + sized(codec)
    return b"Obj\x01\x04" + entries + b"\x00" + b"s" * 16 + blocks


DEEP = json.dumps({"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}).encode()
MANY = b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"


@pytest.mark.parametrize(
    ("schema", "body", "reason"),
    [
        ("string", b"\x0csecre", "it ends too early, or is not what its schema says"),
        ("string", b"\x01", "it ends too early, or is not what its schema says"),
        ("string", b"\x02\xff", "it holds a text that is not UTF-8"),
        ("int", b"\x02secret", "it is longer than its schema says"),
        ("long", b"\xff" * 11, "it holds a number of more than 64 bits"),
        (["null", "int"], b"\x04", "it chooses what its schema does not offer"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, b"\x01", "it chooses what its schema does not offer"),
        ({"type": "array", "items": "null"}, MANY, "larger than 1,000,000 values"),
        ({"type": "map", "values": "null"}, MANY, "larger than 1,000,000 values"),
        (json.loads(DEEP), b"\x02" * 100_000, f"nested deeper than {MAX_LEVELS} levels"),
        (DECIMAL, b"\xd2\x0f" + b"\x01" * 1_001, "it holds a decimal of more than 1000 bytes"),
        (None, b"secret", "it is no container file, and no `outputSchema` says what it is"),
        (None, b"Obj\x01", "it ends too early, or is not what its schema says"),
        (None, forged(b"secret", b""), "the schema in its container can't be used"),
        (None, forged(b"[" * 500 + b"]" * 500, b""), "the schema in its container can't be used"),
        (None, forged(b'"int"', b"", b"snappy"), None),
        (None, forged(b'"int"', b"\x02\x02\x02" + b"s" * 16, b"snappy"), "its container is packed in a way"),
        (None, forged(b'"int"', b"\x02\x02\x02" + b"x" * 16), "a block of its container is broken"),
        (None, forged(b'"int"', b"\x02\x04\x02\x02" + b"s" * 16), "a block of its container is broken"),
        (None, forged(b'"int"', b"\x02\x04xx" + b"s" * 16, b"deflate"), "a block of its container is broken"),
        (None, forged(b'"int"', b"\x02\x04\xff\xff" + b"s" * 16, b"deflate"), "a block of its container is broken"),
        (None, forged(b'"null"', MANY + b"\x00" + b"s" * 16), "larger than 1,000,000 values"),
        (None, forged(DEEP, b"\x02\xa0\x8d\x06" + b"\x02" * 50_000 + b"s" * 16), f"nested deeper than {MAX_LEVELS}"),
    ],
)  # fmt: skip
def test_what_is_no_avro_to_be_read_is_refused(schema: object, body: bytes, reason: str | None) -> None:
    if reason is None:
        assert decoded(schema, body) == []
        return
    with pytest.raises(UndecodableError) as caught:
        decoded(schema, body)
    assert str(caught.value).startswith(f"not Avro: {reason}")
    assert "secret" not in str(caught.value)


def test_a_block_that_inflates_without_end_is_refused() -> None:
    body = container("deflate", [b"\0" * (LARGEST + 1)], "bytes")
    assert len(body) < LARGEST // 100
    with pytest.raises(UndecodableError, match="its blocks are larger than"):
        decoded(None, body)


def test_a_long_symbol_counts_as_often_as_it_is_repeated() -> None:
    schema = json.dumps({"type": "enum", "name": "E", "symbols": ["X" * 100_000]}).encode()
    with pytest.raises(UndecodableError, match="larger than"):
        decoded(None, forged(schema, b"\xa0\x1f\xa0\x1f" + b"\0" * 2_000 + b"s" * 16))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (b"{", "the Avro schema is no JSON"),
        (b"5", "a type of the Avro schema is neither a name, a list nor an object"),
        (b"{}", "a type of the Avro schema is neither a name, a list nor an object"),
        (b'"Ship"', "the Avro schema names a type `Ship` that it does not define before"),
        (b'{"type": "record", "fields": []}', "a type `record` of the Avro schema has no name"),
        (b'{"type": "record", "name": "R"}', "a record of the Avro schema has no list of named fields"),
        (b'{"type": "record", "name": "R", "fields": [1]}', "a record of the Avro schema has no list of named fields"),
        (b'{"type": "enum", "name": "E", "symbols": "X"}', "an enum of the Avro schema has no list of symbols"),
        (b'{"type": "fixed", "name": "F", "size": -1}', "a type `fixed` of the Avro schema has no size"),
        (b'{"type": "bytes", "logicalType": "decimal", "scale": 1000}', "a decimal of the Avro schema has no scale"),
        (b'{"type": "array", "items": ' * 300 + b'"int"' + b"}" * 300, "the Avro schema nests too deep"),
    ],
)
def test_what_is_no_avro_schema_is_refused(schema: bytes, reason: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_avro(schema)
    assert str(caught.value).startswith(reason)
