"""Is this access token one that its issuer signed for this resource, and is it valid now? (RFC 9068, RFC 8725)

The library for JWT verifies signatures and times; what it is given is decided here. Only algorithms of public keys are
known, and a key is only ever used by an algorithm of its own kind, so no header of a token can turn a public key into a
shared secret. Nothing else that a header says (`jku`, `x5u`, `jwk`, `crit`) is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jwt

from naftiko_runtime.plan.model.policy import OAuthAccess

LEEWAY_SECONDS = 30
"""By how much the clocks of two machines may differ."""

_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_BY_KIND = {
    ("RSA", None): _RSA,
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
_ALGORITHMS = frozenset(name for names in _BY_KIND.values() for name in names)
# RFC 9068 §4; OpenID Connect and older servers write `JWT`, or nothing.
_TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt", ""})
_SHORTEST_RSA_BITS = 2048
_MOST_KEYS = 100


class TokenError(Exception):
    """The token is no good. The text says why, in words that RFC 6750 §3 lets stand in a header."""


class Key(NamedTuple):
    """A public key of an issuer: for one algorithm, or any of its kind."""

    identifier: str | None
    algorithms: tuple[str, ...]
    document: dict[str, Any]


class Head(NamedTuple):
    """What a token says of how it was signed."""

    identifier: str | None
    algorithm: str


def read_keys(document: object) -> tuple[Key, ...]:
    """The keys of a JWKS that can verify a signature; others are passed over (RFC 7517 §5)."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found = (_key(item) for item in listed[:_MOST_KEYS]) if isinstance(listed, list) else ()
    return tuple(key for key in found if key is not None)


def _key(item: object) -> Key | None:
    if not isinstance(item, dict) or item.get("use", "sig") != "sig":
        return None
    kind = str(item.get("kty"))
    algorithms = _BY_KIND.get((kind, None if kind == "RSA" else str(item.get("crv"))), ())
    if "alg" in item:
        algorithms = tuple(name for name in algorithms if name == item["alg"])
    if not algorithms:
        return None
    try:
        made = jwt.PyJWK(item, algorithms[0])
    except (jwt.PyJWTError, TypeError, ValueError):
        return None
    if kind == "RSA" and made.key.key_size < _SHORTEST_RSA_BITS:
        return None
    identifier = item.get("kid")
    return Key(identifier if isinstance(identifier, str) else None, algorithms, item)


def read_head(token: str) -> Head:
    """How a token says that it was signed. Raises `TokenError` for what is never taken."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError):
        raise TokenError("it is no signed JWT") from None
    algorithm, kind = header.get("alg"), header.get("typ", "")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise TokenError("its algorithm is not allowed")
    if "crit" in header or not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenError("it is of another kind")
    return Head(header.get("kid"), algorithm)


def matching(keys: Sequence[Key], head: Head) -> list[Key]:
    """The keys that may have signed a token: the one it names, or without a name all of its kind."""
    return [
        key
        for key in keys
        if head.algorithm in key.algorithms and (head.identifier is None or key.identifier == head.identifier)
    ]


def verify(token: str, head: Head, keys: Sequence[Key], access: OAuthAccess) -> dict[str, Any]:
    """The claims of a token, verified. Raises `TokenError`."""
    for key in keys:
        try:
            return jwt.decode(
                token,
                jwt.PyJWK(key.document, head.algorithm),
                algorithms=[head.algorithm],
                audience=_spellings(access.audience),
                issuer=_spellings(access.issuer),
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError:
            raise TokenError("it has expired") from None
        except jwt.InvalidAudienceError:
            raise TokenError("it is for another audience") from None
        except jwt.InvalidIssuerError:
            raise TokenError("it is of another issuer") from None
        except jwt.PyJWTError:
            raise TokenError("a claim of it is missing or not valid") from None
    raise TokenError("no key of the issuer has signed it")


def check_introspected(said: dict[str, Any], access: OAuthAccess, now: float) -> None:
    """Hold what an authorization server says of a token to the same rules. Raises `TokenError`."""
    if said.get("active") is not True:
        raise TokenError("it is not active")
    expires, begins = said.get("exp"), said.get("nbf")
    if isinstance(expires, int | float) and expires <= now - LEEWAY_SECONDS:
        raise TokenError("it has expired")
    if isinstance(begins, int | float) and begins > now + LEEWAY_SECONDS:
        raise TokenError("it is not valid yet")
    if said.get("iss", access.issuer) not in _spellings(access.issuer):
        raise TokenError("it is of another issuer")
    audience = said.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not any(item in _spellings(access.audience) for item in named):
        raise TokenError("it is for another audience")


def scopes_of(claims: dict[str, Any]) -> frozenset[str]:
    """The scopes of a token: `scope` (RFC 9068 §2.2.3), or `scp` as some servers call it."""
    given = claims.get("scope", claims.get("scp"))
    words = given.split() if isinstance(given, str) else given
    return frozenset(word for word in words if isinstance(word, str)) if isinstance(words, list) else frozenset()


def _spellings(uri: str) -> list[str]:
    """A URI with and without a slash at its end: an issuer and its clients rarely agree about it."""
    bare = uri.rstrip("/")
    return [bare, f"{bare}/"]
