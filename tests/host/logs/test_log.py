"""Does a log tell everything once, in order, and never stand in the way?"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.logs.events import Clock, Ready
from naftiko_runtime.host.logs.json_events import JsonEvents
from naftiko_runtime.host.logs.log import LEVELS, Log, route_libraries
from tests.runner import wait_until

RECORD = RequestRecord("id-1", "rest", "GET /ships", "Harbour", "harbour.ships", 200, None, 1.0, "")
FAILED = RECORD._replace(request_id="id-2", status=502, code="NK8003")
READY = Ready((), 0, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def stream(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as opened:
        yield opened


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def log_to(stream: BinaryIO, level: str = "info") -> Log:
    return Log(stream, JsonEvents(Clock()), level)


async def test_a_request_is_written_soon_and_not_at_once(path: Path, stream: BinaryIO) -> None:
    log = log_to(stream)
    log.request(RECORD)
    assert told(path) == []

    await asyncio.to_thread(wait_until, lambda: bool(told(path)))
    assert [event["requestId"] for event in told(path)] == ["id-1"]


async def test_a_shared_stream_gets_whole_lines_that_a_pipe_keeps_together() -> None:
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    with os.fdopen(writes, "wb") as stream:
        log = Log(stream, JsonEvents(Clock()), shared=True)
        pieces = []
        for _ in range(100):
            log.request(RECORD)
            with suppress(BlockingIOError):
                pieces.append(os.read(reads, 1024 * 1024))
        log.flush()
    pieces.append(os.read(reads, 1024 * 1024))
    os.close(reads)

    assert all(len(piece) <= select.PIPE_BUF and piece.endswith(b"}\n") for piece in pieces)
    assert b"".join(pieces).count(b"\n") == 100
    assert len(pieces) < 20


async def test_many_requests_are_written_without_waiting(path: Path, stream: BinaryIO) -> None:
    log = log_to(stream)
    for _ in range(500):
        log.request(RECORD)

    assert len(told(path)) > 200
    log.flush()
    assert len(told(path)) == 500


async def test_other_events_come_after_the_requests_before_them(path: Path, stream: BinaryIO) -> None:
    log = log_to(stream)
    log.request(RECORD)
    log.event("stopping")

    assert [event["event"] for event in told(path)] == ["request", "stopping"]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("debug", ["ready", "request", "request", "diagnostic", "diagnostic", "stopped"]),
        ("info", ["ready", "request", "request", "diagnostic", "stopped"]),
        ("warning", ["ready", "request", "diagnostic"]),
        ("error", ["ready"]),
        ("off", []),
    ],
)
async def test_a_level_leaves_out_what_weighs_less(
    path: Path, stream: BinaryIO, level: str, expected: list[str]
) -> None:
    assert level in LEVELS
    log = log_to(stream, level)
    log.ready(READY)
    log.request(RECORD)
    log.request(FAILED)
    log.diagnostics([Diagnostic("NK9003", Severity.WARNING, "advice", "a.yaml")])
    log.diagnostics([Diagnostic("NK6009", Severity.NOTE, "unused", "a.yaml")])
    log.event("stopped")
    log.flush()

    assert [event["event"] for event in told(path)] == expected


async def test_a_reader_that_went_away_stops_nobody() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb", buffering=0) as stream:
        log = log_to(stream)
        log.request(RECORD)
        log.event("stopped")


@pytest.mark.parametrize("level", ["info", "debug"])
def test_an_exception_of_a_library_is_told_without_its_text(path: Path, stream: BinaryIO, level: str) -> None:
    logger = logging.getLogger("somebody.else")
    secret = "canary"
    with route_libraries(log_to(stream, level)):
        try:
            raise ValueError(secret)
        except ValueError:
            logger.exception("Exception in ASGI application")
    [event] = told(path)

    assert (event["event"], event["level"], event["code"]) == ("internal", "error", "NK8014")
    assert "ValueError" in event["message"]
    assert "canary" not in path.read_text()
    assert ("frames" in event) is (level == "debug")


def test_a_warning_of_a_library_is_told_and_its_chatter_is_not(path: Path, stream: BinaryIO) -> None:
    logger = logging.getLogger("somebody.else")
    logger.setLevel(logging.DEBUG)
    with route_libraries(log_to(stream, "debug")):
        logger.warning("Invalid HTTP request received.")
        logger.info("chatter")
    logger.warning("after the end")

    assert [event["message"] for event in told(path)] == ["Invalid HTTP request received."]
