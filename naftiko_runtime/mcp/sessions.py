"""What is a session of a server that keeps nothing of its clients?

Clients of the handshake era may open their stream of news only within a session (2025-11-25 §Session Management), and
the official Python client is one. So every client that shakes hands is given an id. Nothing is kept of it: the id of
another worker, or of a process before this one, is as good as an own one, and replicas need not be sticky. What must be
known of a session, which lists its client was shown at first, is in the id itself. Only ends are remembered, as many as
cost nothing, because an id that was ended must not be used again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from starlette.types import Message, Send

HEADER = b"mcp-session-id"
"""The name of the header, as ASGI has it."""

ENDED_LIMIT = 4096
"""How many ended sessions are remembered; the oldest is forgotten first."""

# 96 random bits, by which nobody can end another's session, and the digest of what is listed.
_RANDOM_BYTES = 12
_ID = re.compile(rb"[0-9a-f]{32}")


class Sessions:
    """The sessions of one endpoint in one process."""

    def __init__(self) -> None:
        self._ended: dict[bytes, None] = {}

    def lives(self, identifier: bytes) -> bool:
        """Whether this may be a session: it reads like one that was handed out, and is not known to be over."""
        return _ID.fullmatch(identifier) is not None and identifier not in self._ended

    def end(self, identifier: bytes) -> None:
        """End a session that lives."""
        self._ended[identifier] = None
        if len(self._ended) > ENDED_LIMIT:
            del self._ended[next(iter(self._ended))]


def session_of(headers: Mapping[bytes, bytes]) -> bytes:
    """The session that a request says it belongs to; empty where it says none."""
    return headers.get(HEADER, b"").strip(b" \t")


def was_shown(session: bytes, digest: bytes) -> bool:
    """Whether the lists of this digest are those that the client of a session found at first; true without one."""
    return not session or session.endswith(digest)


def opens(body: bytes) -> bool:
    """Whether a message asks for a handshake. A request that hides it behind escapes gets no session."""
    if b'"initialize"' not in body:
        return False
    try:
        message = orjson.loads(body)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("method") == "initialize"


def handing_out(send: Send, digest: bytes) -> Send:
    """A `send` for the answer to a handshake, which gives the client a session where the answer is a result.

    `digest` is that of the lists the client will find.
    """
    start: list[Message] = []

    async def send_with_session(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.append(message)
            return
        if start:
            opening = start.pop()
            if _is_result(opening["status"], message["body"]):
                identity = (HEADER, secrets.token_hex(_RANDOM_BYTES).encode() + digest)
                opening = {**opening, "headers": [*opening["headers"], identity]}
            await send(opening)
        await send(message)

    return send_with_session


def _is_result(status: int, body: bytes) -> bool:
    # The SDK answers in JSON, and in one piece.
    return status == 200 and "result" in orjson.loads(body)
