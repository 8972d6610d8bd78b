"""Who issues the tokens? A real OAuth 2.1 authorization server on a loopback socket: it issues, rotates and revokes.

It speaks RFC 8414 metadata, JWKS (RFC 7517), the grants client_credentials, refresh_token and authorization_code with
PKCE (RFC 7636), resource indicators (RFC 8707), introspection (RFC 7662), revocation (RFC 7009) and registration
(RFC 7591); whoever asks `/authorize` is taken to agree. Access tokens are JWTs (RFC 9068). A test may also have a token
made with any claims, by any key, and may count what was asked of which path.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

Document = dict[str, Any]

CLIENT, SECRET = "warehouse", "warehouse secret/%+"


class Key(NamedTuple):
    """A signing key under its id."""

    kid: str
    algorithm: str
    private: Any

    @property
    def public(self) -> Document:
        """As it stands in a JWKS."""
        made = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private.public_key(), as_dict=True)
        return {**made, "kid": self.kid, "use": "sig", "alg": self.algorithm}


_MAKERS = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def make_key(algorithm: str = "ES256") -> Key:
    """A new key."""
    return Key(secrets.token_hex(4), algorithm, _MAKERS[algorithm]())


class Asked(NamedTuple):
    """One request as it came. `form` holds its body, decoded; `authorization` is the header."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    authorization: str


