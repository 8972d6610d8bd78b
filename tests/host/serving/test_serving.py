"""What does a listener answer, and how does a server start and stop? Seen from outside, on a process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.host.harbours import capability, mcp_adapter, rest_adapter
from tests.runner import ROOT, Reply, Running, command, request, running, wait_until
from tests.upstream import Answer, Upstream

ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def call_tool(url: str) -> Reply:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ships", "arguments": {}}}
    return request("POST", url, json.dumps(message).encode(), ACCEPT)


def answered_by(reply: Reply) -> Any:
    assert reply.status == 200, reply
    return reply.json["result"]["structuredContent"]["by"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One REST and one MCP adapter on one port."""
    path = tmp_path_factory.mktemp("alone") / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080), mcp_adapter("tools", 9090)))
    with running("run", str(path), "--port", "0") as server:
        yield server.url("rest")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two files with both kinds each, on one port; they claim one path, and one of them claims `/` too."""
    folder = tmp_path_factory.mktemp("crowd")
    (folder / "a.yaml").write_text(capability(rest_adapter("a", 8080), mcp_adapter("a-mcp", 9090)))
    (folder / "b.yaml").write_text(
        capability(
            rest_adapter("b", 8080), mcp_adapter("b-mcp", 9090), rest_adapter("root", 8080, path="/", method="POST")
        )
    )
    with running("run", str(folder), "--port", "0") as server:
        yield server


@pytest.mark.parametrize("path", ["/mcp", "/mcp/", "/", "/tools/mcp", "/tools/mcp/"])
def test_a_sole_mcp_adapter_is_reached_everywhere_without_a_redirect(alone: str, path: str) -> None:
    assert answered_by(call_tool(alone + path)) == "tools"


@pytest.mark.parametrize("path", ["/ships", "/ships/ships"])
def test_rest_is_reached_as_declared_and_below_its_namespace(alone: str, path: str) -> None:
    assert request("GET", alone + path).json == {"by": "ships"}


def test_the_index_is_json_for_programs(alone: str) -> None:
    reply = request("GET", alone + "/")

    assert (reply.status, reply.media_type) == (200, "application/json")
    assert [(item["kind"], item["namespace"], item["path"]) for item in reply.json["adapters"]] == [
        ("rest", "ships", "/"),
        ("mcp", "tools", "/mcp"),
    ]
    assert reply.json["adapters"][0]["operations"][0]["path"] == "/ships"
    assert "x-request-id" in reply.headers


def test_the_index_is_a_page_for_browsers(alone: str) -> None:
    reply = request("GET", alone + "/", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert (reply.status, reply.media_type) == (200, "text/html")
    assert b"GET /ships" in reply.body
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_head_of_the_index_has_no_body(alone: str) -> None:
    reply = request("HEAD", alone + "/")

    assert (reply.status, reply.body) == (200, b"")


def test_an_mcp_client_that_listens_at_the_root_is_not_given_the_index(alone: str) -> None:
    host, port = alone.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        head = client.recv(10_000).lower()

    assert head.startswith(b"http/1.1 200 ")
    assert b"content-type: text/event-stream" in head


def test_an_unknown_path_is_a_problem_document(alone: str) -> None:
    reply = request("GET", alone + "/nowhere")

    assert (reply.status, reply.media_type, reply.json["code"]) == (404, "application/problem+json", "NK8007")


def test_no_answer_names_the_server_software(alone: str) -> None:
    assert "server" not in request("GET", alone + "/ships").headers


def test_each_mcp_adapter_of_several_has_its_own_path(crowd: Running) -> None:
    for namespace in ("a-mcp", "b-mcp"):
        url = crowd.url("mcp", namespace)
        assert url.endswith(f"/{namespace}/mcp")
        assert answered_by(call_tool(url)) == namespace


def test_several_mcp_adapters_are_one_server_together(crowd: Running) -> None:
    url = crowd.url("mcp", "a-mcp").removesuffix("/a-mcp/mcp")
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    listed = request("POST", url + "/mcp", json.dumps(message).encode(), ACCEPT).json["result"]["tools"]
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "b-mcp_ships"}}

    assert [tool["name"] for tool in listed] == ["a-mcp_ships", "b-mcp_ships"]
    assert answered_by(request("POST", url + "/mcp/", json.dumps(message).encode(), ACCEPT)) == "b-mcp"
    assert request("POST", url + "/", json.dumps(message).encode(), ACCEPT).json == {"by": "root"}


def test_a_path_two_files_claim_stays_with_the_first_and_the_other_is_told_its_prefix(crowd: Running) -> None:
    base = crowd.url("rest", "a").removesuffix("/a")
    warning = crowd.wait_for(lambda event: event.get("code") == "NK3008")

    assert request("GET", base + "/ships").json == {"by": "a"}
    assert request("GET", base + "/b/ships").json == {"by": "b"}
    assert "/b/ships" in warning["help"]


def test_a_method_a_spec_claims_at_the_root_is_the_specs(crowd: Running) -> None:
    base = crowd.url("rest", "a").removesuffix("/a")

    assert request("POST", base + "/").json == {"by": "root"}
    assert request("GET", base + "/").status == 405


def test_one_bad_file_of_a_folder_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(capability(rest_adapter("good", 8080)))
    (tmp_path / "bad.yaml").write_text(capability(rest_adapter("bad", 8080)).replace("method: GET", "methd: GET"))
    with running("run", str(tmp_path), "--port", "0") as server:
        ready = server.wait_for(lambda event: event.get("event") == "ready")

        assert ready["refused"] == 1
        assert [item["namespace"] for item in ready["urls"]] == ["good"]
        assert "bad.yaml" in server.wait_for(lambda event: event.get("level") == "error")["file"]
        assert server.stop() == 0


def test_a_name_two_files_give_at_one_address_refuses_the_second(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(capability(rest_adapter("one", 8080)))
    (tmp_path / "b.yaml").write_text(capability(rest_adapter("one", 8081)))
    with running("run", str(tmp_path), "--port", "0") as server:
        assert "b.yaml" in server.wait_for(lambda event: event.get("code") == "NK7007")["file"]
        assert server.wait_for(lambda event: event.get("event") == "ready")["refused"] == 1


def test_every_request_is_told_with_the_id_its_caller_got(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080), mcp_adapter("tools", 9090)))
    with running("run", str(path), "--port", "0") as server:
        base = server.url("rest")
        replies = [request("GET", base + "/ships"), request("GET", base + "/nowhere"), call_tool(base + "/mcp")]
        replies.append(request("GET", base + "/"))
        assert server.stop() == 0
        requests = {event["requestId"]: event for event in server.events if event["event"] == "request"}

    told = [requests[reply.headers["x-request-id"]] for reply in replies]
    assert [(event["face"], event["function"], event["status"], event["code"]) for event in told] == [
        ("rest", "ships.ships", 200, ""),
        ("rest", "", 404, "NK8007"),
        ("mcp", "tools.ships", 200, ""),
        ("rest", "", 200, ""),
    ]
    assert [event["event"] for event in server.events][-2:] == ["stopping", "stopped"]


def test_bytes_that_are_no_http_are_refused_and_told_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080)))
    with running("run", str(path), "--port", "0") as server:
        port = int(server.url("rest").rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), 5) as client:
            client.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            assert b" 400 " in client.recv(100)
        assert server.stop() == 0
        assert "Traceback" not in server.err


SLOW = """
naftiko: 1.0.0-alpha2
capability:
  consumes:
    - namespace: up
      type: http
      baseUri: https://up.example
      resources:
        - name: slow
          path: /slow
          operations: [{name: get, method: GET}]
  exposes:
    - type: rest
      namespace: slow
      port: 8080
      resources:
        - path: /slow
          operations: [{method: GET, name: slow, call: up.get}]
