"""What can be said on the command line: every verb with its arguments, flags and examples.

The whole grammar is here, and nothing of what the verbs do, so that `--version` and `--help` answer at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from naftiko_runtime.cli.options import Flags, add_loading_flags, add_log_flags, one_of, port, workers
from naftiko_runtime.version import __version__

# argparse has no public name for what `add_subparsers` returns.
Verbs = argparse._SubParsersAction


# The positional of each verb that takes any number of words.
_OPEN = {"run": "paths", "validate": "paths", "call": "arguments"}


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Read a command line; `environment` holds the twins of flags. Exits 2 for a bad one, raises UsageError for a twin.

    argparse takes all words of an open positional from one place, so words that come after a flag are added here.
    """
    parser = parser_for(environment)
    options, rest = parser.parse_known_args(list(arguments))
    refused = [word for word in rest if word.startswith("-")] if options.verb in _OPEN else rest
    if refused:
        parser.error(f"unrecognized arguments: {' '.join(refused)}")
    if rest:
        name = _OPEN[options.verb]
        words = map(Path, rest) if name == "paths" else rest
        setattr(options, name, [*getattr(options, name), *words])
    return options


def parser_for(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    """The parser of the whole command; `environment` holds the twins of flags. Raises UsageError for a bad twin."""
    parser = argparse.ArgumentParser(
        prog="naftiko",
        description="Serve Naftiko capability files: one YAML file becomes a REST and an MCP server.",
        epilog="start here:\n  naftiko run --demo\n  naftiko run specs/weather.yaml\n  naftiko validate specs/",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"naftiko {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, dest="verb")
    for add in (
        _add_run,
        _add_validate,
        _add_mcp,
        _add_call,
        _add_explain,
        _add_migrate,
        _add_health,
        _add_status,
        _add_metrics,
        _add_traces,
        _add_scripting,
    ):
        verb = add(verbs, environment)
        verb.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    return parser


def _verb(
    verbs: Verbs[argparse.ArgumentParser], name: str, summary: str, examples: Sequence[str]
) -> argparse.ArgumentParser:
    """The parser of a verb, whose help ends in examples to copy."""
    return verbs.add_parser(
        name,
        help=summary,
        description=summary,
        epilog="examples:\n" + "\n".join(f"  {example}" for example in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


_NO_WATCH = "do not follow changes of the files; SIGHUP still has them looked at"
_RUN_EXAMPLES = (
    "naftiko run --demo                                   an example that needs no network",
    "naftiko run weather.yaml --port 8080                 REST and MCP on one port",
    "naftiko run specs/ --upstream weather=http://127.0.0.1:9000 --env-file staging.env",
    "naftiko run specs/ --port 8080 --workers 4           a folder, live, in four processes",
)


def _add_run(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "run", "Serve capability files as REST and MCP servers.", _RUN_EXAMPLES)
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        type=Path,
        help="a capability file, or a folder of them; without one `./specs`, else the only *.naftiko.yaml here",
    )
    parser.add_argument("--demo", action="store_true", help="serve the example that comes with this program")
    flags = Flags(parser, environment)
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
    return parser


_VALIDATE_EXAMPLES = (
    "naftiko validate weather.yaml",
    "naftiko validate specs/ --strict",
    "naftiko validate specs/ --rules                      advice on what is right, too",
    "naftiko validate specs/ --format sarif > naftiko.sarif",
)


def _add_validate(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "validate", "Say everything that is wrong with capability files.", _VALIDATE_EXAMPLES)
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="a capability file, or a folder of them")
    flags = Flags(parser, environment)
    flags.switch("--strict", "refuse everything that the official schema of a file's version refuses")
    flags.switch("--rules", "give advice too: the rule set of the language, NK0001 and on")
    flags.value(
        "--format",
        "FORMAT",
        "text, json, sarif or github",
        read=one_of("text", "json", "sarif", "github"),
        default="text",
    )
    return parser


_MCP_EXAMPLES = (
    "naftiko mcp weather.yaml",
    "naftiko mcp weather.yaml --adapter weather-mcp --env-file staging.env",
    'in a client: {"command": "naftiko", "args": ["mcp", "/absolute/path/weather.yaml"]}',
)


def _add_mcp(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "mcp", "Serve the MCP adapter of a capability over standard input and output.", _MCP_EXAMPLES)
    parser.add_argument("path", metavar="PATH", type=Path, help="a capability file")
    flags = Flags(parser, environment)
    flags.value("--adapter", "NAMESPACE", "which MCP adapter, where the file has several")
    flags.switch("--no-watch", _NO_WATCH)
    add_loading_flags(flags)
    add_log_flags(flags)
    return parser


_CALL_EXAMPLES = (
    "naftiko call weather.yaml forecast city=Oslo days=3",
    'naftiko call weather.yaml weather-mcp.forecast --json \'{"city": "Oslo"}\'',
    "naftiko call weather.yaml forecast city=Oslo --dry-run      print the upstream request as curl",
)


def _add_call(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "call", "Call one tool or operation of a capability, without a server.", _CALL_EXAMPLES)
    parser.add_argument("path", metavar="PATH", type=Path, help="a capability file, or a folder of them")
    parser.add_argument("name", metavar="NAME", help="a tool, a REST operation, or NAMESPACE.NAME")
    parser.add_argument(
        "arguments",
        metavar="KEY=VALUE",
        nargs="*",
        help="an argument; the value is read as JSON where the input is not declared a string",
    )
    parser.add_argument("--json", metavar="OBJECT", help="all arguments as one JSON object; KEY=VALUE adds to it")
    parser.add_argument(
        "--dry-run", action="store_true", help="send nothing; print the upstream request as curl, secrets as ***"
    )
    add_loading_flags(Flags(parser, environment))
    return parser


_EXPLAIN_EXAMPLES = (
    "naftiko explain weather.yaml                  everything it exposes",
    "naftiko explain weather.yaml forecast         one tool or operation",
    "naftiko explain NK3001                        the page of a code",
)


def _add_explain(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(
        verbs, "explain", "Show how each function of a capability resolves, or what a code means.", _EXPLAIN_EXAMPLES
    )
    parser.add_argument(
        "subject", metavar="PATH|CODE", help="a capability file, a folder of them, or a code such as NK3001"
    )
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="a tool, a REST operation, a namespace, or NAMESPACE.NAME"
    )
    flags = Flags(parser, environment)
    flags.pairs("--upstream", "NAMESPACE=URL", "replace the baseUri of a consumes namespace; may be repeated")
    return parser


_MIGRATE_EXAMPLES = (
    "naftiko migrate weather.yaml --diff                       what would change",
    "naftiko migrate weather.yaml --write                      in place, to 1.0.0-alpha2",
    "naftiko migrate weather.yaml --to ikanos-1.0.0-beta5 --output weather.ikanos.yaml",
)


def _add_migrate(verbs: Verbs[argparse.ArgumentParser], _: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "migrate", "Rewrite a capability file in another version of the language.", _MIGRATE_EXAMPLES)
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
    return parser


_HEALTH_EXAMPLES = (
    "naftiko health --url http://127.0.0.1:9100",
    "NAFTIKO_CONTROL=9100 naftiko health             the same, as a container's health check",
)


def _add_health(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "health", "Ask a running process whether requests are welcome.", _HEALTH_EXAMPLES)
    _add_asking(parser, environment, json=True)
    return parser


_STATUS_EXAMPLES = ("naftiko status --url http://127.0.0.1:9100", "naftiko status --url http://127.0.0.1:9100 --json")


def _add_status(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "status", "Ask a running process what it serves and how its files stand.", _STATUS_EXAMPLES)
    _add_asking(parser, environment, json=True)
    return parser


_METRICS_EXAMPLES = (
    "naftiko metrics --url http://127.0.0.1:9100",
    "naftiko metrics --url http://127.0.0.1:9100 --filter errors_total",
)


def _add_metrics(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "metrics", "Print the numbers of a running process for Prometheus.", _METRICS_EXAMPLES)
    parser.add_argument("--filter", metavar="REGEX", default="", help="print the lines in which this is found")
    _add_asking(parser, environment, json=False)
    return parser


_TRACES_EXAMPLES = (
    "naftiko traces --url http://127.0.0.1:9100 --status error",
    "naftiko traces --url http://127.0.0.1:9100 4bf92f3577b34da6a3ce929d0e0e4736",
)


def _add_traces(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "traces", "Show the last requests of a running process.", _TRACES_EXAMPLES)
    parser.add_argument("id", metavar="ID", nargs="?", help="a trace id; without one the last traces are listed")
    parser.add_argument("--operation", metavar="TEXT", help="those whose operation holds this text")
    parser.add_argument("--status", metavar="STATUS", type=one_of("ok", "error"), help="ok or error")
    _add_asking(parser, environment, json=True)
    return parser


_SCRIPTING_EXAMPLES = (
    "naftiko scripting --url http://127.0.0.1:9100               the settings, and how often scripts ran",
    "naftiko scripting --url http://127.0.0.1:9100 --disable     no script runs from now on",
)


def _add_scripting(verbs: Verbs[argparse.ArgumentParser], environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _verb(verbs, "scripting", "Show or change how a running process runs scripts.", _SCRIPTING_EXAMPLES)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--enable", dest="enabled", action="store_true", default=None, help="turn scripts on again")
    group.add_argument("--disable", dest="enabled", action="store_false", default=None, help="turn scripts off")
    parser.add_argument("--timeout", metavar="MS", type=int, help="how many milliseconds one run may take")
    parser.add_argument("--statement-limit", metavar="N", type=int, help="how many statements one run may take")
    _add_asking(parser, environment, json=True)
    return parser


def _add_asking(parser: argparse.ArgumentParser, environment: Mapping[str, str], *, json: bool) -> None:
    """The flags of every verb that asks a control adapter."""
    flags = Flags(parser, environment)
    flags.value("--url", "URL", "the control adapter; without it that of this machine at the port in NAFTIKO_CONTROL")
    flags.value("--token", "TOKEN", "the bearer token it asks for, better given by the variable")
    if json:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
