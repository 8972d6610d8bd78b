"""Where on a listener are the skills? Below `/{namespace}/skills` always, and at `/skills` for the only adapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from naftiko_runtime.asgi.access.guard import make_guard

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from naftiko_runtime.engine.record import Observer
    from naftiko_runtime.engine.upstream.port import Upstream
    from naftiko_runtime.plan.model.face import SkillFace
    from naftiko_runtime.skill.application import SkillApplication

_BARE = "/skills"


class Skills:
    """The skill adapters of one listener. `paths` says where each is announced; `has_bare`, whether `/skills` is free.

    Applications of adapters that did not change are taken over from `previous`.
    """

    def __init__(
        self,
        faces: Sequence[SkillFace],
        observe: Observer,
        upstream: Upstream,
        previous: Skills | None = None,
        *,
        has_bare: bool,
    ) -> None:
        # Brings Starlette's routing, which nobody without a skill should wait for.
        from naftiko_runtime.skill.application import SkillApplication  # noqa: PLC0415

        known = previous._made if previous is not None else {}
        # By identity, and kept with the face: an equal adapter is rare and costly to tell.
        self._made: dict[int, tuple[SkillFace, SkillApplication]] = {
            id(face): known.get(id(face)) or (face, SkillApplication(face, observe, make_guard(face, upstream)))
            for face in faces
        }
        self._applications = {face.namespace: application for face, application in self._made.values()}
        self._sole = next(iter(self._applications.values())) if has_bare and len(faces) == 1 else None
        self.paths = {
            name: _BARE if self._sole is not None else quote(f"/{name}{_BARE}") for name in self._applications
        }

    def has(self, path: str) -> bool:
        """Whether a decoded path is one of these."""
        return self._find(path) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a path that is one of these."""
        found = self._find(scope["path"])
        if found is not None:
            application, prefix = found
            await application({**scope, "path": scope["path"].removeprefix(prefix), "root_path": ""}, receive, send)

    def _find(self, path: str) -> tuple[SkillApplication, str] | None:
        if self._sole is not None and _is_below(path):
            return self._sole, ""
        first, _, rest = path.removeprefix("/").partition("/")
        application = self._applications.get(first)
        return (application, f"/{first}") if application is not None and _is_below(f"/{rest}") else None


def _is_below(path: str) -> bool:
    return path == _BARE or path.startswith(f"{_BARE}/")
