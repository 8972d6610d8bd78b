"""How does an event read for a person at a terminal?

Nothing that a spec or a caller wrote reaches the terminal as a control character (CWE-150).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from naftiko_runtime.diagnostics import Diagnostic, render_text, visible
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.following.changes import Changes
from naftiko_runtime.host.logs.events import Clock, Ready, Served, diagnostic_level
from naftiko_runtime.version import __version__

_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
_TINTS = {"warning": "\x1b[33m", "error": "\x1b[31m"}
_TIME_OF_DAY = slice(11, 23)
# What an adapter of each kind has functions of.
_NOUNS = {"rest": "operation", "mcp": "tool", "stdio": "tool", "skill": "skill", "control": "endpoint"}


class PrettyEvents:
    """One line an event, or a few where that reads better."""

    __slots__ = ("_clock", "_colour")

    def __init__(self, clock: Clock, *, colour: bool) -> None:
        self._clock = clock
        self._colour = colour

    def request(self, record: RequestRecord, level: str) -> bytes:
        """A finished request."""
        upstream = "" if record.upstream_status is None else f"upstream {record.upstream_status}"
        operation = record.operation if record.face == "rest" else ""
        told = (operation, record.function, f"{record.milliseconds:.1f} ms", upstream, record.code)
        return _line(
            self._paint(self._clock.text()[_TIME_OF_DAY], _DIM),
            self._paint(str(record.status), _TINTS.get(level, "")),
            f"{record.face:4}",
            visible(" ".join(filter(None, told))),
            self._paint(visible(record.request_id), _DIM),
        )

    def ready(self, ready: Ready) -> bytes:
        """The summary: every URL, and how much is served."""
        rows = [
            (item.kind, visible(item.namespace), item.url or "standard input and output", item)
            for item in ready.adapters
        ]
        kinds = max((len(kind) for kind, _, _, _ in rows), default=0)
        names = max((len(name) for _, name, _, _ in rows), default=0)
        urls = max((len(url) for _, _, url, _ in rows), default=0)
        lines = [self._paint(f"naftiko {__version__} is ready", _BOLD)]
        for kind, namespace, url, item in rows:
            served = ", ".join([_counted(item.functions, _NOUNS[kind]), *_offered(item)])
            address = self._paint(url, _BOLD) + " " * (urls - len(url))
            lines.append(f"  {kind:{kinds}}  {namespace:{names}}  {address}  {self._paint(served, _DIM)}")
        counts = [_counted(ready.operations, "operation"), _counted(ready.tools, "tool"), *_offered(ready)]
        counts.append(_counted(ready.warnings, "warning"))
        if ready.refused:
            counts.append(_counted(ready.refused, "file") + " refused")
        lines.append(f"  {', '.join(counts)}; Ctrl-C stops")
        return _line("\n".join(lines))

    def reloaded(self, changes: Changes, refused: int) -> bytes:
        """One line a file, and below it one for each route, tool, resource and prompt that is not what it was."""
        lines = [self._paint("reloaded", _BOLD) + (f" ({_counted(refused, 'file')} refused)" if refused else "")]
        files = (("new", changes.added), ("changed", changes.changed), ("gone", changes.removed))
        lines += [f"  {word} {visible(file)}" for word, names in files for file in names]
        served = (
            ("route", changes.routes),
            ("tool", changes.tools),
            ("resource", changes.resources),
            ("prompt", changes.prompts),
        )
        for kind, difference in served:
            for sign, names in zip("+-~", difference, strict=True):
                lines += [f"  {sign} {kind} {visible(name)}  {visible(namespace)}" for namespace, name in names]
        return _line("\n".join(lines))

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> bytes:
        """Errors in full; everything else in one line, because `validate` shows the rest."""
        errors = [item for item in diagnostics if item.is_error]
        lines = [render_text(errors, sources, colour=self._colour) + "\n"] if errors else []
        for item in diagnostics:
            if not item.is_error:
                place = f" ({item.place})" if item.file else ""
                label = self._paint(f"{item.severity}[{item.code}]", _TINTS.get(diagnostic_level(item), ""))
                lines.append(f"{label}: {visible(item.message)}{visible(place)}")
        return _line("\n".join(lines))

    def event(self, name: str, level: str, fields: dict[str, Any]) -> bytes:
        """Any other event."""
        told = [str(fields["message"])] if "message" in fields else []
        told += [f"{key}={value}" for key, value in fields.items() if key != "message"]
        text = visible(": ".join(filter(None, (name, " ".join(told)))), keep="\n")
        return _line(self._paint(text, _TINTS.get(level, "")))

    def _paint(self, text: str, tint: str) -> str:
        return f"{tint}{text}{_RESET}" if self._colour and tint else text


def _line(*parts: str) -> bytes:
    return (" ".join(parts) + "\n").encode(errors="backslashreplace")


def _offered(counted: Served | Ready) -> list[str]:
    """The counts of what only some adapters have."""
    return [
        _counted(count, word) for count, word in ((counted.resources, "resource"), (counted.prompts, "prompt")) if count
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
