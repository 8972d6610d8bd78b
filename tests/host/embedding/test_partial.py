"""What becomes of a partly served file where it is hosted, followed and embedded? (C6b)"""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime import InvocationError, Runtime, SpecError
from naftiko_runtime.host.files.capability import Settings, load_capability
from naftiko_runtime.host.files.environment import environment_files, read_environment
from naftiko_runtime.host.listener.merged import merge
from naftiko_runtime.host.places.layout import Layout, Overrides, lay_out
from naftiko_runtime.plan.model.face import McpFace
from naftiko_runtime.testing import StubUpstream
from tests.plan.fleet import broken, compiled

SET = {"SHIP_TOKEN": "t0ken", "CREW_TOKEN": "cr3w"}
LOST = ("call: ships.dock", "call: ships.dok")


def laid_out(folder: Path, *pairs: str, overrides: Overrides | None = None) -> Layout:
    path = folder / "fleet.yaml"
    path.write_text(broken(*pairs), encoding="utf-8")
    return lay_out([load_capability(path, Settings(SET, partial=True))], overrides or Overrides())


def faces(text: str) -> tuple[McpFace, ...]:
    plan = compiled(text).plan
    assert plan is not None
    return plan.mcp


def test_settings_decide_whether_a_file_is_served_in_part(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(broken(*LOST), encoding="utf-8")

    assert load_capability(path, Settings(SET)).plan is None
    assert load_capability(path, Settings(SET, partial=True)).plan is not None


def test_an_adapter_without_anything_to_serve_needs_no_port(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, "port: 8080", "port: http")

    assert [str(item.endpoint) for item in layout.listeners] == ["127.0.0.1:9090"]
    assert layout.diagnostics == ()


def test_it_still_says_why_where_it_is_given_one(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, "port: 8080", "port: http", overrides=Overrides(port=7000))

    assert [len(face.left_out) for item in layout.listeners for face in item.rest] == [3]


def test_an_adapter_without_a_name_is_left_out_as_a_whole(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, "    namespace: fleet-rest\n", "")

    assert [(len(item.rest), len(item.mcp)) for item in layout.listeners] == [(0, 1)]


def test_the_server_of_all_tools_knows_what_each_adapter_left_out() -> None:
    [one] = faces(broken(*LOST))
    [two] = faces(broken(*LOST, "    namespace: fleet-mcp\n", "    namespace: navy-mcp\n"))
    merged = merge([one, two])

    assert [tool.name for tool in merged.left_out] == ["fleet-mcp_dock", "navy-mcp_dock"]
    assert len(merged.tools) == 6


def test_a_dotenv_beside_the_spec_is_read_for_what_no_bind_declares(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n", encoding="utf-8")
    path = tmp_path / "fleet.yaml"

    assert read_environment(path, (), {}, {}, partial=True)[0].dotenv == {"A": "1"}
    assert read_environment(path, (), {}, {})[0].dotenv == {}
    assert environment_files(path, (), partial=True) == (tmp_path / ".env",)
    assert environment_files(path, ()) == ()


async def test_a_runtime_serves_what_is_right_and_says_why_the_rest_is_not() -> None:
    runtime = Runtime(broken(*LOST), env=SET, transport=StubUpstream(), partial=True)

    assert "fleet-mcp.dock" not in runtime.functions()
    assert [tool.tool for tool in runtime.tools()] == ["find-ship", "scrap-ship", "list-crew"]
    for name in ("dock", "fleet-mcp.dock"):
        with pytest.raises(InvocationError, match="left out: no operation `dok` in consumes `ships`") as refusal:
            await runtime.call(name, ship="Ada")
        assert refusal.value.code == "NK3001"


async def test_an_operation_that_is_left_out_is_known_by_its_route() -> None:
    text = broken("call: crew.list}\n  - type: mcp", "call: crew.lst}\n  - type: mcp")
    runtime = Runtime(text, env=SET, transport=StubUpstream(), partial=True)

    with pytest.raises(InvocationError, match="left out"):
        await runtime.call("GET /sailors")


def test_a_runtime_refuses_what_has_nothing_left() -> None:
    with pytest.raises(SpecError, match="NK6001"):
        Runtime(broken(), env={}, partial=True)
