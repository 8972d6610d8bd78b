"""How do a parent and its worker talk? A socket pair: versions and sockets go one way, one-byte answers the other.

The parent decides which version of each file serves, and the worker loads exactly those, or says that it can't and is
replaced: so all workers agree, whatever happens to the files meanwhile. Open sockets travel along (`SCM_RIGHTS`),
because only one process may bind an address.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from naftiko_runtime.host.files.standing import Standing
from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.places.layout import Key

ACCEPTS = b"R"
"""The worker's listeners accept."""

APPLIED = b"A"
"""The worker serves what it was told to."""

BEHIND = b"B"
"""The worker could not load a version that it was told to serve: it is gone, and only the parent has it."""

LOOK = b"L"
"""The worker was asked to have all files looked at."""

LEVEL = b"01234"
"""The worker was asked to have the log tell the level of this number, and above."""

_LENGTH = struct.Struct("!Q")
# Linux passes at most 253 descriptors with a message.
_DESCRIPTORS = 200


class Opened(NamedTuple):
    """A listener that the parent has bound: its key, the address it really got, and its socket."""

    key: Key
    endpoint: Endpoint
    socket: socket.socket


class Orders(NamedTuple):
    """What a worker shall serve: the version of each file, in order, and the sockets that are new. With it come how all
    files stand, the level of the log, and the answer to what this worker said, if that is due.
    """

    versions: Mapping[Path, bytes]
    opened: Sequence[Opened]
    standings: Sequence[Standing] = ()
    level: str = "info"
    answer: Any = None


class Announcement:
    """The order to tell clients what changed: it is given when all workers serve the same."""


ANNOUNCE: Final = Announcement()


def send_announcement(channel: socket.socket) -> None:
    """Have a worker tell its clients. Raises OSError where it is gone."""
    channel.sendall(_LENGTH.pack(0))


def send_orders(channel: socket.socket, orders: Orders) -> None:
    """Send orders to a worker. Blocks; raises OSError where it is gone."""
    document = {
        "versions": [[os.fspath(path), digest.hex()] for path, digest in orders.versions.items()],
        "opened": [[*item.key[0], item.key[1], *item.endpoint] for item in orders.opened],
        "standings": orders.standings,
        "level": orders.level,
        "answer": orders.answer,
    }
    content = json.dumps(document).encode()
    channel.sendall(_LENGTH.pack(len(content)) + content)
    descriptors = [item.socket.fileno() for item in orders.opened]
    for start in range(0, len(descriptors), _DESCRIPTORS):
        socket.send_fds(channel, [b"."], descriptors[start : start + _DESCRIPTORS])


def receive_orders(channel: socket.socket) -> Orders | Announcement | None:
    """The next orders; None where the parent is gone. Blocks."""
    head = _receive(channel, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if not length:
        return ANNOUNCE
    content = _receive(channel, length)
    if content is None:
        return None
    document = json.loads(content)
    rows = document["opened"]
    descriptors: list[int] = []
    while len(descriptors) < len(rows):
        _, received, _, _ = socket.recv_fds(channel, 1, _DESCRIPTORS)
        if not received:
            return None
        descriptors += received
    opened = [
        Opened((Endpoint(host, port), owner), Endpoint(real, number), socket.socket(fileno=descriptor))
        for (host, port, owner, real, number), descriptor in zip(rows, descriptors, strict=True)
    ]
    versions = {Path(path): bytes.fromhex(digest) for path, digest in document["versions"]}
    standings = [Standing(*row) for row in document["standings"]]
    return Orders(versions, opened, standings, document["level"], document["answer"])


def _receive(channel: socket.socket, size: int) -> bytes | None:
    content = b""
    while len(content) < size:
        piece = channel.recv(size - len(content))
        if not piece:
            return None
        content += piece
    return content
