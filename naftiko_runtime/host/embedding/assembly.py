"""Which capabilities does an embedded runtime serve, as one?

Files, folders and loaded specs come together behind one address, as with `naftiko run --port`. A capability with errors
is left out and told; two of one name can't be told apart, so the later is refused; where nothing is left, that is an
error and not an empty runtime.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.errors import SpecError
from naftiko_runtime.host.files.capability import Capability, Settings, load_capability, load_text
from naftiko_runtime.host.files.discovery import discover
from naftiko_runtime.host.files.environment import read_env_file
from naftiko_runtime.host.files.loaded import LoadedSpec, is_text, load
from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.places.layout import Adapter, Listener, adapters_of, unknown_namespaces
from naftiko_runtime.plan.model.face import ControlFace, McpFace, Plan

Source: TypeAlias = str | PathLike[str] | LoadedSpec
"""A file, a folder, a capability's text, or one that `load` gave."""

# An embedded runtime never listens: this is the address of whoever embeds it.
_NOWHERE = Endpoint("127.0.0.1", 0)


@dataclass(frozen=True, slots=True)
class Assembly:
    """What is served. `listener` holds the adapters that are reached over HTTP; adapters for pipes are only called."""

    plans: tuple[Plan, ...]
    listener: Listener
    diagnostics: tuple[Diagnostic, ...]


def env_file_values(path: str | PathLike[str] | None) -> dict[str, str]:
    """The variables of a dotenv file. Raises SpecError for one that can't be read."""
    values, problems = ({}, ()) if path is None else read_env_file(Path(path))
    if problems:
        raise SpecError(problems)
    return values


def assemble(sources: Sequence[Source], settings: Settings) -> Assembly:
    """Load everything that `sources` name. Raises SpecError, with all diagnostics, where nothing can be served."""
    capabilities: list[Capability] = []
    diagnostics: list[Diagnostic] = []
    for capability, notes in _load_all(sources, settings):
        diagnostics += notes
        if capability is not None:
            capabilities.append(capability)
            diagnostics += capability.diagnostics
    consumed = [item.consumed_namespaces for item in capabilities]
    unknown = unknown_namespaces(settings.upstreams, consumed, "upstreams")
    adapters, refused = _adapters(capabilities)
    diagnostics += [*unknown, *refused]
    if not adapters and not any(item.is_error for item in diagnostics):
        help_text = "give a file, a folder, or what `load` returned"
        diagnostics.append(Diagnostic("NK7006", Severity.ERROR, "there is no capability to serve", "", help=help_text))
    if unknown or not adapters:
        raise SpecError(diagnostics)
    plans = tuple({id(item.plan): item.plan for item in adapters}.values())
    reached = tuple(item for item in adapters if not _is_for_pipes(item))
    return Assembly(plans, Listener((_NOWHERE, ""), reached), tuple(diagnostics))


def _load_all(
    sources: Iterable[Source], settings: Settings
) -> Iterator[tuple[Capability | None, tuple[Diagnostic, ...]]]:
    seen: set[Path] = set()
    for source in sources:
        if isinstance(source, LoadedSpec) or is_text(source):
            spec = source if isinstance(source, LoadedSpec) else load(source)
            yield load_text(spec.text, spec.file, replace(settings, strict=settings.strict or spec.strict)), ()
            continue
        found = discover([Path(source)])
        yield None, found.diagnostics
        for path in found.files:
            if path not in seen:
                seen.add(path)
                yield load_capability(path, settings), ()


def _adapters(capabilities: Sequence[Capability]) -> tuple[list[Adapter], list[Diagnostic]]:
    granted: dict[tuple[str, str], Adapter] = {}
    refused: list[Diagnostic] = []
    for capability in capabilities:
        plan = capability.plan
        if plan is None:
            continue
        exposed = adapters_of(plan)
        problems = [] if exposed else [_exposes_nothing(plan)]
        # A control adapter steers a process, and this one is the embedding program's.
        wanted = [item for item in exposed if not isinstance(item.face, ControlFace)]
        own: dict[tuple[str, str], Adapter] = {}
        for adapter in wanted:
            key = (adapter.kind, adapter.face.namespace)
            other = granted.get(key) or own.get(key)
            if other is not None:
                problems.append(_one_name(capability, adapter, other))
            own[key] = adapter
        refused += problems
        if not problems:
            granted |= own
    return list(granted.values()), refused


def _exposes_nothing(plan: Plan) -> Diagnostic:
    message = "the capability exposes nothing that can be served"
    return Diagnostic("NK7004", Severity.ERROR, message, plan.file, help="add an adapter under `exposes`")


def _one_name(capability: Capability, adapter: Adapter, other: Adapter) -> Diagnostic:
    file, span, pointer = capability.adapter_place(adapter.face.namespace, adapter.kind, "port")
    message = f"{adapter} and {other} have one name"
    help_text = "give one of them another `namespace`, or serve them by a runtime each"
    return Diagnostic("NK7007", Severity.ERROR, message, file, span, pointer, help_text)


def _is_for_pipes(adapter: Adapter) -> bool:
    return isinstance(adapter.face, McpFace) and adapter.face.transport == "stdio"
