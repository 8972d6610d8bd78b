"""How is a resource read, and a prompt filled in?

A resource that has a function is invoked like a tool, and what comes of it is its content. A failed call has no
content, so here it is an error and not a result: a client keeps what it reads.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from naftiko_runtime.engine.media import essence, is_text, text_of
from naftiko_runtime.engine.outcome import JSON, Failure, FailureKind, Outcome
from naftiko_runtime.mcp.calls import ToolCalls
from naftiko_runtime.mcp.offerings import UNKNOWN, Asked, Offerings, kind_of, open_for
from naftiko_runtime.mcp.result import failure_text
from naftiko_runtime.plan.model.offerings import Files, Prompt

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes of the largest file that is read."""

_MISSING = frozenset({404, 410})


class NotReadError(Exception):
    """There is nothing to read. The text says why, in words for the client."""


class NoSuchResourceError(NotReadError):
    """No resource has the URI."""


class BadArgumentsError(NotReadError):
    """What the client gave does not fit; the text names every field."""


async def read_resource(offerings: Offerings, calls: ToolCalls, uri: str, request_id: str) -> dict[str, Any]:
    """The content of a resource, as an entry of `contents`. Raises NotReadError."""
    found = offerings.find_resource(uri)
    if isinstance(found, Asked):
        outcome = await calls.run(found.resource, found.arguments, request_id)
        return _content(outcome, uri, found.resource.mime_type)
    if found is None:
        raise NoSuchResourceError("Resource not found")
    started = perf_counter()
    content = await asyncio.to_thread(_read_file, found, uri)
    calls.tell(found.name, request_id, started)
    return content


def fill_prompt(prompt: Prompt, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The messages of a prompt. Raises BadArgumentsError."""
    known = {argument.name for argument in prompt.arguments}
    problems = [
        f"{argument.name}: is required"
        for argument in prompt.arguments
        if argument.required and argument.name not in given
    ]
    problems += [f"{name}: is no argument of this prompt" for name in given if name not in known]
    if problems:
        raise BadArgumentsError("\n".join(problems))
    return [
        {"role": message.role, "content": {"type": "text", "text": message.text(given)}} for message in prompt.messages
    ]


def _content(outcome: Outcome, uri: str, declared: str) -> dict[str, Any]:
    if isinstance(outcome, Failure):
        if outcome.fields:
            raise BadArgumentsError(failure_text(outcome))
        is_missing = outcome.kind is FailureKind.UPSTREAM_STATUS and outcome.status in _MISSING
        raise (NoSuchResourceError if is_missing else NotReadError)(failure_text(outcome))
    kind, charset = essence(outcome.media_type or JSON)
    shown = declared or kind
    if is_text(kind) or is_text(essence(declared)[0]):
        return {"uri": uri, "mimeType": shown, "text": text_of(outcome.content, charset)}
    return {"uri": uri, "mimeType": shown, "blob": b64encode(outcome.content).decode()}


def _read_file(files: Files, uri: str) -> dict[str, Any]:
    try:
        found = open_for(files, uri)
        if found is None:
            raise NoSuchResourceError("Resource not found")
        name, file = found
        with file:
            content = file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise NotReadError(f"The file can't be read: {error.strerror or type(error).__name__}.") from None
    if len(content) > FILE_LIMIT:
        raise NotReadError(f"The file is larger than {FILE_LIMIT // 1024 // 1024} MiB.")
    kind = kind_of(files, name)
    text = _text(content) if is_text(essence(kind)[0]) or kind == UNKNOWN else None
    if text is None:
        return {"uri": uri, "mimeType": kind, "blob": b64encode(content).decode()}
    return {"uri": uri, "mimeType": "text/plain" if kind == UNKNOWN else kind, "text": text}


def _text(content: bytes) -> str | None:
    """The text of a file; None where it is none."""
    try:
        return None if b"\0" in content else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
