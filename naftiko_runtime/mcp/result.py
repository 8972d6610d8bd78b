"""What does an outcome look like to an MCP client? (C17)

Both paths of this face, the fast one and the official SDK's, must answer alike, so the answer is decided once, here, as
the bytes of its parts: the JSON array of content blocks, and the JSON object that is the structured content. A value
that is JSON already is never decoded to be encoded again.
"""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple

import orjson

from naftiko_runtime.engine.media import essence, is_json, is_text, text_of
from naftiko_runtime.engine.message import message_of
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Outcome, Success


class ToolResult(NamedTuple):
    """A tool result in parts. `content` is a JSON array of content blocks, `structured` a JSON object or None."""

    content: bytes
    structured: bytes | None
    is_error: bool


def render(outcome: Outcome, address: str, *, checked: bool) -> ToolResult:
    """The result of a tool. `address` names it in an embedded resource.

    `checked` says that a success which calls itself JSON is known to be JSON; an upstream's word alone is not enough,
    because the bytes become a part of our message.
    """
    if isinstance(outcome, Failure):
        return ToolResult(_text_content(failure_text(outcome)), None, is_error=True)
    if not outcome.content:
        return ToolResult(b"[]", None, is_error=False)
    if checked and outcome.media_type == JSON:
        return _render_json(outcome.content)
    return _render_media(outcome, address)


def failure_text(failure: Failure) -> str:
    """What a model is told of a failed call: enough to mend it, nothing secret."""
    if failure.step:
        return failure.detail
    if failure.kind is FailureKind.UPSTREAM_STATUS:
        told = f"upstream answered {failure.status} for {failure.path}"
        message = message_of(failure.content, failure.media_type)
        return f"{told}: {message}" if message else told
    if failure.fields:
        return "\n".join(f"{field}: {problem}" for field, problem in failure.fields)
    if failure.kind is FailureKind.NOT_SERVED:
        return f"{failure.code}: {failure.detail}"
    return failure.detail


def _render_json(content: bytes) -> ToolResult:
    first = content.lstrip()[:1]
    if first == b"{":
        return ToolResult(_text_content(content.decode()), content, is_error=False)
    if first == b'"':
        text: str = orjson.loads(content)
        return ToolResult(_text_content(text), None, is_error=False)
    return ToolResult(_text_content(content.decode()), None, is_error=False)


def _render_media(outcome: Success, address: str) -> ToolResult:
    content = outcome.content
    kind, charset = essence(outcome.media_type)
    if is_json(kind):
        try:
            orjson.loads(content)
        except ValueError:
            return ToolResult(_text_content(text_of(content, charset)), None, is_error=False)
        return _render_json(content)
    if is_text(kind):
        return ToolResult(_text_content(text_of(content, charset)), None, is_error=False)
    data = b64encode(content).decode()
    family = kind.partition("/")[0]
    if family in ("image", "audio"):
        return ToolResult(orjson.dumps([{"type": family, "data": data, "mimeType": kind}]), None, is_error=False)
    resource = {"uri": address, "mimeType": kind or "application/octet-stream", "blob": data}
    return ToolResult(orjson.dumps([{"type": "resource", "resource": resource}]), None, is_error=False)


def _text_content(text: str) -> bytes:
    return b'[{"type":"text","text":' + orjson.dumps(text) + b"}]"
