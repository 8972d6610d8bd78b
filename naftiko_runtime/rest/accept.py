"""May the answer be JSON, as far as the caller's `Accept` says? (RFC 9110 §12.5.1)

Only an operation whose result is shaped is asked: a body that passes as it is has the upstream's type, which is known
when it is there and not before.
"""

from __future__ import annotations

_RANGES = ("application/json", "application/*", "*/*")


def admits_json(accept: bytes) -> bool:
    """Whether an `Accept` value admits `application/json`: the most specific range that names it has a q above 0.

    An empty value admits anything.
    """
    if accept in (b"*/*", b"application/json"):
        return True
    weights: dict[str, float] = {}
    for part in accept.decode("latin-1").lower().split(","):
        media_range, *parameters = part.split(";")
        if media_range.strip():
            weights.setdefault(media_range.strip(), _weight(parameters))
    if not weights:
        return True
    return next((weights[media_range] > 0 for media_range in _RANGES if media_range in weights), False)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
