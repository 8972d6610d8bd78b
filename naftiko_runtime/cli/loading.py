"""Loading for verbs that fill in variables: flags → settings → capabilities."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from naftiko_runtime.cli.addresses import upstream_addresses
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.report import tell
from naftiko_runtime.cli.terminal import USAGE
from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.engine.upstream.port import Limits
from naftiko_runtime.engine.upstream.route import Route, read_authorities
from naftiko_runtime.host.files.capability import Capability, Settings
from naftiko_runtime.host.files.environment import read_env_file
from naftiko_runtime.host.places.layout import unknown_namespaces

_MEBIBYTE = 1024 * 1024


def settings_from(
    options: argparse.Namespace, environment: Mapping[str, str]
) -> tuple[Settings, tuple[Diagnostic, ...]]:
    """The settings that flags ask for, and what is wrong with the file of `--env-file`. Raises UsageError."""
    upstreams = upstream_addresses(options.upstream)
    values, problems = read_env_file(Path(options.env_file)) if options.env_file else ({}, ())
    return Settings(
        environment, values, upstreams, options.strict, options.partial, allow_scripts=options.allow_scripts
    ), problems


def limits_from(options: argparse.Namespace) -> Limits:
    """The deadlines and sizes that flags ask for (C14b)."""
    answer, request = int(options.answer_limit * _MEBIBYTE), int(options.request_limit * _MEBIBYTE)
    return Limits(options.connect_deadline, options.deadline, answer, request, options.steps_deadline)


def route_from(options: argparse.Namespace) -> Route:
    """The way out that flags ask for. Raises UsageError."""
    if options.proxy is None and options.no_proxy:
        raise UsageError("--no-proxy: there is no --proxy that it could make an exception of")
    authorities: tuple[bytes, ...] = ()
    if options.ca_file is not None:
        try:
            authorities = read_authorities(Path(options.ca_file).read_bytes())
        except OSError as error:
            raise UsageError(f"--ca-file {options.ca_file}: {error.strerror}") from None
        except ValueError as error:
            raise UsageError(f"--ca-file {options.ca_file}: {error}") from None
    return Route(options.proxy, tuple(options.no_proxy), authorities)


def unknown_upstreams(names: Iterable[str], capabilities: Iterable[Capability]) -> tuple[Diagnostic, ...]:
    """A diagnostic for each name of `--upstream` that nothing consumes; none where a file is too broken to know."""
    return unknown_namespaces(names, [item.consumed_namespaces for item in capabilities], "--upstream")


def unknown_listens(names: Iterable[str], capabilities: Iterable[Capability]) -> tuple[Diagnostic, ...]:
    """A diagnostic for each name of `--listen` that nothing exposes; none where a file is too broken to know."""
    return unknown_namespaces(names, [item.exposed_namespaces for item in capabilities], "--listen")


def usage(diagnostics: Sequence[Diagnostic], environment: Mapping[str, str]) -> int:
    """Tell what is wrong with the command line, and the exit code for it."""
    tell(diagnostics, {}, environment)
    return USAGE
