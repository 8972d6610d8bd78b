"""Bytes that are read from front to end, and the numbers in them (Avro 1.12 §Binary encoding, Protobuf §Encoding)."""

from __future__ import annotations

import math
import struct
from base64 import b64encode

from naftiko_runtime.formats.model import Allowance, UndecodableError

_LONGEST_VARINT = 10


class Cursor:
    """A place in a document. `end` is where reading must stop."""

    __slots__ = ("allowance", "data", "end", "position")

    def __init__(self, data: bytes, allowance: Allowance) -> None:
        self.data = data
        self.position = 0
        self.end = len(data)
        self.allowance = allowance

    def take(self, length: int) -> bytes:
        """The next bytes. Raises UndecodableError where there are fewer."""
        start = self.position
        if length < 0 or start + length > self.end:
            raise UndecodableError("it ends too early, or is not what its schema says")
        self.position = start + length
        return self.data[start : self.position]

    def varint(self) -> int:
        """An unsigned number of up to 64 bits, seven of them a byte, the lowest first."""
        number = 0
        for place in range(_LONGEST_VARINT):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                return number & 0xFFFFFFFFFFFFFFFF
        raise UndecodableError("it holds a number of more than 64 bits")

    def zigzag(self) -> int:
        """A signed number whose lowest bit is its sign."""
        return unzigzag(self.varint())

    def text(self, length: int) -> str:
        """The next bytes as UTF-8. Raises UndecodableError where they are not."""
        try:
            return self.take(length).decode()
        except UnicodeDecodeError:
            raise UndecodableError("it holds a text that is not UTF-8") from None

    def single(self) -> float | str:
        """A float of 32 bits, with no more digits than tell it from its neighbours."""
        data = self.take(4)
        number: float = struct.unpack("<f", data)[0]
        for digits in (6, 7, 8):
            if math.isfinite(number) and struct.pack("<f", short := float(f"{number:.{digits}g}")) == data:
                return short
        return finite(number)

    def double(self) -> float | str:
        """A float of 64 bits."""
        return finite(struct.unpack("<d", self.take(8))[0])


def unzigzag(number: int) -> int:
    """The signed number that an unsigned one stands for."""
    return (number >> 1) ^ -(number & 1)


def finite(number: float) -> float | str:
    """The number; the text `NaN`, `Infinity` or `-Infinity` for what no JSON number is."""
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def base64(data: bytes) -> str:
    """Bytes as JSON can hold them."""
    return b64encode(data).decode()
