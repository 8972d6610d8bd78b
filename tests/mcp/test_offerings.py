"""Are resources and prompts told alike in both eras, and is every request for one recorded once?"""

from __future__ import annotations

from pathlib import Path

import pytest
from mcp import Client, MCPError

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from tests.conformance.offered import offered
from tests.mcp.conftest import listening
from tests.mcp.faces import VERSION
from tests.records import Records

MODES = pytest.mark.parametrize("mode", ["legacy", "auto"])


@MODES
async def test_everything_is_listed_read_and_filled_in(
    mode: str, tmp_path: Path, engine: Engine, records: Records
) -> None:
    endpoint = McpEndpoint(offered(tmp_path), engine, records.observe, version=VERSION)
    async with (
        endpoint.run(),
        listening(endpoint) as url,
        Client(f"{url}/mcp", mode=mode, cache=None, read_timeout_seconds=10) as client,
    ):
        uris = [item.uri for item in (await client.list_resources()).resources]
        templates = [item.uri_template for item in (await client.list_resource_templates()).resource_templates]
        names = [item.name for item in (await client.list_prompts()).prompts]
        (text,) = (await client.read_resource("test://static-text")).contents
        (filled,) = (await client.read_resource("test://template/7/data")).contents
        (message,) = (await client.get_prompt("test_prompt_with_arguments", {"arg1": "a", "arg2": "b"})).messages
        endpoint.end_streams()

    assert uris == ["test://static-text", "test://static-binary"]
    assert templates == ["test://template/{id}/data"]
    assert names == ["test_simple_prompt", "test_prompt_with_arguments"]
    assert (text.mime_type, filled.text) == ("text/plain", '{"id":"7"}')
    assert message.content.text == "Prompt with arguments: arg1='a', arg2='b'"
    told = [(record.operation, record.status, record.code) for record in records]
    assert told == [("static-text", 200, ""), ("template", 200, ""), ("test_prompt_with_arguments", 200, "")]


@pytest.mark.parametrize(("mode", "missing", "status"), [("legacy", -32002, 200), ("auto", -32602, 400)])
async def test_what_is_not_there_is_refused(
    mode: str, missing: int, status: int, tmp_path: Path, engine: Engine, records: Records
) -> None:
    endpoint = McpEndpoint(offered(tmp_path), engine, records.observe, version=VERSION)
    codes = []
    async with (
        endpoint.run(),
        listening(endpoint) as url,
        Client(f"{url}/mcp", mode=mode, cache=None, read_timeout_seconds=10) as client,
    ):
        for asked in (
            client.read_resource("test://nothing"),
            client.get_prompt("nobody"),
            client.get_prompt("test_prompt_with_arguments"),
        ):
            with pytest.raises(MCPError) as refused:
                await asked
            codes.append(refused.value.error.code)
        endpoint.end_streams()

    assert codes == [missing, -32602, -32602]
    assert [(record.operation, record.status, record.code) for record in records] == [
        ("resources/read", status, "NK8007"),
        ("prompts/get", status, "NK8007"),
        ("prompts/get", status, "NK8001"),
    ]
