"""What does an authorization server say of itself? (RFC 8414)

Its metadata is looked for where the RFC, OpenID Connect and servers older than both put it. It counts only if it names
the issuer that was asked for, and an issuer reached over https can't hand out an address that is not.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import orjson

from naftiko_runtime.engine.asking import ask
from naftiko_runtime.engine.upstream.port import Upstream
from naftiko_runtime.errors import CredentialError, InvocationError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.text.addresses import address_problem

_DOCUMENT_BYTES = 256 * 1024
_SERVER, _CONNECT = "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"


def metadata_urls(issuer: str) -> tuple[str, ...]:
    """Where the metadata of an issuer may be: RFC 8414 §3.1, the same for OpenID Connect, OpenID Connect Discovery 1.0
    §4, and the first as servers append it that don't insert.
    """
    parts = urlsplit(issuer.rstrip("/"))
    origin = f"{parts.scheme}://{parts.netloc}"
    inserted = (f"{origin}{_SERVER}{parts.path}", f"{origin}{_CONNECT}{parts.path}")
    return tuple(dict.fromkeys((*inserted, f"{origin}{parts.path}{_CONNECT}", f"{origin}{parts.path}{_SERVER}")))


async def find_metadata(upstream: Upstream, issuer: str) -> dict[str, object]:
    """The metadata of an issuer. Raises `CredentialError`, which says what each place answered."""
    reasons: list[str] = []
    for url in metadata_urls(issuer):
        found = await _look(upstream, url, issuer)
        if isinstance(found, dict):
            return found
        reasons.append(f"{urlsplit(url).path} {found}")
    raise CredentialError(f"no metadata of {urlsplit(issuer).netloc}: {'; '.join(reasons)}")


def endpoint_of(metadata: dict[str, object], name: str, issuer: str) -> str:
    """The address that metadata gives under `name`. Raises `CredentialError` for one that can't be used safely."""
    url = metadata.get(name)
    host = urlsplit(issuer).netloc
    if not isinstance(url, str) or address_problem(url.partition("?")[0]):
        raise CredentialError(f"the metadata of {host} has no usable `{name}`")
    if issuer.startswith("https:") and not url.startswith("https:"):
        raise CredentialError(f"the metadata of {host} has a `{name}` that is not https")
    return url


async def _look(upstream: Upstream, url: str, issuer: str) -> dict[str, object] | str:
    """The metadata at one place, or why it is none."""
    request = UpstreamRequest("GET", url, (("accept", "application/json"),), None, urlsplit(url).path)
    try:
        reply = await ask(upstream, request, _DOCUMENT_BYTES)
    except InvocationError as error:
        # A server that can't be reached here can't be reached at its other places either.
        raise CredentialError(f"no metadata of {urlsplit(issuer).netloc}: {error}") from None
    if reply.status != 200:
        return f"answered {reply.status}"
    try:
        document = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        return "is no JSON"
    said = document.get("issuer") if isinstance(document, dict) else None
    is_same = isinstance(said, str) and said.rstrip("/") == issuer.rstrip("/")
    return document if is_same else "is of another issuer"
