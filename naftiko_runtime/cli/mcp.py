"""`naftiko mcp`: serve one MCP adapter over standard input and output."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from naftiko_runtime.cli.loading import settings_from, unknown_upstreams
from naftiko_runtime.cli.report import make_log, sources_of
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, USAGE
from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.host.capability import load_capability
from naftiko_runtime.host.layout import unknown_namespaces
from naftiko_runtime.host.server import Hosting, run
from naftiko_runtime.plan.model import McpFace, Plan


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. Standard output carries JSON-RPC and nothing else."""
    settings, problems = settings_from(options, environment)
    log = make_log(options.log_format, options.log_level, environment)
    if problems:
        log.diagnostics(problems)
        return USAGE
    capability = load_capability(options.path, settings)
    unknown = unknown_upstreams(list(settings.upstreams), [capability])
    if unknown:
        log.diagnostics(unknown)
        return USAGE
    log.diagnostics(capability.diagnostics, sources_of([capability]))
    if capability.plan is None:
        return AT_FAULT
    face = choose_adapter(capability.plan, options.adapter)
    if isinstance(face, Diagnostic):
        log.diagnostics([face])
        return USAGE if options.adapter else AT_FAULT
    warnings = sum(item.severity.value == "warning" for item in capability.diagnostics)
    run(Hosting((), face, warnings, 0), log)
    return FINE


def choose_adapter(plan: Plan, namespace: str | None) -> McpFace | Diagnostic:
    """The MCP adapter of that namespace, or the only one; a diagnostic where that is none, or not one."""
    names = [face.namespace for face in plan.mcp]
    chosen = [face for face in plan.mcp if namespace in (None, face.namespace)]
    if len(chosen) == 1:
        return chosen[0]
    if not plan.mcp:
        return Diagnostic(
            "NK7004", Severity.ERROR, "the capability has no MCP adapter", plan.file, help="add one under `exposes`"
        )
    if namespace is not None and not chosen:
        return unknown_namespaces([namespace], names, "--adapter")[0]
    message = f"the capability has {len(plan.mcp)} MCP adapters"
    return Diagnostic(
        "NK7003", Severity.ERROR, message, plan.file, help=f"choose one with `--adapter`: {', '.join(names)}"
    )
