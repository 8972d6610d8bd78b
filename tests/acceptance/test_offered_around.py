"""What surrounds resources and prompts: changes, caching, several adapters on a port, files with errors."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError, types
from mcp.client.subscriptions import PromptsListChanged

from tests.mcp.wire import STATELESS, headers_of, message_of
from tests.runner import request, running

PATIENCE = 10.0
HEAD = "naftiko: 1.0.0-alpha2\ninfo: {label: Harbour, description: A harbour.}\ncapability:\n  exposes:\n"
PROMPT = "{name: %s, description: d, template: [{role: user, content: Ahoy.}]}"
FLAG = "{name: flag, uri: 'harbour://flag', outputParameters: [{name: flag, type: string, value: %s}]}"


def adapter(namespace: str, *, prompt: str = "greet", flag: str = "red", more: str = "") -> str:
    return (
        f"  - type: mcp\n    namespace: {namespace}\n    port: 9090\n    prompts: [{PROMPT % prompt}]\n"
        f"    resources: [{FLAG % flag}]\n{more}"
    )


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "two workers"])
async def test_a_client_of_the_handshake_era_hears_of_the_list_that_changed(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    path = tmp_path / "harbour.yaml"
    path.write_text(HEAD + adapter("harbour"))
    with running("run", str(path), "--port", "0", *options) as server:
        async with Client(
            server.url("mcp"), mode="legacy", cache=None, read_timeout_seconds=PATIENCE, message_handler=heard.put
        ) as client:
            before = await client.list_prompts()
            path.write_text(HEAD + adapter("harbour", prompt="welcome"))
            async with asyncio.timeout(PATIENCE):
                told = await heard.get()
            after = await client.list_prompts()

    assert isinstance(told, types.PromptListChangedNotification)
    assert [[item.name for item in listed.prompts] for listed in (before, after)] == [["greet"], ["welcome"]]


async def test_a_client_that_listens_is_told_of_what_it_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "harbour.yaml"
    path.write_text(HEAD + adapter("harbour"))
    with running("run", str(path), "--port", "0") as server:
        async with (
            Client(server.url("mcp"), mode="auto", cache=None, read_timeout_seconds=PATIENCE) as client,
            client.listen(prompts_list_changed=True) as events,
        ):
            path.write_text(HEAD + adapter("harbour", prompt="welcome").replace("harbour://flag", "harbour://banner"))
            async with asyncio.timeout(PATIENCE):
                event = await anext(aiter(events))
            (found,) = (await client.list_resources()).resources

    assert isinstance(event, PromptsListChanged)
    assert found.uri == "harbour://banner"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_what_is_not_declared_is_no_capability(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "harbour.yaml"
    path.write_text(f"{HEAD}  - type: mcp\n    namespace: harbour\n    port: 9090\n    prompts: [{PROMPT % 'greet'}]\n")
    with running("run", str(path), "--port", "0") as server:
        async with Client(server.url("mcp"), mode=mode, read_timeout_seconds=PATIENCE) as client:
            told = client.server_capabilities

    assert (told.tools, told.resources, told.prompts is None) == (None, None, False)


def ask(url: str, method: str, name: str | None = None, **params: object) -> Any:
    body = json.dumps(message_of(STATELESS, method, **params)).encode()
    return request("POST", url, body, headers_of(STATELESS, method, name)).json


@pytest.mark.parametrize(
    ("said", "lists", "contents"),
    [
        ("", (5000, "public"), (0, "private")),
        ("    ttlMs: 60000\n", (60000, "public"), (60000, "private")),
        ("    ttlMs: 0\n    cacheScope: private\n", (0, "private"), (0, "private")),
    ],
)
def test_clients_are_told_how_long_they_may_keep_it(
    tmp_path: Path, said: str, lists: tuple[int, str], contents: tuple[int, str]
) -> None:
    path = tmp_path / "harbour.yaml"
    text = (HEAD + adapter("harbour", more=said)).replace("naftiko: 1.0.0-alpha2", "ikanos: 1.0.0-beta5")
    path.write_text(text.replace("label: Harbour", "display: Harbour"))
    methods = ("server/discover", "tools/list", "resources/list", "resources/templates/list", "prompts/list")
    with running("run", str(path), "--port", "0") as server:
        url = server.url("mcp")
        listed = [ask(url, method)["result"] for method in methods]
        read = ask(url, "resources/read", "harbour://flag", uri="harbour://flag")["result"]

    assert [(result["ttlMs"], result["cacheScope"]) for result in listed] == [lists] * len(methods)
    assert (read["ttlMs"], read["cacheScope"]) == contents


async def test_adapters_that_share_a_port_have_one_server_of_all(tmp_path: Path) -> None:
    path = tmp_path / "harbour.yaml"
    path.write_text(HEAD + adapter("one") + adapter("two", flag="blue"))
    with running("run", str(path), "--port", "0") as server:
        base = server.url("mcp", "one").removesuffix("/one/mcp")
        async with Client(f"{base}/mcp", mode="auto", read_timeout_seconds=PATIENCE) as client:
            prompts = [item.name for item in (await client.list_prompts()).prompts]
            resources = [(item.name, item.uri) for item in (await client.list_resources()).resources]
            (flag,) = (await client.read_resource("harbour://flag")).contents
            assert (await client.get_prompt("two_greet")).messages
        async with Client(f"{base}/two/mcp", mode="auto", read_timeout_seconds=PATIENCE) as client:
            (own,) = (await client.read_resource("harbour://flag")).contents

    assert prompts == ["one_greet", "two_greet"]
    assert resources == [("one_flag", "harbour://flag")]
    assert [item.text for item in (flag, own)] == ['{"flag":"red"}', '{"flag":"blue"}']


async def test_what_is_left_out_of_a_file_with_errors_says_why(tmp_path: Path) -> None:
    path = tmp_path / "harbour.yaml"
    broken = FLAG.replace("outputParameters: [{name: flag, type: string, value: %s}]", "call: nobody.flag")
    path.write_text(HEAD + adapter("harbour").replace(FLAG % "red", broken))
    with running("run", str(path), "--port", "0", "--partial") as server:
        async with Client(server.url("mcp"), mode="auto", read_timeout_seconds=PATIENCE) as client:
            listed = [item.name for item in (await client.list_prompts()).prompts]
            with pytest.raises(MCPError) as refused:
                await client.read_resource("harbour://flag")

    assert listed == ["greet"]
    assert (refused.value.error.code, "NK3002" in refused.value.error.message) == (-32603, True)


def test_the_start_counts_what_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "harbour.yaml"
    path.write_text(HEAD + adapter("harbour"))
    with running("run", str(path), "--port", "0") as server:
        ready = server.wait_for(lambda event: event["event"] == "ready")

    assert (ready["tools"], ready["resources"], ready["prompts"]) == (0, 1, 1)
