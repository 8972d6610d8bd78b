"""How does a server on standard input and output end, and what does it tell of its calls?"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.mcp.stdio import Pipe
from tests.mcp.faces import ECHO, VERSION, asking, face_of, whole
from tests.mcp.wire import STATELESS, call_of, encoded
from tests.records import Records
from tests.upstream import Answer, Upstream


@contextlib.contextmanager
def piped(monkeypatch: pytest.MonkeyPatch, out: Path, *messages: object) -> Iterator[None]:
    """Standard input that holds these messages and ends, and standard output that goes to a file."""
    reads, writes = os.pipe()
    with os.fdopen(writes, "wb") as caller:
        caller.writelines(encoded(message) + b"\n" for message in messages)
    # In the test itself, because pytest puts streams of its own between a fixture and its test.
    with (
        TextIOWrapper(os.fdopen(reads, "rb")) as stdin,
        TextIOWrapper(out.open("wb")) as stdout,
        monkeypatch.context() as patch,
    ):
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys, "stdout", stdout)
        yield


def answers(out: Path) -> dict[object, Any]:
    return {answer["id"]: answer for answer in map(json.loads, out.read_text("utf-8").splitlines())}


async def test_it_serves_until_the_end_of_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: Engine, records: Records
) -> None:
    out = tmp_path / "out"
    notice = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    messages = (call_of(STATELESS, "echo", {"count": "5"}), notice, call_of(STATELESS, "nobody", identifier="b"))
    with piped(monkeypatch, out, *messages):
        await Pipe(face_of(ECHO), engine, records.observe, version=VERSION).run()

    answered = answers(out)
    assert answered[1]["result"]["structuredContent"] == {"arguments": {"count": 5}}
    assert answered["b"]["error"]["code"] == -32602
    assert sorted((record.operation, record.code) for record in records) == [("echo", ""), ("tools/call", "NK8007")]
    assert all(record.request_id for record in records)


async def test_the_end_of_input_waits_for_the_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: Engine, records: Records, upstream: Upstream
) -> None:
    held = threading.Event()
    upstream.answer("GET", "*", Answer(200, b'{"a": 1}', hold=held))
    face = face_of(asking("slow", upstream.url, shape=whole))
    out = tmp_path / "out"
    with piped(monkeypatch, out, call_of(STATELESS, "slow")):
        serving = asyncio.create_task(Pipe(face, engine, records.observe, version=VERSION).run())
        await asyncio.to_thread(upstream.wait_for_requests, 1)
        held.set()
        await asyncio.wait_for(serving, 5)

    assert answers(out)[1]["result"]["structuredContent"] == {"a": 1}


@pytest.mark.parametrize("cancelled", [{"requestId": 1}, {"requestId": [1]}, None], ids=str)
async def test_a_call_that_was_cancelled_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    engine: Engine,
    records: Records,
    upstream: Upstream,
    cancelled: object,
) -> None:
    held = threading.Event()
    upstream.answer("GET", "*", Answer(200, b"{}", hold=held))
    face = face_of(asking("slow", upstream.url, shape=whole))
    notice = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled}
    messages = [call_of(STATELESS, "slow"), notice, {**notice, "params": {"requestId": 1}}]
    out = tmp_path / "out"
    with piped(monkeypatch, out, *messages, b"not a message"):
        await asyncio.wait_for(Pipe(face, engine, records.observe, version=VERSION).run(), 5)
    held.set()

    assert 1 not in answers(out)
