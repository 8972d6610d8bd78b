"""Whatever bytes come, each decoder ends in a value that JSON can hold, or in its one error."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.formats.decoders import compile_decoder
from naftiko_runtime.formats.model import Decode, UndecodableError
from naftiko_runtime.plan.text.values import to_json
from tests.formats.ships import AVRO, PROTO, container, encoded, ship


def decoder(name: str, content: bytes | None = None) -> Decode:
    found = compile_decoder(name, "", content)
    assert found is not None
    return found


SEEDS: dict[str, tuple[Decode, list[bytes]]] = {
    "xml": (
        decoder("xml"),
        [b"<?xml version='1.0' encoding='utf-8'?><a b='c'>d<e xsi:nil='1'/><![CDATA[f]]>&amp;</a>"],
    ),
    "csv": (decoder("csv"), [b'a,b\r\n1,"x\ny"\r\n2,3,4\r\n']),
    "yaml": (decoder("yaml"), [b"a: &x [1, 2.5, ~, 'q', !t r]\nb: *x\n<<: {c: d}\n? k\n: |\n  v\n---\nz"]),
    "html": (
        decoder("html"),
        [b"<table id=t><thead><tr><th>a<tbody><tr><td><p>b&lt;<td>c</table><!-- x --><script>y</script>"],
    ),
    "markdown": (decoder("markdown"), [b"---\na: 1\n---\n# H *x*\n\n|a|b|\n|-|-|\n|1|`2`|\n\n> q\n\n- l ![i](j)\n"]),
    "avro": (decoder("avro", json.dumps(AVRO).encode()), [encoded(AVRO, ship())]),
    "container": (decoder("avro"), [container(codec, [ship()]) for codec in ("null", "deflate")]),
    "protobuf": (
        decoder("protobuf", PROTO.encode()),
        [b"\x08\x05\x12\x03Ada\x32\x07\x0a\x01a\x12\x02\x08\x01\x4a\x02\x08\x01\x2a\x03\x01\x96\x01\x71ABCDEFGH"],
    ),
}

CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.binary(min_size=1, max_size=4)), max_size=6)


def changed(seed: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """A seed with pieces written over, put in, taken out or repeated."""
    body = bytearray(seed)
    for place, kind, piece in changes:
        at = place % (len(body) + 1)
        if kind == 0:
            body[at : at + len(piece)] = piece
        elif kind == 1:
            body[at:at] = piece
        elif kind == 2:
            del body[at : at + len(piece)]
        else:
            body[at:at] = body[at : at + 8 * len(piece)]
    return bytes(body)


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data(), changes=CHANGES)
def test_changed_documents_have_a_value_or_a_reason(
    name: str, data: st.DataObject, changes: list[tuple[int, int, bytes]]
) -> None:
    decode, seeds = SEEDS[name]
    body = changed(data.draw(st.sampled_from([*seeds, b""])), changes)
    content_type = data.draw(st.sampled_from(["", "text/x; charset=utf-8", "text/x; charset=latin-1"]))
    with contextlib.suppress(UndecodableError):
        to_json(decode(body, content_type))
