"""How long may a client keep what it was told, and may it share it? (2026-07-28 §Caching)"""

from __future__ import annotations

from typing import Literal, NamedTuple, cast

from naftiko_runtime.plan.model.face import McpFace

LIST_TTL_MILLISECONDS = 5_000
"""How long a client may keep a list, where its file says nothing else. Short, because the file may change."""

Scope = Literal["public", "private"]


class Freshness(NamedTuple):
    """`ttl` is in milliseconds; a `public` answer is the same for everybody."""

    ttl: int
    scope: Scope


LISTS = Freshness(LIST_TTL_MILLISECONDS, "public")
"""The usual freshness of lists."""

CONTENTS = Freshness(0, "private")
"""That of what resources hold: upstreams decide it, and they may answer everybody otherwise."""


def freshness(face: McpFace) -> tuple[Freshness, Freshness]:
    """The freshness of lists, and that of contents, as the file says. Where callers are asked who they are, nothing is
    for everybody.
    """
    lists = LISTS if face.access is None else LISTS._replace(scope="private")
    return _said(face, lists), _said(face, CONTENTS)


def _said(face: McpFace, usual: Freshness) -> Freshness:
    caching = face.caching
    if caching is None:
        return usual
    ttl = usual.ttl if caching.ttl is None else caching.ttl
    return Freshness(ttl, cast("Scope", caching.scope) if caching.scope is not None else usual.scope)
