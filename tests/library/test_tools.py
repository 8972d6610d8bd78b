"""What tools does a runtime give to a model, and how are they called?"""

from __future__ import annotations

import re

import pytest

from naftiko_runtime import ArgumentError, InvocationError, Runtime, ToolDefinition
from naftiko_runtime.testing import StubUpstream
from tests.library.quays import DEMO, ENV, KEY, mock_tools, quays

PORTABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}")


def names_of(*texts: str) -> list[str]:
    return [tool.name for tool in Runtime(list(texts)).tools()]


def test_a_definition_says_all_that_the_file_does() -> None:
    tool = Runtime(DEMO).tools()[0]
    assert tool == ToolDefinition(
        name="say-hello",
        description="Greet somebody by name.",
        input_schema={
            "type": "object",
            "properties": {"name": {"type": "string", "description": "Whom to greet."}},
            "required": ["name"],
            "additionalProperties": False,
        },
        title="Say hello",
        output_schema=tool.output_schema,
        annotations={"readOnlyHint": True},
        namespace="harbour-tools",
        tool="say-hello",
    )
    assert tool.output_schema is not None
    assert list(tool.output_schema["properties"]) == ["greeting", "harbour"]


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ([mock_tools("east", "who", "where")], ["who", "where"]),
        ([mock_tools("east", "who"), mock_tools("west", "who", "ask")], ["east_who", "west_who", "west_ask"]),
        ([mock_tools("east", "list.all", "list_all")], ["list_all_", "list_all"]),
        ([mock_tools("east", "9-lives")], ["_9-lives"]),
    ],
)
def test_names_are_unique_over_all_adapters_and_fit_every_provider(texts: list[str], names: list[str]) -> None:
    found = names_of(*texts)
    assert [name[: len(wanted)] for name, wanted in zip(found, names, strict=True)] == names
    assert len(set(found)) == len(found)
    assert all(PORTABLE.fullmatch(name) for name in found)


def test_long_names_are_cut_alike_in_every_process_and_stay_different() -> None:
    texts = [mock_tools("east", "a" * 70, "a" * 71), mock_tools("west", "a" * 70)]
    names = names_of(*texts)
    assert names == names_of(*texts)
    assert len(set(names)) == 3
    assert all(PORTABLE.fullmatch(name) for name in names)


async def test_each_tool_is_called_by_the_name_of_its_definition() -> None:
    runtime = Runtime([mock_tools("east", "who", "x" * 80), mock_tools("west", "who", "x" * 80)])
    said = [await runtime.call_tool(tool.name, {}) for tool in runtime.tools()]
    assert said == [{"by": "east"}, {"by": "east"}, {"by": "west"}, {"by": "west"}]


def test_a_tool_for_pipes_is_a_tool_for_models() -> None:
    assert names_of(mock_tools("east", "who").replace("port: 8080", "transport: stdio")) == ["who"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"quay-id": "7", "$top": 5, "filter[kind]": "dry"},
        {"quay_id": "7", "_top": 5, "filter_kind_": "dry"},
    ],
    ids=["as declared", "as every provider takes them"],
)
async def test_arguments_are_found_under_the_names_that_a_provider_made_of_them(arguments: dict[str, object]) -> None:
    stub = StubUpstream()
    stub.on("GET", "/v1/quays/7").answers(json={})
    await Runtime(quays(), env=ENV, transport=stub).call_tool("show-quay", arguments)
    assert stub.requests[-1].query == {"$top": "5", "filter[kind]": "dry", "api_key": KEY}


async def test_an_argument_that_was_not_asked_for_is_named_as_the_model_wrote_it() -> None:
    with pytest.raises(ArgumentError) as caught:
        await Runtime(DEMO).call_tool("say-hello", {"nmae": "Ada"})
    assert [field.field for field in caught.value.fields] == ["nmae", "name"]


async def test_a_tool_that_is_not_there_is_told() -> None:
    with pytest.raises(InvocationError, match="did you mean `say-hello`") as caught:
        await Runtime(DEMO).call_tool("say-helo", {})
    assert caught.value.code == "NK8007"


async def test_who_changes_a_definition_changes_no_tool() -> None:
    runtime = Runtime(DEMO)
    tool = runtime.tools()[0]
    shown = tool.to_anthropic()
    shown["input_schema"]["properties"].clear()
    assert "name" in tool.input_schema["properties"]
    assert await runtime.call_tool("say-hello", {"name": "Ada"}) == {"greeting": "Hello Ada", "harbour": "Lindholm"}
