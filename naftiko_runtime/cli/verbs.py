"""What can be said on the command line: every verb with its arguments, flags and examples.

Nothing of what the verbs do is here, so that `--version` and `--help` answer at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.cli.options import Flags, add_loading_flags, add_log_flags, one_of, port, workers


class Verb(NamedTuple):
    """A verb: what it is for, examples to copy, and what `add`s its arguments and flags."""

    summary: str
    examples: Sequence[str]
    add: Callable[[argparse.ArgumentParser, Flags], None]


_NO_WATCH = "do not follow changes of the files; SIGHUP still has them looked at"


def _add_run(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        type=Path,
        help="a capability file, or a folder of them; without one `./specs`, else the only *.naftiko.yaml here",
    )
    parser.add_argument("--demo", action="store_true", help="serve the example that comes with this program")
    flags.value("--host", "ADDRESS", "listen on this address instead of the declared ones")
    flags.value("--port", "PORT", "serve everything on this port; 0 takes any free one", read=port)
    flags.pairs("--listen", "NAMESPACE=HOST:PORT", "where one adapter listens; may be repeated, port 0 is any free one")
    flags.pairs(
        "--allow-host", "NAME", "a name that callers may put into Host, besides this machine's; may be repeated"
    )
    flags.value("--control", "PORT", "a control adapter on this port, for this machine alone", read=port)
    flags.switch("--no-watch", _NO_WATCH)
    flags.value("--workers", "N", "how many processes share the listeners", read=workers, default="1")
    add_loading_flags(flags)
    add_log_flags(flags)


def _add_validate(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="a capability file, or a folder of them")
    flags.switch("--strict", "refuse everything that the official schema of a file's version refuses")
    flags.switch("--rules", "give advice too: the rule set of the language, NK0001 and on")
    flags.value(
        "--format",
        "FORMAT",
        "text, json, sarif or github",
        read=one_of("text", "json", "sarif", "github"),
        default="text",
    )


def _add_mcp(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="a capability file")
    flags.value("--adapter", "NAMESPACE", "which MCP adapter, where the file has several")
    flags.switch("--no-watch", _NO_WATCH)
    add_loading_flags(flags)
    add_log_flags(flags)


def _add_call(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="a capability file, or a folder of them")
    parser.add_argument("name", metavar="NAME", help="a tool, a REST operation, or NAMESPACE.NAME")
    parser.add_argument(
        "arguments",
        metavar="KEY=VALUE",
        nargs="*",
        default=[],  # without one, argparse tells that it is required
        help="an argument; the value is read as JSON where the input is not declared a string",
    )
    parser.add_argument("--json", metavar="OBJECT", help="all arguments as one JSON object; KEY=VALUE adds to it")
    parser.add_argument(
        "--dry-run", action="store_true", help="send nothing; print the upstream request as curl, secrets as ***"
    )
    add_loading_flags(flags)


def _add_explain(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument(
        "subject", metavar="PATH|CODE", help="a capability file, a folder of them, or a code such as NK3001"
    )
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="a tool, a REST operation, a namespace, or NAMESPACE.NAME"
    )
    flags.pairs("--upstream", "NAMESPACE=URL", "replace the baseUri of a consumes namespace; may be repeated")


def _add_migrate(parser: argparse.ArgumentParser, _flags: Flags) -> None:
    parser.add_argument("path", metavar="FILE", type=Path, help="a capability file, or material for others to import")
    parser.add_argument(
        "--to",
        metavar="VERSION",
        type=one_of("1.0.0-alpha2", "naftiko-1.0.0-alpha2", "ikanos-1.0.0-beta5"),
        default="1.0.0-alpha2",
        help="1.0.0-alpha2 (the default) or ikanos-1.0.0-beta5",
    )
    parser.add_argument("--diff", action="store_true", help="print what would change, and write nothing")
    parser.add_argument("--write", action="store_true", help="change the file in place")
    parser.add_argument("--output", metavar="FILE", help="write to this file instead of standard output")


def _add_asking(parser: argparse.ArgumentParser, flags: Flags) -> None:
    """What every verb takes that asks a control adapter."""
    flags.value("--url", "URL", "the control adapter; without it that of this machine at the port in NAFTIKO_CONTROL")
    flags.value("--token", "TOKEN", "the bearer token it asks for, better given by the variable")


def _add_asking_for_json(parser: argparse.ArgumentParser, flags: Flags) -> None:
    _add_asking(parser, flags)
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def _add_metrics(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument("--filter", metavar="REGEX", default="", help="print the lines in which this is found")
    _add_asking(parser, flags)


def _add_traces(parser: argparse.ArgumentParser, flags: Flags) -> None:
    parser.add_argument("id", metavar="ID", nargs="?", help="a trace id; without one the last traces are listed")
    parser.add_argument("--operation", metavar="TEXT", help="those whose operation holds this text")
    parser.add_argument("--status", metavar="STATUS", type=one_of("ok", "error"), help="ok or error")
    _add_asking_for_json(parser, flags)


def _add_scripting(parser: argparse.ArgumentParser, flags: Flags) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--enable", dest="enabled", action="store_true", default=None, help="turn scripts on again")
    group.add_argument("--disable", dest="enabled", action="store_false", default=None, help="turn scripts off")
    parser.add_argument("--timeout", metavar="MS", type=int, help="how many milliseconds one run may take")
    parser.add_argument("--statement-limit", metavar="N", type=int, help="how many statements one run may take")
    _add_asking_for_json(parser, flags)


VERBS = {
    "run": Verb(
        "Serve capability files as REST and MCP servers.",
        (
            "naftiko run --demo                                   an example that needs no network",
            "naftiko run weather.yaml --port 8080                 REST and MCP on one port",
            "naftiko run specs/ --upstream weather=http://127.0.0.1:9000 --env-file staging.env",
            "naftiko run specs/ --port 8080 --workers 4           a folder, live, in four processes",
        ),
        _add_run,
    ),
    "validate": Verb(
        "Say everything that is wrong with capability files.",
        (
            "naftiko validate weather.yaml",
            "naftiko validate specs/ --strict",
            "naftiko validate specs/ --rules                      advice on what is right, too",
            "naftiko validate specs/ --format sarif > naftiko.sarif",
        ),
        _add_validate,
    ),
    "mcp": Verb(
        "Serve the MCP adapter of a capability over standard input and output.",
        (
            "naftiko mcp weather.yaml",
            "naftiko mcp weather.yaml --adapter weather-mcp --env-file staging.env",
            'in a client: {"command": "naftiko", "args": ["mcp", "/absolute/path/weather.yaml"]}',
        ),
        _add_mcp,
    ),
    "call": Verb(
        "Call one tool or operation of a capability, without a server.",
        (
            "naftiko call weather.yaml forecast city=Oslo days=3",
            'naftiko call weather.yaml weather-mcp.forecast --json \'{"city": "Oslo"}\'',
            "naftiko call weather.yaml forecast city=Oslo --dry-run      print the upstream request as curl",
        ),
        _add_call,
    ),
    "explain": Verb(
        "Show how each function of a capability resolves, or what a code means.",
        (
            "naftiko explain weather.yaml                  everything it exposes",
            "naftiko explain weather.yaml forecast         one tool or operation",
            "naftiko explain NK3001                        the page of a code",
        ),
        _add_explain,
    ),
    "migrate": Verb(
        "Rewrite a capability file in another version of the language.",
        (
            "naftiko migrate weather.yaml --diff                       what would change",
            "naftiko migrate weather.yaml --write                      in place, to 1.0.0-alpha2",
            "naftiko migrate weather.yaml --to ikanos-1.0.0-beta5 --output weather.ikanos.yaml",
        ),
        _add_migrate,
    ),
    "health": Verb(
        "Ask a running process whether requests are welcome.",
        (
            "naftiko health --url http://127.0.0.1:9100",
            "NAFTIKO_CONTROL=9100 naftiko health             the same, as a container's health check",
        ),
        _add_asking_for_json,
    ),
    "status": Verb(
        "Ask a running process what it serves and how its files stand.",
        ("naftiko status --url http://127.0.0.1:9100", "naftiko status --url http://127.0.0.1:9100 --json"),
        _add_asking_for_json,
    ),
    "metrics": Verb(
        "Print the numbers of a running process for Prometheus.",
        (
            "naftiko metrics --url http://127.0.0.1:9100",
            "naftiko metrics --url http://127.0.0.1:9100 --filter errors_total",
        ),
        _add_metrics,
    ),
    "traces": Verb(
        "Show the last requests of a running process.",
        (
            "naftiko traces --url http://127.0.0.1:9100 --status error",
            "naftiko traces --url http://127.0.0.1:9100 4bf92f3577b34da6a3ce929d0e0e4736",
        ),
        _add_traces,
    ),
    "scripting": Verb(
        "Show or change how a running process runs scripts.",
        (
            "naftiko scripting --url http://127.0.0.1:9100               the settings, and how often scripts ran",
            "naftiko scripting --url http://127.0.0.1:9100 --disable     no script runs from now on",
        ),
        _add_scripting,
    ),
}
