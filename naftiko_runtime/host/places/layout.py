"""Which adapter listens where?

Adapters say their address and port in the text; whoever runs them may say otherwise. Adapters that end at the same
address share one listener (C15). This is decided before any socket is touched, and where two claims can't both be
granted the later file is refused whole, with both owners named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.host.files.capability import Capability
from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.places.undeclared import FLAG
from naftiko_runtime.plan.model.face import ControlFace, Face, McpFace, Plan, RestFace, SkillFace


@dataclass(frozen=True, slots=True)
class Overrides:
    """What whoever runs the adapters says about their addresses. `listen` is by namespace and beats the others.

    With `pipe`, the MCP adapter of that namespace is served on standard input and output, and nothing else is; where it
    is empty, the only one of the file.
    `control` is a control adapter that no file declares.
    """

    host: str | None = None
    port: int | None = None
    listen: Mapping[str, Endpoint] = field(default_factory=dict)
    pipe: str | None = None
    control: ControlFace | None = None


class Adapter(NamedTuple):
    """One face with the file it comes from."""

    face: Face
    plan: Plan

    @property
    def kind(self) -> str:
        """What kind of adapter it is."""
        return self.face.kind

    def __str__(self) -> str:
        return f"`{self.face.namespace}` ({self.kind}, {self.plan.file})"


Key = tuple[Endpoint, str]
"""What a listener is known by: its address, and for "any free port" also whose, because such a claim is one's own."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One address with the adapters that share it, in the order of the files."""

    key: Key
    adapters: tuple[Adapter, ...]

    @property
    def endpoint(self) -> Endpoint:
        """The address that was asked for."""
        return self.key[0]

    @property
    def rest(self) -> tuple[RestFace, ...]:
        """Its REST adapters."""
        return tuple(item.face for item in self.adapters if isinstance(item.face, RestFace))

    @property
    def mcp(self) -> tuple[McpFace, ...]:
        """Its MCP adapters."""
        return tuple(item.face for item in self.adapters if isinstance(item.face, McpFace))

    @property
    def skills(self) -> tuple[SkillFace, ...]:
        """Its skill adapters."""
        return tuple(item.face for item in self.adapters if isinstance(item.face, SkillFace))

    @property
    def is_control(self) -> bool:
        """Whether it only tells how the process is."""
        return all(isinstance(item.face, ControlFace) for item in self.adapters)

    @property
    def controls(self) -> tuple[ControlFace, ...]:
        """Its control adapters, which are one to callers."""
        return tuple(item.face for item in self.adapters if isinstance(item.face, ControlFace))


class Layout(NamedTuple):
    """Who listens where. `plans` are those that are served; what was refused is told in `diagnostics`."""

    listeners: tuple[Listener, ...]
    stdio: McpFace | None
    plans: tuple[Plan, ...]
    diagnostics: tuple[Diagnostic, ...]


class _Claims:
    """What was granted so far. Kept by port and by name, because a folder may hold thousands of adapters."""

    def __init__(self) -> None:
        self.by_key: dict[Key, list[Adapter]] = {}
        self._by_port: dict[int, dict[Key, Adapter]] = {}
        self._by_name: dict[tuple[Key, str, str], Adapter] = {}

    def clash(self, capability: Capability, key: Key, adapter: Adapter) -> Diagnostic | None:
        """Why a claim can't be granted beside those before it."""
        for (endpoint, _), other in self._by_port.get(key[0].port, {}).items():
            if key[0].overlaps(endpoint):
                return _two_addresses(capability, (key[0], adapter), (endpoint, other))
        if isinstance(adapter.face, ControlFace):
            return None  # all of them together are the control of one process
        holder = self._by_name.get((key, adapter.kind, adapter.face.namespace))
        return None if holder is None else _one_namespace(capability, adapter, holder)

    def grant(self, key: Key, adapter: Adapter) -> None:
        """Give an adapter its place."""
        self.by_key.setdefault(key, []).append(adapter)
        self._by_port.setdefault(key[0].port, {}).setdefault(key, adapter)
        self._by_name.setdefault((key, adapter.kind, adapter.face.namespace), adapter)


