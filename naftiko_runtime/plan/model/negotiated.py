"""Which credentials can't be made at load, because somebody has to be heard first?

Digest answers an upstream's challenge, OAuth2 sends the token that a token endpoint gave. The plan holds what is known
of them beforehand. They compare by value: what the engine learns, it keeps under them, and so keeps it over a reload
that leaves them as they are. No secret is in their `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from naftiko_runtime.plan.text.addresses import split_address


@dataclass(frozen=True, slots=True)
class Digest:
    """A user and a password for challenges of RFC 7616."""

    username: str
    password: str = field(repr=False)

    @property
    def words(self) -> str:
        """What is sent, without its value."""
        return "authorization: Digest … (the answer to the upstream's challenge)"


@dataclass(frozen=True, slots=True)
class OAuth2:
    """A client of an authorization server (RFC 6749). What is not given is empty.

    With a `refresh_token` its grant is used, else client_credentials. Without a `token_endpoint` the metadata of
    `issuer` says where it is. `method` is a value of `token_endpoint_auth_method` (RFC 7591 §2). `scope` is
    space-separated.
    """

    issuer: str
    token_endpoint: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    method: str = ""
    scope: str = ""
    resource: str = ""
    audience: str = ""

    @property
    def words(self) -> str:
        """What is sent, without its value."""
        host, _ = split_address(self.token_endpoint or self.issuer)
        return f"authorization: Bearer … (a token of {host})"


Negotiated = Digest | OAuth2
"""A credential that is not known before the upstream, or an authorization server, has answered."""
