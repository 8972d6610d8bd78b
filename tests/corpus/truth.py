"""Which consumed operation does each exposed operation and tool of a public file truly mean?

The engine's own answer can't be its own proof, so this reads the raw YAML and knows nothing of the engine. A call that
one operation answers to means that one. Where several have the name, position tells: all such public files were made by
generators whose adapters list exactly the consumed operations, in order (676 calls). Where neither holds there is no
truth, and `why` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

Map = dict[str, Any]

_BOOLEAN = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_PLACEHOLDER = re.compile(r"\{\{?[^{}]*\}?\}")


class _CoreLoader(yaml.CSafeLoader):
    """YAML 1.2 as far as public files need it: `on` and dates are texts."""


_CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, list("tTfF"))


@dataclass(frozen=True)
class Consumed:
    """One consumed operation; `path` is its own where it has one, else its resource's."""

    namespace: str
    resource: str
    name: str
    method: str
    path: str
    inputs: tuple[Map, ...]
    body: Any
    authentication: Map | None


@dataclass(frozen=True)
class Exposed:
    """One exposed operation (`method` and `path` filled) or tool. `target` is what its call means, if `why` is empty.

    `supplied` is its `with`; `declared` are the names of its own inputs.
    """

    name: str
    call: str
    supplied: Map
    declared: tuple[str, ...] = ()
    method: str = ""
    path: str = ""
    target: Consumed | None = None
    why: str = ""

    @property
    def words(self) -> str:
        """How a report names it."""
        return f"{self.method} {self.path}" if self.method else f"tool {self.name}"


@dataclass(frozen=True)
class Adapter:
    """One REST or MCP adapter with all it exposes, in order; `authentication` is what it asks of its callers."""

    kind: str
    namespace: str
    authentication: Map | None
    exposed: tuple[Exposed, ...]


@dataclass(frozen=True)
class Truth:
    """What a file says. `variables` maps each name a template may use to the value this test gives it; `keys` holds the
    same values by the name of their source, for the process (location None) and for each location.
    """

    adapters: tuple[Adapter, ...] = ()
    namespaces: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str | None, Mapping[str, str]] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Adapter, ...]:
        """The adapters of one kind, `rest` or `mcp`."""
        return tuple(adapter for adapter in self.adapters if adapter.kind == kind)


def read_truth(path: Path) -> Truth:
    """Read the file at `path`; an empty truth where it is no capability."""
    root = _load(path)
    found = root.get("capability")
    capability: Map = found if isinstance(found, dict) else {}
    consumed: dict[str, tuple[Consumed, ...]] = {}
    for entry in _entries(capability.get("consumes"), "namespace"):
        for namespace, block in _blocks(entry, path.parent):
            consumed.setdefault(namespace, tuple(_operations(block, namespace)))
    adapters = tuple(
        _adapter(entry, consumed) for entry in _entries(capability.get("exposes"), "namespace") if _is_face(entry)
    )
    variables, keys = _variables(
        [bind for owner in (root, capability) for bind in _entries(owner.get("binds"), "namespace")]
    )
    return Truth(adapters, tuple(consumed), variables, keys)


def route_key(method: str, path: str) -> tuple[str, str]:
    """What makes two operations one route: the method and the path, whatever its placeholders are called."""
    return method, _PLACEHOLDER.sub("{}", path.partition("?")[0])


def _load(path: Path) -> Map:
    try:
        content = yaml.load(path.read_bytes(), _CoreLoader)  # a safe loader
    except (yaml.YAMLError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _entries(value: Any, key: str = "name") -> list[Map]:
    """The objects of a list, or those of a map with their key as `key`: later generations write maps."""
    if isinstance(value, dict):
        return [{key: name, **child} for name, child in value.items() if isinstance(child, dict)]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _blocks(entry: Map, folder: Path) -> Iterator[tuple[str, Map]]:
    """A consumes entry by the namespace it has here; of an import, the block it names in the other file."""
    if "import" not in entry:
        yield entry.get("namespace", ""), entry
        return
    place = entry.get("location", entry.get("from"))
    source = folder / str(place or entry["import"])
    content = _load(source) if source.is_file() else {}
    for block in _entries(content.get("consumes"), "namespace"):
        if block.get("namespace") == entry["import"] or place is None:
            yield entry.get("as", block.get("namespace")), block
            return


def _operations(block: Map, namespace: str) -> Iterator[Consumed]:
    authentication = block.get("authentication")
    for resource in _entries(block.get("resources")):
        for operation in _entries(resource.get("operations")):
            levels = [_entries(owner.get("inputParameters")) for owner in (block, resource, operation)]
            yield Consumed(
                namespace,
                str(resource.get("name", "")),
                str(operation.get("name", "")),
                str(operation.get("method", "GET")).upper(),
                str(operation.get("path", resource.get("path", ""))),
                tuple(item for level in levels for item in level),
                operation.get("body"),
                authentication,
            )


def _is_face(entry: Map) -> bool:
    return entry.get("type") in ("rest", "mcp")


def _adapter(entry: Map, consumed: Mapping[str, tuple[Consumed, ...]]) -> Adapter:
    if entry["type"] == "rest":
        written = [
            _exposed(operation, str(operation.get("method", "GET")).upper(), str(resource.get("path", "")))
            for resource in _entries(entry.get("resources"))
            for operation in _entries(resource.get("operations"))
        ]
    else:
        written = [_exposed(tool) for tool in _entries(entry.get("tools"))]
    exposed = tuple(_resolved(item, index, written, consumed) for index, item in enumerate(written))
    return Adapter(entry["type"], str(entry.get("namespace", "")), entry.get("authentication"), exposed)


def _exposed(item: Map, method: str = "", path: str = "") -> Exposed:
    declared = tuple(str(one.get("name")) for one in _entries(item.get("inputParameters")))
    return Exposed(str(item.get("name", "")), str(item.get("call", "")), item.get("with") or {}, declared, method, path)


def _resolved(
    item: Exposed, index: int, adapter: Sequence[Exposed], consumed: Mapping[str, tuple[Consumed, ...]]
) -> Exposed:
    if not item.call:
        return replace(item, why="calls nothing")
    namespace = _namespace(item.call, consumed)
    if namespace is None:
        return replace(item, why=f"`{item.call}` names no consumed namespace")
    operations = consumed[namespace]
    name = item.call[len(namespace) + 1 :]
    found = [one for one in operations if name in (one.name, f"{one.resource}.{one.name}")]
    if not found:
        return replace(item, why=f"`{item.call}` names no operation")
    if len(found) > 1:
        calls = [other.call for other in adapter]
        if calls != [f"{one.namespace}.{one.name}" for one in operations]:
            return replace(item, why=f"`{item.call}` could mean {len(found)} operations")
        found = [operations[index]]
    return replace(item, target=found[0])


def _namespace(call: str, consumed: Mapping[str, object]) -> str | None:
    fitting = [namespace for namespace in consumed if call.startswith(f"{namespace}.")]
    return max(fitting, key=len, default=None)


def _variables(binds: Sequence[Map]) -> tuple[dict[str, str], dict[str | None, dict[str, str]]]:
    variables: dict[str, str] = {}
    keys: dict[str | None, dict[str, str]] = {}
    for bind in binds:
        for variable, source in (bind.get("keys") or {}).items():
            value = keys.setdefault(bind.get("location"), {}).setdefault(str(source), f"value-of-{source}")
            variables.setdefault(variable, value)
            variables.setdefault(f"{bind.get('namespace')}.{variable}", value)
    return variables, keys
