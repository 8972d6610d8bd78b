"""What was learnt of each credential so far: tokens and nonces, kept by the value of the credential.

So two files with the same credential share them, a reload keeps them while a credential stays as it is, and one that
has changed starts anew. The least recently used are forgotten, so that no number of reloads fills the memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from naftiko_runtime.engine.authentication.attempt import exchanged
from naftiko_runtime.engine.authentication.digest import DigestSigner
from naftiko_runtime.engine.authentication.tokens import Tokens
from naftiko_runtime.engine.upstream.port import Upstream, UpstreamResponse
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.negotiated import Digest, Negotiated, OAuth2

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")

_MOST_KEPT = 4096
_ORIGIN = re.compile(r"[^/?#]*//[^/?#]*")


class Credentials:
    """The negotiated credentials of an engine. Of one event loop. `clock` counts seconds."""

    def __init__(self, upstream: Upstream, clock: Callable[[], float]) -> None:
        self._upstream = upstream
        self._clock = clock
        self._tokens: dict[OAuth2, Tokens] = {}
        self._digests: dict[tuple[Digest, str], DigestSigner] = {}

    def exchange(
        self, request: UpstreamRequest, credential: Negotiated
    ) -> AbstractAsyncContextManager[UpstreamResponse]:
        """As `Upstream.exchange`, with this credential. Raises `CredentialError` where it can't be had."""
        signer = self._digest(credential, request.url) if isinstance(credential, Digest) else self._oauth2(credential)
        return exchanged(self._upstream, request, signer.attempt())

    async def close(self) -> None:
        """Stop asking for tokens."""
        for tokens in self._tokens.values():
            await tokens.close()

    def _oauth2(self, credential: OAuth2) -> Tokens:
        tokens = self._tokens.pop(credential, None) or Tokens(credential, self._upstream, self._clock)
        # The one last used stands last.
        self._tokens[credential] = tokens
        _forget(self._tokens)
        return tokens

    def _digest(self, credential: Digest, url: str) -> DigestSigner:
        # RFC 7616 §3.3: what a challenge protects is at most an origin.
        match = _ORIGIN.match(url)
        key = credential, match[0] if match is not None else ""
        signer = self._digests.pop(key, None) or DigestSigner(credential)
        self._digests[key] = signer
        _forget(self._digests)
        return signer


def _forget(kept: dict[_Key, _Kept]) -> None:
    if len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
