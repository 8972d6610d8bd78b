"""Do several workers behave like one server?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.acceptance.load import go_on, requesting
from tests.host.harbours import capability, mcp_adapter, rest_adapter
from tests.host.serving.test_serving import SLOW
from tests.runner import Running, command, request, running, wait_until
from tests.upstream import Answer, Upstream

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes can't share sockets there")

PATIENCE = 10.0
needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system doesn't show its processes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(capability(rest_adapter("base", 8080), mcp_adapter("tools", 8080)))
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    with running("run", str(folder), "--port", "0", "--workers", "2") as server:
        yield server


def children_of(server: Running) -> set[int]:
    """The processes that the server has started and that live. Without a watcher, they are its workers."""
    listed = subprocess.run(["ps", "-o", "pid=,ppid=,stat=", "-e"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(pid) for pid, parent, state in rows if int(parent) == server.process.pid and state[0] != "Z"}


def test_ready_is_told_once_when_all_accept(server: Running) -> None:
    assert request("GET", server.url("rest") + "/ships").json == {"by": "base"}
    assert server.stop() == 0
    assert [event["event"] for event in server.events if event["event"] != "request"] == [
        "ready",
        "stopping",
        "stopped",
    ]


def test_a_reload_reaches_all_workers_and_fails_no_request(server: Running, folder: Path) -> None:
    url = server.url("rest")
    with requesting(url, "/ships") as load:
        (folder / "base.yaml").write_text(capability(rest_adapter("base", 8080, answer="later")))
        server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
        go_on(load)  # what was asked before is answered now
        load.answers.clear()
        # Connections are kept, so each worker has some of them and answers on those.
        go_on(load)
        answers = dict(load.answers)

    assert load.failures == []
    assert set(answers) == {b'{"by":"later"}'}


def test_a_new_port_is_served_by_all_workers(folder: Path, free_port: int) -> None:
    with running(
        "run", str(folder), "--listen", "base=127.0.0.1:0", "--listen", "tools=127.0.0.1:0", "--workers", "2"
    ) as server:
        (folder / "ships.yaml").write_text(capability(rest_adapter("ships", free_port)))
        server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
        with requesting(f"http://127.0.0.1:{free_port}", "/ships") as load:
            wait_until(lambda: load.total > 500, PATIENCE)

    assert load.failures == []
    assert set(load.answers) == {b'{"by":"ships"}'}


def test_a_worker_that_dies_is_replaced_and_told(folder: Path) -> None:
    with running("run", str(folder), "--port", "0", "--workers", "2", "--no-watch") as server:
        before = children_of(server)
        assert len(before) == 2
        victim = before.pop()
        os.kill(victim, signal.SIGKILL)
        told = server.wait_for(lambda event: event["event"] == "worker", PATIENCE)
        wait_until(lambda: len(children_of(server) - {victim}) == 2, PATIENCE)
        with requesting(server.url("rest"), "/ships") as load:
            wait_until(lambda: load.total > 200, PATIENCE)

        assert load.failures == []
        assert (told["pid"], "SIGKILL" in told["message"]) == (victim, True)
        assert server.stop() == 0


@needs_proc
def test_a_watcher_that_dies_is_replaced(server: Running, folder: Path) -> None:
    (watcher,) = [pid for pid in children_of(server) if not has_listener(pid, server)]
    os.kill(watcher, signal.SIGKILL)
    (folder / "base.yaml").write_text(capability(rest_adapter("base", 8080, answer="later")))

    server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)


def has_listener(pid: int, server: Running) -> bool:
    """Whether a process holds the socket that the server listens on."""
    port = int(server.url("rest").rsplit(":", 1)[1])
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    inodes = {f"socket:[{row[9]}]" for row in rows if int(row[1].rsplit(":", 1)[1], 16) == port and row[3] == "0A"}
    links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]
    return any(str(link) in inodes for link in links)


def test_a_hangup_has_all_workers_look(folder: Path) -> None:
    with running("run", str(folder), "--port", "0", "--no-watch", env={"NAFTIKO_WORKERS": "2"}) as server:
        (folder / "base.yaml").write_text(capability(rest_adapter("base", 8080, answer="later")))
        server.signal(signal.SIGHUP)
        server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
        with requesting(server.url("rest"), "/ships") as load:
            wait_until(lambda: load.total > 200, PATIENCE)

    assert set(load.answers) == {b'{"by":"later"}'}


def test_a_stop_lets_every_worker_finish(upstream: Upstream, tmp_path: Path) -> None:
    gate = threading.Event()
    upstream.answer("GET", "*", Answer(200, b"{}", hold=gate))
    path = tmp_path / "slow.yaml"
    path.write_text(SLOW)
    arguments = ("run", str(path), "--port", "0", "--workers", "2", "--upstream", f"up={upstream.url}")
    with running(*arguments) as server, ThreadPoolExecutor() as pool:
        waiting = [pool.submit(request, "GET", server.url("rest") + "/slow") for _ in range(4)]
        upstream.wait_for_requests(4)
        server.signal(signal.SIGTERM)
        server.wait_for(lambda event: event["event"] == "stopping")
        gate.set()

        assert [item.result(PATIENCE).status for item in waiting] == [200] * 4
        assert server.wait() == 0


@needs_proc
def test_workers_end_with_their_parent(server: Running) -> None:
    children = children_of(server)
    server.process.kill()
    server.process.wait(PATIENCE)

    wait_until(lambda: not any(is_alive(pid) for pid in children), PATIENCE)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split()[2] != "Z"


def test_standard_input_has_one_process(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080), mcp_adapter("tools", None)))
    ended = command("run", str(path), "--port", "0", "--workers", "2")

    assert ended.code == 2
    assert "--workers" in ended.err


@pytest.mark.parametrize("number", ["0", "-1", "two", "1000"])
def test_an_impossible_number_of_workers_is_a_usage_error(number: str) -> None:
    assert command("run", "--workers", number).code == 2
