"""The control adapter of `--control`, which no file declares: all of it, because whoever starts the process may do all
of it anyway.
"""

from __future__ import annotations

from naftiko_runtime.plan.model.face import ControlFace
from naftiko_runtime.spec.model.control import DEFAULT_SUBSCRIBERS, DEFAULT_TRACES, LogAccess, Management, Observability

FLAG = "--control"
"""What stands for its file in what is told of it."""


def undeclared_control(port: int) -> ControlFace:
    """It listens on this machine alone. Made once for a run: a face that is another one is served anew."""
    logs = LogAccess(level_control=True, stream=True, max_subscribers=DEFAULT_SUBSCRIBERS)
    management = Management(health=True, info=True, reload=True, validate=True, logs=logs, scripting=None)
    observability = Observability(
        enabled=True,
        metrics=True,
        traces=True,
        buffer_size=DEFAULT_TRACES,
        sampling=1.0,
        propagation="w3c",
        otlp_endpoint=None,
        at=(),
    )
    return ControlFace("127.0.0.1", port, management, observability)
