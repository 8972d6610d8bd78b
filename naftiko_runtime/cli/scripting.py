"""`naftiko scripting`: how are scripts run there, and how often were they? With a flag, it is changed first."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from naftiko_runtime.cli.asking import Control, UnansweredError, unanswered
from naftiko_runtime.cli.terminal import FINE, put

_PATH = "/scripting"


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb."""
    control = Control(options, environment)
    given = {"enabled": options.enabled, "timeout": options.timeout, "statementLimit": options.statement_limit}
    change = {key: value for key, value in given.items() if value is not None}
    try:
        scripting = control.put(_PATH, change) if change else control.document(_PATH)
    except UnansweredError as error:
        return unanswered(error)
    if options.json:
        put(json.dumps(scripting, indent=2))
        return FINE
    stats = scripting["stats"]
    last = f", the last one ended {stats['lastExecutionAt']}" if "lastExecutionAt" in stats else ""
    limits = f"at most {scripting['timeout']} ms and {scripting['statementLimit']} statements each"
    put(f"scripts are {'on' if scripting['enabled'] else 'off'}, {limits}")
    put(f"{stats['totalExecutions']} runs, {stats['totalErrors']} failed, {stats['averageDurationMs']} ms each{last}")
    return FINE