@dataclass
class AuthorizationServer:
    """The server as a test sees it. `issuer_path` makes an issuer with a path; `down` has every request answered 503.

    `lifetime` is of access tokens, in seconds; `nonsense` holds what paths answer instead. `keys` are published in that
    order; the last one signs.
    """

    port: int
    issuer_path: str = ""
    lifetime: int = 300
    refreshes: bool = True
    down: bool = False
    nonsense: dict[str, bytes] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=lambda: [make_key()])
    clients: dict[str, str] = field(default_factory=lambda: {CLIENT: SECRET})
    metadata: Document = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)
    _codes: dict[str, Document] = field(default_factory=dict)
    _refresh: dict[str, Document] = field(default_factory=dict)
    _claims: dict[str, Document] = field(default_factory=dict)
    _revoked: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def issuer(self) -> str:
        return self.url + self.issuer_path

    @property
    def token_endpoint(self) -> str:
        return f"{self.issuer}/token"

    def count(self, path: str) -> int:
        """How often a path below the issuer, or a whole one, was asked for."""
        return sum(item.path in (path, self.issuer_path + path) for item in self.requests)

    def rotate(self, algorithm: str = "ES256", *, keep: bool = False) -> Key:
        """Sign with a new key from now on; the old ones are published no longer, unless they are kept."""
        key = make_key(algorithm)
        self.keys = [*self.keys, key] if keep else [key]
        return key

    def claims(self, **changed: Any) -> Document:
        """The claims of an ordinary token, with others in their place; None takes one away."""
        now = int(time.time())
        usual = {"iss": self.issuer, "sub": CLIENT, "iat": now, "exp": now + self.lifetime, "jti": secrets.token_hex(8)}
        return {name: value for name, value in (usual | changed).items() if value is not None}

    def token(self, key: Key | None = None, headers: Document | None = None, **changed: Any) -> str:
        """A token, made without asking. `changed` are its claims that aren't the usual ones; None takes one away, as it
        does a header.
        """
        signing = key or self.keys[-1]
        claims = self.claims(**changed)
        told = {"kid": signing.kid, "typ": "at+jwt"} | (headers or {})
        told = {name: value for name, value in told.items() if value is not None or name == "typ"}
        token = jwt.encode(
            claims,
            signing.private,
            algorithm=signing.algorithm,
            headers=told,
        )
        self._claims[token] = claims
        return token

    def revoke(self, token: str) -> None:
        """Make a token or refresh token worthless."""
        self._revoked.add(token)
        self._refresh.pop(token, None)

    def refresh_token(self, **form: str) -> str:
        """A refresh token, made without asking. `form` is what it was granted for."""
        token = secrets.token_urlsafe(16)
        self._refresh[token] = form
        return token

    def is_active(self, token: str) -> bool:
        """Whether this server issued the token and would still stand for it."""
        claims = self._claims.get(token)
        return claims is not None and token not in self._revoked and claims.get("exp", 0) > time.time()

    # What it answers.

    def get(self, path: str, query: dict[str, str]) -> tuple[int, Document, str]:
        """Status, document and `Location` of the answer to a GET."""
        inserted = f"/.well-known/oauth-authorization-server{self.issuer_path}"
        if path in (inserted, f"{self.issuer_path}/.well-known/openid-configuration"):
            return 200, self._metadata(), ""
        if path == f"{self.issuer_path}/jwks":
            return 200, {"keys": [key.public for key in self.keys]}, ""
        if path == f"{self.issuer_path}/authorize":
            code = secrets.token_urlsafe(16)
            self._codes[code] = dict(query)
            answer = {"code": code, "state": query.get("state", ""), "iss": self.issuer}
            return 302, {}, f"{query['redirect_uri']}?{urlencode(answer)}"
        return 404, {}, ""

    def post(self, path: str, form: dict[str, str], authorization: str, body: bytes) -> tuple[int, Document]:
        """Status and document of the answer to a POST."""
        path = path.removeprefix(self.issuer_path)
        if path == "/register":
            return 201, self._register(json.loads(body))
        client = self._client(form, authorization)
        if client is None:
            return 401, {"error": "invalid_client"}
        if path == "/token":
            with self._lock:
                return self._grant(client, form)
        if path == "/introspect":
            token = form.get("token", "")
            claims = self._claims.get(token, {})
            is_active = claims.get("active", self.is_active(token))
            return 200, {**claims, "active": True} if is_active else {"active": False}
        if path == "/revoke":
            self.revoke(form.get("token", ""))
            return 200, {}
        return 404, {}

    def _metadata(self) -> Document:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": self.token_endpoint,
            "jwks_uri": f"{self.issuer}/jwks",
            "introspection_endpoint": f"{self.issuer}/introspect",
            "revocation_endpoint": f"{self.issuer}/revoke",
            "registration_endpoint": f"{self.issuer}/register",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"],
            **self.metadata,
        }

    def _register(self, wanted: Document) -> Document:
        client = secrets.token_hex(6)
        self.clients[client] = ""
        return {**wanted, "client_id": client, "token_endpoint_auth_method": "none"}

    def _client(self, form: dict[str, str], authorization: str) -> str | None:
        """The client that asks, once it has shown that it is that one (RFC 6749 §2.3.1)."""
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            client, secret = unquote(pair[0].replace("+", " ")), unquote(pair[2].replace("+", " "))
        known = self.clients.get(client)
        return client if known is not None and secrets.compare_digest(known.encode(), secret.encode()) else None

    def _grant(self, client: str, form: dict[str, str]) -> tuple[int, Document]:
        kind = form.get("grant_type")
        if kind == "client_credentials":
            return self._issue(client, form, refreshes=False)
        if kind == "refresh_token":
            granted = self._refresh.pop(form.get("refresh_token", ""), None)
            return (400, {"error": "invalid_grant"}) if granted is None else self._issue(client, granted)
        if kind == "authorization_code":
            asked = self._codes.pop(form.get("code", ""), None)
            challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            spelled = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
            if asked is None or asked.get("code_challenge") != spelled:
                return 400, {"error": "invalid_grant"}
            return self._issue(client, {**asked, **form})
        return 400, {"error": "unsupported_grant_type"}

    def _issue(self, client: str, form: dict[str, str], *, refreshes: bool = True) -> tuple[int, Document]:
        audience = form.get("resource") or form.get("audience")
        token = self.token(sub=client, client_id=client, aud=audience, scope=form.get("scope"))
        document = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        if form.get("scope"):
            document["scope"] = form["scope"]
        if refreshes and self.refreshes:
            document["refresh_token"] = secrets.token_urlsafe(16)
            self._refresh[document["refresh_token"]] = dict(form)
        return 200, document


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    authority: AuthorizationServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("content-length") or 0)))

    def _serve(self, body: bytes) -> None:
        authority = self.server.authority
        parts = urlsplit(self.path)
        query, authorization = _flat(parts.query), self.headers.get("authorization", "")
        is_form = "form" in (self.headers.get("content-type") or "")
        form = _flat(body.decode()) if is_form else {}
        authority.requests.append(Asked(self.command, parts.path, query, form, authorization))
        location = ""
        if authority.down:
            status, document = 503, {}
        elif self.command == "GET":
            status, document, location = authority.get(parts.path, query)
        else:
            status, document = authority.post(parts.path, form, authorization, body)
        content = authority.nonsense.get(parts.path) or json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.send_header("cache-control", "no-store")
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Nothing: a test that fails says what it saw."""


def _flat(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


@contextlib.contextmanager
def authorizing(**settings: Any) -> Iterator[AuthorizationServer]:
    """An authorization server on a free loopback port, for as long as the context lasts."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.authority = AuthorizationServer(server.server_address[1], **settings)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.authority
        finally:
            server.shutdown()
            thread.join()
