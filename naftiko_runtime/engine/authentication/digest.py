"""How is a Digest challenge answered? By RFC 7616, and RFC 2069 where a challenge names no quality of protection.

A challenge serves many requests: its nonce is sent with a higher count each time, until the upstream says that it is
stale or gives the next. One that can't be answered rightly (another algorithm, an unknown quality) is told as such; no
weaker kind of credential is sent instead.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from naftiko_runtime.engine.authentication.attempt import Headers
from naftiko_runtime.engine.authentication.challenges import read_challenges, read_parameters
from naftiko_runtime.errors import CredentialError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.negotiated import Digest

Hash = Callable[[bytes], "hashlib._Hash"]

# Strongest first: where an upstream offers both, it is not the weak one that is used.
_ALGORITHMS: dict[str, Hash] = {
    "SHA-256": hashlib.sha256,
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),
}
_SESSION = "-SESS"
_QUALITIES = ("auth", "auth-int")
_TARGET = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^#]*)")
# A try without an answer, one with a nonce that has become stale, one with the next.
_MOST_SENT = 3


@dataclass(slots=True)
class Session:
    """A challenge and how often its nonce was sent. `first` is the nonce that began it (RFC 7616 §3.4.2, `-sess`)."""

    realm: str
    nonce: str
    algorithm: str
    quality: str
    opaque: str | None
    hashes_user: bool
    is_utf8: bool
    cnonce: str
    first: str
    count: int = 0


class DigestSigner:
    """Answers the challenges of one upstream with one user's password."""

    def __init__(self, credential: Digest) -> None:
        self.credential = credential
        self.session: Session | None = None

    def attempt(self) -> DigestAttempt:
        """For one call."""
        return DigestAttempt(self)


class DigestAttempt:
    """See `Attempt`."""

    def __init__(self, signer: DigestSigner) -> None:
        self._signer = signer
        self._nonces: list[str | None] = []

    async def sign(self, request: UpstreamRequest) -> UpstreamRequest:
        """The request with an answer to the challenge that is known; as it is where none is."""
        session = self._signer.session
        self._nonces.append(None if session is None else session.nonce)
        if session is None:
            return request
        # An apostrophe in a query is encoded by WHATWG URL parsers, and then it would not be what was signed.
        path, mark, query = request.url.partition("?")
        signed = request._replace(url=f"{path}{mark}{query.replace(chr(39), '%27')}")
        session.count += 1
        header = ("authorization", answer(session, self._signer.credential, signed))
        return signed._replace(headers=(*signed.headers, header))

    def may_retry(self, headers: Headers) -> bool:
        """Take the challenge of a 401. Try again, unless what it refuses answered a challenge just made."""
        offered = [item.parameters for item in read_challenges(headers) if item.scheme == "digest"]
        if not offered:
            return False
        self._signer.session = session = begin(offered)
        is_stale = any(item.get("stale", "").lower() == "true" for item in offered)
        is_first_answer = len(self._nonces) == 1 and self._nonces[0] != session.nonce
        return len(self._nonces) < _MOST_SENT and (is_first_answer or is_stale)

    def let_in(self, headers: Headers) -> None:
        """Use the next nonce, where the upstream gives one (RFC 7616 §3.5)."""
        session = self._signer.session
        info = next((value for name, value in headers if name == "authentication-info"), "")
        following = read_parameters(info).get("nextnonce") if info else None
        if session is not None and following:
            session.nonce, session.count = following, 0


def begin(offered: list[dict[str, str]]) -> Session:
    """A session of the strongest of the challenges. Raises `CredentialError` where none of them can be answered."""
    ranked = {name: rank for rank, name in enumerate(_ALGORITHMS)}
    usable = [item for item in offered if _algorithm(item) in ranked and "nonce" in item and _quality(item) is not None]
    if not usable:
        named = ", ".join(sorted({_described(item) for item in offered}))
        raise CredentialError(f"the upstream's digest challenge can't be answered: {named}")
    chosen = min(usable, key=lambda item: ranked[_algorithm(item)])
    return Session(
        realm=chosen.get("realm", ""),
        nonce=chosen["nonce"],
        algorithm=chosen.get("algorithm", ""),
        quality=_quality(chosen) or "",
        opaque=chosen.get("opaque"),
        hashes_user=chosen.get("userhash", "").lower() == "true",
        is_utf8=chosen.get("charset", "").lower() == "utf-8",
        cnonce=secrets.token_hex(16),
        first=chosen["nonce"],
    )


def answer(session: Session, credential: Digest, request: UpstreamRequest) -> str:
    """The value of `Authorization` for a request, with the session's nonce at its present count."""
    username, password = _spelled(credential.username, session), _spelled(credential.password, session)
    first = _hashed(session, f"{username}:{session.realm}:{password}")
    if session.algorithm.upper().endswith(_SESSION):
        first = _hashed(session, f"{first}:{session.first}:{session.cnonce}")
    target = _target(request.url)
    second = f"{request.method}:{target}"
    if session.quality == "auth-int":
        second = f"{second}:{_hashed(session, request.content or b'')}"
    second = _hashed(session, second)
    count = f"{session.count:08x}"
    proof = f"{session.nonce}:{count}:{session.cnonce}:{session.quality}" if session.quality else session.nonce
    parts = [
        *_user(session, username),
        f"realm={_quoted(session.realm)}",
        f"nonce={_quoted(session.nonce)}",
        f"uri={_quoted(target)}",
        f'response="{_hashed(session, f"{first}:{proof}:{second}")}"',
    ]
    if session.algorithm:
        parts.append(f"algorithm={session.algorithm}")
    if session.opaque is not None:
        parts.append(f"opaque={_quoted(session.opaque)}")
    if session.quality:
        parts += [f"qop={session.quality}", f"nc={count}"]
    if session.quality or session.algorithm.upper().endswith(_SESSION):
        parts.append(f'cnonce="{session.cnonce}"')
    return "Digest " + ", ".join(parts)


def _user(session: Session, username: str) -> list[str]:
    if session.hashes_user:
        return [f'username="{_hashed(session, f"{username}:{session.realm}")}"', "userhash=true"]
    if username.isascii():
        return [f"username={_quoted(username)}"]
    # RFC 7616 §3.4 with RFC 8187: a quoted text could not carry it.
    return [f"username*=UTF-8''{quote(username, safe='')}"]


def _spelled(text: str, session: Session) -> str:
    # RFC 7616 §4: a text in UTF-8 is normalised, so that one name has one digest.
    return unicodedata.normalize("NFC", text) if session.is_utf8 else text


def _hashed(session: Session, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return _ALGORITHMS[session.algorithm.upper().removesuffix(_SESSION) or "MD5"](data).hexdigest()


def _algorithm(challenge: dict[str, str]) -> str:
    return challenge.get("algorithm", "MD5").upper().removesuffix(_SESSION)


def _quality(challenge: dict[str, str]) -> str | None:
    """The quality of protection to use: empty where none is offered, None where none is known."""
    if "qop" not in challenge:
        return ""
    offered = {item.strip().lower() for item in challenge["qop"].split(",")}
    return next((item for item in _QUALITIES if item in offered), None)


def _described(challenge: dict[str, str]) -> str:
    if "nonce" not in challenge:
        return "it has no nonce"
    return f"algorithm {challenge.get('algorithm', 'MD5')[:32]!r}, qop {challenge.get('qop', '')[:32]!r}"


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _target(url: str) -> str:
    """The request target of a URL, as it travels (RFC 9112 §3.2.1)."""
    match = _TARGET.match(url)
    target = match[1] if match is not None else url
    return target if target.startswith("/") else f"/{target}"
