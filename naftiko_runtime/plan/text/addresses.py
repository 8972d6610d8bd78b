"""Can something be sent to this address, and who can read it on its way?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from naftiko_runtime.plan.text.values import dot_segment

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def address_problem(address: str) -> str:
    """Why `address` can't be a base address; empty where it can."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "it is no URL"
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        # The reason Python gives quotes the port, which may come from a variable.
        return "its port is none"
    if parts.scheme not in ("http", "https"):
        return "its scheme is not http or https"
    if not host or any(character <= " " for character in address):
        return "it has no host"
    if parts.username is not None or parts.password is not None or "\\" in address:
        return "a user or password in it is not allowed; use `authentication`"
    if parts.query or parts.fragment:
        return "it must have no query and no fragment"
    if dot_segment(parts.path):
        return f"its path has a segment `{dot_segment(parts.path)}`"
    return ""


def split_address(address: str) -> tuple[str, str]:
    """The authority and the path of an address. It need not be one: a masked variable may stand where a parser takes
    only an IP address (`http://[***]`).
    """
    authority, slash, path = address.partition("://")[2].partition("?")[0].partition("/")
    return authority, slash + path


def is_exposed(address: str) -> bool:
    """Whether what is sent to an address can be read on its way; True where that can't be told."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.lower().startswith("http:")
    return parts.scheme == "http" and parts.hostname not in _LOOPBACK


def query_values(keys: Sequence[str]) -> re.Pattern[str] | None:
    """Finds the values of these keys, as they are sent, wherever a query is quoted; None for no keys. Whatever a server
    makes of a value's encoding, it ends where a query's does.
    """
    names = "|".join(map(re.escape, keys))
    return re.compile(rf"((?:^|[?&;])(?:{names})=)[^&;#>\"'\s]*") if keys else None
