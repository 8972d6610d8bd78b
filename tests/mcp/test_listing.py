"""What is a client told of the tools, and what is known of each before it is called?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from naftiko_runtime.mcp.listing import Listing
from naftiko_runtime.plan.model.function import Mock
from tests.mcp.faces import ECHO, EVERY, MIRRORED, asking, face_of, saying, tool_of, whole


def test_the_content_is_the_entries_in_document_order() -> None:
    listing = Listing(face_of(*EVERY))

    assert [entry["name"] for entry in json.loads(listing.content)] == [tool.name for tool in EVERY]
    assert json.loads(listing.content) == list(listing.entries)


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "object"}, True),
        ({"type": "array"}, False),
        ({"type": ["object", "null"]}, False),
        ({}, False),
        (None, False),
    ],
)
def test_an_output_schema_is_shown_only_where_results_can_keep_it(schema: Any, shown: bool) -> None:
    listing = Listing(face_of(tool_of("typed", Mock(dict), output_schema=schema)))

    assert ("outputSchema" in listing.entries[0]) is shown


@pytest.mark.parametrize(
    ("title", "description", "shown"), [("T", "D", "D"), ("T", "", "T"), ("", "", "plain"), ("", "D", "D")]
)
def test_a_tool_always_has_a_description(title: str, description: str, shown: str) -> None:
    listing = Listing(face_of(tool_of("plain", Mock(dict), title=title, description=description)))

    assert listing.entries[0]["description"] == shown


def test_a_tool_is_found_by_its_exact_name() -> None:
    listing = Listing(face_of(ECHO))

    found = listing.find("echo")
    assert found is not None
    assert found.tool is ECHO
    assert listing.find("Echo") is None


def test_an_address_is_a_uri_whatever_the_names() -> None:
    found = Listing(face_of(saying("a b/é", 1), namespace="n s")).find("a b/é")

    assert found is not None
    assert found.address == "naftiko://n%20s/a%20b%2F%C3%A9"


@pytest.mark.parametrize(
    ("tool", "checked"),
    [
        (saying("said", 1), True),
        (asking("shaped", "http://up", shape=whole), True),
        (asking("whole", "http://up", identity=True), True),
        (asking("passed", "http://up"), False),
    ],
    ids=["said", "shaped", "whole", "passed"],
)
def test_json_is_trusted_where_the_engine_has_read_it(tool: Any, checked: bool) -> None:
    found = Listing(face_of(tool)).find(tool.name)

    assert found is not None
    assert found.checked is checked


def test_a_tool_with_mirrored_arguments_is_known() -> None:
    listing = Listing(face_of(ECHO, MIRRORED))

    assert [listing.find(tool.name).mirrored for tool in (ECHO, MIRRORED)] == [False, True]  # type: ignore[union-attr]
