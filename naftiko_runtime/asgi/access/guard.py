"""Who stands in front of an adapter? One guard, made from its policy when the adapter is made ready.

Every face asks it before it reads a body, looks at arguments or says what there is. An adapter without a policy has no
guard, so it pays nothing for those that have one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from naftiko_runtime.asgi.access.digest import DigestGuard
from naftiko_runtime.asgi.access.metadata import paths_of
from naftiko_runtime.asgi.access.static import BasicGuard, BearerGuard, KeyGuard
from naftiko_runtime.plan.model.face import Face
from naftiko_runtime.plan.model.policy import BasicAccess, BearerAccess, DigestAccess, KeyAccess

if TYPE_CHECKING:
    from starlette.types import Scope

    from naftiko_runtime.engine.upstream.port import Upstream


class Guard(Protocol):
    """Decides about one request by its ASGI scope alone."""

    async def check(self, scope: Scope) -> None:
        """Return for who may call. Raises `DeniedError`."""
        ...


def make_guard(face: Face, upstream: Upstream) -> Guard | None:
    """The guard of an adapter; None where everybody may call.

    Its namespace is what callers are told they authenticate for; `upstream` is how an authorization server is asked.
    """
    access, realm = face.access, face.namespace
    if access is None:
        return None
    if isinstance(access, BearerAccess):
        return BearerGuard(access, realm)
    if isinstance(access, KeyAccess):
        return KeyGuard(access, realm)
    if isinstance(access, BasicAccess):
        return BasicGuard(access, realm)
    if isinstance(access, DigestAccess):
        return DigestGuard(access)
    from naftiko_runtime.asgi.access.oauth import OAuthGuard  # noqa: PLC0415 - imports cryptography, which is slow

    return OAuthGuard(access, realm, upstream, paths_of(face))
