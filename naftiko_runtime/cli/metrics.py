"""`naftiko metrics`: the numbers, as Prometheus reads them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping

from naftiko_runtime.cli.asking import Control, UnansweredError, unanswered
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.terminal import FINE, put


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb."""
    try:
        wanted = re.compile(options.filter)
    except re.error as error:
        raise UsageError(f"--filter: {error}") from None
    try:
        text = Control(options, environment).get("/metrics").decode()
    except UnansweredError as error:
        return unanswered(error)
    lines = [line for line in text.splitlines() if wanted.search(line)]
    if lines:
        put("\n".join(lines))
    return FINE
