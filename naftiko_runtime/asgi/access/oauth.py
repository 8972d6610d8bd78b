"""May the bearer of this access token call? The resource server's side of OAuth 2.1 (RFC 6750, RFC 9728).

A token is verified once and remembered until it expires, as long as the issuer's keys are known to be the same; where
the authorization server is asked about tokens instead, it is asked each time, because that is what makes a revoked
token worthless at once.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from naftiko_runtime.asgi.access.denial import (
    challenge,
    insufficient,
    repeated,
    unauthenticated,
    undecided,
)
from naftiko_runtime.asgi.access.issuer import Issuer, IssuerError
from naftiko_runtime.asgi.access.keyring import Keyring
from naftiko_runtime.asgi.access.metadata import ResourceAddress
from naftiko_runtime.asgi.access.sent import RepeatedError, credentials
from naftiko_runtime.asgi.access.tokens import (
    TokenError,
    check_introspected,
    read_head,
    scopes_of,
    verify,
)
from naftiko_runtime.plan.model.policy import Client, OAuthAccess

if TYPE_CHECKING:
    from starlette.types import Scope

    from naftiko_runtime.engine.upstream.port import Upstream

_LOGGER = logging.getLogger(__name__)
_REMEMBERED = 1000
# Longer ones come from nobody's authorization server; verifying them, or asking about them, costs with their length.
_LONGEST_TOKEN = 16 * 1024
# RFC 6750 §2.1. A server that answers anything else with an error must not seem to be down for everybody.
_TOKEN = re.compile(rb"[A-Za-z0-9._~+/-]+=*")


class OAuthGuard:
    """Lets in whoever has a token of the issuer for this resource, with all scopes. Of one event loop.

    `paths` are those at which the adapter is reached; `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        access: OAuthAccess,
        realm: str,
        upstream: Upstream,
        paths: Iterable[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._access = access
        self._realm = realm
        self._clock = clock
        self._address = ResourceAddress(access.resource, paths)
        self._issuer = Issuer(access.issuer, upstream)
        self._keyring = Keyring(self._issuer)
        self._remembered: dict[bytes, float] = {}
        self._version = 0

    async def check(self, scope: Scope) -> None:
        """See `Guard`."""
        try:
            token = credentials(scope, b"bearer")
        except RepeatedError:
            raise repeated(self._challenge(scope, error="invalid_request"), "Authorization") from None
        if token is None:
            raise unauthenticated(self._challenge(scope), "Send an access token by `Authorization: Bearer`.")
        try:
            if len(token) > _LONGEST_TOKEN:
                raise TokenError("it is too long")
            if not _TOKEN.fullmatch(token):
                raise TokenError("it is no bearer token")
            if self._access.client is None:
                await self._check_signed(token, scope)
            else:
                await self._check_introspected(token, self._access.client, scope)
        except TokenError as error:
            told = self._challenge(scope, error="invalid_token", error_description=str(error))
            raise unauthenticated(told, f"The access token is not accepted: {error}.") from None
        except IssuerError as error:
            _LOGGER.warning("callers of `%s` can't be told apart: %s", self._realm, error)
            raise undecided() from None

    async def _check_signed(self, token: bytes, scope: Scope) -> None:
        known = sha256(token).digest()
        is_current = self._keyring.is_fresh and self._version == self._keyring.version
        if is_current and self._remembered.get(known, 0.0) > self._clock():
            return
        text = token.decode("ascii", "replace")
        head = read_head(text)
        keys = await self._keyring.find(head)
        claims = verify(text, head, keys, self._access)
        self._check_scopes(claims, scope)
        self._remember(known, float(claims["exp"]))

    async def _check_introspected(self, token: bytes, client: Client, scope: Scope) -> None:
        said = await self._issuer.introspect(token, client)
        check_introspected(said, self._access, self._clock())
        self._check_scopes(said, scope)

    def _check_scopes(self, claims: dict[str, object], scope: Scope) -> None:
        if not scopes_of(claims).issuperset(self._access.scopes):
            raise insufficient(self._challenge(scope, error="insufficient_scope"), self._access.scopes)

    def _remember(self, token: bytes, expires: float) -> None:
        if self._version != self._keyring.version:
            self._version = self._keyring.version
            self._remembered.clear()
        while len(self._remembered) >= _REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[token] = expires

    def _challenge(self, scope: Scope, **more: str) -> str:
        scopes = {"scope": " ".join(self._access.scopes)} if self._access.scopes else {}
        return challenge("Bearer", realm=self._realm, **more, **scopes, resource_metadata=self._address.url(scope))
