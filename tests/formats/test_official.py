"""The official samples of each format decode, and the capabilities that read them are served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from naftiko_runtime.formats.decoders import compile_decoder
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.call import Call
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.spec.load import read_spec
from tests.runner import ROOT

OFFICIAL = ROOT.parent / "shared" / "reference" / "official"
SAMPLES = OFFICIAL / "alpha2" / "schemas"
NAMES = ["Alice Smith", "Bob Johnson", "Carol White"]

pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason="the official files are not beside the repository")


def decoded(name: str, file: str, schema: str = "", content: bytes | None = None) -> Any:
    decode = compile_decoder(name, schema, content)
    assert decode is not None
    return decode((SAMPLES / file).read_bytes(), "")


@pytest.mark.parametrize("name", ["csv", "tsv", "psv", "yaml", "xml"])
def test_the_users_of_a_sample_are_read(name: str) -> None:
    value = decoded(name, f"sample-users.{name}")
    users = {"xml": lambda: value["root"]["user"], "yaml": lambda: value["users"]}.get(name, lambda: value)()
    assert [user["name"] for user in users] == NAMES


def test_the_tables_of_the_samples_are_read() -> None:
    page = decoded("html", "sample-products.html", "table.products")
    assert [[row["Name"] for row in table] for table in page["tables"]] == [["Widget", "Gadget"]]
    readme = decoded("markdown", "sample-readme.md")
    assert [[row["Status"] for row in table] for table in readme["tables"]] == [["GA", "Beta"]]


@pytest.mark.parametrize(
    ("name", "file", "body"),
    [
        ("avro", "test-records.avsc", b"\x02\x02a\x02b\x02\x02c\x00"),
        ("protobuf", "test-records.proto", b"\x0a\x09\x0a\x01a\x12\x01b\x1a\x01c"),
    ],
)
def test_records_of_the_sample_schemas_are_read(name: str, file: str, body: bytes) -> None:
    decode = compile_decoder(name, file, (SAMPLES / file).read_bytes())
    assert decode is not None
    assert decode(body, "") == {"records": [{"id": "a", "title": "b", "description": "c"}]}


FILES = sorted(OFFICIAL.glob("*/formats/*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.parent.name}/{file.name}" for file in FILES])
def test_an_official_capability_of_a_format_is_served(file: Path) -> None:
    found = compile_plan(read_spec(file), None)
    assert found.plan is not None, found.diagnostics
    if file.name.startswith("proto"):
        # It names no schema, so nobody could read its answers.
        assert [item.code for item in found.diagnostics] == ["NK5010"]
        assert isinstance(found.plan.rest[0].left_out[0].function.action, Refused)
        return
    action = found.plan.rest[0].routes[0].function.action
    assert isinstance(action, Call)
    assert action.decode is not None
    if file.name.startswith("xml"):
        assert action.shape is not None
        payload = action.decode((SAMPLES / "sample-users.xml").read_bytes(), "")
        users: Any = action.shape(payload, {})
        assert [user["name"] for user in users] == NAMES
