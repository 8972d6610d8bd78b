"""What reached the upstream? A real HTTP/1.1 server on a loopback socket that records requests and answers by script.

The acceptance tests assert on the wire, so nothing here decodes, normalises or reorders: the path and the query are
kept as they were sent. It is written on plain sockets because a web framework would decode a path before a test could
see it, and because it must also misbehave: answer slowly, stop in the middle of a body, lie about an encoding.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import responses
from io import BufferedIOBase
from typing import NamedTuple
from urllib.parse import parse_qsl

Pairs = tuple[tuple[str, str], ...]

JSON = (("Content-Type", "application/json"),)
BODYLESS = frozenset({204, 304})
IDLE_SECONDS = 60.0


class Received(NamedTuple):
    """One request as it arrived. `path` and `query` are undecoded; header names keep their case and their order."""

    method: str
    path: str
    query: str
    headers: Pairs
    body: bytes

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """The query, decoded, in the order it was sent; blank values are kept."""
        return parse_qsl(self.query, keep_blank_values=True, strict_parsing=bool(self.query))

    @property
    def json(self) -> object:
        """The body as a JSON document."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The only value of a header, or None. Two values are a defect of the sender."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2, f"{name} was sent {len(values)} times"
        return values[0] if values else None

    def echo(self) -> dict[str, object]:
        """The document that the default answer holds, so that a test can tell whose answer came back."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "body": self.body.decode("utf-8", "replace"),
            "nested": {"list": [1, 2.5, None, True, "é"]},
        }


@dataclass(frozen=True)
class Answer:
    """One scripted answer. `hold` delays it until the event is set; `cut_after` closes after that many body bytes."""

    status: int = 200
    body: bytes = b""
    headers: Pairs = JSON
    chunked: bool = False
    hold: threading.Event | None = None
    cut_after: int | None = None

    @classmethod
    def json(cls, document: object, status: int = 200, headers: Pairs = ()) -> Answer:
        """An answer that holds a JSON document."""
        return cls(status, json.dumps(document).encode(), JSON + headers)

    @classmethod
    def gzipped(cls, document: object) -> Answer:
        """A JSON document under `Content-Encoding: gzip`."""
        return cls(200, gzip.compress(json.dumps(document).encode()), (*JSON, ("Content-Encoding", "gzip")))


Script = Callable[[Received], Answer]


@dataclass
class Upstream:
    """The upstream as a test sees it: where it is, what it got, and what it shall answer next."""

    port: int
    scheme: str = "http"
    requests: list[Received] = field(default_factory=list)
    _scripts: dict[tuple[str, str], Script] = field(default_factory=dict)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """The address, without a path and without a slash at its end."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def last(self) -> Received:
        """The newest request."""
        assert self.requests, "nothing reached the upstream"
        return self.requests[-1]

    @property
    def only(self) -> Received:
        """The one request since the last `reset`."""
        assert len(self.requests) == 1, f"one request was expected, these came: {self.requests}"
        return self.requests[0]

    def answer(self, method: str, path: str, answer: Answer | Script) -> None:
        """Script the answer to a method and a raw path; either may be `*`, for any."""
        self._scripts[method, path] = answer if callable(answer) else lambda _request: answer

    def reset(self) -> None:
        """Forget every request and every script."""
        with self._arrived:
            self.requests.clear()
        self._scripts.clear()

    def wait_for_requests(self, count: int, seconds: float = 5.0) -> None:
        """Block until `count` requests have arrived since the last `reset`."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(self.requests) >= count, seconds)
        assert arrived, f"{count} requests were expected within {seconds} s, {len(self.requests)} came"

    def receive(self, request: Received) -> Answer:
        """Record a request and choose its answer."""
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        keys = [(request.method, request.path), (request.method, "*"), ("*", request.path), ("*", "*")]
        script = next((self._scripts[key] for key in keys if key in self._scripts), None)
        return script(request) if script else Answer.json(request.echo())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    upstream: Upstream

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that goes away is no news here; the test that cares sees it on its own side."""


class _Connection(socketserver.StreamRequestHandler):
    timeout = IDLE_SECONDS
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            while (request := _read(self.rfile)) is not None:
                answer = self.server.upstream.receive(request)
                if answer.hold is not None:
                    answer.hold.wait(IDLE_SECONDS)
                if not self._send(answer, request.method):
                    return

    def _send(self, answer: Answer, method: str) -> bool:
        lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unnamed')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        body = b"" if method == "HEAD" or answer.status in BODYLESS else answer.body
        if answer.chunked:
            lines.append("Transfer-Encoding: chunked")
            body = _chunks(body)
        elif answer.status not in BODYLESS:
            lines.append(f"Content-Length: {len(answer.body)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body[: answer.cut_after])
        return answer.cut_after is None


def _chunks(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def _read(stream: BufferedIOBase) -> Received | None:
    line = stream.readline()
    if not line:
        return None
    method, target, _version = line.decode("latin-1").split()
    headers = tuple(_headers(stream))
    path, _, query = target.partition("?")
    return Received(method, path, query, headers, _body(stream, {name.lower(): value for name, value in headers}))


def _headers(stream: BufferedIOBase) -> Iterator[tuple[str, str]]:
    while (line := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = line.partition(":")
        yield name, value.strip(" \t")


def _body(stream: BufferedIOBase, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        length = int(headers.get("content-length", "0"))
        body = stream.read(length)
        if len(body) < length:
            # Whoever broke off may have done so in the test before.
            raise ConnectionError
        return body
    body = b""
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


@contextlib.contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Upstream]:
    """An upstream on a free loopback port, for as long as the context lasts; with `tls` it speaks that."""
    with _Server(("127.0.0.1", 0), _Connection) as server:
        server.upstream = Upstream(server.server_address[1], "http" if tls is None else "https")
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.upstream
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """The URL of an upstream that refuses every connection: its port is bound, so nobody else can take it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
