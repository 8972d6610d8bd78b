"""A file → a capability that can be served, or everything that is wrong with it.

Reading, the values of variables and compiling belong together for everybody who loads a file: the server, `call`,
`explain`, `validate`. They differ in one point alone: whether there is an environment to fill the variables from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic, Span, in_file_order
from naftiko_runtime.host.environment import read_environment
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model import Plan
from naftiko_runtime.plan.variables import Environment
from naftiko_runtime.spec.document import Pointer, to_json_pointer
from naftiko_runtime.spec.load import Reading, read_spec


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides how a file is compiled, apart from its text. `upstreams` maps namespaces of `consumes` to the base
    address that replaces theirs; `strict` makes an error of all that the official schema refuses.
    """

    process: Mapping[str, str] = field(default_factory=dict)
    env_file: Mapping[str, str] = field(default_factory=dict)
    upstreams: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Capability:
    """One file, loaded. `plan` is absent where the file has errors; `diagnostics` holds all there is to say of it."""

    reading: Reading
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def file(self) -> str:
        """The name of the file, as diagnostics use it."""
        return self.reading.file

    @property
    def consumed_namespaces(self) -> tuple[str, ...] | None:
        """The namespaces of its `consumes`; None where the text is too broken to know."""
        spec = self.reading.spec
        return None if spec is None else tuple(item.namespace for item in spec.consumes)

    @property
    def exposed_namespaces(self) -> tuple[str, ...] | None:
        """The namespaces of its adapters; None where the text is too broken to know."""
        spec = self.reading.spec
        if spec is None:
            return None
        return (*(item.namespace for item in spec.rest), *(item.namespace for item in spec.mcp))

    def adapter_place(self, namespace: str, kind: str, key: str) -> tuple[Span | None, str]:
        """Where the text gives `key` of an adapter (or the adapter, where it has no such key), and its JSON Pointer."""
        document, spec = self.reading.document, self.reading.spec
        if document is None or spec is None:
            return None, ""
        places = [(item.namespace, item.at) for item in spec.rest] if kind == "rest" else []
        places += [(item.namespace, item.at) for item in spec.mcp] if kind == "mcp" else []
        adapters: dict[str, Pointer] = dict(places)
        pointer: Pointer = (*adapters.get(namespace, ()), key)
        return document.key_span(pointer), to_json_pointer(pointer)


def load_capability(path: Path, settings: Settings) -> Capability:
    """Load the file at `path` to be served: its variables must have values. Never raises for a bad file."""
    reading = read_spec(path, strict=settings.strict)
    if reading.spec is None:
        return Capability(reading, None, reading.diagnostics)
    environment, problems = read_environment(path, reading.spec.binds, settings.process, settings.env_file)
    return _compile(reading, environment, settings.upstreams, problems)


def inspect_capability(path: Path, *, strict: bool = False, upstreams: Mapping[str, str] | None = None) -> Capability:
    """Load the file at `path` to be looked at: no variable is read, every value of one is masked (C2, C5)."""
    return _compile(read_spec(path, strict=strict), None, upstreams or {}, ())


def _compile(
    reading: Reading, environment: Environment | None, upstreams: Mapping[str, str], problems: tuple[Diagnostic, ...]
) -> Capability:
    spec = reading.spec
    known = {item.namespace for item in spec.consumes} if spec is not None else set()
    own = {name: url for name, url in upstreams.items() if name in known}
    compilation = compile_plan(reading, environment, upstreams=own)
    return Capability(reading, compilation.plan, in_file_order([*problems, *compilation.diagnostics]))
