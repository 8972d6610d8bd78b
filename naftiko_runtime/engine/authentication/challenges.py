"""What does an upstream ask for? Its `WWW-Authenticate` headers, taken apart (RFC 9110 §11.6.1).

Challenges and their parameters are both separated by commas, so only what follows a word tells which of them it is.
What comes after a stretch that is neither is not read: a challenge is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_END = r"[ \t]*(?=,|\Z)"
_GAP = re.compile(r"[ \t,]*")
_PARAMETER = re.compile(rf'({_WORD})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_WORD})){_END}')
_SCHEME = re.compile(rf"({_WORD})(?:[ \t]+[A-Za-z0-9._~+/-]+=*{_END}|{_END}|[ \t]+(?={_WORD}[ \t]*=))")
_ESCAPED = re.compile(r"\\(.)")


class Challenge(NamedTuple):
    """One challenge. The scheme and the names of parameters are in lower case; a repeated parameter counts once."""

    scheme: str
    parameters: dict[str, str]


def read_challenges(headers: Iterable[tuple[str, str]]) -> list[Challenge]:
    """The challenges of an answer, in its order. Header names are lower case."""
    return [challenge for name, value in headers if name == "www-authenticate" for challenge in _challenges_of(value)]


def read_parameters(text: str) -> dict[str, str]:
    """The parameters of a header that has no scheme, such as `Authentication-Info` (RFC 7615)."""
    [challenge] = _challenges_of(f"x {text}") or [Challenge("x", {})]
    return challenge.parameters


def _challenges_of(text: str) -> list[Challenge]:
    found: list[Challenge] = []
    position = 0
    while (position := _end_of_gap(text, position)) < len(text):
        parameter = _PARAMETER.match(text, position) if found else None
        if parameter is not None:
            name, quoted, plain = parameter.groups()
            value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
            found[-1].parameters.setdefault(name.lower(), value)
            position = parameter.end()
            continue
        scheme = _SCHEME.match(text, position)
        if scheme is None:
            break
        found.append(Challenge(scheme[1].lower(), {}))
        position = scheme.end()
    return found


def _end_of_gap(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return position if gap is None else gap.end()
