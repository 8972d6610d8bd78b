"""What does an endpoint serve at this moment?

A face with everything that is derived from it, as one value: after a reload an endpoint is given another one, in one
assignment, and a request that began keeps the one it has.
"""

from __future__ import annotations

from dataclasses import dataclass

from naftiko_runtime.asgi.access.guard import Guard
from naftiko_runtime.mcp.fast import FastPath
from naftiko_runtime.mcp.freshness import freshness
from naftiko_runtime.mcp.listing import Listing
from naftiko_runtime.plan.model.face import McpFace


@dataclass(frozen=True, slots=True)
class Serving:
    """A face, ready to serve. `fast` is absent where all is left to the SDK, `guard` where everybody may call."""

    face: McpFace
    listing: Listing
    fast: FastPath | None
    guard: Guard | None


def make_serving(face: McpFace, guard: Guard | None, *, version: str, fast: bool) -> Serving:
    """Make ready to serve a face over HTTP. Pure, so that it may be done in a thread."""
    listing = Listing(face)
    lists, _ = freshness(face)
    return Serving(face, listing, FastPath(listing, face.namespace, version, lists) if fast else None, guard)
