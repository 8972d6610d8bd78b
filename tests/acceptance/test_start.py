"""Does a server start only when it can serve rightly, say so, and stop without dropping anybody?"""

from __future__ import annotations

import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.acceptance.exchange import Capability
from tests.acceptance.own import FIXTURES, LIBRARY, OWN, SHIPYARD
from tests.runner import command, free_ports, listens, request, running, wait_until
from tests.upstream import Answer, Upstream

BY_NAME = [pytest.param(capability, id=capability.name) for capability in OWN]


def line_of(capability: Capability, wanted: str) -> int:
    [number] = [number for number, line in enumerate(capability.file.read_text().splitlines(), 1) if wanted in line]
    return number


def listen(capability: Capability, rest: int, mcp: int) -> list[str]:
    name = capability.name
    return ["--listen", f"{name}-rest=127.0.0.1:{rest}", "--listen", f"{name}-mcp=127.0.0.1:{mcp}"]


@pytest.mark.parametrize("capability", BY_NAME)
def test_a_missing_secret_refuses_the_start(capability: Capability) -> None:
    ports = free_ports(2)
    ended = command("run", str(capability.file), *listen(capability, *ports))

    line = line_of(capability, f"{capability.secret}: {capability.secret}")
    assert ended.code == 1
    assert "NK6001" in ended.err
    assert capability.secret in ended.err
    assert f"{capability.file.name}:{line}:" in ended.err
    assert "--env-file" in ended.err
    assert "Traceback" not in ended.text
    assert not any(map(listens, ports))


def test_an_empty_secret_refuses_the_start() -> None:
    ended = command("run", str(LIBRARY.file), *listen(LIBRARY, *free_ports(2)), env={LIBRARY.secret: ""})

    assert ended.code == 1
    assert LIBRARY.secret in ended.err


@pytest.mark.parametrize("place", ["beside", "flag"])
def test_a_secret_may_come_from_a_file(upstream: Upstream, tmp_path: Path, place: str) -> None:
    capability = tmp_path / "library-loans.yaml"
    capability.write_bytes(LIBRARY.file.read_bytes())
    secrets = tmp_path / (".env" if place == "beside" else "secrets.env")
    secrets.write_text(f"# the desk's key\n{LIBRARY.secret}='from a file'\n")
    flags = ["--env-file", str(secrets)] if place == "flag" else []
    flags += ["--upstream", f"library-loans={upstream.url}", *listen(LIBRARY, *free_ports(2))]
    with running("run", str(capability), *flags) as server:
        request("GET", server.url("rest") + "/v1/loans")

    assert upstream.only.header("Authorization") == "Bearer from a file"


def test_a_port_in_use_is_named_and_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        [free] = free_ports(1)
        ended = command("run", str(LIBRARY.file), *listen(LIBRARY, free, port), env=LIBRARY.environment)

    assert ended.code == 1
    assert "NK7001" in ended.err
    assert str(port) in ended.err
    assert "library-loans-mcp" in ended.err
    assert "Traceback" not in ended.text
    assert not listens(free)


@pytest.mark.parametrize("flag", ["--upstream", "--listen"])
def test_a_flag_for_an_unknown_namespace_refuses_the_start(flag: str) -> None:
    value = {"--upstream": "library-lones=http://127.0.0.1:1", "--listen": "library-lones=127.0.0.1:1"}[flag]
    ended = command("run", str(LIBRARY.file), flag, value, env=LIBRARY.environment)

    assert ended.code in (1, 2)
    assert "library-lones" in ended.err
    assert "library-loans" in ended.err.replace("library-lones", "")


WITHOUT_PORT = ("    port: 9393\n", "", "NK7008", "tides-mcp")
FROM_A_VAULT = ("- namespace: env\n", "- namespace: env\n  location: vault://team\n", "NK6003", "vault://team")


