"""Does an answer say what the upstream was told in confidence? An upstream quotes the address it was called at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner import Running, request, running
from tests.upstream import Answer, Received, Upstream, serving

KEY = "k3y+/0f=our.own"
ENCODED = "k3y%2B%2F0f%3Dour.own"
FILE = """\
naftiko: 1.0.0-alpha2
info: {label: Quay, description: A quay.}
binds:
  - {namespace: env, keys: {QUAY_KEY: QUAY_KEY}}
capability:
  consumes:
    - type: http
      namespace: quay
      baseUri: UPSTREAM
      authentication: {type: apikey, key: key, value: "{{QUAY_KEY}}", placement: query}
      resources:
        - {name: ships, path: /ships, operations: [{name: list-ships, method: GET}]}
  exposes:
    - type: rest
      namespace: quay-rest
      port: 8080
      resources:
        - {path: /whole, name: whole, operations: [{method: GET, name: whole, call: quay.list-ships}]}
        - path: /shaped
          name: shaped
          operations:
            - method: GET
              name: shaped
              call: quay.list-ships
              outputParameters: [{type: object, properties: {path: {type: string, mapping: $.path}}}]
        - path: /steps
          name: steps
          operations:
            - method: GET
              name: steps
              steps: [{type: call, name: one, call: quay.list-ships}]
              outputParameters: [{type: object, properties: {path: {type: string, mapping: $.one.path}}}]
        - {path: "/passed/{path}", name: passed, forward: {targetNamespace: quay, trustedHeaders: [accept]}}
"""


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with serving() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = Path(tmp_path_factory.mktemp("secrets"), "quay.yaml")
    file.write_text(FILE.replace("UPSTREAM", upstream.url))
    with running("run", str(file), "--port", "0", env={"QUAY_KEY": KEY}) as server:
        yield server


@pytest.mark.parametrize("status", [200, 302, 404])
@pytest.mark.parametrize("path", ["/whole", "/shaped", "/steps", "/passed/ships"])
def test_a_link_to_itself_does_not_hold_our_key(server: Running, upstream: Upstream, path: str, status: int) -> None:
    def quoting(received: Received) -> Answer:
        own = f"http://quay.example{received.path}?{received.query}&page=2"
        quoted = (("Link", f'<{own}>; rel="next"'), ("Location", own), ("Content-Location", own.replace("%2B", "+")))
        return Answer.json({"path": received.path}, status, quoted)

    upstream.answer("*", "*", quoting)
    reply = request("GET", _root(server) + path)
    told = "\n".join(reply.headers.values())

    assert path == "/steps" or reply.status == status
    assert "key=" in upstream.last.query
    assert not any(secret in told for secret in (KEY, ENCODED, "our.own"))
    assert path == "/steps" or "page=2" in told


def _root(server: Running) -> str:
    return server.url("rest").removesuffix("/quay-rest")
