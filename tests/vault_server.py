"""Who keeps the secrets? A server on a loopback socket that speaks the KV version 2 protocol of HashiCorp Vault.

Statuses and documents are those of Vault's HTTP API: versions that are written, deleted and destroyed, tokens with the
paths they may read, namespaces, a seal, a standby that redirects. It counts what was asked, as it was asked.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Document = dict[str, Any]

ROOT = "hvs.root"
_WHEN = "2026-11-21T05:40:31.000000000Z"


class Asked(NamedTuple):
    """One request as it came. Header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass
class Vault:
    """The server as a test sees it. `tokens` maps each token to the paths below which it may read; a `standby` answers
    every request with a redirect to that address; `hold` keeps requests waiting until it is set; it is sealed once it
    has given as many answers as `seals_after` says.
    """

    port: int
    scheme: str = "http"
    mounts: tuple[str, ...] = ("secret", "kv/team")
    namespace: str = ""
    sealed: bool = False
    standby: str = ""
    seals_after: int = -1
    status: int = 0
    body: bytes | None = None
    hold: threading.Event | None = None
    tokens: dict[str, tuple[str, ...]] = field(default_factory=lambda: {ROOT: ("",)})
    requests: list[Asked] = field(default_factory=list)
    _versions: dict[tuple[str, str], list[Document]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def write(self, mount: str, path: str, values: Document) -> None:
        """Write the next version of a secret."""
        versions = self._versions.setdefault((mount, path), [])
        metadata = {"created_time": _WHEN, "custom_metadata": None, "deletion_time": "", "destroyed": False}
        versions.append({"data": values, "metadata": {**metadata, "version": len(versions) + 1}})

    def delete(self, mount: str, path: str) -> None:
        """Delete the newest version."""
        newest = self._versions[mount, path][-1]
        newest["data"], newest["metadata"]["deletion_time"] = None, _WHEN

    def answer(self, asked: Asked) -> tuple[int, Document]:
        """Status and document for a request."""
        self.sealed = self.sealed or self.seals_after == 0
        self.seals_after -= 1
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        parts = urlsplit(asked.target)
        path = unquote(parts.path).removeprefix("/v1/")
        readable = self.tokens.get(asked.headers.get("x-vault-token", ""))
        is_here = asked.headers.get("x-vault-namespace", "").strip("/") == self.namespace
        if readable is None or not is_here or not path.startswith(readable):
            return 403, {"errors": ["permission denied"]}
        mount = next((item for item in self.mounts if path.startswith(f"{item}/data/")), None)
        versions = self._versions.get((mount, path.removeprefix(f"{mount}/data/"))) if mount is not None else None
        if asked.method != "GET":
            return 405, {"errors": ["unsupported operation"]}
        number = int(parse_qs(parts.query).get("version", ["0"])[-1])
        if versions is None or number > len(versions):
            return 404, {"errors": []}
        found = versions[number - 1]
        lease = {"request_id": "0", "lease_id": "", "renewable": False, "lease_duration": 0, "auth": None}
        return 404 if found["data"] is None else 200, {**lease, "data": found, "wrap_info": None, "warnings": None}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    vault: Vault

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust this server goes away, and that is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        vault = self.server.vault
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        vault.requests.append(asked)
        if vault.hold is not None:
            vault.hold.wait(30)
        status, document = vault.answer(asked)
        if vault.standby:
            status, document = 307, {}
        content = json.dumps(document).encode() if vault.body is None else vault.body
        self.send_response(vault.status or status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        if vault.standby:
            self.send_header("location", vault.standby + self.path)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Nothing: a test that fails says what it saw."""


@contextlib.contextmanager
def keeping(tls: Path | None = None, **settings: Any) -> Iterator[Vault]:
    """A Vault on a free loopback port, for as long as the context lasts; over TLS with a certificate put into `tls`."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        scheme = "http" if tls is None else "https"
        server.vault = Vault(server.server_address[1], scheme, **settings)
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_certificate(tls))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.vault
        finally:
            server.shutdown()
            thread.join()


def _certificate(file: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vault")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file