@pytest.mark.parametrize(("old", "new", "code", "word"), [WITHOUT_PORT, FROM_A_VAULT])
def test_what_only_a_start_can_miss_refuses_the_start(tmp_path: Path, old: str, new: str, code: str, word: str) -> None:
    text = (FIXTURES / "tides.yaml").read_text()
    assert old in text
    path = tmp_path / "tides.yaml"
    path.write_text(text.replace(old, new, 1))
    ended = command("run", str(path), env={"TIDE_KEY": "canary-tides"})

    assert ended.code == 1
    assert code in ended.err
    assert word in ended.err
    assert "Traceback" not in ended.text


def test_ready_names_every_address(upstream: Upstream) -> None:
    rest, mcp = free_ports(2)
    flags = ["--upstream", f"library-loans={upstream.url}", *listen(LIBRARY, rest, mcp)]
    with running("run", str(LIBRARY.file), *flags, env=LIBRARY.environment) as server:
        ready = server.wait_for(lambda event: event.get("event") == "ready")

        assert {(item["namespace"], item["kind"]) for item in ready["urls"]} == {
            ("library-loans-rest", "rest"),
            ("library-loans-mcp", "mcp"),
        }
        assert str(rest) in server.url("rest")
        assert str(mcp) in server.url("mcp")
        assert listens(rest)
        assert listens(mcp)
        assert server.out == ""


def test_a_broken_file_refuses_the_start_with_its_diagnostics(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(LIBRARY.file.read_text().replace("call: library-loans.delete", "call: library-loans.delet"))
    ended = command("run", str(broken), env=LIBRARY.environment)

    assert ended.code == 1
    assert "NK3001" in ended.err
    assert "did you mean `library-loans.delete`" in ended.err
    assert "Traceback" not in ended.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_the_accepted_request_finish(upstream: Upstream, number: int) -> None:
    gate = threading.Event()
    upstream.answer("GET", "*", Answer(200, b'{"late": true}', hold=gate))
    rest, mcp = free_ports(2)
    flags = ["--upstream", f"library-loans={upstream.url}", *listen(LIBRARY, rest, mcp)]
    with (
        running("run", str(LIBRARY.file), *flags, env=LIBRARY.environment) as server,
        ThreadPoolExecutor() as pool,
    ):
        waiting = pool.submit(request, "GET", server.url("rest") + "/v1/loans")
        upstream.wait_for_requests(1)
        server.signal(number)
        wait_until(lambda: not listens(rest))
        gate.set()

        reply = waiting.result(10)
        assert (reply.status, reply.body) == (200, b'{"late": true}')
        assert server.wait() == 0
        assert not listens(rest)
        assert not listens(mcp)


def test_an_idle_server_stops_at_once_with_keep_alive_clients(upstream: Upstream) -> None:
    flags = ["--upstream", f"shipyard-docks={upstream.url}", *listen(SHIPYARD, *free_ports(2))]
    with running("run", str(SHIPYARD.file), *flags, env=SHIPYARD.environment) as server:
        port = int(server.url("rest").rsplit(":", 1)[1].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as idle:
            idle.sendall(b"GET /v1/dry-docks HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert idle.recv(12) == b"HTTP/1.1 200"
            server.signal(signal.SIGTERM)

            assert server.wait(5) == 0


@pytest.mark.parametrize("log", ["json", "pretty"])
def test_no_log_holds_a_secret_or_an_argument(upstream: Upstream, log: str) -> None:
    rest, mcp = free_ports(2)
    flags = ["--upstream", f"shipyard-docks={upstream.url}", *listen(SHIPYARD, rest, mcp), "--log-level", "debug"]
    with running("run", str(SHIPYARD.file), *flags, env=SHIPYARD.environment, log=log) as server:
        server.wait_for_text(f":{mcp}")
        wait_until(lambda: listens(rest))
        reply = request("GET", f"http://127.0.0.1:{rest}/v1/dry-docks/dock-argument?cursor=cursor-argument")
        server.wait_for_text("inspectdrydock")

        assert reply.status == 200
        assert server.stop() == 0
        assert [text for text in (SHIPYARD.canary, "dock-argument", "cursor-argument") if text in server.err] == []
        assert server.out == ""
