"""How does an event read for a machine? One JSON object a line.

A request's line is written tens of thousands of times a second: it is one dictionary and one call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import orjson

from naftiko_runtime.diagnostics import Diagnostic, render_json, render_text
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.following.changes import Changes, Difference
from naftiko_runtime.host.logs.events import Clock, Ready, diagnostic_level
from naftiko_runtime.version import __version__


class JsonEvents:
    """One JSON object a line."""

    __slots__ = ("_clock",)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def request(self, record: RequestRecord, level: str) -> bytes:
        """A finished request."""
        return orjson.dumps(
            {
                "time": self._clock.text(),
                "level": level,
                "event": "request",
                "requestId": record.request_id,
                "face": record.face,
                "operation": record.operation,
                "capability": record.capability,
                "function": record.function,
                "status": record.status,
                "upstreamStatus": record.upstream_status,
                "milliseconds": round(record.milliseconds, 3),
                "code": record.code,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )

    def ready(self, ready: Ready) -> bytes:
        """Every listener accepts."""
        urls = [{"namespace": item.namespace, "kind": item.kind, "url": item.url} for item in ready.adapters]
        counts = {"operations": ready.operations, "tools": ready.tools}
        counts |= {"resources": ready.resources, "prompts": ready.prompts}
        rest = {"warnings": ready.warnings, "refused": ready.refused}
        return self.event("ready", "info", {"version": __version__, "urls": urls, **counts, **rest})

    def reloaded(self, changes: Changes, refused: int) -> bytes:
        """Files are others now, and what is different for callers."""
        return self.event("reloaded", "info", {**told(changes), "refused": refused})

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> bytes:
        """Problems, one line each: the fields of `validate --format json`, and the text that people read."""
        lines = []
        for item in diagnostics:
            # The standard library's parser takes the lone surrogates that a file name may hold.
            [row] = json.loads(render_json([item]))
            lines.append(self.event("diagnostic", diagnostic_level(item), row | {"text": render_text([item], sources)}))
        return b"".join(lines)

    def event(self, name: str, level: str, fields: dict[str, Any]) -> bytes:
        """Any other event."""
        row = {"time": self._clock.text(), "level": level, "event": name, **fields}
        try:
            return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError:
            # A lone surrogate, which a file name may hold, has no UTF-8; the standard library escapes it.
            return json.dumps(row).encode() + b"\n"


def told(changes: Changes) -> dict[str, Any]:
    """What a reload changed, as a JSON value."""
    files = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
    rows = {"files": files, "routes": _told(changes.routes), "tools": _told(changes.tools)}
    return rows | {"resources": _told(changes.resources), "prompts": _told(changes.prompts)}


def _told(difference: Difference) -> dict[str, list[dict[str, str]]]:
    return {
        kind: [{"namespace": namespace, "name": name} for namespace, name in names]
        for kind, names in difference._asdict().items()
    }
