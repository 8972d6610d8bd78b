"""What is different for callers?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from naftiko_runtime.host.files.capability import Settings, load_capability
from naftiko_runtime.host.following.changes import differences, differing_lists
from naftiko_runtime.host.places.layout import Layout, Overrides, lay_out

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
      resources:
        - {name: all, uri: "x://things", call: up.get}
        - {name: files, uri: "x://files", location: ./files}
      prompts:
        - {name: ask, template: [{role: user, content: Which things?}]}
"""


@pytest.fixture
def layout_of(tmp_path: Path) -> Callable[[str], Layout]:
    def lay(text: str) -> Layout:
        path = tmp_path / "a.yaml"
        path.write_text(text)
        return lay_out([load_capability(path, Settings())], Overrides())

    return lay


@pytest.mark.parametrize(
    ("old", "new", "altered"),
    [
        ("Things.", "Things.", [0, 0, 0, 0]),
        ("naftiko:", "# a comment\nnaftiko:", [0, 0, 0, 0]),
        ("Things.", "All things.", [0, 1, 0, 0]),
        ("https://up.example", "https://other.example", [1, 1, 1, 0]),
        ("      path: /things", "      path: /others", [1, 1, 1, 0]),
        ("name: all,", "name: each,", [0, 0, 1, 0]),
        ("./files", "./others", [0, 0, 1, 0]),
        ("Which things?", "What?", [0, 0, 0, 1]),
    ],
)
def test_routes_and_tools_are_altered_when_callers_or_upstreams_see_it(
    layout_of: Callable[[str], Layout], old: str, new: str, altered: list[int]
) -> None:
    difference = differences(layout_of(TEXT), layout_of(TEXT.replace(old, new, 1)))

    assert [len(item.altered) for item in difference] == altered
    assert [(item.added, item.removed) for item in difference] == [((), ())] * 4


def test_what_came_and_went_is_named(layout_of: Callable[[str], Layout]) -> None:
    text = TEXT.replace("- path: /things", "- path: /items").replace("x://things", "x://all").replace("ask", "query")
    routes, tools, resources, prompts = differences(layout_of(TEXT), layout_of(text))

    assert (routes.added, routes.removed) == ((("rest", "GET /items"),), (("rest", "GET /things"),))
    assert (resources.added, resources.removed) == ((("tools", "x://all"),), (("tools", "x://things"),))
    assert (prompts.added, prompts.removed) == ((("tools", "query"),), (("tools", "ask"),))
    assert not tools


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("up.example", "other.example", set()),
        ("Things.", "All things.", {"tools"}),
        ("name: all,", "name: each,", {"resources"}),
        ("./files", "./others", {"resources"}),
        ("Which things?", "What?", {"prompts"}),
    ],
)
def test_clients_are_told_only_of_what_they_see(
    layout_of: Callable[[str], Layout], old: str, new: str, kinds: set[str]
) -> None:
    [before] = layout_of(TEXT).plans[0].mcp
    [after] = layout_of(TEXT.replace(old, new)).plans[0].mcp

    assert differing_lists(before, after) == kinds


def test_another_limit_of_bytes_alters_what_is_called(layout_of: Callable[[str], Layout]) -> None:
    text = TEXT.replace("naftiko: 1.0.0-alpha2", "ikanos: 1.0.0-beta5").replace(
        "method: GET}]\n  exposes", "method: GET, outputRawFormat: binary, maxBinarySize: 1MiB}]\n  exposes"
    )
    difference = differences(layout_of(text), layout_of(text.replace("1MiB", "2MiB")))

    assert [len(item.altered) for item in difference] == [1, 1, 1, 0]
