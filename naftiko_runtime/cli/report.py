"""How are diagnostics and events told on standard error?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from naftiko_runtime.cli.terminal import say, wants_colour
from naftiko_runtime.diagnostics import Diagnostic, render_text
from naftiko_runtime.host.files.capability import Capability
from naftiko_runtime.host.logs.events import Clock
from naftiko_runtime.host.logs.json_events import JsonEvents
from naftiko_runtime.host.logs.log import Log
from naftiko_runtime.host.logs.pretty_events import PrettyEvents


def tell(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Print diagnostics for a person."""
    if diagnostics:
        say(render_text(diagnostics, sources, colour=wants_colour(sys.stderr, environment)))


def sources_of(capabilities: Iterable[Capability]) -> dict[str, str]:
    """The text of each file, by the name diagnostics use."""
    return {file: text for item in capabilities for file, text in item.texts.items()}


def make_log(form: str, level: str, environment: Mapping[str, str], *, workers: int = 1) -> Log:
    """The log, in the form that was asked for: for people where that is `auto` and there is a terminal.

    Several `workers` write to one stream.
    """
    is_pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    clock = Clock()
    events = PrettyEvents(clock, colour=wants_colour(sys.stderr, environment)) if is_pretty else JsonEvents(clock)
    return Log(open(sys.stderr.fileno(), "wb", closefd=False), events, level, shared=workers > 1)
