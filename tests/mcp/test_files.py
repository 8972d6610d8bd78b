"""What of a folder is a resource's, and how does each file read?"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from mcp import Client, MCPError

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.mcp.reading import FILE_LIMIT
from naftiko_runtime.plan.model.offerings import Files
from tests.mcp.conftest import listening
from tests.mcp.faces import VERSION, face_of
from tests.records import Records

Opened = Callable[[], AbstractAsyncContextManager[Client]]


@asynccontextmanager
async def client_of(folder: Path, engine: Engine, records: Records) -> AsyncIterator[Client]:
    face = replace(face_of(), resources=(Files("y", "", "", "x://y/", "", folder, folder),))
    endpoint = McpEndpoint(face, engine, records.observe, version=VERSION)
    async with (
        endpoint.run(),
        listening(endpoint) as url,
        Client(f"{url}/mcp", mode="auto", cache=None, read_timeout_seconds=10) as client,
    ):
        yield client
        endpoint.end_streams()


@pytest.fixture
def opened(tmp_path: Path, engine: Engine, records: Records) -> Opened:
    """Opens a client of a server whose only resource is the folder `tmp_path`, at `x://y/`."""
    return partial(client_of, tmp_path, engine, records)


@pytest.mark.parametrize(
    ("name", "content", "kind", "text"),
    [
        ("a.txt", b"\xef\xbb\xbfa", "text/plain", "a"),
        ("a.txt", b"a\x00", "text/plain", None),
        ("a.md", b"\xe9", "text/markdown", None),
        ("a.json", b"{}", "application/json", "{}"),
        ("LICENSE", b"free", "text/plain", "free"),
        ("LICENSE", b"\xff", "application/octet-stream", None),
        ("a.pdf", b"text all the same", "application/pdf", None),
        ("a.txt", b"", "text/plain", ""),
    ],
)
async def test_a_file_is_text_where_it_reads_as_text(
    opened: Opened, records: Records, tmp_path: Path, name: str, content: bytes, kind: str, text: str | None
) -> None:
    (tmp_path / name).write_bytes(content)
    async with opened() as client:
        (found,) = (await client.read_resource(f"x://y/{name}")).contents

    assert found.mime_type == kind
    if text is None:
        assert base64.b64decode(found.blob) == content
    else:
        assert found.text == text
    assert [(record.operation, record.status, record.code) for record in records] == [("y", 200, "")]


async def test_files_are_found_as_they_come(opened: Opened, tmp_path: Path) -> None:
    async with opened() as client:
        before = (await client.list_resources()).resources
        (tmp_path / "later.txt").write_text("x")
        (after,) = (await client.list_resources()).resources

    assert before == []
    assert (after.name, after.uri, after.mime_type, after.size) == ("y/later.txt", "x://y/later.txt", "text/plain", 1)


async def test_a_file_beyond_the_limit_is_refused(opened: Opened, tmp_path: Path) -> None:
    with (tmp_path / "large.bin").open("wb") as stream:
        stream.truncate(FILE_LIMIT + 1)
    async with opened() as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource("x://y/large.bin")

    assert (refused.value.error.code, refused.value.error.message) == (-32603, "The file is larger than 10 MiB.")


async def test_a_file_that_can_not_be_opened_is_told_without_its_place(opened: Opened, tmp_path: Path) -> None:
    name = "n" * 300
    async with opened() as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(f"x://y/{name}")

    assert str(tmp_path) not in str(refused.value)


async def test_a_cursor_is_refused_for_every_list(opened: Opened) -> None:
    async with opened() as client:
        for listing in (client.list_tools, client.list_resources, client.list_resource_templates, client.list_prompts):
            with pytest.raises(MCPError) as refused:
                await listing(cursor="2")
            assert refused.value.error.code == -32602
