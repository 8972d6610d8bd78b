"""`vault://`: a secret of HashiCorp Vault, read over HTTP from its KV store, version 2.

Where Vault is and who asks is said by Vault's own variables (`VAULT_ADDR`, `VAULT_TOKEN` or `VAULT_TOKEN_FILE`,
`VAULT_NAMESPACE`, `VAULT_CACERT`), never by a capability: a file must not choose who gets the token. Python's own HTTP
client is used, because it needs no event loop and leaves no thread behind in a process that is going to fork.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

import orjson

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.providers.provider import Asked, Content, Provider
from naftiko_runtime.plan.text.addresses import address_problem
from naftiko_runtime.spec.text.source import read_source
from naftiko_runtime.version import __version__

_SECONDS = 5.0
_MOST_BYTES = 1024 * 1024
_FORM = "write `vault://MOUNT/PATH`, or `vault://NAME/MOUNT/data/PATH`"
_VISIBLE = re.compile(r"[\x21-\x7e]+\Z")
_REASONS = {
    400: "Vault finds the request malformed (400): check the mount and the path",
    403: "Vault denies it (403): the token has ended, or its policy does not allow to read this path",
    404: "Vault has no such secret (404), or its KV store at this mount is not of version 2",
    429: "this Vault is a standby (429): set VAULT_ADDR to the active one",
    472: "this Vault is a secondary for disaster recovery (472)",
    473: "this Vault is a performance standby (473)",
    501: "Vault is not initialised (501)",
    503: "Vault is sealed, or down for maintenance (503)",
}


class _UnreadError(Exception):
    """Why there are no values; the text quotes none."""


class _Secret(NamedTuple):
    """What a location means. `version` is empty for the newest."""

    mount: str
    path: str
    version: str


def _read(asked: Asked) -> Content:
    try:
        secret = _secret(asked.location)
        address = _address(asked.settings)
        status, content = _ask(address, secret, _headers(asked), asked.settings.get("VAULT_CACERT"))
        return _values(status, content)
    except _UnreadError as error:
        return str(error)


def _secret(location: str) -> _Secret:
    """Both spellings: a mount and a path; or a name for the Vault and the path of its HTTP API, which has a `data`."""
    try:
        parts = urlsplit(location)
    except ValueError:
        raise _UnreadError(_FORM) from None
    query = parse_qs(parts.query, keep_blank_values=True)
    version = query.pop("version", [""])[-1]
    if query or parts.fragment or not re.match(r"\d*\Z", version, re.ASCII):
        raise _UnreadError("nothing but `?version=NUMBER` may follow the path")
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if "data" in segments[1:]:
        split = segments.index("data", 1)
        mount, path = segments[:split], segments[split + 1 :]
    else:
        mount, path = [unquote(parts.netloc)], segments
    named = [*mount, *path]
    if not path or any(segment in ("", ".", "..") or not segment.isprintable() for segment in named):
        raise _UnreadError(_FORM)
    return _Secret(_joined(mount), _joined(path), version)


def _joined(segments: list[str]) -> str:
    return "/".join(quote(segment, safe="") for segment in segments)


def _address(settings: Mapping[str, str]) -> SplitResult:
    text = settings.get("VAULT_ADDR", "")
    if not text:
        raise _UnreadError("VAULT_ADDR is not set; it says where Vault is")
    if problem := address_problem(text):
        raise _UnreadError(f"VAULT_ADDR can't be used: {problem}")
    return urlsplit(text.rstrip("/"))


def _headers(asked: Asked) -> dict[str, str]:
    headers = {"X-Vault-Request": "true", "Accept": "application/json", "User-Agent": f"naftiko-runtime/{__version__}"}
    headers["X-Vault-Token"] = _usable("VAULT_TOKEN", _token(asked))
    if namespace := asked.settings.get("VAULT_NAMESPACE"):
        headers["X-Vault-Namespace"] = _usable("VAULT_NAMESPACE", namespace)
    return headers


def _token(asked: Asked) -> str:
    if token := asked.settings.get("VAULT_TOKEN"):
        return token
    file = asked.settings.get("VAULT_TOKEN_FILE")
    if not file:
        raise _UnreadError("neither VAULT_TOKEN nor VAULT_TOKEN_FILE is set; one of them says who asks")
    text = read_source(Path(file), file)
    if isinstance(text, Diagnostic):
        raise _UnreadError(f"VAULT_TOKEN_FILE: {text.message}")
    return text.strip()


def _usable(name: str, value: str) -> str:
    if not _VISIBLE.match(value):
        raise _UnreadError(f"{name} holds characters that can't travel in a header")
    return value


def _ask(address: SplitResult, secret: _Secret, headers: Mapping[str, str], trusted: str | None) -> tuple[int, bytes]:
    """Status and content of the answer. Redirects are not followed: they could lead the token away."""
    target = f"{address.path}/v1/{secret.mount}/data/{secret.path}"
    try:
        connection = _connection(address, trusted)
        try:
            connection.request("GET", f"{target}?version={secret.version}" if secret.version else target, None, headers)
            answer = connection.getresponse()
            content = answer.read(_MOST_BYTES + 1)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise _UnreadError(f"Vault at {address.netloc} {_trouble(error)}") from None
    if len(content) > _MOST_BYTES:
        raise _UnreadError(f"Vault's answer is larger than {_MOST_BYTES} bytes")
    return answer.status, content


def _connection(address: SplitResult, trusted: str | None) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "http":
        return http.client.HTTPConnection(host, address.port, timeout=_SECONDS)
    try:
        context = ssl.create_default_context(cafile=trusted or None)
    except OSError as error:
        raise _UnreadError(f"VAULT_CACERT can't be read: {error.strerror or 'no certificate'}") from None
    return http.client.HTTPSConnection(host, address.port, timeout=_SECONDS, context=context)


def _trouble(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"shows a certificate that is not trusted: {error.verify_message} (VAULT_CACERT names another authority)"
    if isinstance(error, TimeoutError):
        return f"does not answer within {_SECONDS:g} s"
    if isinstance(error, http.client.HTTPException):
        return "answers in something else than HTTP"
    return f"can't be reached: {getattr(error, 'strerror', None) or type(error).__name__}"


def _values(status: int, content: bytes) -> Mapping[str, object]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        document = None
    data = document.get("data") if isinstance(document, dict) else None
    values = data.get("data") if isinstance(data, dict) else None
    if status == 200 and isinstance(values, dict):
        return values
    if status == 404 and isinstance(data, dict) and isinstance(data.get("metadata"), dict):
        raise _UnreadError("this version of the secret was deleted (404)")
    if status == 200:
        raise _UnreadError("Vault's answer holds no secret: its KV store at this mount may be of version 1")
    if 300 <= status <= 399:
        raise _UnreadError(f"Vault sends elsewhere ({status}), which is not followed: set VAULT_ADDR to that address")
    raise _UnreadError(_REASONS.get(status, f"Vault answers {status}"))


VAULT = Provider(_read, None)
"""The provider of `vault://`. Nothing tells of a change in Vault: it is asked again at a reload and at SIGHUP."""
