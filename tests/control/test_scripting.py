"""The settings of scripts: told, and changed while they run."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.control.harbour import SECRET, change, get, harbour
from tests.runner import Reply, Running, free_ports, request, running, wait_until

ENV = {"HARBOUR_KEY": SECRET}
STATIC = "outputParameters: [{type: string, value: high}]"
STEP = "steps: [{name: tide, type: script, language: javascript, location: 'file:///./scripts', file: tide.js}]"
SLOW = "/slow"
LONG = "/long"
OFF = "scripts are turned off through the control adapter"


def written(folder: Path, scripting: str = "{enabled: true}") -> str:
    """The path of a capability with a quick script at /tide, an endless one at /slow, and one with many statements at
    /long.
    """
    (folder / "scripts").mkdir()
    (folder / "scripts" / "tide.js").write_text("result = 'high'")
    (folder / "scripts" / "slow.js").write_text("/(a+)+$/.test('a'.repeat(60) + 'b')")
    (folder / "scripts" / "long.js").write_text("for (let i = 0; i < 1000; i++); result = 'long'")
    control, rest = free_ports(2)
    text = harbour(control=control, rest=rest, management=f"{{logs: true, scripting: {scripting}}}")
    others = "".join(
        f"    - path: /{name}\n      operations: [{{name: {name}, method: GET, {STEP.replace('tide', name)}}}]\n"
        for name in ("slow", "long")
    )
    text = text.replace(STATIC, STEP).replace("    - path: /tide\n", others + "    - path: /tide\n")
    file = folder / "harbour.yaml"
    file.write_text(text)
    return str(file)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running("run", written(tmp_path, "{enabled: true, defaultLanguage: javascript}"), env=ENV) as server:
        yield server


def _call(server: Running, path: str = "/tide") -> Reply:
    return request("GET", server.url("rest") + path)


def _scripting(server: Running) -> dict[str, Any]:
    reply = get(server, "/scripting")
    assert reply.status == 200
    document: dict[str, Any] = reply.json
    return document


def test_the_settings_are_told_before_anything_ran(server: Running) -> None:
    assert _scripting(server) == {
        "enabled": True,
        "timeout": 60_000,
        "statementLimit": 100_000,
        "defaultLocation": None,
        "defaultLanguage": "javascript",
        "allowedLanguages": None,
        "stats": {"totalExecutions": 0, "totalErrors": 0, "averageDurationMs": 0.0},
    }


def test_runs_are_counted_and_so_are_those_that_fail(server: Running) -> None:
    before = datetime.now(UTC)
    change(server, "PUT", "/scripting", {"timeout": 300})
    assert [_call(server).json, _call(server, SLOW).status] == ["high", 500]
    stats = _scripting(server)["stats"]

    assert (stats["totalExecutions"], stats["totalErrors"]) == (2, 1)
    assert stats["averageDurationMs"] >= 150
    assert before < datetime.fromisoformat(stats["lastExecutionAt"]) <= datetime.now(UTC)


def test_scripts_are_turned_off_and_on_again(server: Running) -> None:
    assert change(server, "PUT", "/scripting", {"enabled": False}).json["enabled"] is False
    refused = _call(server)

    assert (refused.status, refused.json["code"]) == (500, "NK8023")
    assert OFF in refused.json["detail"]
    assert _scripting(server)["stats"]["totalExecutions"] == 0

    assert change(server, "PUT", "/scripting", {"enabled": True}).json["enabled"] is True
    assert _call(server).json == "high"


def test_what_is_not_named_stays_as_it_is(server: Running) -> None:
    change(server, "PUT", "/scripting", {"enabled": False})
    change(server, "PUT", "/scripting", {"timeout": 300})
    settings = change(server, "PUT", "/scripting", {}).json

    assert (settings["enabled"], settings["timeout"]) == (False, 300)


def test_a_timeout_stops_the_runs_that_come_after_it(server: Running) -> None:
    assert change(server, "PUT", "/scripting", {"timeout": 200}).json["timeout"] == 200
    began = time.monotonic()
    reply = _call(server, SLOW)

    assert (reply.status, reply.json["code"]) == (500, "NK8023")
    assert time.monotonic() - began < 10  # the file's own 60 s, and the 30 s of all steps, are far away


def test_a_statement_limit_stops_the_runs_that_come_after_it(server: Running) -> None:
    assert _call(server, LONG).json == "long"
    assert change(server, "PUT", "/scripting", {"statementLimit": 500}).json["statementLimit"] == 500
    reply = _call(server, LONG)

    assert (reply.status, reply.json["code"]) == (500, "NK8023")
    assert "it took more than 500 statements" in reply.json["detail"]


def test_a_change_is_told_in_the_log(server: Running) -> None:
    change(server, "PUT", "/scripting", {"enabled": False, "timeout": 200, "statementLimit": 500})
    lines = [line["message"] for line in get(server, "/logs").json["lines"] if line["event"] == "control"]

    assert lines == [
        "scripts are turned off now",
        "a script may take 200 ms now",
        "a script may take 500 statements now",
    ]


@pytest.mark.parametrize(
    ("document", "part"),
    [
        ({"enabled": "no"}, "`enabled`: write true or false"),
        ({"enabled": None}, "`enabled`: write true or false"),
        ({"timeout": 0}, "`timeout`: write milliseconds, a whole number from 1 to 60000"),
        ({"timeout": 60_001}, "`timeout`"),
        ({"timeout": 1.5}, "`timeout`"),
        ({"timeout": True}, "`timeout`"),
        ({"timeout": None}, "`timeout`"),
        ({"allowedLanguages": ["python"]}, "`allowedLanguages` is settled when a file is loaded"),
        ({"defaultLanguage": "python"}, "`defaultLanguage` is settled"),
        ({"defaultLocation": "file:///x"}, "`defaultLocation` is settled"),
        ({"statementLimit": 0}, "`statementLimit`: write statements, a whole number from 1 to 100000"),
        ({"statementLimit": 100_001}, "`statementLimit`"),
        ({"statementLimit": "9"}, "`statementLimit`"),
        ({"enabled": False, "memory": 5}, "`memory` is no setting"),
    ],
)
def test_what_can_not_be_changed_is_refused_and_changes_nothing(
    shared: Running, document: dict[str, Any], part: str
) -> None:
    before = _scripting(shared)
    refused = change(shared, "PUT", "/scripting", document)

    assert (refused.status, refused.json["code"]) == (400, "NK8001")
    assert part in refused.json["detail"]
    assert _scripting(shared) == before


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("run", written(tmp_path_factory.mktemp("harbour")), env=ENV) as server:
        yield server


@pytest.mark.parametrize("scripting", ["{}", "{enabled: false}"])
def test_no_change_allows_what_the_start_did_not(tmp_path: Path, scripting: str) -> None:
    with running("run", written(tmp_path, scripting), "--partial", env=ENV) as server:
        assert _scripting(server)["enabled"] is False
        refused = change(server, "PUT", "/scripting", {"enabled": True})
        assert change(server, "PUT", "/scripting", {"enabled": False}).status == 200

        assert (refused.status, _call(server).status) == (400, 501)
        assert "--allow-scripts" in refused.json["detail"]


def test_the_command_line_allows_what_the_file_leaves_to_it(tmp_path: Path) -> None:
    with running("run", written(tmp_path, "{timeout: 90000}"), "--allow-scripts", env=ENV) as server:
        assert (_scripting(server)["enabled"], _scripting(server)["timeout"]) == (True, 90_000)
        assert change(server, "PUT", "/scripting", {"timeout": 90_000}).status == 200


def test_without_settings_there_is_no_endpoint(tmp_path: Path) -> None:
    control, rest = free_ports(2)
    (tmp_path / "harbour.yaml").write_text(harbour(control=control, rest=rest))
    with running("run", str(tmp_path), env=ENV) as server:
        assert get(server, "/scripting").status == 404


@pytest.mark.skipif(sys.platform == "win32", reason="processes can't share sockets there")
def test_all_workers_follow_and_are_counted(tmp_path: Path) -> None:
    with running("run", written(tmp_path), "--workers", "2", "--no-watch", env=ENV) as server:
        wait_until(lambda: _scripting(server).get("workers") == {"asked": 2, "answered": 2})
        assert [_call(server).json for _ in range(20)] == ["high"] * 20
        assert _scripting(server)["stats"]["totalExecutions"] == 20

        change(server, "PUT", "/scripting", {"enabled": False, "timeout": 250})
        assert {_call(server).status for _ in range(20)} == {500}
        assert {(item["enabled"], item["timeout"]) for item in (_scripting(server) for _ in range(10))} == {
            (False, 250)
        }
        assert _scripting(server)["stats"]["totalExecutions"] == 20


@pytest.mark.skipif(sys.platform == "win32", reason="processes can't share sockets there")
def test_a_reload_leaves_what_was_changed(tmp_path: Path) -> None:
    with running("run", written(tmp_path), "--workers", "2", "--no-watch", env=ENV) as server:
        change(server, "PUT", "/scripting", {"enabled": False})
        script = tmp_path / "scripts" / "tide.js"
        script.write_text("result = 'low'")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for(lambda event: event.get("event") == "reloaded")
        assert {_call(server).status for _ in range(10)} == {500}

        change(server, "PUT", "/scripting", {"enabled": True})
        assert {_call(server).json for _ in range(10)} == {"low"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows the children of a process")
def test_a_worker_to_come_follows_too(tmp_path: Path) -> None:
    with running("run", written(tmp_path), "--workers", "2", "--no-watch", env=ENV) as server:
        change(server, "PUT", "/scripting", {"enabled": False})
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        for pid in children:
            os.kill(int(pid), signal.SIGKILL)
        wait_until(lambda: sum(event.get("event") == "worker" for event in server.events) == len(children))
        server.wait_for(lambda event: event.get("event") == "worker")

        assert {_call(server).status for _ in range(10)} == {500}
