"""Which are an authorization server's keys, and what does it say of a token? (RFC 7517, RFC 7662)"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import orjson

from naftiko_runtime.engine.asking import Reply, ask
from naftiko_runtime.engine.authentication.metadata import endpoint_of, find_metadata
from naftiko_runtime.engine.upstream.port import Upstream
from naftiko_runtime.errors import CredentialError, InvocationError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.policy import Client

PAUSE_SECONDS = 1.0
"""How long after a failed introspection nobody asks for another."""

_DOCUMENT_BYTES = 256 * 1024
# What an address answers that is another one by now.
_MOVED = frozenset({301, 302, 303, 307, 308, 404, 405, 410})
_ACCEPT = ("accept", "application/json")
_FORM = ("content-type", "application/x-www-form-urlencoded")


class IssuerError(Exception):
    """The authorization server can't be asked, or what it says can't be used. The text is for logs; it quotes no
    secret.
    """


class Issuer:
    """One authorization server, asked through the upstream port. Its metadata is kept until an address in it fails."""

    def __init__(self, uri: str, upstream: Upstream, clock: Callable[[], float] = time.monotonic) -> None:
        self._uri = uri
        self._upstream = upstream
        self._clock = clock
        self._metadata: dict[str, object] | None = None
        self._failed_at: float | None = None

    async def keys(self) -> object:
        """The document at its `jwks_uri`. Raises `IssuerError`."""
        url = await self._endpoint("jwks_uri")
        reply = await self._ask(UpstreamRequest("GET", url, (_ACCEPT,), None, urlsplit(url).path))
        self._hold(reply, "its keys")
        return _parsed(reply, f"the keys of {self._uri}")

    async def introspect(self, token: bytes, client: Client) -> dict[str, Any]:
        """What it says of a token (RFC 7662). Raises `IssuerError`, and right after a failure without asking: whoever
        sends tokens must not be able to keep a server busy that is down already.
        """
        if self._failed_at is not None and self._clock() - self._failed_at < PAUSE_SECONDS:
            raise IssuerError(f"{self._uri} failed a moment ago")
        try:
            said = await self._introspected(token, client)
        except IssuerError:
            self._failed_at = self._clock()
            raise
        self._failed_at = None
        return said

    async def _introspected(self, token: bytes, client: Client) -> dict[str, Any]:
        url = await self._endpoint("introspection_endpoint")
        # RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
        pair = f"{quote_plus(client.identifier)}:{quote_plus(client.secret)}"
        headers = (_ACCEPT, _FORM, ("authorization", f"Basic {b64encode(pair.encode()).decode()}"))
        content = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
        reply = await self._ask(UpstreamRequest("POST", url, headers, content, urlsplit(url).path))
        self._hold(reply, "a token's introspection")
        said = _parsed(reply, f"the introspection of {self._uri}")
        return said if isinstance(said, dict) else {}

    async def _endpoint(self, name: str) -> str:
        try:
            if self._metadata is None:
                self._metadata = await find_metadata(self._upstream, self._uri)
            return endpoint_of(self._metadata, name, self._uri)
        except CredentialError as error:
            raise IssuerError(str(error)) from None

    def _hold(self, reply: Reply, what: str) -> None:
        if reply.status != 200:
            if reply.status in _MOVED:
                self._metadata = None
            raise IssuerError(f"{self._uri} answered {reply.status} for {what}")

    async def _ask(self, request: UpstreamRequest) -> Reply:
        try:
            return await ask(self._upstream, request, _DOCUMENT_BYTES)
        except InvocationError as error:
            self._metadata = None
            raise IssuerError(str(error)) from None


def _parsed(reply: Reply, what: str) -> object:
    try:
        document: object = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        raise IssuerError(f"{what}: no JSON") from None
    return document
