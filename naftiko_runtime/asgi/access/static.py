"""Does the caller know the secret? Bearer tokens, API keys, user and password, as they are written in the file's terms.

What is compared are SHA-256 digests, in constant time: neither the length of a guess, nor how much of it is right, nor
whether it was the user or the password shows in how long the answer takes (field-study F1, F2).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.access.denial import challenge, repeated, unauthenticated
from naftiko_runtime.asgi.access.sent import RepeatedError, credentials, sole_header, sole_query_value
from naftiko_runtime.plan.model.policy import BasicAccess, BearerAccess, KeyAccess

if TYPE_CHECKING:
    from starlette.types import Scope


class BearerGuard:
    """Lets in whoever sends the token (RFC 6750 §2.1; never in the query)."""

    def __init__(self, access: BearerAccess, realm: str) -> None:
        self._token = access.token
        self._asked = challenge("Bearer", realm=realm)
        self._wrong = challenge("Bearer", realm=realm, error="invalid_token")

    async def check(self, scope: Scope) -> None:
        """See `Guard`."""
        try:
            token = credentials(scope, b"bearer")
        except RepeatedError:
            raise repeated(self._asked, "Authorization") from None
        if token is None:
            raise unauthenticated(self._asked, "Send `Authorization: Bearer` with the token.")
        if not compare_digest(sha256(token).digest(), self._token):
            raise unauthenticated(self._wrong, "The token is not the one that is asked for.")


class KeyGuard:
    """Lets in whoever sends every key where it belongs. `ApiKey` is no registered scheme: it says what to send."""

    def __init__(self, access: KeyAccess, realm: str) -> None:
        self._keys = access.keys
        places = [f"the query key `{key.name}`" if key.in_query else f"the header `{key.name}`" for key in access.keys]
        self._detail = f"Send the key in {' and '.join(places)}."
        name = " ".join(key.name for key in access.keys)
        self._asked = challenge(
            "ApiKey", realm=realm, **{"in": "query" if access.keys[0].in_query else "header"}, name=name
        )

    async def check(self, scope: Scope) -> None:
        """See `Guard`."""
        is_right = True
        for key in self._keys:
            try:
                given = sole_query_value(scope, key.name) if key.in_query else sole_header(scope, key.name.encode())
            except RepeatedError:
                raise repeated(self._asked, f"`{key.name}`") from None
            is_right &= compare_digest(sha256(given or b"").digest(), key.value)
        if not is_right:
            raise unauthenticated(self._asked, self._detail)


class BasicGuard:
    """Lets in the user who knows the password (RFC 7617)."""

    def __init__(self, access: BasicAccess, realm: str) -> None:
        self._pair = access.pair
        self._asked = challenge("Basic", realm=realm, charset="UTF-8")

    async def check(self, scope: Scope) -> None:
        """See `Guard`."""
        try:
            sent = credentials(scope, b"basic")
            pair = b"" if sent is None else b64decode(sent, validate=True)
        except RepeatedError:
            raise repeated(self._asked, "Authorization") from None
        except binascii.Error:
            pair = b""
        if not compare_digest(sha256(pair).digest(), self._pair):
            raise unauthenticated(self._asked, "Send the user's name and password by `Authorization: Basic`.")
