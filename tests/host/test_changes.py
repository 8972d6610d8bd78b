"""What is different for callers?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from naftiko_runtime.host.capability import Settings, load_capability
from naftiko_runtime.host.changes import differences, tools_differ
from naftiko_runtime.host.layout import Layout, Overrides, lay_out

TEXT = """
naftiko: 1.0.0-alpha2
capability:
  consumes:
    - namespace: up
      type: http
      baseUri: https://up.example
      resources:
        - name: things
          path: /things
          operations: [{name: get, method: GET}]
  exposes:
    - type: rest
      namespace: rest
      port: 8080
      resources:
        - path: /things
          operations: [{method: GET, name: things, call: up.get}]
    - type: mcp
      namespace: tools
      port: 8080
      tools:
        - {name: things, description: Things., call: up.get}
"""


@pytest.fixture
def layout_of(tmp_path: Path) -> Callable[[str], Layout]:
    def lay(text: str) -> Layout:
        path = tmp_path / "a.yaml"
        path.write_text(text)
        return lay_out([load_capability(path, Settings())], Overrides())

    return lay


@pytest.mark.parametrize(
    ("old", "new", "routes", "tools"),
    [
        ("Things.", "Things.", 0, 0),
        ("naftiko:", "# a comment\nnaftiko:", 0, 0),
        ("Things.", "All things.", 0, 1),
        ("https://up.example", "https://other.example", 1, 1),
        ("      path: /things", "      path: /others", 1, 1),
    ],
)
def test_routes_and_tools_are_altered_when_callers_or_upstreams_see_it(
    layout_of: Callable[[str], Layout], old: str, new: str, routes: int, tools: int
) -> None:
    difference = differences(layout_of(TEXT), layout_of(TEXT.replace(old, new, 1)))

    assert [len(item.altered) for item in difference] == [routes, tools]
    assert [(item.added, item.removed) for item in difference] == [((), ())] * 2


def test_what_came_and_went_is_named(layout_of: Callable[[str], Layout]) -> None:
    routes, tools = differences(layout_of(TEXT), layout_of(TEXT.replace("- path: /things", "- path: /items")))

    assert (routes.added, routes.removed) == ((("rest", "GET /items"),), (("rest", "GET /things"),))
    assert not tools


@pytest.mark.parametrize(("new", "differs"), [("Things.", False), ("All things.", True)])
def test_clients_are_told_only_of_what_they_see(layout_of: Callable[[str], Layout], new: str, differs: bool) -> None:
    [before] = layout_of(TEXT).plans[0].mcp
    [after] = layout_of(TEXT.replace("Things.", new).replace("up.example", "other.example")).plans[0].mcp

    assert tools_differ(before, after) is differs