def lay_out(capabilities: Sequence[Capability], overrides: Overrides) -> Layout:
    """Give every adapter of the capabilities its listener."""
    claims = _Claims()
    if overrides.control is not None:
        claims.grant(*_undeclared(overrides.control))
    stdio: Adapter | None = None
    plans: list[Plan] = []
    diagnostics: list[Diagnostic] = []
    for capability in capabilities:
        if capability.plan is None:
            continue
        wanted, problems = _claims_of(capability, capability.plan, overrides)
        problems += _clashes(capability, wanted, claims)
        piped = [item for item in adapters_of(capability.plan) if _is_piped(item, overrides.pipe)]
        if overrides.pipe is not None and not piped:
            problems.append(_no_adapter(capability, "the capability has no such MCP adapter"))
        if piped and (stdio is not None or len(piped) > 1):
            problems.append(_two_on_stdio(capability, piped[-1], stdio or piped[0]))
        diagnostics += problems
        if not problems:
            plans.append(capability.plan)
            stdio = piped[0] if piped else stdio
            for key, adapter in wanted:
                claims.grant(key, adapter)
    listeners = tuple(Listener(key, tuple(adapters)) for key, adapters in claims.by_key.items())
    face = stdio.face if stdio is not None and isinstance(stdio.face, McpFace) else None
    return Layout(listeners, face, tuple(plans), (*diagnostics, *_exposed(listeners)))


def unknown_namespaces(
    names: Iterable[str], known: Iterable[Sequence[str] | None], flag: str
) -> tuple[Diagnostic, ...]:
    """A diagnostic for each name given to `flag` that no file has. `known` are the namespaces of each file; where one
    is too broken to know them (None), nothing is said.
    """
    of_files = list(known)
    choices = sorted({name for names in of_files for name in names or ()})
    diagnostics = []
    for name in names if None not in of_files else ():
        if name not in choices:
            near = nearest(name, choices)
            hint = f"did you mean `{near}`? " if near else ""
            help_text = f"{hint}namespaces here: {', '.join(choices) or 'none'}"
            message = f"{flag} names `{name}`, which no file here has"
            diagnostics.append(Diagnostic("NK7005", Severity.ERROR, message, "", help=help_text))
    return tuple(diagnostics)


def _undeclared(face: ControlFace) -> tuple[Key, Adapter]:
    port = 0 if face.port is None else face.port
    return (Endpoint(face.address, port), FLAG if port == 0 else ""), Adapter(
        face, Plan("", FLAG, "", (), (), controls=(face,))
    )


def _claims_of(
    capability: Capability, plan: Plan, overrides: Overrides
) -> tuple[list[tuple[Key, Adapter]], list[Diagnostic]]:
    claims: list[tuple[Key, Adapter]] = []
    problems: list[Diagnostic] = []
    if overrides.pipe is not None:
        return claims, problems
    adapters = adapters_of(plan)
    if not adapters:
        problems.append(_no_adapter(capability, "the capability exposes nothing that can be served"))
    for adapter in adapters:
        if _is_piped(adapter, None):
            continue
        endpoint = _endpoint(adapter, overrides)
        if endpoint is None and _is_left_out(adapter.face):
            continue
        if endpoint is None:
            message = f"the {adapter.kind} adapter `{adapter.face.namespace}` has no port"
            help_text = f"write `port:` there, or run with `--listen {adapter.face.namespace}=127.0.0.1:PORT`"
            problems.append(_at_port("NK7008", message, capability, adapter, help_text))
            continue
        is_own = endpoint.port == 0 and adapter.face.namespace in overrides.listen
        claims.append(((endpoint, adapter.face.namespace if is_own else ""), adapter))
    return claims, problems


def _no_adapter(capability: Capability, message: str) -> Diagnostic:
    return Diagnostic("NK7004", Severity.ERROR, message, capability.file, help="add an adapter under `exposes`")


