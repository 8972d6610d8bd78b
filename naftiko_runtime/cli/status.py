"""`naftiko status`: what runs there, since when, and how is it?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from naftiko_runtime.cli.asking import Control, UnansweredError, rows, unanswered
from naftiko_runtime.cli.terminal import FINE, put
from naftiko_runtime.diagnostics import visible


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb."""
    try:
        status = Control(options, environment).document("/status")
    except UnansweredError as error:
        return unanswered(error)
    if options.json:
        put(json.dumps(status, indent=2))
        return FINE
    engine = status["engine"]
    put(f"{status['status']}, {engine['name']} {engine['version']}, up {_duration(status['uptimeSeconds'])}")
    files = [(item["state"], visible(item["label"]), visible(item["file"])) for item in status["capabilities"]]
    adapters = [
        (item["type"], visible(item["namespace"]), str(item["functions"]), item["url"]) for item in status["adapters"]
    ]
    for table in filter(None, (rows(files), rows(adapters))):
        put(table)
    return FINE


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if number]
    return " ".join(parts[:2] or [f"{rest} s"])
