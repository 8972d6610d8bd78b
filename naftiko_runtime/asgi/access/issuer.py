"""Which are an authorization server's keys, and what does it say of a token? (RFC 7517, RFC 7662)"""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import orjson

from naftiko_runtime.engine.asking import Reply, ask
from naftiko_runtime.engine.authentication.metadata import endpoint_of, find_metadata
from naftiko_runtime.engine.upstream.port import Upstream
from naftiko_runtime.errors import CredentialError, InvocationError
from naftiko_runtime.plan.model import UpstreamRequest
from naftiko_runtime.plan.policy import Client

_DOCUMENT_BYTES = 256 * 1024
_ACCEPT = ("accept", "application/json")
_FORM = ("content-type", "application/x-www-form-urlencoded")


class IssuerError(Exception):
    """The authorization server can't be asked, or what it says can't be used. The text is for logs; it quotes no
    secret.
    """


class Issuer:
    """One authorization server, asked through the upstream port. Its metadata is kept until something fails."""

    def __init__(self, uri: str, upstream: Upstream) -> None:
        self._uri = uri
        self._upstream = upstream
        self._metadata: dict[str, object] | None = None

    async def keys(self) -> object:
        """The document at its `jwks_uri`. Raises `IssuerError`."""
        url = await self._endpoint("jwks_uri")
        reply = await self._ask(UpstreamRequest("GET", url, (_ACCEPT,), None, urlsplit(url).path))
        self._hold(reply, "its keys")
        return _parsed(reply, f"the keys of {self._uri}")

    async def introspect(self, token: bytes, client: Client) -> dict[str, Any]:
        """What it says of a token (RFC 7662). Raises `IssuerError`."""
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
