"""Where on a listener is its control adapter? At its own paths where no spec claims them, and below `/control` always.

A path that a spec's route would answer is the spec's: whoever shares a port between the two finds the control adapter
below `/control`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.access.guard import make_guard
from naftiko_runtime.control.endpoints import PREFIX, switches_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.control.application import ControlApplication
    from naftiko_runtime.control.operator import Operator
    from naftiko_runtime.engine.upstream.port import Upstream
    from naftiko_runtime.plan.model.face import ControlFace

_PLACEHOLDER = "{id}"


class Controls:
    """The control adapters of one listener, which are one. `is_free` says whether no spec claims a path.

    `path` is where all of it is found, empty for the listener's root; `addresses` are the paths it is announced at.
    Without an `operator` nothing is answered: such a listener is only described.
    """

    def __init__(
        self,
        faces: Sequence[ControlFace],
        operator: Operator | None,
        upstream: Upstream,
        is_free: Callable[[str], bool],
    ) -> None:
        self._operator = operator
        self._application: ControlApplication | None = None
        own = switches_of(faces).paths
        if operator is not None:
            # Brings Starlette's routing, which nobody without a control adapter should wait for.
            from naftiko_runtime.control.application import ControlApplication  # noqa: PLC0415

            guards = (make_guard(face, upstream) for face in faces)
            self._application = ControlApplication(faces, operator, [item for item in guards if item is not None])
        bare = [path for path in own if is_free(path.replace(_PLACEHOLDER, "any"))]
        self.path = "" if len(bare) == len(own) else PREFIX
        self.addresses = tuple(self.path + path for path in own)
        found = {path: path for path in bare}
        found |= {PREFIX + path: path for path in own if is_free(PREFIX + path.replace(_PLACEHOLDER, "any"))}
        self._literal = {path: own for path, own in found.items() if _PLACEHOLDER not in path}
        self._open = {path.removesuffix(_PLACEHOLDER): own for path, own in found.items() if _PLACEHOLDER in path}

    def has(self, path: str) -> bool:
        """Whether a decoded path is one of these."""
        return self._own_path(path) is not None

    def end_streams(self) -> None:
        """End what callers follow."""
        if self._operator is not None:
            self._operator.end_streams()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a path that is one of these."""
        path = self._own_path(scope["path"])
        if self._application is not None and path is not None:
            await self._application({**scope, "path": path, "root_path": ""}, receive, send)

    def _own_path(self, path: str) -> str | None:
        found = self._literal.get(path)
        if found is not None:
            return found
        for start, own in self._open.items():
            last = path.removeprefix(start)
            if path.startswith(start) and last and "/" not in last:
                return own.replace(_PLACEHOLDER, last)
        return None
