"""A coded body is decoded in pieces, whole, and never by guess."""

from __future__ import annotations

import gzip
import random
import time

import pytest

from naftiko_runtime.engine.upstream.content_coding import Decoder, decoder_for
from naftiko_runtime.errors import TransportError


def decode(decoder: Decoder, data: bytes, step: int) -> list[bytes]:
    pieces = [piece for start in range(0, len(data), step) for piece in decoder.feed(data[start : start + step])]
    return [*pieces, decoder.finish()]


def gzip_decoder() -> Decoder:
    decoder = decoder_for("gzip")
    assert decoder is not None
    return decoder


@pytest.mark.parametrize("step", [1, 7, 1000, 10**9])
@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 500_000])
def test_no_piece_is_larger_than_64_kib_and_none_is_lost(size: int, step: int) -> None:
    for body in (bytes(size), random.Random(size).randbytes(size // 100) * 100):
        pieces = decode(gzip_decoder(), gzip.compress(body), step)
        assert b"".join(pieces) == body
        assert max(map(len, pieces)) <= 65536


@pytest.mark.parametrize("step", [1, 10**9])
def test_gzip_members_in_a_row_are_one_body(step: int) -> None:
    data = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    assert b"".join(decode(gzip_decoder(), data, step)) == b"one two"


def test_a_body_of_endless_empty_members_is_refused() -> None:
    data = gzip.compress(b"") * 100_000
    begun = time.process_time()
    with pytest.raises(TransportError, match="too many pieces"):
        decode(gzip_decoder(), data, 65536)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize("cut", [1, 9, 15, -9, -1])
def test_a_body_that_ends_too_early_is_refused(cut: int) -> None:
    with pytest.raises(TransportError, match="too early"):
        decode(gzip_decoder(), gzip.compress(b"hello hello hello")[:cut], 10**9)


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(TransportError, match="not in the encoding"):
        decode(gzip_decoder(), gzip.compress(b"hello") + b"and more", 10**9)


@pytest.mark.parametrize("coding", [None, "", " ", "identity", "Identity "])
def test_a_body_that_is_not_coded_needs_no_decoder(coding: str | None) -> None:
    assert decoder_for(coding) is None
