"""What does an upstream say for itself, in words fit to be passed on?

An answer outside 2xx often explains itself in its body. What is text of it is passed on, up to a limit; of anything
else only its kind and its size are told.
"""

from __future__ import annotations

from naftiko_runtime.engine.media import essence, is_text, text_of

MESSAGE_LIMIT = 4 * 1024
"""Bytes of an upstream's message that are passed on (C17)."""

_CUT = " …"


def message_of(content: bytes, media_type: str) -> str:
    """The message in the body of an answer, empty where there is none."""
    kind, charset = essence(media_type)
    if kind and not is_text(kind):
        return f"({kind}, {len(content)} bytes)" if content else ""
    if len(content) <= MESSAGE_LIMIT:
        return text_of(content, charset).strip()
    room = MESSAGE_LIMIT - len(_CUT.encode())
    # The cut may go through a character; what is left of that one reads as U+FFFD.
    return text_of(content[:room], charset).rstrip("\ufffd").strip() + _CUT
