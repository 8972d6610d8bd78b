"""The verbs that ask a running process, as a user runs them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control.harbour import SECRET, harbour
from tests.control.test_scripting import written as with_scripts
from tests.runner import Ended, Running, command, free_ports, request, running, wait_until
from tests.upstream import Upstream

ENV = {"HARBOUR_KEY": SECRET}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, upstream_server: Upstream) -> Iterator[Running]:
    control, rest = free_ports(2)
    file = tmp_path_factory.mktemp("harbour") / "harbour.yaml"
    file.write_text(harbour(upstream_server.url, control=control, rest=rest))
    with running("run", str(file), env=ENV) as server:
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        request("GET", server.url("rest") + "/ships", headers=headers)
        request("GET", server.url("rest") + "/tide")
        yield server


def _ask(server: Running, *words: str) -> Ended:
    return command(*words, "--url", server.url("control"))


def test_health_says_ready_and_where(server: Running) -> None:
    ended = _ask(server, "health")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "UP"
    assert server.url("rest") in ended.out


def test_the_port_of_this_machine_may_be_in_the_environment(server: Running) -> None:
    port = server.url("control").rpartition(":")[2]
    ended = command("health", "--json", env={"NAFTIKO_CONTROL": port})

    assert (ended.code, json.loads(ended.out)["status"]) == (0, "UP")


def test_status_names_files_and_adapters(server: Running) -> None:
    ended = _ask(server, "status")

    assert ended.code == 0
    assert re.match(r"UP, naftiko-runtime \S+, up \d+ s\n", ended.out)
    assert re.search(r"^serving +Harbour +.*harbour.yaml$", ended.out, re.MULTILINE)
    assert json.loads(_ask(server, "status", "--json").out)["status"] == "UP"


def test_metrics_are_printed_and_filtered(server: Running) -> None:
    assert "# TYPE naftiko_requests_total counter" in _ask(server, "metrics").out
    filtered = _ask(server, "metrics", "--filter", r"requests_total\{.*quay\.tide")
    assert filtered.out == (
        'naftiko_requests_total{face="rest",capability="Harbour",function="quay.tide",status="200"} 1\n'
    )
    assert _ask(server, "metrics", "--filter", "(").code == 2


def test_traces_are_listed_and_shown_as_a_tree(server: Running) -> None:
    listed = _ask(server, "traces").out.splitlines()
    assert [line.rsplit("  ", 1)[1] for line in listed] == ["GET /tide", "GET /ships"]
    assert _ask(server, "traces", "--status", "error").out == "no traces are kept\n"
    assert len(json.loads(_ask(server, "traces", "--operation", "tide", "--json").out)["traces"]) == 1

    tree = _ask(server, "traces", TRACE).out.splitlines()
    assert tree[0].startswith(TRACE)
    assert [len(line) - len(line.lstrip()) for line in tree[1:]] == [0, 2, 4]


FRESH_SCRIPTING = "scripts are on, at most 60000 ms and 100000 statements each\n0 runs, 0 failed, 0.0 ms each\n"


def test_scripting_is_shown_and_changed(tmp_path: Path) -> None:
    control, rest = free_ports(2)
    (tmp_path / "harbour.yaml").write_text(
        harbour(control=control, rest=rest, management="{scripting: {enabled: true}}")
    )
    with running("run", str(tmp_path), env=ENV) as server:
        shown = _ask(server, "scripting")
        changed = _ask(server, "scripting", "--disable", "--timeout", "500", "--statement-limit", "900")
        told = json.loads(_ask(server, "scripting", "--json").out)
        again = _ask(server, "scripting", "--enable", "--json")
        refused = _ask(server, "scripting", "--timeout", "0")

    assert (shown.code, shown.out) == (0, FRESH_SCRIPTING)
    assert changed.out.startswith("scripts are off, at most 500 ms and 900 statements each\n")
    assert (told["enabled"], told["timeout"], told["statementLimit"]) == (False, 500, 900)
    assert json.loads(again.out)["enabled"] is True
    assert refused.code == 1
    assert refused.err.startswith("naftiko: [NK8001] `timeout`: write milliseconds")


def test_scripting_tells_of_the_last_run(tmp_path: Path) -> None:
    with running("run", with_scripts(tmp_path), env=ENV) as server:
        request("GET", server.url("rest") + "/tide")
        line = _ask(server, "scripting").out.splitlines()[1]

    assert re.fullmatch(r"1 runs, 0 failed, [\d.]+ ms each, the last one ended \d{4}-\S+Z", line)


def test_a_refusal_is_told_with_its_code(server: Running) -> None:
    ended = _ask(server, "traces", "f" * 32)

    assert ended.code == 1
    assert ended.err == "naftiko: [NK8007] No trace of this id is kept.\n"


def test_what_is_no_control_adapter_is_told(server: Running) -> None:
    ended = command("health", "--url", server.url("rest"))

    assert ended.code == 1
    assert "NK8007" in ended.err


def test_nobody_there_is_told() -> None:
    [port] = free_ports(1)
    ended = command("health", "--url", f"http://127.0.0.1:{port}")

    assert ended.code == 1
    assert ended.err == f"naftiko: nobody answers at http://127.0.0.1:{port}: Connection refused\n"


@pytest.mark.parametrize(
    ("words", "env", "part"),
    [
        (("health",), {}, "NAFTIKO_CONTROL"),
        (("health",), {"NAFTIKO_CONTROL": "x"}, "NAFTIKO_CONTROL: `x` is no port"),
        (("health", "--url", "harbour"), {}, "--url: write http://HOST:PORT"),
        (("health", "--url", "http://127.0.0.1:http"), {}, "--url: write http://HOST:PORT"),
        (("health", "--url", "http://[::1"), {}, "--url: write http://HOST:PORT"),
        (("health", "--url", f"http://ada:{SECRET}@127.0.0.1:1"), {}, "--url: write http://HOST:PORT"),
        (("traces", "--url", "http://127.0.0.1:1", "--status", "fine"), {}, "none of ok, error"),
    ],
)
def test_whom_to_ask_has_to_be_said(words: tuple[str, ...], env: dict[str, str], part: str) -> None:
    ended = command(*words, env=env)

    assert ended.code == 2
    assert part in ended.err
    assert SECRET not in ended.err


def test_a_token_is_sent(tmp_path: Path) -> None:
    control, rest = free_ports(2)
    text = harbour(control=control, rest=rest)
    asked = "  - type: control\n    authentication: {type: bearer, token: t0}\n"
    (tmp_path / "harbour.yaml").write_text(text.replace("  - type: control\n", asked))
    with running("run", str(tmp_path), env=ENV) as server:
        assert _ask(server, "health").code == 1
        assert command("health", "--url", server.url("control"), env={"NAFTIKO_TOKEN": "t0"}).code == 0


def test_health_is_fine_while_a_last_good_version_goes_on(tmp_path: Path) -> None:
    control, rest = free_ports(2)
    file = tmp_path / "harbour.yaml"
    file.write_text(harbour(control=control, rest=rest))
    with running("run", str(file), env=ENV) as server:
        file.write_text(file.read_text().replace("call: registry.list", "call: registry.lost"))
        server.wait_for(lambda event: event.get("code") == "NK3001")
        wait_until(lambda: _ask(server, "health").out.startswith("DEGRADED"))
        ended = _ask(server, "health")

    assert ended.code == 0
    assert re.search(r"^last-good +.*harbour.yaml +NK3001$", ended.out, re.MULTILINE)
