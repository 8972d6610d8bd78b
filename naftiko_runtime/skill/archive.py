"""How do all pages of a skill travel at once? As a zip archive, made while it is sent."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from naftiko_runtime.asgi.folder import open_page, pages

_CHUNK_BYTES = 64 * 1024


def archive(folder: Path, root: Path) -> Iterator[bytes]:
    """The pages of a skill as a zip archive, piece by piece, so that a large folder needs little memory."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as zipped:
        for page in pages(folder, root):
            file = open_page(folder, page.path, root)
            if file is None:
                continue
            with file as source, zipped.open(page.path, "w") as target:
                while chunk := source.read(_CHUNK_BYTES):
                    target.write(chunk)
                    yield sink.take()
    yield sink.take()


class _Sink:
    """Takes what a zip archive writes until somebody takes it away. It can't seek, so all is written forwards."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        """Keep a piece; returns its length in bytes."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is held."""

    def take(self) -> bytes:
        """Everything since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
