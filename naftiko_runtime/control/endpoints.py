"""Which endpoints does a control adapter have, and whom do they answer?

The text switches groups of them on and off (language §13); several adapters at one address are one, with what any of
them switches on. What only tells that a process lives, and its numbers, may be asked from elsewhere, because load
balancers and collectors live there; everything else is for this machine, until the adapter asks callers who they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from naftiko_runtime.plan.model.face import ControlFace
from naftiko_runtime.spec.model.control import Scripting

PREFIX = "/control"
"""Where all endpoints are, beside their own paths; what is left when a spec claims those."""

PUBLIC = frozenset({"/health/live", "/health/ready", "/metrics"})
"""What is answered to other machines too, where nobody asks callers who they are."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What the control adapters of one address switch on. `subscribers` is how many may follow the log,
    `scripting` what each of them settles for scripts.
    """

    paths: tuple[str, ...]
    level_control: bool
    subscribers: int
    scripting: tuple[Scripting, ...]


def switches_of(faces: Iterable[ControlFace]) -> Switches:
    """The endpoints of control adapters that share an address. Paths with a placeholder end in `{id}`."""
    paths: dict[str, None] = {}
    level_control = False
    subscribers = 0
    scripting: list[Scripting] = []
    for face in faces:
        management, observability = face.management, face.observability
        logs = management.logs
        groups = (
            (management.health, ("/health/live", "/health/ready")),
            (management.info, ("/status", "/config")),
            (management.reload, ("/config/reload",)),
            (management.validate, ("/config/validate",)),
            (observability.enabled and observability.metrics, ("/metrics",)),
            (observability.enabled and observability.traces, ("/traces", "/traces/{id}")),
            (logs is not None, ("/logs",)),
            (logs is not None and logs.stream, ("/logs/stream",)),
            (management.scripting is not None, ("/scripting",)),
        )
        paths |= dict.fromkeys(path for is_on, group in groups if is_on for path in group)
        if logs is not None:
            level_control = level_control or logs.level_control
            subscribers = max(subscribers, logs.max_subscribers)
        if management.scripting is not None:
            scripting.append(management.scripting)
    return Switches(tuple(paths), level_control, subscribers, tuple(scripting))
