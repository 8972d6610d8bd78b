"""Does the official client of the handshake era hear that a file changed, whatever it talks to us through?"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters, stdio_client, types
from mcp.client.subscriptions import ToolsListChanged

from tests.host.harbours import capability, mcp_adapter
from tests.runner import COMMAND, environment, running

PATIENCE = 10.0


class Heard:
    """Whether a client of the handshake era was told that tools changed."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    async def hear(self, message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self.told.set()


def other(adapter: str) -> str:
    """A capability whose adapter has another tool."""
    return capability(adapter.replace("name: ships", "name: boats"))


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "two workers"])
async def test_the_official_client_hears_of_a_changed_file(tmp_path: Path, options: tuple[str, ...]) -> None:
    if options and sys.platform == "win32":
        pytest.skip("processes can't share sockets there")
    heard = Heard()
    path = tmp_path / "ships.yaml"
    path.write_text(capability(mcp_adapter("harbour", 9090)))
    with running("run", str(path), "--port", "0", *options) as server:
        url = server.url("mcp")
        async with Client(
            url, mode="legacy", cache=None, read_timeout_seconds=PATIENCE, message_handler=heard.hear
        ) as client:
            before = await client.list_tools()
            path.write_text(other(mcp_adapter("harbour", 9090)))
            async with asyncio.timeout(PATIENCE):
                await heard.told.wait()
            after = await client.list_tools()

    assert [[tool.name for tool in listed.tools] for listed in (before, after)] == [["ships"], ["boats"]]


def piped(path: Path, *verb: str) -> StdioServerParameters:
    """How a client starts the command. It writes its log aside, because pytest's own stderr is no file."""
    program, *arguments = COMMAND
    return StdioServerParameters(command=program, args=[*arguments, *verb, str(path)], env=environment())


@pytest.mark.parametrize(
    ("verb", "port"),
    [(("mcp",), 9090), (("mcp", "--adapter", "harbour"), 9090), (("run", "--port", "0"), None)],
    ids=str,
)
async def test_a_client_of_a_pipe_hears_of_a_changed_file(
    tmp_path: Path, verb: tuple[str, ...], port: int | None
) -> None:
    heard = Heard()
    path = tmp_path / "ships.yaml"
    path.write_text(capability(mcp_adapter("harbour", port)))
    with (tmp_path / "log").open("w") as log:
        async with Client(
            stdio_client(piped(path, *verb), errlog=log),
            mode="legacy",
            cache=None,
            read_timeout_seconds=PATIENCE,
            message_handler=heard.hear,
        ) as client:
            assert client.server_capabilities.tools is not None
            assert client.server_capabilities.tools.list_changed is True
            before = await client.list_tools()
            path.write_text(other(mcp_adapter("harbour", port)))
            async with asyncio.timeout(PATIENCE):
                await heard.told.wait()
            after = await client.list_tools()

    assert [[tool.name for tool in listed.tools] for listed in (before, after)] == [["ships"], ["boats"]]


async def test_a_client_that_listens_on_a_pipe_is_told_also_that_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "ships.yaml"
    path.write_text(capability(mcp_adapter("harbour", None)))
    with (tmp_path / "log").open("w") as log:
        async with (
            Client(
                stdio_client(piped(path, "mcp"), errlog=log),
                mode="2026-07-28",
                cache=None,
                read_timeout_seconds=PATIENCE,
            ) as client,
            client.listen(tools_list_changed=True) as events,
        ):
            path.unlink()
            async with asyncio.timeout(PATIENCE):
                event = await anext(aiter(events))
            listed = await client.list_tools()

    assert isinstance(event, ToolsListChanged)
    assert listed.tools == []
