"""A capability with a control adapter, and how its process is asked."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.runner import Reply, Running, request

SECRET = "canary-3f9c-secret"
"""The value of the one variable: it must not be found in anything that is told."""

EVERYTHING = "{info: true, reload: true, validate: true, logs: true}"
JSON = {"Content-Type": "application/json"}

_CAPABILITY = """
naftiko: 1.0.0-alpha2
info: {label: Harbour}
binds:
- {namespace: env, keys: {HARBOUR_KEY: HARBOUR_KEY}}
capability:
  consumes:
  - type: http
    namespace: registry
    baseUri: %(upstream)s
    authentication: {type: bearer, token: "{{HARBOUR_KEY}}"}
    resources:
    - name: ships
      path: /ships/{{HARBOUR_KEY}}
      operations: [{name: list, method: GET}]
  exposes:
  - type: control
    port: %(control)s
    management: %(management)s
    %(more)s
  - type: rest
    port: %(rest)s
    namespace: quay
    resources:
    - path: /ships
      operations: [{name: ships, method: GET, call: registry.list}]
    - path: /tide
      operations: [{name: tide, method: GET, outputParameters: [{type: string, value: high}]}]
  - type: mcp
    port: %(rest)s
    namespace: pilots
    tools:
    - {name: ships, description: The ships., call: registry.list}
"""


def harbour(
    upstream: str = "http://127.0.0.1:9",
    *,
    control: int = 9100,
    rest: int = 9101,
    management: str = EVERYTHING,
    more: str = "",
) -> str:
    """The text of the capability."""
    return _CAPABILITY % {
        "upstream": upstream,
        "control": control,
        "rest": rest,
        "management": management,
        "more": more,
    }


def get(server: Running, path: str, **headers: str) -> Reply:
    """Ask the control adapter."""
    return request("GET", server.url("control") + path, headers=headers)


def change(server: Running, method: str, path: str, document: object = None) -> Reply:
    """Have the control adapter do something."""
    return request(method, server.url("control") + path, json.dumps(document or {}).encode(), JSON)


@contextmanager
def streaming(server: Running) -> Iterator[Iterator[dict[str, Any]]]:
    """The lines of the log as they come, once the stream has begun."""
    parts = urlsplit(server.url("control"))
    # Less than the pause after which a quiet stream says that it lives: a line that doesn't come fails the test.
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", f"{parts.path}/logs/stream")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
        assert answer.readline().startswith(b":")
        yield (json.loads(line[6:]) for line in iter(answer.readline, b"") if line.startswith(b"data: "))
    finally:
        connection.close()
