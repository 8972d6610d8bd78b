"""What do the methods of HTTP mean for a function?"""

from __future__ import annotations

from naftiko_runtime.plan.model.call import Place

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 §9.2.1)."""

_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


def place_of(method: str) -> Place:
    """Where a REST face reads an input of which nothing says so: by the method of its operation."""
    return Place.BODY if method in _BODY_METHODS else Place.QUERY
