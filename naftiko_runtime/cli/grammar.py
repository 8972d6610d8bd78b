"""What does a command line say? Read by the flags and arguments of its verb; a slip is told with what was meant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from naftiko_runtime.cli.options import Flags
from naftiko_runtime.cli.terminal import USAGE
from naftiko_runtime.cli.verbs import VERBS
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.version import __version__


class Parser(argparse.ArgumentParser):
    """Tells what is wrong in a line or two; argparse would print every flag before it."""

    def error(self, message: str) -> NoReturn:
        """Tell it, and exit 2."""
        self.exit(USAGE, f"{self.prog}: {message}\n`{self.prog} --help` shows what may be written\n")


# The positional of each verb that takes any number of words.
_OPEN = {"run": "paths", "validate": "paths", "call": "arguments"}

_WITHOUT_VERB = ("-h", "--help", "--version")


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Read a command line; `environment` holds the twins of flags. Exits 2 for a bad one, raises UsageError for a twin.

    argparse takes all words of an open positional from one place, so words that come after a flag are added here.
    """
    verb = next(iter(arguments), "")
    parser, verbs = _parsers({verb: environment})
    if not verb:
        parser.print_help(sys.stderr)
        parser.exit(USAGE)
    if verb not in (*verbs, *_WITHOUT_VERB):
        near = nearest(verb, _WITHOUT_VERB if verb.startswith("-") else verbs)
        parser.error(f"`{verb}` is no command" + _meant(near))
    options, rest = parser.parse_known_args(list(arguments))
    refused = [word for word in rest if word.startswith("-")] if verb in _OPEN else rest
    if refused:
        verbs[verb].error(_unrecognized(refused, verbs[verb]))
    if rest:
        name = _OPEN[verb]
        words = map(Path, rest) if name == "paths" else rest
        setattr(options, name, [*getattr(options, name), *words])
    return options


def verb_parsers() -> Mapping[str, Parser]:
    """The parser of each verb, without twins."""
    return _parsers({})[1]


def _parsers(environments: Mapping[str, Mapping[str, str]]) -> tuple[Parser, Mapping[str, Parser]]:
    """The parser of the whole command, and those of its verbs; `environments` are the twins for each. Raises UsageError
    for a bad twin.
    """
    parser = Parser(
        prog="naftiko",
        description="Serve Naftiko capability files: one YAML file becomes a REST and an MCP server.",
        epilog="start here:\n  naftiko run --demo\n  naftiko run specs/weather.yaml\n  naftiko validate specs/",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"naftiko {__version__}")
    adding = parser.add_subparsers(title="commands", metavar="COMMAND", dest="verb")
    verbs: dict[str, Parser] = {}
    for name, verb in VERBS.items():
        verbs[name] = own = adding.add_parser(
            name,
            help=verb.summary,
            description=verb.summary,
            epilog="examples:\n" + "\n".join(f"  {example}" for example in verb.examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        verb.add(own, Flags(own, environments.get(name, {})))
        own.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    return parser, verbs


def _unrecognized(words: Sequence[str], parser: argparse.ArgumentParser) -> str:
    # argparse has no public name for the flags of a parser.
    near = nearest(words[0].partition("=")[0], parser._option_string_actions)
    return f"unrecognized arguments: {' '.join(words)}" + _meant(near)


def _meant(near: str | None) -> str:
    return f"; did you mean `{near}`?" if near else ""
