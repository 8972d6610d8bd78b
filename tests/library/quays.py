"""A capability for the tests of this folder: small, with a credential in the query, and with names that Python, and
providers of models, can't take as they are.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "specs" / "demo.naftiko.yaml"
SHIPYARD = ROOT / "tests" / "fixtures" / "shipyard-docks.yaml"

BASE = "https://quays.invalid/v1"
KEY = "s3cret-quay-key"
ENV = {"QUAY_KEY": KEY}

MOCK = """\
naftiko: 1.0.0-alpha2
info: {{label: {namespace}, description: Mock.}}
capability:
  exposes:
    - type: {kind}
      namespace: {namespace}
      port: 8080
      {content}
"""

_QUAYS = """\
naftiko: 1.0.0-alpha2
info: {label: Quays, description: Quays of a harbour.}
binds:
  - namespace: env
    keys: {QUAY_KEY: QUAY_KEY}
capability:
  consumes:
    - type: http
      namespace: quays
      baseUri: https://quays.invalid/v1
      authentication: {type: apikey, key: api_key, value: "{{QUAY_KEY}}", placement: query}
      resources:
        - name: quay
          path: /quays/{quay-id}
          operations:
            - name: show-quay
              method: GET
              outputRawFormat: json
              inputParameters:
                - {name: quay-id, in: path, type: string}
                - {name: $top, in: query, type: integer}
                - {name: "filter[kind]", in: query, type: string}
            - name: print-quay
              method: POST
        - name: quays
          path: /quays
          operations:
            - name: list-quays
              method: GET
              outputRawFormat: json
  exposes:
    - type: rest
      namespace: quays-rest
      port: 8080
      resources:
        - path: /quays/{quay-id}
          name: quay
          operations:
            - {method: GET, name: show, call: quays.show-quay, outputParameters: [{type: object, mapping: $.}]}
            - {method: POST, name: print, call: quays.print-quay}
        - path: /quays
          name: quays
          operations:
            - {method: GET, name: list, call: quays.list-quays, outputParameters: [{type: array, mapping: $.}]}
    - type: mcp
      namespace: quays-mcp
      port: 9090
      description: Quays.
      tools:
        - name: show-quay
          description: Show one quay.
          call: quays.show-quay
          outputParameters: [{type: object, mapping: $.}]
"""


def quays() -> str:
    """The text of the capability."""
    return _QUAYS


def mock_tools(namespace: str, *names: str) -> str:
    """A capability with one MCP adapter, whose tools answer their namespace."""
    answer = f"outputParameters: [{{name: by, type: string, value: {namespace}}}]"
    tools = "".join(f"\n        - {{name: '{name}', description: Who is it?, {answer}}}" for name in names)
    return MOCK.format(kind="mcp", namespace=namespace, content=f"description: Mock.\n      tools:{tools}")


def mock_route(namespace: str, path: str = "/who") -> str:
    """A capability with one REST operation, which answers its namespace."""
    answer = f"outputParameters: [{{type: object, properties: {{by: {{type: string, value: {namespace}}}}}}}]"
    operation = f"{{method: GET, name: who, {answer}}}"
    resource = f"resources: [{{path: {path}, name: who, operations: [{operation}]}}]"
    return MOCK.format(kind="rest", namespace=namespace, content=resource)
