"""How does an OpenAPI document say what an adapter asks of its callers?

An access token of an authorization server is told as a bearer token: OpenAPI's own word for OAuth 2 wants addresses
that only that server's metadata knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from naftiko_runtime.plan.model.policy import Access, KeyAccess, OAuthAccess

SecurityScheme = dict[str, Any]


def security_schemes(namespace: str, access: Access | None) -> Iterator[tuple[str, SecurityScheme]]:
    """The security schemes of an adapter by their names, all of which a caller has to meet."""
    if access is None:
        return
    if isinstance(access, KeyAccess):
        for key in access.keys:
            place = "query" if key.in_query else "header"
            yield f"{namespace}.{key.name}", {"type": "apiKey", "in": place, "name": key.name}
    elif isinstance(access, OAuthAccess):
        words = f"An access token of {access.issuer} for {access.audience}."
        scopes = f" It has the scopes {', '.join(access.scopes)}." if access.scopes else ""
        yield namespace, {"type": "http", "scheme": "bearer", "description": words + scopes}
    else:
        yield namespace, {"type": "http", "scheme": access.kind}
