from __future__ import annotations

import math
import struct
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.formats.model import SchemaError, UndecodableError
from naftiko_runtime.formats.protobuf import compile_protobuf
from tests.formats.ships import PROTO as SHIP


def decoded(schema: str, body: bytes) -> Any:
    return compile_protobuf(schema.encode())(body, "application/protobuf")


DEFAULTS = {
    "id": 0, "name": "", "kind": "UNKNOWN", "kinds": [], "decks": [], "berths": {}, "flags": {}, "blob": "",
    "afloat": False, "draught": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "members"),
    [
        (b"", {}),
        (b"\x08\x05\x12\x03Ada\x18\x02", {"id": 5, "name": "Ada", "kind": "YACHT"}),
        (b"\x08" + b"\xff" * 9 + b"\x01", {"id": -1}),
        (b"\x18\x07", {"kind": 7}),
        (b"\x20\x01\x22\x02\x02\x00", {"kinds": ["BARGE", "YACHT", "UNKNOWN"]}),
        (b"\x2a\x03\x01\x96\x01\x28\x02", {"decks": [1, 150, 2]}),
        (b"\x32\x07\x0a\x01a\x12\x02\x08\x01\x32\x03\x0a\x01b", {"berths": {"a": {"side": "STARBOARD"}, "b": {}}}),
        (b"\x3a\x04\x08\x01\x10\x05\x3a\x00", {"flags": {"true": 5, "false": 0}}),
        (b"\x42\x01x\x4a\x02\x08\x01", {"parent": {**DEFAULTS, "id": 1}}),
        (b"\x4a\x02\x08\x01\x42\x01x", {"person": "x"}),
        (b"\x50\x00", {"age": 0}),
        (b"\x5a\x02\x08\x09\x5a\x02\x10\x07", {"built": {"seconds": 9, "nanos": 7}}),
        (b"\x62\x03abc\x68\x01", {"blob": "YWJj", "afloat": True}),
        (b"\x71" + struct.pack("<d", math.nan), {"draught": "NaN"}),
        (b"\xf8\x3f\x01\xf9\x3f12345678\xfa\x3f\x01x\xfd\x3f1234\xfb\x3f\x08\x01\xfc\x3f", {}),
        (b"\x09ABCDEFGH\x10\x01\x32\x00\x5d1234\x38\x01", {"berths": {"": {}}}),
    ],
)
def test_a_message_is_an_object_of_its_fields(body: bytes, members: dict[str, object]) -> None:
    assert decoded(SHIP, body) == {**DEFAULTS, **members}


GROUPS = """
syntax = "proto2";
message Fleet {
  required string name = 1;
  repeated group Ship = 2 { optional string name = 1; extensions 100 to max; optional Port port = 2; }
  optional int32 count = 3 [default = 5];
  extend Fleet { optional int32 more = 500; }
}
message Port { optional float depth = 1; }
"""


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", {"ship": []}),
        (b"\x0a\x01x\x13\x0a\x01y\x14\x13\x14", {"name": "x", "ship": [{"name": "y"}, {}]}),
        (b"\x13\x12\x05\x0d" + struct.pack("<f", 0.1) + b"\x14", {"ship": [{"port": {"depth": 0.1}}]}),
        (b"\x13\x12\x05\x0d" + struct.pack("<f", -math.inf) + b"\x14", {"ship": [{"port": {"depth": "-Infinity"}}]}),
    ],
)
def test_groups_are_messages_and_absent_fields_of_proto2_are_absent(body: bytes, value: object) -> None:
    assert decoded(GROUPS, body) == value


SCALARS = (
    "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "", "",
    "bytes", "uint32", "",
    "sfixed32", "sfixed64", "sint32", "sint64",
)  # fmt: skip
NAMES = [name for name in SCALARS if name]


def _reference() -> Any:
    """A message class of Google's with one field and one list of each scalar."""
    file = descriptor_pb2.FileDescriptorProto(name="all.proto", syntax="proto3")
    message = file.message_type.add(name="All")
    for number, name in enumerate(SCALARS, 1):
        for label, start, prefix in ((1, 0, ""), (3, 100, "many_")):
            if name and not (label == 3 and number == 20):
                message.field.add(name=f"{prefix}{name}", number=start + number, label=label, type=number)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("All"))


