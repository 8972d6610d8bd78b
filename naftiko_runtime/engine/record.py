"""What is told of each request when it is over: the fields of one log line (C20), before anybody renders it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

CALLER_LEFT = 499
"""The status in a record of a request that nobody waited for (nginx's number; it is never sent)."""


class RequestRecord(NamedTuple):
    """One finished request. It holds no argument, no header and no query: nothing that could carry a secret.

    `face` is `rest` or `mcp`; `operation` is the method and path template, or the tool's name, never the raw path;
    `code` is the stable code where the request failed, else empty. Durations are milliseconds.
    """

    request_id: str
    face: str
    operation: str
    capability: str
    function: str
    status: int
    upstream_status: int | None
    milliseconds: float
    code: str


Observer = Callable[[RequestRecord], None]
"""Told of every finished request. It must not block and must not raise."""
