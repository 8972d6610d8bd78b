"""A ship as Avro and as Protobuf know it, and how fastavro writes one."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro

AVRO = {
    "type": "record",
    "name": "Ship",
    "namespace": "harbour",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "name", "type": "string"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["BARGE", "YACHT"]}},
        {"name": "twin", "type": ["null", "Ship"], "default": None},
        {"name": "same", "type": "harbour.Kind"},
        {"name": "crew", "type": {"type": "array", "items": {"type": "string"}}},
        {"name": "loads", "type": {"type": "map", "values": ["null", "double", "boolean"]}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 2}},
        {"name": "blob", "type": "bytes"},
        {"name": "draught", "type": "float"},
        {"name": "built", "type": {"type": "int", "logicalType": "date"}},
        {"name": "nothing", "type": {"type": "null"}},
    ],
}


PROTO = """
// A harbour's ships.
syntax = "proto3";
package harbour.v1;
import "google/protobuf/timestamp.proto";
import public "google/protobuf/wrappers.proto";
option java_package = "x.y"; ;
message Ship {
  option deprecated = true;
  reserved 100 to 200, 300; reserved "old";
  int64 id = 1; string name = 2 [json_name = "n", deprecated = false];
  Kind kind = 3; repeated Kind kinds = 4; /* all
  of them */ repeated int32 decks = 5;
  map<string, Berth> berths = 6; map<bool, int32> flags = 7;
  oneof owner { option (x) = 1; string person = 8; .harbour.v1.Ship parent = 9; }
  optional int32 age = 10;
  google.protobuf.Timestamp built = 11;
  message Berth { Side side = 1; enum Side { PORT = 0; STARBOARD = 1; } ; }
  enum Kind { option allow_alias = true; reserved 9; UNKNOWN = 0; BARGE = 0x1; YACHT = 2 [deprecated = true]; ; }
  bytes blob = 12; bool afloat = 13; double draught = 14; Berth berth = 15;
  ;
}
enum Other { A = 0; }
service Fleet { rpc Get(Ship) returns (Ship) { option (google.api.http) = { get: "/x;}" }; } }
extend Ship { int32 more = 500; }
"""


def encoded(schema: object, value: object) -> bytes:
    """A datum as fastavro writes it."""
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(json.loads(json.dumps(schema))), value)
    return body.getvalue()


def ship(**parts: object) -> dict[str, object]:
    """A datum of `AVRO`."""
    return {
        "id": 2**53 + 1, "name": "Ada", "kind": "YACHT", "twin": None, "same": "BARGE", "crew": ["x", "é"],
        "loads": {"a": 1.5, "b": None, "c": True}, "hash": b"\x00\xff", "blob": b"abc", "draught": 0.1, "built": 20000,
        "nothing": None, **parts,
    }  # fmt: skip


def container(codec: str, records: list[Any], schema: object = AVRO) -> bytes:
    """An object container file as fastavro writes it."""
    body = io.BytesIO()
    fastavro.writer(body, json.loads(json.dumps(schema)), records, codec=codec, sync_interval=100)
    return body.getvalue()