REFERENCE = _reference()
ALL = 'syntax = "proto3"; message All {' + "".join(
    f"{name} {name} = {number}; repeated {name} many_{name} = {100 + number};"
    for number, name in enumerate(SCALARS, 1)
    if name
) + "}"  # fmt: skip
RANGES = {
    "int32": (-(2**31), 2**31 - 1), "sint32": (-(2**31), 2**31 - 1), "sfixed32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1), "sint64": (-(2**63), 2**63 - 1), "sfixed64": (-(2**63), 2**63 - 1),
    "uint32": (0, 2**32 - 1), "fixed32": (0, 2**32 - 1), "uint64": (0, 2**64 - 1), "fixed64": (0, 2**64 - 1),
}  # fmt: skip


@given(st.data(), st.sampled_from(sorted(RANGES)))
def test_numbers_that_google_writes_are_read(data: st.DataObject, name: str) -> None:
    number = st.integers(*RANGES[name])
    values = {name: data.draw(number), f"many_{name}": data.draw(st.lists(number))}
    value = decoded(ALL, REFERENCE(**values).SerializeToString())
    assert {key: value[key] for key in values} == values


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_floats_that_google_writes_are_read(double: float, single: float) -> None:
    value = decoded(ALL, REFERENCE(double=double, float=single, many_float=[single]).SerializeToString())
    assert value["double"] == double
    assert struct.pack("<f", value["float"]) == struct.pack("<f", single)
    assert value["many_float"] == [value["float"]]


DEEP = 'syntax = "proto3"; message N { N n = 1; repeated int32 many = 2; map<int32, N> m = 3; }'


def nested(levels: int) -> bytes:
    body = b""
    for _ in range(levels):
        length, head = len(body), b""
        while length > 127:
            head += bytes([length & 127 | 128])
            length >>= 7
        body = b"\x0a" + head + bytes([length]) + body
    return body


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x0a\x7fsecret", "it ends too early, or is not what its schema says"),
        (b"\x22\x7fsecret", "it ends too early, or is not what its schema says"),
        (b"\x08" + b"\xff" * 11, "it holds a number of more than 64 bits"),
        (b"\x0c", "a group ends that has not begun"),
        (b"\x23\x08\x01", "it ends within a group"),
        (b"\x26", "it holds a field of a kind that does not exist"),
        (nested(250), "nested deeper than 200 levels"),
        (b"\x23" * 1_000, "nested deeper than 200 levels"),
        (b"\x0b" * 1_000, "nested deeper than 200 levels"),
        (b"\x12\x85\x89\x7a" + b"\x01" * 2_000_005, "larger than 1,000,000 values"),
    ],
)
def test_what_is_no_protobuf_to_be_read_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        decoded(DEEP, body)
    assert str(caught.value) == f"not Protobuf: {reason}"


def test_a_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(UndecodableError, match="it holds a text that is not UTF-8"):
        decoded(SHIP, b"\x12\x01\xff")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (b"\xff", "the .proto file is not UTF-8"),
        (b"", "the .proto file defines no message"),
        (b'syntax = "proto3"; enum E { A = 0; }', "the .proto file defines no message"),
        (b"message A {", "the .proto file has no name where there must be one, at line 1"),
        (b"\nnonsense;", "the .proto file has no sense at line 2"),
        (b"message A {\n string a = ; }", "the .proto file has no number where there must be one, at line 2"),
        (b"message A { string a 1; }", "the .proto file has no `=` where there must be one, at line 1"),
        (b"message A { string a = 1 [x = 1", "the .proto file has no `]` where there must be one, at line 1"),
        (b"message A {} \n\xc2\xa7", "the .proto file has no sense at line 2"),
        (b"message A { B b = 1; }", "the .proto file names a type `B` that it does not define"),
        (b"message A { .A.B b = 1; }", "the .proto file names a type `A.B` that it does not define"),
        (b'import "other.proto";', "the .proto file imports another at line 1: write its messages into this one"),
        (b"option a = { b: c", "the .proto file ends within a statement"),
        (b"message A { " * 60, "the .proto file nests deeper than 50 levels"),
    ],
)
def test_what_is_no_proto_file_is_refused(schema: bytes, reason: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_protobuf(schema)
    assert str(caught.value) == reason


def test_without_a_schema_there_is_no_decoder() -> None:
    with pytest.raises(SchemaError, match="needs an `outputSchema`"):
        compile_protobuf(None)
