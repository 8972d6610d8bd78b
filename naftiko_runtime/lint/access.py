"""Rules about who may call, and how an upstream is reached in private."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from naftiko_runtime.lint.finding import Finding
from naftiko_runtime.lint.select import Found, adapters, entries, text


def pipes_need_no_authentication(value: Any) -> Iterator[Finding]:
    """Over standard input and output there is one caller, who started the program."""
    for at, adapter in adapters(value, "mcp"):
        if text(adapter, "transport") == "stdio" and "authentication" in adapter:
            message = "`authentication` has no effect over standard input and output"
            yield Finding((*at, "authentication"), message, "leave it out, or serve over http", key=True)


def authorization_server_is_https(value: Any) -> Iterator[Finding]:
    """OAuth 2.1 §1.5: authorization servers are reached over TLS."""
    yield from _plain(value, "authorizationServerUri", "the authorization server")


def oauth_resource_is_https(value: Any) -> Iterator[Finding]:
    """RFC 9728 §1.2: the identifier of a protected resource is an https URL."""
    yield from _plain(value, "resource", "the protected resource")


def oauth_names_its_scopes(value: Any) -> Iterator[Finding]:
    """Without scopes, every token of the authorization server opens everything."""
    for at, authentication in _oauth(value):
        if not authentication.get("scopes"):
            yield Finding(at, "any token of the authorization server will do", "name the `scopes` that a caller needs")


def tunnel_identity_is_a_variable(value: Any) -> Iterator[Finding]:
    """An identity is a secret, so it is bound and not written out."""
    for at, tunnel in entries(value, "consumes", "tunnel"):
        if text(tunnel, "identity") and "{{" not in text(tunnel, "identity"):
            help_text = 'bind a variable to it, and write `identity: "{{NAME}}"`'
            yield Finding((*at, "identity"), "the identity of a tunnel is written out in the file", help_text)


def tunnel_does_not_fall_back(value: Any) -> Iterator[Finding]:
    """What goes around the tunnel when that is down goes where it was not to go."""
    for at, tunnel in entries(value, "consumes", "tunnel"):
        if text(tunnel, "fallback") == "direct":
            message = "without the tunnel, calls go over the open network"
            yield Finding((*at, "fallback"), message, "write `fallback: fail`")


def _oauth(value: Any) -> Iterator[Found]:
    for at, authentication in entries(value, "exposes", "authentication"):
        if authentication.get("type") == "oauth2":
            yield at, authentication


def _plain(value: Any, key: str, what: str) -> Iterator[Finding]:
    for at, authentication in _oauth(value):
        uri = text(authentication, key)
        if uri and "{{" not in uri and not uri.lower().startswith("https://"):
            yield Finding((*at, key), f"{what} is not an `https` address", "write `https://…`")
