"""How is a caller told that it may not call, and what would let it in? (RFC 9110 §11)

A denial never says which part of a credential was wrong, and holds nothing of what was sent.
"""

from __future__ import annotations

UNAUTHENTICATED = "NK8019"
"""The code of a credential that is missing, wrong or sent wrongly."""

INSUFFICIENT = "NK8020"
"""The code of a token that is right and not enough."""

UNDECIDED = "NK8022"
"""The code of a token that nobody could be asked about."""

_RETRY_SECONDS = 5


class DeniedError(Exception):
    """The caller may not call. `headers` go with the answer, names in lower case; the text is fit for the caller."""

    def __init__(self, status: int, code: str, detail: str, *headers: tuple[bytes, bytes]) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        super().__init__(detail)


def unauthenticated(challenge: str, detail: str) -> DeniedError:
    """401, with the challenge that says what is asked for."""
    return DeniedError(401, UNAUTHENTICATED, detail, _header(challenge))


def repeated(challenge: str, what: str) -> DeniedError:
    """400 for a credential that came more than once: which of them counts is nobody's to guess."""
    return DeniedError(400, UNAUTHENTICATED, f"{what} may be sent once.", _header(challenge))


def insufficient(challenge: str, scopes: tuple[str, ...]) -> DeniedError:
    """403 for a token without all the scopes (RFC 6750 §3.1)."""
    detail = f"The access token does not have every scope that is needed: {' '.join(scopes)}."
    return DeniedError(403, INSUFFICIENT, detail, _header(challenge))


def undecided() -> DeniedError:
    """503 where the authorization server can't be asked: the token may be good, so it is not called bad."""
    detail = "The authorization server can't be asked at the moment."
    return DeniedError(503, UNDECIDED, detail, (b"retry-after", b"%d" % _RETRY_SECONDS))


def challenge(scheme: str, *verbatim: str, **parameters: str) -> str:
    """A challenge: its parameters as quoted strings (RFC 9110 §5.6.4), and what stands there as it is."""
    quoted = (f"{name}={_quoted(value)}" for name, value in parameters.items())
    return f"{scheme} " + ", ".join((*quoted, *verbatim))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _header(challenge: str) -> tuple[bytes, bytes]:
    # Realms are names of the file's author; whatever no header can carry becomes a question mark.
    return b"www-authenticate", challenge.encode("ascii", "replace")
