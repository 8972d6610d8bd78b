"""A capability whose operation answers with bytes, unless a test says what else."""

from __future__ import annotations

RESPONSE = ", responseBinary: {mediaType: image/png}"
"""A key of an exposed operation that says the media type of its answer."""


def text(operation: str = "", rest: str = "", adapter: str = "", flow: str = "", raw: str = "binary") -> str:
    """A capability whose operation answers with bytes, called from REST and MCP, and through a flow."""
    return f"""\
ikanos: 1.0.0-beta5
info: {{display: Photos, description: Photos.}}
capability:
  consumes:
  - type: http
    namespace: photos
    baseUri: https://photos.invalid
    resources:
      photo: {{path: /p, operations: {{get: {{method: GET, outputRawFormat: {raw}{operation}}}}}}}
  aggregates:
  - display: Photos
    namespace: shared
    flows:
      get-photo: {{description: A photo., call: photos.get{flow}}}
  exposes:
  - type: rest
    namespace: photos-rest
    port: 8080
    {adapter or "description: Photos."}
    resources:
      photo: {{path: /p, operations: {{get: {{method: GET, call: photos.get{rest}}}}}}}
      shared: {{path: /s, operations: {{get: {{method: GET, ref: shared.get-photo{rest}}}}}}}
  - type: mcp
    namespace: photos-mcp
    port: 9090
    description: Photos.
    {adapter or "transport: http"}
    tools:
      get-photo: {{description: A photo., call: photos.get}}
"""
