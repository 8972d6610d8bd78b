"""`naftiko health`: are requests welcome?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from naftiko_runtime.cli.asking import Control, UnansweredError, rows, unanswered
from naftiko_runtime.cli.terminal import FINE, put
from naftiko_runtime.diagnostics import visible


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. It fails only where requests are not welcome: a last good version that goes on is healthy."""
    try:
        ready = Control(options, environment).document("/health/ready")
    except UnansweredError as error:
        return unanswered(error)
    if options.json:
        put(json.dumps(ready, indent=2))
        return FINE
    put(ready["status"])
    adapters = [(item["type"], visible(item["namespace"]), item["url"]) for item in ready["adapters"]]
    files = [(item["state"], visible(item["file"]), _codes(item["diagnostics"])) for item in ready["files"]]
    for table in filter(None, (rows(adapters), rows(files))):
        put(table)
    return FINE


def _codes(diagnostics: list[dict[str, str]]) -> str:
    return ", ".join(dict.fromkeys(item["code"] for item in diagnostics))
