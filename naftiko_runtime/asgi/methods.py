"""What is a request's method called where it is told: in logs, spans and labels of numbers?

A caller may send any text as a method, and a label that anybody can make up grows without bound.
"""

from __future__ import annotations

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


def told_method(method: str) -> str:
    """The method, where HTTP itself has it (RFC 9110 §9, RFC 5789), else `OTHER`."""
    return method if method in _METHODS else "OTHER"
