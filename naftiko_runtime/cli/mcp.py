"""`naftiko mcp`: serve one MCP adapter over standard input and output."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from naftiko_runtime.cli.loading import limits_from, route_from, settings_from, unknown_upstreams
from naftiko_runtime.cli.report import make_log
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, USAGE
from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.host.files.capability import load_capability
from naftiko_runtime.host.files.tally import Tally
from naftiko_runtime.host.following.keeper import Keeper
from naftiko_runtime.host.places.layout import Overrides, unknown_namespaces
from naftiko_runtime.host.serving.garbage import resting
from naftiko_runtime.host.serving.hosting import Hosting, run
from naftiko_runtime.host.serving.reload import Reload
from naftiko_runtime.plan.model.face import McpFace, Plan


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. Standard output carries JSON-RPC and nothing else."""
    settings, problems = settings_from(options, environment)
    route = route_from(options)
    log = make_log(options.log_format, options.log_level, environment)
    if problems:
        log.diagnostics(problems)
        return USAGE
    if options.path.is_dir():
        log.diagnostics(load_capability(options.path, settings).diagnostics)
        return AT_FAULT
    keeper, tally = Keeper((options.path,), settings, Overrides(pipe=options.adapter or "")), Tally(log.diagnostics)
    with resting():
        keeper.load(tally.tell)
    loaded = list(keeper.collection.latest.values())
    unknown = unknown_upstreams(settings.upstreams, loaded)
    if unknown:
        log.diagnostics(unknown)
        return USAGE
    plan = loaded[0].plan if loaded else None
    if plan is None:
        return AT_FAULT
    face = choose_adapter(plan, options.adapter)
    if isinstance(face, Diagnostic):
        log.diagnostics([face])
        return USAGE if options.adapter else AT_FAULT
    update = keeper.settle(tally.tell)
    hosting = Hosting((), update.layout.stdio, tally.warnings, 0, limits_from(options), route)
    run(hosting, log, Reload(keeper, log, watches=not options.no_watch))
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
        return unknown_namespaces([namespace], [names], "--adapter")[0]
    message = f"the capability has {len(plan.mcp)} MCP adapters"
    return Diagnostic(
        "NK7003", Severity.ERROR, message, plan.file, help=f"choose one with `--adapter`: {', '.join(names)}"
    )
