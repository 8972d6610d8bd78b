"""What may a tool, and what may its arguments, be called by every model at once?

The language takes names that providers refuse: one tool name in two adapters, `list.jobs`, `$top`, `filter[x]`, 80
characters. One wrong name makes a provider refuse the whole request, so names are brought to what all of them take.
Where a name does not fit, another is derived from the text alone, so that it is the same in every process.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from naftiko_runtime.host.listener.merged import unique_name

# Anthropic and OpenAI: ^[a-zA-Z0-9_-]{1,64}$. Gemini: must begin with a letter or an underscore.
TOOL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What every provider takes as the name of a tool."""

ARGUMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
"""What every provider takes as the name of an argument; Gemini is the strictest."""

_LONGEST = 64
_DIGITS = 8


def tool_names(tools: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """A unique name for each tool, given as its namespace and its own name (C15).

    The tools of one adapter keep their names; those of several are called as the MCP endpoint of all of them calls
    them.
    """
    is_sole = len({namespace for namespace, _ in tools}) == 1
    taken: set[str] = {name for _, name in tools if TOOL_NAME.fullmatch(name)} if is_sole else set()
    names: list[str] = []
    for namespace, name in tools:
        found = name if is_sole else unique_name(namespace, name, taken)
        if not TOOL_NAME.fullmatch(found):
            found = _free(found, f"{namespace}.{name}", TOOL_NAME, taken)
        taken.add(found)
        names.append(found)
    return tuple(names)


def argument_names(names: Iterable[str]) -> dict[str, str]:
    """A name that every provider takes, for each argument's own name; those that fit are kept."""
    given = tuple(dict.fromkeys(names))
    taken = {name for name in given if ARGUMENT_NAME.fullmatch(name)}
    found: dict[str, str] = {}
    for name in given:
        found[name] = name if name in taken else _free(name, name, ARGUMENT_NAME, taken)
        taken.add(found[name])
    return found


def _free(wanted: str, identity: str, pattern: re.Pattern[str], taken: set[str]) -> str:
    """`wanted` with what does not fit replaced; where that is too long or taken, it ends in digits of `identity`."""
    name = "".join(letter if pattern.fullmatch(f"_{letter}") else "_" for letter in wanted)
    name = name if pattern.fullmatch(name[:1]) else f"_{name}"
    if len(name) <= _LONGEST and name not in taken:
        return name
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    digits = _DIGITS
    while (cut := f"{name[: _LONGEST - digits - 1]}_{digest[:digits]}") in taken:
        digits += 1
    return cut
