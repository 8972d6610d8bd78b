"""`naftiko validate`: is a file right? Without network, variables or secrets (C2)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from naftiko_runtime.cli.report import sources_of
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, put, wants_colour
from naftiko_runtime.diagnostics import (
    Diagnostic,
    Severity,
    render_github,
    render_json,
    render_sarif,
    render_text,
    summary,
    visible,
)
from naftiko_runtime.host.files.capability import inspect_capability
from naftiko_runtime.host.files.discovery import discover


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. The report is the result, so it goes to standard output."""
    discovery = discover(options.paths)
    paths = (*discovery.files, *discovery.material)
    capabilities = [inspect_capability(path, strict=options.strict, rules=options.rules) for path in paths]
    checked = {item.file for item in capabilities}
    found = [item for item in discovery.diagnostics if item.file not in checked]
    found += [_weighed(item) for one in capabilities for item in one.diagnostics]
    report = _render(options.format, found, sources_of(capabilities), environment)
    if report:
        put(report)
    if options.format == "text":
        put(_conclusion([item.file for item in capabilities], found))
    return AT_FAULT if any(item.is_error for item in found) else FINE


def _weighed(diagnostic: Diagnostic) -> Diagnostic:
    """Material for other files can't be served, but it can be right."""
    if diagnostic.code != "NK2010":
        return diagnostic
    message = "material for other files to import: checked as such, never served by itself"
    return replace(diagnostic, severity=Severity.NOTE, message=message, help="")


def _render(
    form: str, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], environment: Mapping[str, str]
) -> str:

    if form == "json":
        return render_json(diagnostics)
    if form == "sarif":
        return render_sarif(diagnostics)
    if form == "github":
        return render_github(diagnostics)
    text = render_text(diagnostics, sources, colour=wants_colour(sys.stdout, environment))
    return f"{text}\n" if text else ""


def _conclusion(files: Sequence[str], diagnostics: Sequence[Diagnostic]) -> str:

    subject = visible(files[0]) if len(files) == 1 else f"{len(files)} files"
    return f"{subject}: {summary(diagnostics)}"