def _endpoint(adapter: Adapter, overrides: Overrides) -> Endpoint | None:
    listen = overrides.listen.get(adapter.face.namespace)
    host, port = listen or (overrides.host or adapter.face.address, overrides.port)
    port = adapter.face.port if port is None else port
    # One spelling, so that adapters of one address share its listener.
    return None if port is None else Endpoint("127.0.0.1" if host == "localhost" else host.strip("[]"), port)


def _clashes(capability: Capability, wanted: Sequence[tuple[Key, Adapter]], granted: _Claims) -> list[Diagnostic]:
    """Why claims of one file can't be granted beside those of the files before it, and beside each other."""
    own = _Claims()
    problems: list[Diagnostic] = []
    for key, adapter in wanted:
        clash = granted.clash(capability, key, adapter) or own.clash(capability, key, adapter)
        if clash is not None:
            problems.append(clash)
        own.grant(key, adapter)
    return problems


def _two_addresses(
    capability: Capability, claim: tuple[Endpoint, Adapter], earlier: tuple[Endpoint, Adapter]
) -> Diagnostic:
    message = f"{claim[1]} wants {claim[0]}, and {earlier[1]} has {earlier[0]}: only one of the two can have the port"
    help_text = "give both the same address (`--host ADDRESS`), or one of them another port"
    return _at_port("NK7003", message, capability, claim[1], help_text)


def _one_namespace(capability: Capability, adapter: Adapter, other: Adapter) -> Diagnostic:
    message = f"{adapter} shares its address with {other}, and both have one name"
    return _at_port("NK7007", message, capability, adapter, "give one of them another `namespace` or another port")


def _two_on_stdio(capability: Capability, adapter: Adapter, other: Adapter) -> Diagnostic:
    message = f"{adapter} wants standard input and output, which {other} has"
    help_text = "run them apart: `naftiko mcp PATH --adapter NAMESPACE` serves one of them"
    return _at_port("NK7003", message, capability, adapter, help_text, key="transport")


def _exposed(listeners: Sequence[Listener]) -> list[Diagnostic]:
    """Advice for every listener that others can reach: who is asked for nothing there, and what others can overhear."""
    advice: list[Diagnostic] = []
    for listener in listeners:
        if listener.endpoint.is_loopback:
            continue
        reached = f"{listener.endpoint} can be reached from other machines"
        adapters = listener.adapters
        if unguarded := [item for item in adapters if item.face.access is None]:
            message = f"{reached}, and asks nobody who they are: {', '.join(map(str, unguarded))}"
            help_text = "listen on 127.0.0.1 (`--host 127.0.0.1`), or add `authentication` to the adapter"
            advice.append(_advised("NK9003", message, unguarded[0], help_text))
        if guarded := [item for item in adapters if item.face.access is not None]:
            message = f"{reached} without TLS, so what callers prove who they are by can be overheard on its way: "
            help_text = "listen on 127.0.0.1 (`--host 127.0.0.1`), behind something that speaks https"
            advice.append(_advised("NK9006", message + ", ".join(map(str, guarded)), guarded[0], help_text))
    return advice


def _advised(code: str, message: str, adapter: Adapter, help_text: str) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, message, adapter.plan.file, help=help_text)


def _at_port(
    code: str, message: str, capability: Capability, adapter: Adapter, help_text: str, *, key: str = "port"
) -> Diagnostic:
    file, span, pointer = capability.adapter_place(adapter.face.namespace, adapter.kind, key)
    return Diagnostic(code, Severity.ERROR, message, file, span, pointer, help_text)


def adapters_of(plan: Plan) -> list[Adapter]:
    """All adapters of a plan."""
    return [Adapter(face, plan) for face in plan.faces]


def _is_left_out(face: Face) -> bool:
    """Whether nothing of an adapter is served, because of an error that was told already."""
    if isinstance(face, SkillFace | ControlFace):
        return False
    return bool(face.left_out) and (not face.routes if isinstance(face, RestFace) else face.offers_nothing)


def _is_piped(adapter: Adapter, pipe: str | None) -> bool:
    """Whether an adapter is for standard input and output: it says so, or whoever runs it does by `pipe`."""
    if not isinstance(adapter.face, McpFace):
        return False
    return adapter.face.transport == "stdio" if pipe is None else pipe in ("", adapter.face.namespace)
