"""Several processes, asked as if they were one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.control.harbour import SECRET, change, get, harbour, streaming
from tests.runner import Running, command, free_ports, request, running, wait_until
from tests.upstream import Upstream

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes can't share sockets there")

ENV = {"HARBOUR_KEY": SECRET}
MANY = 40


@pytest.fixture
def file(tmp_path: Path, upstream: Upstream) -> Path:
    control, rest = free_ports(2)
    path = tmp_path / "harbour.yaml"
    path.write_text(harbour(upstream.url, control=control, rest=rest))
    return path


@pytest.fixture
def server(file: Path) -> Iterator[Running]:
    with running("run", str(file), "--workers", "3", "--no-watch", env=ENV) as server:
        yield server


def _ask(server: Running, path: str = "/tide", times: int = MANY) -> None:
    """A connection each, so that all workers get some."""
    for _ in range(times):
        assert request("GET", server.url("rest") + path).status == 200


def _number(server: Running, name: str, *labels: str) -> float:
    for family in text_string_to_metric_families(get(server, "/metrics").body.decode()):
        for row in family.samples:
            if row.name == name and set(labels) <= set(row.labels.values()):
                return row.value
    return 0.0


def test_numbers_are_those_of_all_workers(server: Running) -> None:
    wait_until(lambda: _number(server, "naftiko_workers", "answered") == 3)
    _ask(server)

    assert _number(server, "naftiko_requests_total", "quay.tide", "200") == MANY
    assert _number(server, "naftiko_workers", "silent") == 0


def test_traces_and_lines_are_those_of_all_workers(server: Running) -> None:
    wait_until(lambda: _number(server, "naftiko_workers", "answered") == 3)
    _ask(server)
    traces, logs = get(server, "/traces").json, get(server, "/logs").json

    assert (traces["bufferUsed"], traces["workers"]) == (MANY, {"asked": 3, "answered": 3})
    assert sum(line["event"] == "request" for line in logs["lines"]) == MANY
    for trace in traces["traces"]:
        assert get(server, f"/traces/{trace['traceId']}").status == 200


def test_the_log_of_all_workers_is_followed(server: Running) -> None:
    wait_until(lambda: _number(server, "naftiko_workers", "answered") == 3)
    with streaming(server) as lines:
        _ask(server)
        told = [next(lines) for _ in range(MANY)]

    assert {line["operation"] for line in told} == {"GET /tide"}


def test_a_level_is_set_for_all_workers_and_for_those_to_come(server: Running) -> None:
    assert change(server, "PUT", "/logs", {"level": "warning"}).status == 200
    wait_until(lambda: {get(server, "/logs").json["level"] for _ in range(10)} == {"warning"})
    os.kill(_one_worker(server), signal.SIGKILL)
    server.wait_for(lambda event: event.get("event") == "worker")
    wait_until(lambda: _number(server, "naftiko_workers", "answered") == 3)

    assert {get(server, "/logs").json["level"] for _ in range(10)} == {"warning"}


def test_a_reload_reaches_all_workers(server: Running, file: Path) -> None:
    file.write_text(file.read_text().replace("value: high", "value: low"))
    report = change(server, "POST", "/config/reload").json

    assert (report["changed"], report["files"]["changed"]) == (True, [str(file)])
    server.wait_for(lambda event: event.get("event") == "reloaded")
    assert {request("GET", server.url("rest") + "/tide").json for _ in range(20)} == {"low"}
    assert change(server, "POST", "/config/reload").json == {"changed": False, "refused": 0, "diagnostics": []}


def test_all_workers_know_of_a_file_that_is_refused(server: Running, file: Path) -> None:
    file.write_text(file.read_text().replace("call: registry.list", "call: registry.lost"))
    report = change(server, "POST", "/config/reload").json
    assert (report["refused"], {item["code"] for item in report["diagnostics"]}) == (1, {"NK3001"})

    wait_until(lambda: {get(server, "/health/ready").json["status"] for _ in range(10)} == {"DEGRADED"})
    assert get(server, "/health/ready").json["files"][0]["state"] == "last-good"


def test_a_worker_that_died_leaves_the_others_answering(server: Running) -> None:
    wait_until(lambda: _number(server, "naftiko_workers", "answered") == 3)
    os.kill(_one_worker(server), signal.SIGKILL)
    server.wait_for(lambda event: event.get("event") == "worker")

    wait_until(lambda: _number(server, "naftiko_workers", "answered") == 3)
    wait_until(lambda: _number(server, "naftiko_workers", "silent") == 0)


def _one_worker(server: Running) -> int:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("the system doesn't show its processes")
    return int(children.read_text().split()[0])


def test_workers_without_a_place_to_answer_each_other_are_not_started(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    ended = command("run", str(file), "--workers", "2", env=ENV | {"TMPDIR": str(folder)})

    assert ended.code == 1
    assert "NK7002" in ended.err
    assert "TMPDIR" in ended.err
