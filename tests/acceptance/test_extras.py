"""What is told where an extra is not installed? In an environment that has everything but its library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runner import ROOT, command_without

CAPABILITY = """
naftiko: 1.0.0-alpha2
info: {label: Ships, description: The ships of a harbour}
capability:
  consumes:
    - type: http
      namespace: ships
      baseUri: https://ships.invalid
      resources:
        - {name: ships, path: /ships, operations: [{name: find, method: GET, %s}]}
  exposes:
    - type: mcp
      namespace: tools
      port: 9090
      tools:
        - {name: find, description: Ships, %s}
    - {type: control, port: 9100%s}
"""

CALL = "call: ships.find"
SHAPED = f"{CALL}, outputParameters: [{{type: array, mapping: $.ships}}]"
STEPS = "steps: [{name: made, type: script, language: %s, location: 'file:///./scripts', file: made}]"
EXPORTS = ", observability: {exporters: {otlp: {endpoint: 'http://127.0.0.1:4318'}}}"


@pytest.mark.parametrize(
    ("library", "operation", "tool", "control", "code", "extra"),
    [
        ("markdown_it", "outputRawFormat: markdown", SHAPED, "", "NK5011", "markdown"),
        ("_quickjs", "outputRawFormat: json", STEPS % "javascript", "", "NK2015", "javascript"),
        ("tree_sitter_javascript", "outputRawFormat: json", STEPS % "javascript", "", "NK2015", "javascript"),
        ("pydantic_monty", "outputRawFormat: json", STEPS % "python", "", "NK2015", "python-scripts"),
        ("tree_sitter", "outputRawFormat: json", STEPS % "python", "", "NK2015", "python-scripts"),
        ("opentelemetry", "outputRawFormat: json", CALL, EXPORTS, "NK7010", "otel"),
    ],
)
def test_the_file_that_needs_it_is_refused_with_the_line_that_installs_it(
    tmp_path: Path, library: str, operation: str, tool: str, control: str, code: str, extra: str
) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "made").write_text("result = 1")
    file = tmp_path / "ships.yaml"
    file.write_text(CAPABILITY % (operation, tool, control))
    ended = command_without(library, tmp_path, "validate", str(file), "--format", "json")

    errors = [item for item in json.loads(ended.out) if item["severity"] == "error"]
    assert ended.code == 1
    assert [item["code"] for item in errors] == [code]
    assert f"pip install 'naftiko-runtime[{extra}]'" in errors[0]["help"]


@pytest.mark.parametrize("library", ["markdown_it", "_quickjs", "pydantic_monty", "opentelemetry"])
def test_a_file_that_does_not_need_it_is_fine(tmp_path: Path, library: str) -> None:
    file = tmp_path / "ships.yaml"
    file.write_text(CAPABILITY % ("outputRawFormat: markdown", CALL, ""))
    ended = command_without(library, tmp_path, "validate", str(file), str(ROOT / "specs" / "demo.naftiko.yaml"))

    assert (ended.code, ended.err) == (0, ""), ended.out
