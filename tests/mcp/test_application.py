"""When is the SDK started and stopped, and what does the endpoint ask of the server that hosts it?"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.plan.model.face import Caching
from tests.mcp.asgi import ask, body_of
from tests.mcp.faces import ECHO, VERSION, face_of
from tests.mcp.wire import call_of, encoded, headers_of, message_of, raw
from tests.records import Records

ROOT = Path(__file__).resolve().parents[2]
PING = encoded(message_of("2025-06-18", "ping"))
HEADERS = raw(headers_of("2025-06-18"))


@pytest.fixture
def endpoint(engine: Engine, records: Records) -> McpEndpoint:
    return McpEndpoint(face_of(ECHO), engine, records.observe, version=VERSION)


async def test_requests_that_need_the_sdk_start_it_once(endpoint: McpEndpoint) -> None:
    async with endpoint.run():
        replies = await asyncio.gather(*(ask(endpoint, HEADERS, body_of(PING)) for _ in range(5)))

    assert [(reply.status, reply.json["result"]) for reply in replies] == [(200, {})] * 5


async def test_an_endpoint_can_run_again(endpoint: McpEndpoint) -> None:
    for _ in range(2):
        async with endpoint.run():
            assert (await ask(endpoint, HEADERS, body_of(PING))).status == 200


async def test_a_request_that_is_cancelled_while_the_sdk_starts_leaves_it_to_the_others(endpoint: McpEndpoint) -> None:
    async with endpoint.run():
        first = asyncio.create_task(ask(endpoint, HEADERS, body_of(PING)))
        second = asyncio.create_task(ask(endpoint, HEADERS, body_of(PING)))
        await asyncio.sleep(0)
        first.cancel()

        assert (await second).status == 200


async def test_a_start_that_fails_is_told_to_everybody_who_waits_for_it(engine: Engine, records: Records) -> None:
    # The SDK refuses to make a server whose answers are good for less than no time.
    face = replace(face_of(ECHO), caching=Caching(-1, None))
    endpoint = McpEndpoint(face, engine, records.observe, version=VERSION)
    async with endpoint.run(), asyncio.timeout(10):
        for _ in range(2):
            replies = (ask(endpoint, HEADERS, body_of(PING)) for _ in range(3))
            told = await asyncio.gather(*replies, return_exceptions=True)

            assert [type(error) for error in told] == [ValueError] * 3


async def test_warming_up_needs_no_loop(endpoint: McpEndpoint) -> None:
    await asyncio.to_thread(endpoint.warm)

    assert "naftiko_runtime.mcp.official" in sys.modules


async def test_stopping_leaves_no_task_behind(endpoint: McpEndpoint) -> None:
    async with endpoint.run():
        await ask(endpoint, HEADERS, body_of(PING))

    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_body_may_come_in_pieces(endpoint: McpEndpoint) -> None:
    body = encoded(call_of(None, "echo", {"count": 5}))
    reply = await ask(endpoint, HEADERS, body_of(body[:10], b"", body[10:]))

    assert reply.json["result"]["structuredContent"] == {"arguments": {"count": 5}}


@pytest.mark.parametrize(
    ("declared", "chunks", "status"),
    [(b"11", [b"x"], 413), (b"9" * 30, [b"x"], 413), (b"", [b"x" * 6, b"x" * 5], 413), (b"-1", [b"x" * 10], 400)],
)
async def test_a_body_is_never_read_beyond_the_limit(
    engine: Engine, records: Records, declared: bytes, chunks: list[bytes], status: int
) -> None:
    endpoint = McpEndpoint(face_of(ECHO), engine, records.observe, version=VERSION, body_limit=10)
    async with endpoint.run():
        reply = await ask(endpoint, [*HEADERS, (b"content-length", declared)], body_of(*chunks))

    assert reply.status == status


async def test_a_method_of_the_callers_own_making_is_not_told(endpoint: McpEndpoint, records: Records) -> None:
    reply = await ask(endpoint, HEADERS, body_of(b""), method="SECRET")

    assert reply.status == 405
    assert [(record.operation, record.status) for record in records] == [("OTHER", 405)]


PROGRAM = """
import asyncio, sys
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.mcp.stdio import Pipe
from tests.mcp.asgi import ask, body_of
from tests.mcp.faces import ECHO, face_of
from tests.mcp.wire import call_of, encoded, headers_of, raw

async def main():
    endpoint = McpEndpoint(face_of(ECHO), Engine(HttpxUpstream()), [].append, version="1")
    async with endpoint.run():
        reply = await ask(endpoint, raw(headers_of("2025-06-18")), body_of(encoded(call_of(None, "echo"))))
    assert reply.status == 200
    return endpoint

endpoint = asyncio.run(main())
print(sorted({"mcp", "mcp_types", "pydantic"} & sys.modules.keys()))
endpoint.warm()
print(sorted({"mcp", "mcp_types", "pydantic"} & sys.modules.keys()))
"""


def test_the_sdk_is_not_imported_until_it_is_needed() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == ["[]", "['mcp', 'mcp_types', 'pydantic']"]


def test_one_module_owns_the_sdk() -> None:
    folder = ROOT / "naftiko_runtime" / "mcp"
    owners = {
        file.name
        for file in folder.glob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith(("import mcp", "from mcp"))
    }

    assert owners == {"official.py"}
