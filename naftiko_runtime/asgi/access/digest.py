"""Does the caller know the password, without having sent it? Digest authentication (RFC 7616).

SHA-256 and `qop=auth` alone are offered and taken: MD5 is what the RFC keeps for clients of its time, and a request
without a quality of protection could be replayed for as long as its nonce lives.
"""

from __future__ import annotations

import re
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from naftiko_runtime.asgi.access.denial import DeniedError, challenge, repeated, unauthenticated
from naftiko_runtime.asgi.access.nonces import Nonces
from naftiko_runtime.asgi.access.sent import RepeatedError, credentials
from naftiko_runtime.asgi.mount import mounted_at
from naftiko_runtime.plan.model.policy import DigestAccess

if TYPE_CHECKING:
    from starlette.types import Scope

_PARAMETER = re.compile(r'\s*([A-Za-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|\Z)')
_COUNT = re.compile(r"[0-9a-fA-F]{8}\Z")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_NEEDED = frozenset({"realm", "nonce", "uri", "response", "qop", "nc", "cnonce"})


class DigestGuard:
    """Lets in the user who answers a challenge with the password's digest."""

    def __init__(self, access: DigestAccess) -> None:
        self._access = access
        self._nonces = Nonces(access.seed)

    async def check(self, scope: Scope) -> None:
        """See `Guard`."""
        try:
            sent = credentials(scope, b"digest")
        except RepeatedError:
            raise repeated(self._challenge(), "Authorization") from None
        answer = {} if sent is None else _parameters(sent.decode("utf-8", "replace"))
        if not answer.keys() >= _NEEDED or not self._is_answer(answer, scope):
            raise self._denied()
        if not self._nonces.take(answer["nonce"], int(answer["nc"], 16)):
            raise self._denied("stale=true")

    def _is_answer(self, answer: dict[str, str], scope: Scope) -> bool:
        access = self._access
        count, quality = answer["nc"], answer["qop"]
        if quality != "auth" or answer.get("algorithm", "").upper() != "SHA-256" or not _COUNT.match(count):
            return False
        if answer["realm"] != access.realm or _ORIGIN.sub("", answer["uri"], count=1) != _target(scope):
            return False
        second = _hash(f"{scope['method']}:{answer['uri']}")
        expected = _hash(f"{access.secret}:{answer['nonce']}:{count}:{answer['cnonce']}:{quality}:{second}")
        is_user = compare_digest(_username(answer).encode("utf-8", "replace"), access.username.encode())
        is_password = compare_digest(expected.encode(), answer["response"].lower().encode("utf-8", "replace"))
        return is_user and is_password and bool(access.secret)

    def _challenge(self, *more: str) -> str:
        offered = ('qop="auth"', "algorithm=SHA-256", "charset=UTF-8", *more)
        return challenge("Digest", *offered, realm=self._access.realm, nonce=self._nonces.make())

    def _denied(self, *more: str) -> DeniedError:
        return unauthenticated(self._challenge(*more), "Answer the challenge by `Authorization: Digest`.")


def _parameters(text: str) -> dict[str, str]:
    """The parameters of an answer; none where the text is no list of them, or names one twice."""
    found: dict[str, str] = {}
    end = 0
    while end < len(text):
        match = _PARAMETER.match(text, end)
        if match is None or match[1].lower() in found:
            return {}
        quoted, plain = match[2], match[3]
        found[match[1].lower()] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        end = match.end()
    return found


def _username(answer: dict[str, str]) -> str:
    """The user's name, also as RFC 7616 §3.4 writes one beyond ASCII (RFC 8187)."""
    extended = answer.get("username*", "")
    if extended.upper().startswith("UTF-8''"):
        return unquote(extended[len("UTF-8''") :])
    return answer.get("username", "")


def _target(scope: Scope) -> str:
    """The request target (RFC 9112 §3.2.1) as the client sent it, above any mount."""
    below: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    path = quote(mounted_at(scope)).encode() + below.partition(b"?")[0]
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
