"""`naftiko run`: serve capabilities until somebody stops it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from naftiko_runtime.cli.addresses import host_names, listen_addresses
from naftiko_runtime.cli.loading import limits_from, route_from, settings_from, unknown_listens, unknown_upstreams
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.report import make_log
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, USAGE
from naftiko_runtime.data import data_path
from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.errors import HostingError
from naftiko_runtime.host.files.capability import Settings
from naftiko_runtime.host.files.discovery import default_paths, nothing_below
from naftiko_runtime.host.files.tally import Tally
from naftiko_runtime.host.following.keeper import Keeper, Update
from naftiko_runtime.host.logs.log import Log
from naftiko_runtime.host.places.layout import Overrides
from naftiko_runtime.host.places.undeclared import undeclared_control
from naftiko_runtime.host.serving.garbage import resting
from naftiko_runtime.host.serving.hosting import Hosting, run
from naftiko_runtime.host.serving.reload import Reload
from naftiko_runtime.host.workers.parent import Workers


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb."""
    control = None if options.control is None else undeclared_control(options.control)
    overrides = Overrides(options.host, options.port, listen_addresses(options.listen), control=control)
    options.allow_host = host_names(options.allow_host)
    if options.workers > 1 and sys.platform == "win32":
        raise UsageError("--workers needs processes that share sockets, which this system has not")
    settings, problems = settings_from(options, environment)
    options.route = route_from(options)
    log = make_log(options.log_format, options.log_level, environment, workers=options.workers)
    paths = _paths(options)
    if isinstance(paths, Diagnostic):
        log.diagnostics([paths])
        return AT_FAULT
    if problems:
        log.diagnostics(problems)
        return USAGE
    keeper, tally = Keeper(paths, settings, overrides), Tally(log.diagnostics)
    with resting():
        keeper.load(tally.tell)
    _tell_empty_folders(keeper, tally)
    unknown = _unknown(keeper, overrides, settings)
    if unknown:
        log.diagnostics(unknown)
        return USAGE
    try:
        update = keeper.settle(tally.tell)
        if update.layout.plans:
            return _serve(keeper, update, options, tally, log)
    except HostingError as error:
        log.diagnostics(error.diagnostics)
    keeper.release()
    return AT_FAULT


def _serve(keeper: Keeper, update: Update, options: argparse.Namespace, tally: Tally, log: Log) -> int:
    hosting = Hosting(
        update.bound,
        update.layout.stdio,
        tally.warnings,
        keeper.collection.refused,
        limits_from(options),
        options.route,
        allow_hosts=options.allow_host,
    )
    if options.workers > 1:
        if hosting.stdio is not None:
            keeper.release()
            raise UsageError("--workers: standard input and output can have one process; run that adapter alone")
        return Workers(keeper, log, options.workers, watches=not options.no_watch).run(hosting)
    run(hosting, log, Reload(keeper, log, watches=not options.no_watch))
    return FINE


def _paths(options: argparse.Namespace) -> tuple[Path, ...] | Diagnostic:
    if options.demo:
        return (*options.paths, data_path("specs", "demo.naftiko.yaml"))
    return tuple(options.paths) or default_paths(Path())


def _tell_empty_folders(keeper: Keeper, tally: Tally) -> None:
    loaded = keeper.collection.latest
    folders = [path for path in keeper.paths if path.is_dir() and not any(path in file.parents for file in loaded)]
    if folders:
        tally.tell([nothing_below(folder) for folder in folders], {})


def _unknown(keeper: Keeper, overrides: Overrides, settings: Settings) -> tuple[Diagnostic, ...]:
    loaded = keeper.collection.latest.values()
    return (*unknown_listens(overrides.listen, loaded), *unknown_upstreams(settings.upstreams, loaded))
