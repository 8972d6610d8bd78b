"""What may be said on the command line, and by which environment variable as well?

A flag added here has a `NAFTIKO_…` twin, which stands in where the flag is absent, so that a container needs no
arguments. Both are read by the same functions, and both are told alike when they can't be read.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
_HIGHEST_PORT = 65535
_MOST_WORKERS = 256
_LARGEST_AMOUNT = 86_400
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


class UsageError(Exception):
    """The command line, or the twin of a flag, can't be read. The text is for whoever wrote it."""


class Flags:
    """Adds flags with their twins to the parser of a verb."""

    def __init__(self, parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> None:
        self._parser = parser
        self._environment = environment

    def value(self, flag: str, metavar: str, text: str, *, read: Callable[[str], Any] = str, default: str = "") -> None:
        """A flag with one value; `default` is text that `read` takes, absent (None) where it is empty."""
        twin = _twin(flag)
        given = self._environment.get(twin)
        self._parser.add_argument(
            flag,
            metavar=metavar,
            type=_naming(twin, given, read) if given else read,
            default=given or default or None,
            help=f"{text} [{twin}]",
        )

    def pairs(self, flag: str, metavar: str, text: str) -> None:
        """A flag that may come several times; its twin lists the values with commas between them."""
        twin = _twin(flag)
        given = [part.strip() for part in self._environment.get(twin, "").split(",") if part.strip()]
        self._parser.add_argument(flag, metavar=metavar, action="append", default=given, help=f"{text} [{twin}]")

    def switch(self, flag: str, text: str) -> None:
        """A flag that is there or not."""
        twin = _twin(flag)
        given = self._environment.get(twin, "").strip().lower()
        if given not in (*_TRUE, *_FALSE):
            raise UsageError(f"{twin} is `{given}`: write `true` or `false`")
        self._parser.add_argument(flag, action="store_true", default=given in _TRUE, help=f"{text} [{twin}]")


def add_loading_flags(flags: Flags) -> None:
    """The flags of every verb that fills in variables and talks to upstreams."""
    flags.value("--env-file", "FILE", "read variables from this dotenv file too; the process environment wins")
    flags.pairs("--upstream", "NAMESPACE=URL", "replace the baseUri of a consumes namespace; may be repeated")
    flags.switch("--strict", "refuse everything that the official schema of a file's version refuses")
    flags.switch("--partial", "serve what is right in a file with errors; what is not answers 501 and says why")
    flags.switch("--allow-scripts", "let steps run their JavaScript and Python files, in a sandbox")
    flags.value(
        "--proxy", "URL", "send calls of upstreams through this proxy; HTTPS_PROXY is not looked at", read=proxy
    )
    flags.pairs("--no-proxy", "HOST", "call this host, or those of this domain or network, directly; may be repeated")
    flags.value("--ca-file", "FILE", "trust the certificates of this PEM file too when calling upstreams")
    flags.value("--deadline", "SECONDS", "how long one call of an upstream may take", read=amount, default="30")
    flags.value(
        "--steps-deadline",
        "SECONDS",
        "how long all steps of a function together may take; as one call, where absent",
        read=amount,
    )
    flags.value(
        "--connect-deadline", "SECONDS", "how long connecting to an upstream may take", read=amount, default="5"
    )
    flags.value("--request-limit", "MIB", "how large the body of a request may be", read=amount, default="10")
    flags.value(
        "--answer-limit", "MIB", "how large the decoded answer of an upstream may be", read=amount, default="50"
    )


def add_log_flags(flags: Flags) -> None:
    """The flags of every verb that logs."""
    flags.value(
        "--log-format",
        "FORMAT",
        "auto, pretty or json; auto is pretty on a terminal, else json",
        read=one_of("auto", "pretty", "json"),
        default="auto",
    )
    flags.value(
        "--log-level",
        "LEVEL",
        "debug, info, warning, error or off",
        read=one_of("debug", "info", "warning", "error", "off"),
        default="info",
    )


def proxy(text: str) -> str:
    """Read the URL of a proxy. What is wrong with one is told without it, because it may hold a password."""
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.path.strip("/") or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError("write the address of a proxy, such as http://proxy.example.com:3128")
    return text


def one_of(*choices: str) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text not in choices:
            raise argparse.ArgumentTypeError(f"`{text}` is none of {', '.join(choices)}")
        return text

    return read


def port(text: str) -> int:
    """Read a port; 0 is any free one."""
    if not text.isascii() or not text.isdigit() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"`{text}` is no port: write a number from 0 to {_HIGHEST_PORT}")
    return int(text)


def workers(text: str) -> int:
    """Read a number of processes."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of processes: write one from 1 to {_MOST_WORKERS}")
    return int(text)


def amount(text: str) -> float:
    """Read seconds or mebibytes: a plain decimal number above 0."""
    if not _AMOUNT.fullmatch(text) or not 0 < float(text) <= _LARGEST_AMOUNT:
        raise argparse.ArgumentTypeError(f"`{text}` is no amount: write a number above 0, at most {_LARGEST_AMOUNT}")
    return float(text)


def _naming(twin: str, given: str, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same reader, which names the twin where its value can't be read. Kubernetes gives every container the address
    of a service called `naftiko` as NAFTIKO_PORT, so nobody in sight may have set it.
    """

    def read_naming(text: str) -> Any:
        try:
            return read(text)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentTypeError(f"{error} ({twin} says so)" if text == given else str(error)) from None

    return read_naming


def _twin(flag: str) -> str:
    return "NAFTIKO_" + flag.removeprefix("--").replace("-", "_").upper()
