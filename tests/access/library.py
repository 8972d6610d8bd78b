"""A library whose adapters ask their callers for different things, and what a request to each looks like."""

from __future__ import annotations

import json
from collections.abc import Mapping

TOKEN, PASSWORD = "t0ken-of-the-desk", "open: sésame"
ENV = {"DESK_TOKEN": TOKEN, "DESK_PASSWORD": PASSWORD}
USER = "ada"

ASKED: Mapping[str, str] = {
    "open": "",
    "bearer": "{type: bearer, token: '{{TOKEN}}'}",
    "key": "{type: apikey, key: X-Desk-Key, value: '{{TOKEN}}', placement: header}",
    "query": "{type: apikey, key: desk key, value: '{{TOKEN}}', placement: query}",
    "keys": "{type: apikey, headers: {X-One: '{{TOKEN}}', X-Two: 'two-{{TOKEN}}'}}",
    "basic": "{type: basic, username: ada, password: '{{PASSWORD}}'}",
    "digest": "{type: digest, username: ada, password: '{{PASSWORD}}'}",
}
"""What an adapter of this name asks."""

_HEAD = """\
naftiko: 1.0.0-alpha2
info: {{label: Library, description: Loans of a library.}}
binds:
  - {{namespace: env, keys: {{TOKEN: DESK_TOKEN, PASSWORD: DESK_PASSWORD}}}}
capability:
  consumes:
    - type: http
      namespace: loans
      baseUri: {upstream}
      resources:
        - {{name: loans, path: /loans, operations: [{{name: list-loans, method: GET}}]}}
  exposes:
"""

_REST = """\
    - type: rest
      namespace: {name}
      port: 8080
      {asked}
      resources:
        - path: /loans
          name: loans
          operations:
            - {{method: GET, name: list, description: All loans., call: loans.list-loans}}
"""

_MCP = """\
    - type: mcp
      namespace: {name}
      port: 8080
      description: Loans.
      {asked}
      tools:
        - {{name: list-loans, description: All loans., call: loans.list-loans}}
"""

_SKILL = """\
    - type: skill
      namespace: {name}
      port: 8080
      description: Loans.
      {asked}
      skills:
        - {{name: lending, description: How to lend., tools: []}}
"""

_KINDS = {"rest": _REST, "mcp": _MCP, "skill": _SKILL}
PATHS = {"rest": "/loans", "mcp": "/mcp", "skill": "/skills"}


def library(adapters: Mapping[str, tuple[str, str]], upstream: str = "https://loans.invalid") -> str:
    """A capability: for each namespace, an adapter's kind and what it asks for."""
    written = (
        _KINDS[kind].format(name=name, asked=f"authentication: {asked}" if asked else "")
        for name, (kind, asked) in adapters.items()
    )
    return _HEAD.format(upstream=upstream) + "".join(written)


def every_scheme(upstream: str) -> str:
    """A REST, an MCP and a skill adapter for each scheme of `ASKED`: `bearer-rest`, `bearer-mcp`, …"""
    return library(
        {f"{scheme}-{kind}": (kind, asked) for scheme, asked in ASKED.items() for kind in _KINDS}, upstream=upstream
    )


def oauth(issuer: str, resource: str = "https://library.test", more: str = "") -> str:
    """An OAuth authentication, with further keys behind it."""
    return f"{{type: oauth2, authorizationServerUri: '{issuer}', resource: '{resource}'{', ' + more if more else ''}}}"


def call(method: str = "tools/call", **headers: str) -> dict[str, object]:
    """What an MCP request needs, as arguments of httpx; `initialize` is for the SDK, `tools/call` is not."""
    params: dict[str, object] = {"name": "list-loans", "arguments": {}}
    if method == "initialize":
        client = {"name": "test", "version": "1"}
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    usual = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
    }
    return {"content": json.dumps(body), "headers": usual | headers}
