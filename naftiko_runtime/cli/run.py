"""`naftiko run`: serve capabilities until somebody stops it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from naftiko_runtime.cli.addresses import listen_addresses
from naftiko_runtime.cli.loading import settings_from, unknown_listens, unknown_upstreams
from naftiko_runtime.cli.report import make_log, sources_of
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, USAGE
from naftiko_runtime.data import data_path
from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.errors import HostingError
from naftiko_runtime.host.capability import Capability, load_capability
from naftiko_runtime.host.discovery import Discovery, discover, discover_default
from naftiko_runtime.host.layout import Layout, Overrides, lay_out
from naftiko_runtime.host.listeners import bind
from naftiko_runtime.host.logs import Log
from naftiko_runtime.host.server import Hosting, run


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb."""
    overrides = Overrides(options.host, options.port, listen_addresses(options.listen))
    settings, problems = settings_from(options, environment)
    log = make_log(options.log_format, options.log_level, environment)
    if problems:
        log.diagnostics(problems)
        return USAGE
    discovery = _discover(options)
    capabilities = [load_capability(path, settings) for path in discovery.files]
    unknown = [
        *unknown_listens(list(overrides.listen), capabilities),
        *unknown_upstreams(list(settings.upstreams), capabilities),
    ]
    if unknown:
        log.diagnostics(unknown)
        return USAGE
    layout = lay_out(capabilities, overrides)
    found = [*discovery.diagnostics, *(item for one in capabilities for item in one.diagnostics), *layout.diagnostics]
    log.diagnostics(found, sources_of(capabilities))
    return _serve(layout, capabilities, found, log) if layout.plans else AT_FAULT


def _serve(layout: Layout, capabilities: Sequence[Capability], found: Sequence[Diagnostic], log: Log) -> int:
    try:
        bound = bind(layout.listeners)
    except HostingError as error:
        log.diagnostics(error.diagnostics)
        return AT_FAULT
    warnings = sum(item.severity is Severity.WARNING for item in found)
    refused = len(capabilities) - len(layout.plans)
    run(Hosting(bound, layout.stdio, warnings, refused), log)
    return FINE


def _discover(options: argparse.Namespace) -> Discovery:
    if options.demo:
        return discover([*options.paths, data_path("specs", "demo.naftiko.yaml")])
    return discover(options.paths) if options.paths else discover_default(Path())
