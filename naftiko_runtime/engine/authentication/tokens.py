"""When is a token asked for? Once for all who need it, before the old one ends, and again when an upstream refuses it.

Whoever comes while a token is asked for waits for that one answer. Shortly before its end a token is renewed in the
background, while it still serves. A caller who goes away takes nothing from the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from naftiko_runtime.engine.asking import ask
from naftiko_runtime.engine.authentication.attempt import Headers
from naftiko_runtime.engine.authentication.grant import BASIC, POST, Granted, read_grant, token_request
from naftiko_runtime.engine.authentication.metadata import endpoint_of, find_metadata
from naftiko_runtime.engine.upstream.port import Upstream
from naftiko_runtime.errors import CredentialError, InvocationError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.negotiated import OAuth2

_ANSWER_BYTES = 256 * 1024
# A token is renewed in the last fifth of its life, at most a minute before its end; it isn't sent in its last tenth, at
# most ten seconds, because it has to arrive while it is good.
_EARLY_SHARE, _EARLY_SECONDS = 0.2, 60.0
_LATE_SHARE, _LATE_SECONDS = 0.1, 10.0
# So long none is asked for after a renewal that failed, or after an upstream refused two tokens in a row.
_PAUSE_SECONDS = 5.0


class Token(NamedTuple):
    """A token, with the times of the clock from which it is to be renewed, and no longer to be sent."""

    value: str
    renewed_from: float
    sent_until: float


class Tokens:
    """The tokens of one credential."""

    def __init__(self, credential: OAuth2, upstream: Upstream, clock: Callable[[], float]) -> None:
        self._credential = credential
        self._upstream = upstream
        self._clock = clock
        self._token: Token | None = None
        self._asking: asyncio.Task[Token] | None = None
        self._refresh_token = credential.refresh_token
        self._metadata: dict[str, object] | None = None
        self._refused_until = 0.0

    def attempt(self) -> TokenAttempt:
        """For one call."""
        return TokenAttempt(self)

    async def current(self) -> str:
        """A token that is good now. Raises `CredentialError`."""
        now, token = self._clock(), self._token
        if token is not None and now < token.sent_until:
            if now >= token.renewed_from and self._asking is None:
                self._ask()
            return token.value
        asking = self._asking or self._ask()
        try:
            return (await asyncio.shield(asking)).value
        except asyncio.CancelledError:
            if asking.cancelled():
                raise CredentialError("the upstream client is closed") from None
            raise

    def drop(self, value: str) -> bool:
        """Forget a token that an upstream refused; whether there is or will be another."""
        if self._clock() < self._refused_until:
            return False
        if self._token is not None and self._token.value == value:
            self._token = None
        return True

    def pause(self) -> None:
        """Take note that an upstream refuses fresh tokens too: more of them would not help."""
        self._refused_until = self._clock() + _PAUSE_SECONDS

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait((self._asking,))

    def _ask(self) -> asyncio.Task[Token]:
        self._asking = asyncio.create_task(self._renew())
        self._asking.add_done_callback(self._renewed)
        return self._asking

    def _renewed(self, asking: asyncio.Task[Token]) -> None:
        self._asking = None
        # Asking for the exception marks it as seen: a renewal in the background has nobody to raise it to.
        if asking.cancelled() or asking.exception() is None:
            return
        self._metadata = None
        if self._token is not None:
            self._token = self._token._replace(renewed_from=self._clock() + _PAUSE_SECONDS)

    async def _renew(self) -> Token:
        endpoint, method = await self._where()
        request = token_request(self._credential, endpoint, method, self._refresh_token)
        asked_at = self._clock()
        try:
            reply = await ask(self._upstream, request, _ANSWER_BYTES)
        except InvocationError as error:
            raise CredentialError(f"no token: {error}") from None
        granted = read_grant(reply, endpoint)
        if self._refresh_token:
            self._refresh_token = granted.refresh_token or self._refresh_token
        self._token = token = _timed(granted, asked_at)
        return token

    async def _where(self) -> tuple[str, str]:
        """The token endpoint, and how this client shows who it is there."""
        known, method = self._credential.token_endpoint, self._credential.method
        if known:
            return known, method
        if self._metadata is None:
            self._metadata = await find_metadata(self._upstream, self._credential.issuer)
        offered = self._metadata.get("token_endpoint_auth_methods_supported")
        if not method and isinstance(offered, list) and POST in offered and BASIC not in offered:
            method = POST
        return endpoint_of(self._metadata, "token_endpoint", self._credential.issuer), method


class TokenAttempt:
    """See `Attempt`."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._sent: list[str] = []

    async def sign(self, request: UpstreamRequest) -> UpstreamRequest:
        """The request with a token."""
        token = await self._tokens.current()
        self._sent.append(token)
        return request._replace(headers=(*request.headers, ("authorization", f"Bearer {token}")))

    def may_retry(self, headers: Headers) -> bool:
        """Try once more, with another token."""
        if len(self._sent) > 1:
            self._tokens.pause()
            return False
        return self._tokens.drop(self._sent[-1])

    def let_in(self, headers: Headers) -> None:
        """There is nothing to learn from it."""


def _timed(granted: Granted, asked_at: float) -> Token:
    life = granted.seconds
    early = min(life * _EARLY_SHARE, _EARLY_SECONDS)
    late = min(life * _LATE_SHARE, _LATE_SECONDS)
    return Token(granted.token, asked_at + life - early, asked_at + life - late)
