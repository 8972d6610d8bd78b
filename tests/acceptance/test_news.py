"""Does the official client of the handshake era hear that a file changed, whichever process it talks to?"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from mcp import Client, types

from tests.host.harbours import capability, mcp_adapter
from tests.runner import running

PATIENCE = 10.0


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "two workers"])
async def test_the_official_client_hears_of_a_changed_file(tmp_path: Path, options: tuple[str, ...]) -> None:
    if options and sys.platform == "win32":
        pytest.skip("processes can't share sockets there")
    heard = asyncio.Event()

    async def hear(message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            heard.set()

    path = tmp_path / "ships.yaml"
    path.write_text(capability(mcp_adapter("harbour", 9090)))
    with running("run", str(path), "--port", "0", *options) as server:
        url = server.url("mcp")
        async with Client(
            url, mode="legacy", cache=None, read_timeout_seconds=PATIENCE, message_handler=hear
        ) as client:
            before = await client.list_tools()
            path.write_text(capability(mcp_adapter("harbour", 9090).replace("name: ships", "name: boats")))
            async with asyncio.timeout(PATIENCE):
                await heard.wait()
            after = await client.list_tools()

    assert [[tool.name for tool in listed.tools] for listed in (before, after)] == [["ships"], ["boats"]]
