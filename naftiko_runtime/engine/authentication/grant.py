"""What is said to a token endpoint, and what does its answer grant? (RFC 6749 §4.4, §5, §6)

Pure: values in, a request out; an answer in, a token out. What is told of a refusal is its error code alone, which the
RFC keeps short and plain: a description may quote what was sent.
"""

from __future__ import annotations

import base64
import math
import re
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

import orjson

from naftiko_runtime.engine.asking import Reply
from naftiko_runtime.errors import CredentialError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.negotiated import OAuth2

BASIC, POST = "client_secret_basic", "client_secret_post"

_ERROR_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*\Z")
_HEADERS: tuple[tuple[str, str], ...] = (
    ("accept", "application/json"),
    ("content-type", "application/x-www-form-urlencoded"),
)


class Granted(NamedTuple):
    """A token, for how many seconds it is good (infinite where the endpoint doesn't say), and the next refresh token,
    empty where the one that was sent stays good.
    """

    token: str
    seconds: float
    refresh_token: str


def token_request(credential: OAuth2, endpoint: str, method: str, refresh_token: str) -> UpstreamRequest:
    """The request for a token. `method` says how the client shows who it is, where it has a secret."""
    fields = {"grant_type": "client_credentials"}
    if refresh_token:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    asked = {"scope": credential.scope, "resource": credential.resource, "audience": credential.audience}
    fields |= {name: value for name, value in asked.items() if value}
    headers = _HEADERS
    if not credential.client_secret:
        fields["client_id"] = credential.client_id
    elif method == POST:
        fields |= {"client_id": credential.client_id, "client_secret": credential.client_secret}
    else:
        # RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
        pair = f"{quote_plus(credential.client_id)}:{quote_plus(credential.client_secret)}"
        headers = (*_HEADERS, ("authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
    return UpstreamRequest("POST", endpoint, headers, urlencode(fields).encode(), urlsplit(endpoint).path or "/")


def read_grant(reply: Reply, endpoint: str) -> Granted:
    """What an answer grants. Raises `CredentialError` for a refusal, and for an answer that can't be used."""
    host = urlsplit(endpoint).netloc
    document = _document(reply)
    if reply.status != 200:
        code = document.get("error")
        told = f": {code}" if isinstance(code, str) and _ERROR_CODE.match(code) else ""
        raise CredentialError(f"the token endpoint at {host} answered {reply.status}{told}")
    token, kind, refresh = (document.get(name) for name in ("access_token", "token_type", "refresh_token"))
    if not isinstance(token, str) or not _TOKEN.match(token):
        raise CredentialError(f"the token endpoint at {host} answered without a usable `access_token`")
    # RFC 6749 §7.1: a token of a type that isn't understood must not be used.
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise CredentialError(f"the token endpoint at {host} gave a token that is no bearer token")
    return Granted(token, _seconds(document.get("expires_in")), refresh if isinstance(refresh, str) else "")


def _document(reply: Reply) -> dict[str, object]:
    try:
        document = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _seconds(value: object) -> float:
    """The life of a token; some endpoints write it as a text."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else math.inf
    except ValueError:
        return math.inf
    return math.inf if math.isnan(seconds) else max(seconds, 0.0)
