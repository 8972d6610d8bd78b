"""Where do the values of a capability's variables come from?

The plan is compiled from values somebody else has read (C10); this module is that somebody. It reads the file of
`--env-file`, a `.env` beside the spec, and what the providers of the binds' locations hold: nothing that no bind asks
for. What can't be read becomes a text that says why and never quotes what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import orjson

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.host.files.dotenv import parse_dotenv
from naftiko_runtime.host.files.providers import PROVIDERS, Asked, Provider
from naftiko_runtime.plan.scope.variables import Environment, scheme_of
from naftiko_runtime.spec.model.capability import Bind
from naftiko_runtime.spec.text.source import read_source

_Located = Sequence[tuple[Asked, Provider]]


def read_env_file(path: Path) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """The variables of a dotenv file; every line that can't be read is an error, because somebody named this file."""
    file = str(path)
    text = read_source(path, file)
    if isinstance(text, Diagnostic):
        return {}, (text,)
    values, problems = parse_dotenv(text)
    help_text = "write `NAME=value`, with quotes around a value that has spaces or `#`"
    return values, tuple(Diagnostic("NK6003", Severity.ERROR, item, file, help=help_text) for item in problems)


def read_environment(
    spec_path: Path,
    binds: Sequence[Bind],
    process: Mapping[str, str],
    env_file: Mapping[str, str],
    *,
    partial: bool = False,
) -> tuple[Environment, tuple[Diagnostic, ...]]:
    """Everything the binds of the file at `spec_path` can be filled from; with `partial`, and what no bind declares."""
    folder = spec_path.parent
    located = _located(binds, folder, process, env_file)
    contents = {asked.location: provider.read(asked) for asked, provider in located}
    dotenv: dict[str, str] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
    if _needs_neighbour(binds, partial) and (folder / ".env").is_file():
        dotenv, diagnostics = _read_neighbour(folder / ".env")
    return Environment(process=process, env_file=env_file, dotenv=dotenv, located=contents), diagnostics


def environment_files(
    spec_path: Path, binds: Sequence[Bind], environment: Environment | None = None, *, partial: bool = False
) -> tuple[Path, ...]:
    """The files that `read_environment` looks for, whether they are there or not."""
    folder = spec_path.parent
    neighbour = (folder / ".env",) if _needs_neighbour(binds, partial) else ()
    known = environment or Environment()
    located = _located(binds, folder, known.process, known.env_file)
    paths = (provider.paths(asked) for asked, provider in located if provider.paths is not None)
    return (*neighbour, *(path for found in paths for path in found))


def unfollowed(environment: Environment) -> bytes:
    """A digest of the values whose changes no file tells; nothing where there are none."""
    contents = {
        location: content
        for location, content in environment.located.items()
        if PROVIDERS[scheme_of(location)].paths is None
    }
    return blake2b(orjson.dumps(contents, option=orjson.OPT_SORT_KEYS)).digest() if contents else b""


def _located(binds: Sequence[Bind], folder: Path, process: Mapping[str, str], env_file: Mapping[str, str]) -> _Located:
    """What is asked of whom, each location once. One that nobody knows is the plan's to tell."""
    keys: dict[str, dict[str, None]] = {}
    for bind in binds:
        if bind.location is not None:
            keys.setdefault(bind.location, {}).update((key, None) for _, key in bind.keys)
    settings = {**env_file, **process} if keys else {}
    return [
        (Asked(location, tuple(keys[location]), folder, settings), PROVIDERS[scheme_of(location)])
        for location in sorted(keys)
        if scheme_of(location) in PROVIDERS
    ]


def _needs_neighbour(binds: Sequence[Bind], partial: bool) -> bool:
    return partial or any(bind.location is None for bind in binds)


def _read_neighbour(path: Path) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """The `.env` beside a spec. It may be meant for other tools as well, so what can't be read in it only warns."""
    values, problems = read_env_file(path)
    return values, tuple(
        Diagnostic("NK6003", Severity.WARNING, item.message, item.file, item.span, help=item.help) for item in problems
    )
