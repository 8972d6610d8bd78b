"""A file → a capability that can be served, or everything that is wrong with it.

Reading, the values of variables and compiling belong together for everybody who loads a file: the server, `call`,
`explain`, `validate`. They differ in one point alone: whether there is an environment to fill the variables from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Span, in_file_order
from naftiko_runtime.host.files.environment import environment_files, read_environment, unfollowed
from naftiko_runtime.lint.rules import lint
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.face import ControlFace, Plan
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.spec.load import Reading, read_spec, read_text
from naftiko_runtime.spec.model.capability import Spec
from naftiko_runtime.spec.text.document import Document, Pointer, to_json_pointer
from naftiko_runtime.spec.text.source import read_source


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides how a file is compiled, apart from its text. `upstreams` maps namespaces of `consumes` to the base
    address that replaces theirs; `strict` makes an error of all that the official schema refuses; with `partial`, what
    is right in a file with errors is served (C6b). `allow_scripts` lets steps run scripts where the file itself leaves
    it open. `seed` seals what callers are given to answer to: settings are made before a process forks, so that workers
    know what another one of them has sealed.
    """

    process: Mapping[str, str] = field(default_factory=dict)
    env_file: Mapping[str, str] = field(default_factory=dict)
    upstreams: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    partial: bool = False
    seed: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    allow_scripts: bool = False


UNNAMED = Path("<text>")
"""The file name that a text without a file goes by in diagnostics."""

Place = tuple[str, Span | None, str]
"""A file, a stretch of its text, and its JSON Pointer."""

# What hosting may have to point at in an adapter.
_POINTED_AT = ("port", "transport")


@dataclass(frozen=True, slots=True)
class Capability:
    """One file, loaded. `plan` is absent where the file has errors; `diagnostics` holds all there is to say of it.

    `text` is for whoever shows a diagnostic with its line; a good file's plan keeps nothing of it alive. The namespaces
    are None where the text is too broken to know them. `imported` are the texts of the files it imports, by name;
    `inputs` are the further files it names or reads variables of; `digest` is of the contents of all of them, where
    somebody follows their changes. `unfollowed` is a digest of the values that come from no file, empty where none do.
    """

    file: str
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    text: str
    consumed_namespaces: tuple[str, ...] | None = None
    exposed_namespaces: tuple[str, ...] | None = None
    inputs: tuple[Path, ...] = ()
    places: Mapping[tuple[str, str, str], Place] = field(default_factory=dict)
    digest: bytes = b""
    imported: Mapping[str, str] = field(default_factory=dict)
    unfollowed: bytes = b""

    @property
    def texts(self) -> dict[str, str]:
        """The text of each file its diagnostics are in, by its name."""
        return {**self.imported, self.file: self.text}

    def adapter_place(self, namespace: str, kind: str, key: str) -> Place:
        """Where the text gives `key` of an adapter (or the adapter, where it has no such key), and its JSON Pointer."""
        return self.places.get((kind, namespace, key), (self.file, None, ""))

    def kept(self, digest: bytes) -> Capability:
        """The same, to be kept for long: without its texts."""
        return replace(self, text="", imported={}, digest=digest)


def load_capability(path: Path, settings: Settings) -> Capability:
    """Load the file at `path` to be served: its variables must have values. Never raises for a bad file."""
    return load_text(read_source(path, str(path)), path, settings)


def load_text(text: str | Diagnostic, path: Path, settings: Settings) -> Capability:
    """Load what was read from `path`, or why it could not be."""
    if isinstance(text, Diagnostic):
        return Capability(text.file, None, (text,), "")
    reading = read_text(text, str(path), folder=folder_of(path), strict=settings.strict)
    environment: Environment | None = None
    problems: tuple[Diagnostic, ...] = ()
    if reading.spec is not None:
        environment, problems = read_environment(
            path, reading.spec.binds, settings.process, settings.env_file, partial=settings.partial
        )
    return _compile(
        reading,
        environment,
        settings.upstreams,
        problems,
        partial=settings.partial,
        seed=settings.seed,
        allow_scripts=settings.allow_scripts,
    )


def folder_of(path: Path) -> Path | None:
    """Where the files lie that a capability names; nowhere where it came as a text."""
    return None if path == UNNAMED else path.parent


def inspect_capability(
    path: Path,
    *,
    strict: bool = False,
    upstreams: Mapping[str, str] | None = None,
    partial: bool = False,
    rules: bool = False,
) -> Capability:
    """Load the file at `path` to be looked at: no variable is read, every value of one is masked (C2, C5). With
    `rules`, what these advise is told too.
    """
    reading = read_spec(path, strict=strict)
    advice = lint(reading.document) if rules and reading.is_judged and reading.document is not None else ()
    return _compile(reading, None, upstreams or {}, advice, partial=partial)


def _compile(
    reading: Reading,
    environment: Environment | None,
    upstreams: Mapping[str, str],
    problems: tuple[Diagnostic, ...],
    *,
    partial: bool,
    seed: bytes = b"",
    allow_scripts: bool | None = None,
) -> Capability:
    spec = reading.spec
    known = {item.namespace for item in spec.consumes} if spec is not None else set()
    own = {name: url for name, url in upstreams.items() if name in known}
    compilation = compile_plan(
        reading, environment, upstreams=own, partial=partial, seed=seed, allow_scripts=allow_scripts
    )
    diagnostics = in_file_order([*problems, *compilation.diagnostics])
    if spec is None:
        return Capability(
            reading.file, None, diagnostics, reading.text, inputs=reading.material, imported=reading.sources
        )
    return Capability(
        file=reading.file,
        plan=compilation.plan,
        diagnostics=diagnostics,
        text=reading.text,
        consumed_namespaces=tuple(item.namespace for item in spec.consumes),
        exposed_namespaces=tuple(namespace for _, namespace, _ in _adapters(spec)),
        inputs=(*environment_files(Path(reading.file), spec.binds, environment, partial=partial), *reading.material),
        places=_adapter_places(reading, spec),
        imported=reading.sources,
        unfollowed=b"" if environment is None else unfollowed(environment),
    )


def _adapter_places(reading: Reading, spec: Spec) -> dict[tuple[str, str, str], Place]:
    document = reading.document
    if document is None:
        return {}
    return {
        (kind, namespace, key): _place(document, (*at, key))
        for kind, namespace, at in _adapters(spec)
        for key in _POINTED_AT
    }


def _place(document: Document, at: Pointer) -> Place:
    home = document.home(at)
    return home.document.file, document.key_span(at), to_json_pointer(home.document.written(home.at))


def _adapters(spec: Spec) -> list[tuple[str, str, Pointer]]:
    """Kind, namespace and place of each adapter."""
    adapters = [("rest", item.namespace, item.at) for item in spec.rest]
    adapters += [("mcp", item.namespace, item.at) for item in spec.mcp]
    adapters += [("skill", item.namespace, item.at) for item in spec.skills]
    return adapters + [("control", ControlFace.namespace, item.at) for item in spec.controls[:1]]
