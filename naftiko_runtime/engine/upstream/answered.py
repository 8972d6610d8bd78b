"""Is the head of an answer one that may be read on? What no HTTP server may send is never passed to a caller."""

from __future__ import annotations

_FIRST, _LAST = 200, 599


def head_problem(status: int, *, is_measured_twice: bool) -> str:
    """What is wrong with the head of a final answer, as words that follow `the answer of HOST`; empty if nothing is.
    `is_measured_twice` says that it has a length beside a transfer coding.
    """
    if is_measured_twice:
        # RFC 9112 §6.3: it may be an attempt at smuggling.
        return "has both a length and a transfer encoding"
    if not _FIRST <= status <= _LAST:
        # RFC 9110 §15, §15.2.2: we never ask for another protocol, so 101 must not reach whoever stands before us.
        return f"has the status {status}, which ends no exchange of HTTP"
    return ""
