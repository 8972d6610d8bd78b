"""How is a coded body decoded without trusting its size?

A thousand bytes of gzip can hold a gigabyte, and a decoder that takes a chunk and returns all of it has lost before
anything is counted. Decoding here goes in pieces of at most 64 KiB, so that whoever counts can stop in time. Codings
that Python's standard library can't decode are refused, never passed on as if they were the body.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

from naftiko_runtime.errors import TransportError

DECODABLE = "gzip, deflate"
"""What an adapter that decodes with this module asks for in `Accept-Encoding`."""

DESCRIBES_CODED_BODY = frozenset({"content-encoding", "content-length"})
"""Headers that say nothing true of the body that this module decoded."""

_PIECE = 64 * 1024
# An empty member has 20 bytes and costs a copy of all that follows it. Seekable files begin one every 64 KiB.
_MOST_MEMBERS = 10_000
# RFC 9110 §8.4.1: "x-gzip" means "gzip", and "deflate" is the zlib format. The numbers are zlib's `wbits`.
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Decoder(Protocol):
    """Decodes one body. Both methods raise `TransportError` for a body that can't be decoded."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces that `data` completes, each at most 64 KiB."""
        ...

    def finish(self) -> bytes:
        """What is left when the body has ended."""
        ...


def decoder_for(coding: str | None) -> Decoder | None:
    """The decoder for a `Content-Encoding`, case-insensitively; None where the body is as it came."""
    name = (coding or "").strip().lower()
    if name in ("", "identity"):
        return None
    return _Inflater(_WINDOWS[name]) if name in _WINDOWS else _Undecodable()


class _Inflater:
    """Gzip and zlib streams, also several gzip members in a row (RFC 1952 §2.2)."""

    __slots__ = ("_inner", "_members", "_started", "_window")

    def __init__(self, window: int) -> None:
        self._window = window
        self._inner = zlib.decompressobj(window)
        self._started = False
        self._members = 1

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inner.eof:
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise TransportError("the upstream's encoded answer is in too many pieces")
                self._inner = zlib.decompressobj(self._window)
            self._started = True
            try:
                piece = self._inner.decompress(data, _PIECE)
            except zlib.error:
                raise TransportError("the upstream's answer is not in the encoding that it declares") from None
            data = self._inner.unconsumed_tail or self._inner.unused_data
            if piece:
                yield piece

    def finish(self) -> bytes:
        rest = self._inner.flush()
        if self._started and not self._inner.eof:
            raise TransportError("the upstream's encoded answer ends too early")
        return rest


class _Undecodable:
    """A coding that nobody asked for. A HEAD or 304 answer may still name it, so only a body is refused."""

    __slots__ = ()

    def feed(self, data: bytes) -> Iterator[bytes]:
        raise TransportError("the upstream's answer is in an encoding that was not asked for")

    def finish(self) -> bytes:
        return b""