"""


def test_a_second_signal_does_not_wait(upstream: Upstream, tmp_path: Path) -> None:
    gate = threading.Event()
    upstream.answer("GET", "*", Answer(200, b"{}", hold=gate))
    path = tmp_path / "slow.yaml"
    path.write_text(SLOW)
    with (
        running("run", str(path), "--port", "0", "--upstream", f"up={upstream.url}") as server,
        ThreadPoolExecutor() as pool,
    ):
        waiting = pool.submit(request, "GET", server.url("rest") + "/slow")
        upstream.wait_for_requests(1)
        server.signal(signal.SIGINT)
        server.wait_for(lambda event: event["event"] == "stopping")
        server.signal(signal.SIGINT)

        assert server.wait(4) == 0
        gate.set()
        with pytest.raises(OSError, match=r"closed|reset"):
            waiting.result(5)


def test_a_stop_does_not_wait_for_what_is_prepared_for_requests_to_come(tmp_path: Path) -> None:
    (tmp_path / "mcp.py").write_text("import time\ntime.sleep(60)\n")  # the SDK, on a very slow disk
    with running("run", "--demo", "--port", "0", env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}) as server:
        assert server.stop() == 0


def test_people_see_the_summary_and_never_a_second_form(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080), mcp_adapter("tools", 9090)))
    with running("run", str(path), "--port", "0", log="pretty") as server:
        server.wait_for_text("Ctrl-C stops")
        [url] = re.findall(r"http://\S+(?= +1 operation)", server.err)
        assert request("GET", f"{url}/ships").status == 200
        server.wait_for_text("ships.ships")
        server.signal(signal.SIGINT)

        assert server.wait() == 0
        assert "1 operation, 1 tool, 0 warnings" in server.err
        assert server.events == []
        assert server.out == ""


def test_a_pipe_is_served_beside_listeners_and_its_end_is_not_theirs(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080), mcp_adapter("tools", None)))
    with running("run", str(path), "--port", "0") as server:
        ready = server.wait_for(lambda event: event.get("event") == "ready")
        assert [item["kind"] for item in ready["urls"]] == ["rest", "stdio"]
        assert request("GET", server.url("rest") + "/ships").status == 200

        assert server.stop() == 0


def test_a_pipe_alone_ends_with_its_input(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(mcp_adapter("tools", None)))
    ended = command("run", str(path))

    assert ended.code == 0
    assert ended.out == ""


def test_the_port_is_free_again_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(rest_adapter("ships", 8080)))
    with running("run", str(path), "--port", "0") as first:
        url = first.url("rest")
        request("GET", url + "/ships")
        first.stop()
    with running("run", str(path), "--port", url.rsplit(":", 1)[1]) as second:
        assert request("GET", url + "/ships").status == 200
        second.signal(signal.SIGTERM)
        wait_until(lambda: second.process.poll() is not None)
