"""How does an event read? One JSON line for machines, one line of text for people.

A request's line is written tens of thousands of times a second, so both renderings of it are one format each, and the
clock's text is made once a second.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from naftiko_runtime.diagnostics import Diagnostic, Severity, render_json, render_text, visible
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.version import __version__


class Served(NamedTuple):
    """One adapter that accepts calls. `url` is what a client on this machine opens; empty for standard input."""

    namespace: str
    kind: str
    url: str
    functions: int


class Ready(NamedTuple):
    """What is served once every listener accepts. `refused` counts files that had errors."""

    adapters: tuple[Served, ...]
    warnings: int
    refused: int
    seconds: float

    @property
    def operations(self) -> int:
        """REST operations of all adapters."""
        return sum(item.functions for item in self.adapters if item.kind == "rest")

    @property
    def tools(self) -> int:
        """MCP tools of all adapters."""
        return sum(item.functions for item in self.adapters if item.kind != "rest")


# What a caller did wrong is everyday business; what we or an upstream did wrong deserves a look.
_CALLERS_FAULT = frozenset({"NK8001", *(f"NK80{number:02}" for number in range(7, 13))})


def level_of(record: RequestRecord) -> str:
    """How much a finished request weighs."""
    return "info" if not record.code or record.code in _CALLERS_FAULT else "warning"


class Clock:
    """The time as text: ISO 8601, UTC, milliseconds. The text of a second is made once."""

    __slots__ = ("_now", "_prefix", "_second")

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._second = -1
        self._prefix = ""

    def text(self) -> str:
        """The time now."""
        now = self._now()
        second = int(now)
        if second != self._second:
            self._second = second
            self._prefix = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
        return f"{self._prefix}{int((now - second) * 1000):03d}Z"


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
        rest = {"warnings": ready.warnings, "refused": ready.refused, "seconds": round(ready.seconds, 3)}
        return self.event("ready", "info", {"version": __version__, "urls": urls, **counts, **rest})

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> bytes:
        """Problems, one line each: the fields of `validate --format json`, and the text that people read."""
        lines = []
        for item in diagnostics:
            [row] = orjson.loads(render_json([item]))
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


_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "debug"}


def diagnostic_level(diagnostic: Diagnostic) -> str:
    """The level of the line that tells a diagnostic."""
    return _LEVELS[diagnostic.severity]


class PrettyEvents:
    """Lines for a person at a terminal. Nothing of a spec or a caller reaches the terminal as a control character."""

    __slots__ = ("_bold", "_clock", "_colour", "_dim", "_reset", "_tints")

    def __init__(self, clock: Clock, *, colour: bool) -> None:
        self._clock = clock
        self._colour = colour
        self._bold, self._dim, self._reset = ("\x1b[1m", "\x1b[2m", "\x1b[0m") if colour else ("", "", "")
        self._tints = {"warning": "\x1b[33m", "error": "\x1b[31m"} if colour else {}

    def request(self, record: RequestRecord, level: str) -> bytes:
        """A finished request."""
        upstream = "" if record.upstream_status is None else f" upstream {record.upstream_status}"
        code = f" {record.code}" if record.code else ""
        name = visible(f"{record.operation} {record.function}" if record.face == "rest" else record.function)
        return (
            f"{self._dim}{self._clock.text()[11:23]}{self._reset} "
            f"{self._tints.get(level, '')}{record.status}{self._reset} {record.face:4} {name} {record.milliseconds:.1f} ms{upstream}{code} "
            f"{self._dim}{visible(record.request_id)}{self._reset}\n"
        ).encode()

    def ready(self, ready: Ready) -> bytes:
        """The summary: every URL, and how much is served."""
        width = max((len(item.namespace) for item in ready.adapters), default=0)
        lines = [f"{self._bold}naftiko {__version__} is ready{self._reset} ({ready.seconds:.2f} s)"]
        for item in ready.adapters:
            where = item.url or "standard input and output"
            noun = _counted(item.functions, "operation" if item.kind == "rest" else "tool")
            address = f"{self._bold}{where}{self._reset}"
            lines.append(
                f"  {item.kind:5} {visible(item.namespace):{width}}  {address}  {self._dim}{noun}{self._reset}"
            )
        counts = [_counted(ready.operations, "operation"), _counted(ready.tools, "tool")]
        counts.append(_counted(ready.warnings, "warning"))
        if ready.refused:
            counts.append(_counted(ready.refused, "file") + " refused")
        lines.append(f"  {', '.join(counts)}; Ctrl-C stops")
        return ("\n".join(lines) + "\n").encode()

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> bytes:
        """Errors in full; everything else in one line, because `validate` shows the rest."""
        errors = [item for item in diagnostics if item.is_error]
        lines = [render_text(errors, sources, colour=self._colour) + "\n"] if errors else []
        for item in diagnostics:
            if not item.is_error:
                place = f" ({item.place})" if item.file else ""
                label = f"{self._tints.get(diagnostic_level(item), '')}{item.severity.value}[{item.code}]{self._reset}"
                lines.append(f"{label}: {visible(item.message)}{visible(place)}")
        return ("\n".join(lines) + "\n").encode(errors="backslashreplace")

    def event(self, name: str, level: str, fields: dict[str, Any]) -> bytes:
        """Any other event."""
        told = " ".join(f"{key}={visible(str(value))}" for key, value in fields.items())
        tint = self._tints.get(level, "")
        return f"{tint}{name}{self._reset if tint else ''}{' ' if told else ''}{told}\n".encode(
            errors="backslashreplace"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
