"""How does the command speak? Results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

FINE, AT_FAULT, USAGE = 0, 1, 2
"""Exit codes (C6): fine; the spec or the call is at fault; usage or internal."""


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a stream is a terminal that shows colours. `NO_COLOR` (no-color.org) and `TERM=dumb` say no."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def put(text: str) -> None:
    """Print a result on standard output, with a line break at its end."""
    _write(sys.stdout, f"{text}\n")


def say(text: str) -> None:
    """Print a line for a person on standard error."""
    _write(sys.stderr, f"{text}\n")


def lead_nowhere(stream: TextIO) -> None:
    """Lead a stream whose reader has gone to nowhere: what is buffered must not fail again while the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _write(stream: TextIO, text: str) -> None:
    # A reader that has seen enough changes nothing of how the command ends.
    try:
        stream.write(text)
    except BrokenPipeError:
        lead_nowhere(stream)
