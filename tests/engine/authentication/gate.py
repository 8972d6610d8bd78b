"""Who knows the password? An upstream's side of Digest, written from RFC 7616 and used as a script of `tests.upstream`.

It is strict: a nonce must be its own, each count may be used once, and every echoed parameter must be what was offered.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.upstream import Answer, Received

_ANSWER = re.compile(r'([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))(?:, ?|\Z)')


@dataclass
class Gate:
    """One protected upstream. `uses` is how often a nonce is good for; `offers_next` gives the next one beforehand."""

    username: str = "ada"
    realm: str = 'Quay "1"'
    opaque: str | None = "o, p"
    password: str = "secret: \u00e4"
    algorithm: str | None = "SHA-256"
    qop: str | None = "auth"
    userhash: bool = False
    uses: int = 1_000_000
    offers_next: bool = False
    always_stale: bool = False
    others: tuple[str, ...] = ()
    refused: list[str] = field(default_factory=list)
    _counts: dict[str, set[int]] = field(default_factory=dict)

    def __call__(self, request: Received) -> Answer:
        """Let a request in, or say what it lacks."""
        sent = request.header("authorization")
        reason, is_stale = self._judge(sent, request) if sent is not None else ("nothing", False)
        if not reason and not self.always_stale:
            headers = (("Authentication-Info", f'nextnonce="{self._nonce()}"'),) if self.offers_next else ()
            return Answer.json({"in": True}, headers=headers)
        self.refused.append(reason)
        challenges = [*self.others, self._challenge(is_stale or self.always_stale)]
        return Answer(401, b"x" * 70_000, tuple(("WWW-Authenticate", item) for item in challenges))

    def _nonce(self) -> str:
        nonce = secrets.token_urlsafe(12) + "=="
        self._counts[nonce] = set()
        return nonce

    def _challenge(self, is_stale: bool) -> str:
        realm = self.realm.replace('"', '\\"')
        parts = [f'realm="{realm}"', f'nonce="{self._nonce()}"', "charset=UTF-8"]
        parts += [f'opaque="{self.opaque}"'] if self.opaque is not None else []
        parts += [f'qop="{self.qop}"'] if self.qop is not None else []
        parts += [f"algorithm={self.algorithm}"] if self.algorithm is not None else []
        parts += ["userhash=true"] if self.userhash else []
        parts += ["stale=TRUE"] if is_stale else []
        return "Digest " + ", ".join(parts)

    def _judge(self, sent: str, request: Received) -> tuple[str, bool]:
        """Why a request is not let in, empty where it is; and whether its nonce is only too old."""
        scheme, _, rest = sent.partition(" ")
        given = {
            name: re.sub(r"\\(.)", r"\1", quoted) if quoted else plain for name, quoted, plain in _ANSWER.findall(rest)
        }
        target = request.path + (f"?{request.query}" if request.query else "")
        if scheme != "Digest" or _ANSWER.sub("", rest):
            return "malformed", False
        if (given["realm"], given.get("opaque"), given["uri"]) != (self.realm, self.opaque, target):
            return "another realm, opaque or uri", False
        if given.get("algorithm") != self.algorithm or not self._is_user(given):
            return "another algorithm or user", False
        if given["response"] != self._expected(given, request, target):
            return "wrong", False
        seen = self._counts.get(given["nonce"])
        if seen is None or len(seen) >= self.uses:
            return "stale", True
        count = int(given["nc"], 16) if self.qop is not None else len(seen)
        if count in seen:
            return "repeated", False
        seen.add(count)
        return "", False

    def _is_user(self, given: dict[str, str]) -> bool:
        if self.userhash:
            return given["username"] == self._hash(f"{self.username}:{self.realm}") and given["userhash"] == "true"
        name = given.get("username") or unquote(given["username*"].removeprefix("UTF-8''"))
        return name == self.username

    def _expected(self, given: dict[str, str], request: Received, target: str) -> str:
        first = self._hash(f"{self.username}:{self.realm}:{self.password}")
        if (self.algorithm or "").endswith("-sess"):
            first = self._hash(f"{first}:{given['nonce']}:{given['cnonce']}")
        second = f"{request.method}:{target}"
        if self.qop is None:
            return self._hash(f"{first}:{given['nonce']}:{self._hash(second)}")
        if given["qop"] == "auth-int":
            second += f":{self._hash(request.body)}"
        assert given["qop"] in self.qop
        middle = f"{given['nonce']}:{given['nc']}:{given['cnonce']}:{given['qop']}"
        return self._hash(f"{first}:{middle}:{self._hash(second)}")

    def _hash(self, content: str | bytes) -> str:
        data = content.encode() if isinstance(content, str) else content
        name = (self.algorithm or "MD5").removesuffix("-sess")
        return hashlib.new({"MD5": "md5", "SHA-256": "sha256"}[name], data).hexdigest()
