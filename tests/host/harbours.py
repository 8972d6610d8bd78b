"""Capabilities to host: written here, because what matters about them is who listens where."""

from __future__ import annotations

import textwrap
from pathlib import Path

from naftiko_runtime.host.files.capability import Capability, Settings, load_capability

HEAD = "naftiko: 1.0.0-alpha2\ninfo: {label: Harbour, description: A harbour.}\n"


def rest_adapter(
    namespace: str, port: int, *, path: str = "/ships", method: str = "GET", address: str = "", answer: str = ""
) -> str:
    """A REST adapter with one mock operation that answers `{"by": answer}`; its namespace if no answer is given."""
    return _item(f"""
        type: rest
        namespace: {namespace}
        address: "{address or "127.0.0.1"}"
        port: {port}
        resources:
          - path: {path}
            name: ships
            description: Ships.
            operations:
              - method: {method}
                name: ships
                description: Ships.
                outputParameters:
                  - type: object
                    properties:
                      by: {{type: string, value: "{answer or namespace}"}}
    """)


def mcp_adapter(namespace: str, port: int | None) -> str:
    """An MCP adapter with one mock tool that answers `{"by": namespace}`; without a port it is for pipes."""
    return _item(f"""
        type: mcp
        namespace: {namespace}
        {"transport: stdio" if port is None else f"port: {port}"}
        description: Tools of {namespace}.
        tools:
          - name: ships
            description: Ships.
            outputParameters:
              - {{name: by, type: string, value: {namespace}}}
    """)


def _item(text: str) -> str:
    lines = textwrap.dedent(text).strip()
    return textwrap.indent(lines, "      ").replace("      ", "    - ", 1)


def capability(*adapters: str, binds: str = "") -> str:
    """The text of a capability with these adapters."""
    return f"{HEAD}{binds}capability:\n  exposes:\n" + "\n".join(adapters) + "\n"


def load(folder: Path, name: str, *adapters: str) -> Capability:
    """Write a capability into a folder and load it; it must be right."""
    path = folder / name
    path.write_text(capability(*adapters))
    loaded = load_capability(path, Settings())
    assert loaded.plan is not None, loaded.diagnostics
    return loaded
