"""Where do the values of a capability's variables come from?

The plan is compiled from values somebody else has read (C10); this module is that somebody. It reads the file of
`--env-file`, a `.env` beside the spec and the `file://` locations of binds, and nothing that no bind asks for. What
can't be read becomes a text that says why and never quotes what the file holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import orjson

from naftiko_runtime.diagnostics import CODES, Diagnostic, Severity
from naftiko_runtime.host.dotenv import parse_dotenv
from naftiko_runtime.plan.variables import Environment
from naftiko_runtime.spec.model import Bind
from naftiko_runtime.spec.parse import parse
from naftiko_runtime.spec.source import read_source

_SCHEME = "file://"
_RELATIVE = ("./", "../")


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
    locations = {bind.location for bind in binds if bind.location is not None}
    files = {location: read_location(location, folder) for location in locations if location.startswith(_SCHEME)}
    dotenv: dict[str, str] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
    if _needs_neighbour(binds, partial) and (folder / ".env").is_file():
        dotenv, diagnostics = _read_neighbour(folder / ".env")
    return Environment(process=process, env_file=env_file, dotenv=dotenv, files=files), diagnostics


def environment_files(spec_path: Path, binds: Sequence[Bind], *, partial: bool = False) -> tuple[Path, ...]:
    """The files that `read_environment` looks for, whether they are there or not."""
    folder = spec_path.parent
    locations = {bind.location for bind in binds if bind.location is not None}
    found = [locate(location, folder) for location in sorted(locations) if location.startswith(_SCHEME)]
    neighbour = [folder / ".env"] if _needs_neighbour(binds, partial) else []
    return (*neighbour, *(path for path in found if isinstance(path, Path)))


def _needs_neighbour(binds: Sequence[Bind], partial: bool) -> bool:
    return partial or any(bind.location is None for bind in binds)


def read_location(location: str, folder: Path) -> Mapping[str, object] | str:
    """The mapping behind a `file://` location of a spec in `folder`, or why there is none."""
    path = locate(location, folder)
    if isinstance(path, str):
        return path
    text = read_source(path, str(path))
    if isinstance(text, Diagnostic):
        return text.message
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        return _read_yaml(text)
    if suffix == ".json" or text.lstrip().startswith("{"):
        return _read_json(text)
    values, problems = parse_dotenv(text)
    return "; ".join(problems) if problems else values


def locate(location: str, folder: Path) -> Path | str:
    """The path a `file://` location means, or why it means none. `file://./x` and `file:///./x` start at `folder`."""
    rest = unquote(location.removeprefix(_SCHEME)).removeprefix("localhost")
    if "\0" in rest:
        return "the location holds a NUL character"
    if rest.startswith(_RELATIVE):
        return folder / rest
    if rest.removeprefix("/").startswith(_RELATIVE):
        return folder / rest[1:]
    if rest.startswith("/"):
        return Path(rest)
    return f"write `{_SCHEME}/an/absolute/path`, or `{_SCHEME}./a/path` beside the spec"


def _read_neighbour(path: Path) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """The `.env` beside a spec. It may be meant for other tools as well, so what can't be read in it only warns."""
    values, problems = read_env_file(path)
    return values, tuple(
        Diagnostic("NK6003", Severity.WARNING, item.message, item.file, item.span, help=item.help) for item in problems
    )


def _read_yaml(text: str) -> Mapping[str, object] | str:
    document, diagnostics = parse(text, "")
    if document is None:
        # The message of a YAML problem may quote a value; its kind and its line can't.
        return "; ".join(
            f"{CODES[item.code].title} (line {item.span.line if item.span else 1})" for item in diagnostics
        )
    content: Mapping[str, object] = document.value
    return content


def _read_json(text: str) -> Mapping[str, object] | str:
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"no JSON: line {error.lineno}, column {error.colno}"
    return content if isinstance(content, dict) else "no JSON object at its root"
