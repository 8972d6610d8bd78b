"""What do `--listen`, `--upstream` and `--allow-host` say?"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from naftiko_runtime.cli.options import UsageError, port
from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.plan.text.addresses import address_problem

_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")


def listen_addresses(values: Sequence[str]) -> dict[str, Endpoint]:
    """Read `NAMESPACE=HOST:PORT` values. Raises UsageError."""
    addresses = {}
    for namespace, address in _split("--listen", "NAMESPACE=HOST:PORT", values):
        host, _, number = address.rpartition(":")
        is_bracketed = host.startswith("[") and host.endswith("]")
        if not host or (":" in host and not is_bracketed):
            raise UsageError(f"--listen {namespace}={address}: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080")
        try:
            addresses[namespace] = Endpoint(host.strip("[]"), port(number))
        except argparse.ArgumentTypeError as error:
            raise UsageError(f"--listen {namespace}={address}: {error}") from None
    return addresses


def upstream_addresses(values: Sequence[str]) -> dict[str, str]:
    """Read `NAMESPACE=URL` values. Raises UsageError; its text never repeats the URL, which may hold a password."""
    addresses = {}
    for namespace, url in _split("--upstream", "NAMESPACE=URL", values):
        if problem := address_problem(url):
            raise UsageError(f"--upstream {namespace}: {problem}; write http://HOST, with a path if there is one")
        addresses[namespace] = url
    return addresses


def host_names(values: Sequence[str]) -> tuple[str, ...]:
    """Read names of hosts. Raises UsageError for one with a scheme, port or path."""
    for value in values:
        if not _HOST_NAME.fullmatch(value):
            raise UsageError(
                f"--allow-host {value}: write the name alone, such as api.example.com, 10.0.0.5 or [fd00::5]"
            )
    return tuple(values)


def _split(flag: str, form: str, values: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for value in values:
        namespace, separator, rest = value.partition("=")
        if not separator or not namespace.strip() or not rest.strip():
            raise UsageError(f"{flag}: write {form}")
        pairs.append((namespace.strip(), rest.strip()))
    return pairs
