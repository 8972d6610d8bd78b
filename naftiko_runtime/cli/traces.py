"""`naftiko traces`: what did the last requests do? One line a trace, or one trace with its spans."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from naftiko_runtime.cli.asking import Control, UnansweredError, rows, unanswered
from naftiko_runtime.cli.terminal import FINE, put
from naftiko_runtime.diagnostics import visible


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb."""
    control = Control(options, environment)
    query = {name: getattr(options, name) for name in ("operation", "status") if getattr(options, name)}
    path = f"/traces/{quote(options.id, safe='')}" if options.id else f"/traces?{urlencode(query)}"
    try:
        document = control.document(path)
    except UnansweredError as error:
        return unanswered(error)
    if options.json:
        put(json.dumps(document, indent=2))
    elif options.id:
        put("\n".join(_tree(document)))
    else:
        put(rows([_row(trace) for trace in document["traces"]]) or "no traces are kept")
    return FINE


def _row(trace: Mapping[str, Any]) -> tuple[str, ...]:
    duration = f"{trace['durationMs']} ms"
    return trace["timestamp"], trace["traceId"], trace["status"], duration, visible(trace["operation"])


def _tree(trace: Mapping[str, Any]) -> Iterator[str]:
    yield f"{trace['traceId']}  {trace['timestamp']}  {visible(trace['capability'])}"
    depths: dict[str, int] = {}
    for span in trace["spans"]:
        depth = depths[span["spanId"]] = depths.get(span.get("parentSpanId", ""), -1) + 1
        mark = "" if span["status"] == "OK" else f"  {span['status']}"
        name = visible(span["name"])
        yield f"{'  ' * depth}{name}  {span['kind'].lower()}  +{span['startMs']} ms  {span['durationMs']} ms{mark}"
