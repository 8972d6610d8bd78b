"""What an adapter asks of its callers, as values (language §5.5).

A policy holds what a guard needs to compare, and nothing a reader could use: secrets are kept as digests of fixed
length, which also lets them be compared in constant time, whatever was sent. A secret that is not known (a variable
without a value) is kept as no digest at all, which equals nothing. `kind` is the word of the language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BearerAccess:
    """Whoever knows the token (RFC 6750 §2.1). `token` is its SHA-256."""

    kind: ClassVar[str] = "bearer"
    token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """One key a caller must send: as the header `name`, in lower case, or in the query. `value` is its SHA-256."""

    name: str
    in_query: bool
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """Whoever sends every one of the keys."""

    kind: ClassVar[str] = "apikey"
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class BasicAccess:
    """One user (RFC 7617). `pair` is the SHA-256 of `user:password` in UTF-8."""

    kind: ClassVar[str] = "basic"
    pair: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DigestAccess:
    """One user (RFC 7616). `secret` is the hexadecimal SHA-256 of `user:realm:password`; `seed` is what nonces are
    sealed with, the same in every process that serves the adapter, and unknown to everybody else.
    """

    kind: ClassVar[str] = "digest"
    username: str
    realm: str
    secret: str = field(repr=False)
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """What this runtime is to an authorization server that it asks about tokens (RFC 7662 §2.1)."""

    identifier: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuthAccess:
    """Whoever has an access token of an authorization server for this resource, with all of the scopes.

    `issuer` and `resource` are absolute URLs. `client` is set where the server is asked about each token, which is
    otherwise verified with its keys.
    """

    kind: ClassVar[str] = "oauth2"
    issuer: str
    resource: str
    audience: str
    scopes: tuple[str, ...]
    client: Client | None


Access = BearerAccess | KeyAccess | BasicAccess | DigestAccess | OAuthAccess
"""Who may call an adapter."""
