from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.diagnostics import Severity
from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.spec.load import read_spec
from tests.plan.ships import CALL, capability, marked

OUTPUTS = f"{CALL}, outputParameters: [{{type: array, mapping: $.ships}}]"
SCHEMA = '{"type": "record", "name": "F", "fields": [{"name": "ships", "type": {"type": "array", "items": "string"}}]}'


def compiled(folder: Path, operation: str, tool: str = OUTPUTS, exposed: str = OUTPUTS) -> tuple[str, Compilation]:
    """What comes of a capability in a file of its own folder."""
    text = capability(operation, tool=tool, exposed=exposed)
    file = folder / "ships.yaml"
    file.write_text(text, encoding="utf-8")
    return text, compile_plan(read_spec(file), None)


def test_a_schema_is_read_from_a_file_beside_the_capability(tmp_path: Path) -> None:
    (tmp_path / "fleet.avsc").write_text(SCHEMA, encoding="utf-8")
    _, found = compiled(tmp_path, "outputRawFormat: avro, outputSchema: fleet.avsc")
    assert found.plan is not None
    action = found.plan.mcp[0].tools[0].function.action
    assert isinstance(action, Call)
    assert action.decode is not None
    assert action.decode(b"\x04\x02a\x02b\x00", "") == {"ships": ["a", "b"]}


@pytest.mark.parametrize(
    ("operation", "code", "place"),
    [
        ("outputRawFormat: protobuf, outputSchema: broken.txt", "NK5010", "broken.txt"),
        ("outputRawFormat: avro, outputSchema: broken.txt", "NK5010", "broken.txt"),
        ("outputRawFormat: avro, outputSchema: nowhere.avsc", "NK2014", "nowhere.avsc"),
        ("outputRawFormat: avro, outputSchema: ../outside.avsc", "NK2014", "../outside.avsc"),
        ("outputRawFormat: html, outputSchema: 'table['", "NK5010", "'table['"),
    ],
)
def test_a_schema_that_can_not_be_used_is_told_once(tmp_path: Path, operation: str, code: str, place: str) -> None:
    (tmp_path / "broken.txt").write_text("}", encoding="utf-8")
    text, found = compiled(tmp_path, operation)
    assert found.plan is None
    (error,) = [item for item in found.diagnostics if item.is_error]
    assert (error.code, marked(text, error)) == (code, place)


def test_without_any_schema_what_shapes_the_answers_is_left_out_and_nothing_else(tmp_path: Path) -> None:
    text, found = compiled(tmp_path, "outputRawFormat: protobuf")
    assert found.plan is not None
    (warning,) = [item for item in found.diagnostics if item.code == "NK5010"]
    assert (warning.severity, marked(text, warning)) == (Severity.WARNING, "protobuf")
    assert "left out" in warning.message
    assert [tool.name for tool in found.plan.mcp[0].tools] == []
    action = found.plan.mcp[0].left_out[0].function.action
    assert isinstance(action, Refused)
    assert action.code == "NK5010"


@pytest.mark.parametrize("operation", ["outputRawFormat: protobuf", "outputRawFormat: html, outputSchema: 'table['"])
def test_without_outputs_no_schema_is_needed(tmp_path: Path, operation: str) -> None:
    _, found = compiled(tmp_path, operation, CALL, CALL)
    assert found.plan is not None
