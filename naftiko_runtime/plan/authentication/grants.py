"""How does an API's `authentication` of type `oauth2` get its tokens?

The language declares an authorization server and what it protects; to be its client takes an identifier and a secret
besides, or a refresh token. Where tokens come from must be as safe as where they go: a secret is not sent in the open.
"""

from __future__ import annotations

from naftiko_runtime.plan.authentication.filled import CONTROL, Filled
from naftiko_runtime.plan.model.negotiated import OAuth2
from naftiko_runtime.plan.scope.variables import MASK
from naftiko_runtime.plan.text.addresses import address_problem, is_exposed, split_address

_ADDRESSES = ("tokenEndpoint", "authorizationServerUri")


def compile_grant(filled: Filled) -> OAuth2:
    """What is asked for tokens, and with which credentials. What is wrong is reported."""
    if not any(_is_given(filled, name) for name in _ADDRESSES):
        filled.text("tokenEndpoint", CONTROL)
    return OAuth2(
        issuer=_address(filled, "authorizationServerUri"),
        token_endpoint=_address(filled, "tokenEndpoint"),
        client_id=filled.text("clientId", CONTROL, is_secret=False),
        client_secret=_optional(filled, "clientSecret", is_secret=True),
        refresh_token=_optional(filled, "refreshToken", is_secret=True),
        method=filled.authentication.fields.get("tokenEndpointAuthMethod", ""),
        scope=_optional(filled, "scopes"),
        resource=_optional(filled, "resource"),
        audience=_optional(filled, "audience"),
    )


def _is_given(filled: Filled, name: str) -> bool:
    return bool(filled.authentication.fields.get(name))


def _optional(filled: Filled, name: str, *, is_secret: bool = False) -> str:
    return filled.text(name, CONTROL, is_secret=is_secret) if _is_given(filled, name) else ""


def _address(filled: Filled, name: str) -> str:
    url = _optional(filled, name)
    at = (*filled.authentication.at, name)
    # RFC 6749 §3.2: a token endpoint may have a query, which is kept.
    problem = address_problem(url.partition("?")[0]) if url else ""
    if problem and MASK not in url:
        message = f"`{name}` can't be asked for tokens: {problem}"
        filled.findings.error("NK6011", message, at, "write `https://host/path`")
        return ""
    if url and is_exposed(url):
        message = f"the client's credential travels to {split_address(url)[0]} over plain http"
        filled.findings.warning("NK9001", message, at, "use https: everybody on the way can read the credential")
    return url
