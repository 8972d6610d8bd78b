"""What are tools called on the server that has all tools of a port?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from naftiko_runtime.host.listener.merged import LONGEST, merge, unique_name
from naftiko_runtime.plan.model.face import McpFace
from tests.host.harbours import load, mcp_adapter


def faces(folder: Path, *namespaces: str) -> list[McpFace]:
    loaded = load(folder, "a.yaml", *(mcp_adapter(namespace, 8080) for namespace in namespaces))
    assert loaded.plan is not None
    return list(loaded.plan.mcp)


def test_tools_of_one_name_are_told_apart_by_their_namespaces(tmp_path: Path) -> None:
    merged = merge(faces(tmp_path, "north", "south"))

    assert [tool.name for tool in merged.tools] == ["north_ships", "south_ships"]
    assert [tool.function.qualified_name for tool in merged.tools] == ["north.ships", "south.ships"]


def test_a_sole_adapter_keeps_its_names(tmp_path: Path) -> None:
    [face] = faces(tmp_path, "north")

    assert merge([face]) is face


def test_a_tool_keeps_its_name_when_another_adapter_comes(tmp_path: Path) -> None:
    few = merge(faces(tmp_path, "north", "south"))
    more = merge(faces(tmp_path, "north", "south", "west"))

    assert [tool.name for tool in more.tools][:2] == [tool.name for tool in few.tools]


@pytest.mark.parametrize(
    ("namespace", "tool", "name"),
    [("a", "b", "a_b"), ("a.b", "c d", "a_b_c_d"), ("é", "ß", "___"), ("n" * 31, "t" * 32, "n" * 31 + "_" + "t" * 32)],
)
def test_a_name_that_fits_only_loses_what_clients_refuse(namespace: str, tool: str, name: str) -> None:
    assert unique_name(namespace, tool, ()) == name


@pytest.mark.parametrize(("namespace", "tool"), [("n" * 31, "t" * 33), ("n" * 300, "t"), ("n", "t" * 300)])
def test_a_name_that_is_cut_ends_in_a_digest_that_is_always_the_same(namespace: str, tool: str) -> None:
    name = unique_name(namespace, tool, ())

    assert len(name) == LONGEST
    assert re.fullmatch(r"[A-Za-z0-9_-]+_[0-9a-f]{8}", name)
    assert name == unique_name(namespace, tool, ())
    assert name != unique_name(namespace, tool + "x", ())


def test_two_tools_that_would_have_one_name_have_two() -> None:
    first = unique_name("a", "b_c", ())
    second = unique_name("a_b", "c", {first})
    third = unique_name("a.b", "c", {first, second})

    assert len({first, second, third}) == 3
