"""`file://`: a file of YAML, JSON or dotenv, or a folder in which each key is a file."""

from __future__ import annotations

import json
from os.path import isdir
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

from naftiko_runtime.diagnostics import CODES, Diagnostic
from naftiko_runtime.host.files.dotenv import parse_dotenv
from naftiko_runtime.host.files.providers.folders import key_paths, read_folder
from naftiko_runtime.host.files.providers.provider import Asked, Content, Provider
from naftiko_runtime.spec.text.document import Document, Pointer
from naftiko_runtime.spec.text.parse import parse
from naftiko_runtime.spec.text.scalars import resolve_plain
from naftiko_runtime.spec.text.source import read_source

_SCHEME = "file://"
_RELATIVE = ("./", "../")


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


def _read(asked: Asked) -> Content:
    path = locate(asked.location, asked.folder)
    if isinstance(path, str):
        return path
    return read_folder(path, asked.keys) if isdir(path) else _read_file(path)


def _paths(asked: Asked) -> tuple[Path, ...]:
    path = locate(asked.location, asked.folder)
    if isinstance(path, str):
        return ()
    return key_paths(path, asked.keys) if isdir(path) else (path,)


def _read_file(path: Path) -> Content:
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


def _read_yaml(text: str) -> Content:
    document, diagnostics = parse(text, "")
    if document is None:
        # The message of a YAML problem may quote a value; its kind and its line can't.
        return "; ".join(
            f"{CODES[item.code].title} (line {item.span.line if item.span else 1})" for item in diagnostics
        )
    return {key: _as_written(document, value, (key,)) for key, value in document.value.items()}


def _as_written(document: Document, value: object, at: Pointer) -> object:
    """A value with its numbers as they are written: `1.10` is not `1.1`, nor `007` `7`, where a secret is meant."""
    if isinstance(value, dict):
        return {key: _as_written(document, item, (*at, key)) for key, item in value.items()}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    written = document.spelled(at)
    # What an alias repeats, or a tag stands before, is spelled in another way there.
    return written if resolve_plain(written) == value else value


def _read_json(text: str) -> Content:
    try:
        content = json.loads(text, parse_int=str, parse_float=str, parse_constant=_refused)
    except json.JSONDecodeError as error:
        return f"no JSON: line {error.lineno}, column {error.colno}"
    except ValueError as error:
        return f"no JSON: {error}"
    except RecursionError:
        return "JSON that nests too deep"
    return content if isinstance(content, dict) else "no JSON object at its root"


def _refused(name: str) -> NoReturn:
    raise ValueError(f"it has no {name}")


FILES = Provider(_read, _paths)
"""The provider of `file://`."""
