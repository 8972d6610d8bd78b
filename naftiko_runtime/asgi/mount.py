"""At which path is this application mounted in another one?

Capabilities are served as if there were no mount; whoever writes an address that a client should open has to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

_MOUNT = "naftiko_runtime.mount"


def unmounted(scope: Scope, path: str, raw_path: bytes, mount: str) -> Scope:
    """The scope as an application that is mounted nowhere would see it; `mounted_at` still tells."""
    return {**scope, "path": path, "raw_path": raw_path, "root_path": "", _MOUNT: mount}


def mounted_at(scope: Scope) -> str:
    """The path of the mount as clients see it, without a slash at its end; empty where there is none."""
    mount: str = scope.get(_MOUNT, "")
    return mount
