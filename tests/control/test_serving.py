"""A running process, asked through its control adapter."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.control.harbour import JSON, SECRET, change, get, harbour, streaming
from tests.host.harbours import capability, rest_adapter
from tests.runner import Running, command, free_ports, listens, request, running, wait_until
from tests.upstream import Answer, Upstream

ENV = {"HARBOUR_KEY": SECRET}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.fixture
def file(tmp_path: Path, upstream: Upstream) -> Path:
    control, rest = free_ports(2)
    path = tmp_path / "harbour.yaml"
    path.write_text(harbour(upstream.url, control=control, rest=rest))
    return path


@pytest.fixture
def server(file: Path) -> Iterator[Running]:
    with running("run", str(file), env=ENV) as server:
        yield server


# --- health


def test_a_process_that_serves_is_alive_and_ready(server: Running) -> None:
    ready = get(server, "/health/ready").json

    assert get(server, "/health/live").json == {"status": "UP"}
    assert (ready["status"], ready["files"]) == ("UP", [])
    assert [(item["type"], item["namespace"], item["functions"]) for item in ready["adapters"]] == [
        ("rest", "quay", 2),
        ("mcp", "pilots", 1),
        ("control", "control", 11),
    ]


def test_a_file_whose_name_is_no_text_is_told_like_any_other(file: Path) -> None:
    named = os.fsdecode(os.fsencode(file.parent) + b"/h\xe9.yaml")
    file.rename(named)
    with running("run", named, env=ENV) as server:
        assert get(server, "/health/ready").json["status"] == "UP"
        assert get(server, "/status").json["capabilities"][0]["file"] == named
        assert get(server, "/config").json["capabilities"][0]["file"] == named
        assert "h\\udce9.yaml" in command("status", "--url", server.url("control")).out


def test_readiness_names_a_file_whose_last_good_version_serves(server: Running, file: Path) -> None:
    good = file.read_text()
    file.write_text(good.replace("call: registry.list", "call: registry.lost"))
    server.wait_for(lambda event: event.get("code") == "NK3001")
    wait_until(lambda: get(server, "/health/ready").json["status"] == "DEGRADED")
    ready = get(server, "/health/ready")

    assert ready.status == 200
    [told] = ready.json["files"]
    assert (told["file"], told["state"]) == (str(file), "last-good")
    assert {item["code"] for item in told["diagnostics"]} == {"NK3001"}
    assert get(server, "/status").json["status"] == "DEGRADED"

    file.write_text(good)
    wait_until(lambda: get(server, "/health/ready").json["status"] == "UP")


def test_readiness_falls_while_what_was_accepted_is_finished(server: Running, upstream: Upstream) -> None:
    hold = threading.Event()
    upstream.answer("GET", "*", Answer(body=b"[]", hold=hold))
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(request, "GET", server.url("rest") + "/ships")
        upstream.wait_for_requests(1)
        server.process.terminate()
        server.wait_for(lambda event: event.get("event") == "stopping")
        ready = get(server, "/health/ready")

        assert (ready.status, ready.media_type, ready.json["code"]) == (503, "application/problem+json", "NK8015")
        assert get(server, "/health/live").status == 200
        assert get(server, "/status").json["status"] == "STOPPING"
        assert not listens(urlsplit(server.url("rest")).port or 0)
        hold.set()
        assert asking.result().status == 200
    assert server.wait() == 0


# --- what is told


def test_status_tells_what_runs_and_how_it_is(server: Running, file: Path) -> None:
    status = get(server, "/status").json

    assert (status["status"], status["engine"]["name"]) == ("UP", "naftiko-runtime")
    assert [(item["file"], item["label"], item["state"]) for item in status["capabilities"]] == [
        (str(file), "Harbour", "serving")
    ]
    assert status["observability"] == {"metrics": True, "traces": True, "sampling": 1.0, "propagation": "w3c"}


def test_config_tells_what_is_served_by_its_names(server: Running) -> None:
    [capability] = get(server, "/config").json["capabilities"]

    assert capability["adapters"] == [
        {
            "type": "rest",
            "namespace": "quay",
            "operations": [
                {"method": "GET", "path": "/ships", "name": "ships", "calls": "registry.ships.list"},
                {"method": "GET", "path": "/tide", "name": "tide", "calls": None},
            ],
        },
        {
            "type": "mcp",
            "namespace": "pilots",
            "transport": "http",
            "tools": [{"name": "ships", "calls": "registry.ships.list"}],
        },
        {"type": "control"},
    ]


def test_no_secret_is_told(server: Running, upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer(status=500, body=SECRET.encode()))
    request("GET", server.url("rest") + f"/ships?token={SECRET}", headers={"X-Key": SECRET})
    assert upstream.last.path == f"/ships/{SECRET}"
    trace = get(server, "/traces").json["traces"][0]["traceId"]

    for path in ("/health/ready", "/status", "/config", "/metrics", "/traces", f"/traces/{trace}", "/logs", "/"):
        reply = get(server, path)
        assert reply.status == 200
        assert SECRET.encode() not in reply.body


def test_metrics_count_requests_and_what_they_asked_upstream(server: Running, upstream: Upstream) -> None:
    for path in ("/ships", "/ships", "/tide", "/nowhere"):
        request("GET", server.url("rest") + path)
    reply = get(server, "/metrics")
    rows = _samples(reply.body.decode())
    upstream_address = upstream.url.removeprefix("http://")

    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert rows["naftiko_requests_total", ("rest", "Harbour", "quay.ships", "200")] == 2
    assert rows["naftiko_requests_total", ("rest", "Harbour", "quay.tide", "200")] == 1
    assert rows["naftiko_request_errors_total", ("rest", "", "GET", "NK8007")] == 1
    assert rows["naftiko_request_duration_seconds_count", ("rest", "Harbour", "quay.ships")] == 2
    assert rows["naftiko_upstream_requests_total", (upstream_address, "GET", "200")] == 2
    assert rows["naftiko_capabilities", ("serving",)] == 1


# --- traces


def test_a_trace_has_the_request_its_function_and_what_was_asked_upstream(server: Running, upstream: Upstream) -> None:
    request("GET", server.url("rest") + "/ships", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
    trace = get(server, f"/traces/{TRACE}").json
    server_span, function, client = trace["spans"]

    assert (trace["operation"], trace["status"], trace["spanCount"]) == ("GET /ships", "OK", 3)
    assert (server_span["kind"], server_span["parentSpanId"]) == ("SERVER", SPAN)
    assert (function["name"], function["parentSpanId"]) == ("quay.ships", server_span["spanId"])
    assert (client["kind"], client["parentSpanId"]) == ("CLIENT", function["spanId"])
    assert client["attributes"] == {
        "http.request.method": "GET",
        "server.address": upstream.url.removeprefix("http://"),
        "http.response.status_code": 200,
    }
    assert upstream.last.header("traceparent") == f"00-{TRACE}-{client['spanId']}-01"


@pytest.mark.parametrize(("status", "told"), [(200, "OK"), (503, "ERROR")])
def test_a_step_is_a_span_between_a_function_and_what_it_asks(
    tmp_path: Path, upstream: Upstream, status: int, told: str
) -> None:
    control, rest = free_ports(2)
    upstream.answer("GET", "*", Answer(status=status, body=b"{}"))
    steps = "steps: [{type: call, name: first, call: registry.list}]"
    outputs = "outputParameters: [{name: a, type: string}], mappings: [{targetName: a, value: $.first.a}]"
    text = harbour(upstream.url, control=control, rest=rest).replace(
        "name: ships, method: GET, call: registry.list", f"name: ships, method: GET, {steps}, {outputs}"
    )
    (tmp_path / "harbour.yaml").write_text(text)
    with running("run", str(tmp_path), env=ENV) as server:
        request("GET", server.url("rest") + "/ships")
        [trace] = get(server, "/traces").json["traces"]
        spans = get(server, f"/traces/{trace['traceId']}").json["spans"]
    by_id = {span["spanId"]: span["name"] for span in spans}
    asked = f"GET {upstream.url.removeprefix('http://')}"

    assert {(by_id.get(span.get("parentSpanId", "")), span["name"], span["status"]) for span in spans} == {
        (None, "GET /ships", told),
        ("GET /ships", "quay.ships", told),
        ("quay.ships", "first", told),
        ("first", asked, told),
    }


def test_a_trace_that_a_caller_does_not_want_is_passed_on_and_not_kept(server: Running, upstream: Upstream) -> None:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-00", "tracestate": "a=1"}
    request("GET", server.url("rest") + "/ships", headers=headers)

    assert get(server, f"/traces/{TRACE}").status == 404
    assert (upstream.last.header("traceparent") or "").startswith(f"00-{TRACE}-")
    assert (upstream.last.header("traceparent") or "").endswith("-00")
    assert upstream.last.header("tracestate") == "a=1"


def test_traces_are_found_by_operation_and_status(server: Running, upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer(status=503))
    request("GET", server.url("rest") + "/ships")
    request("GET", server.url("rest") + "/tide")

    def found(query: str) -> list[tuple[str, str]]:
        return [(item["operation"], item["status"]) for item in get(server, f"/traces{query}").json["traces"]]

    assert found("") == [("GET /tide", "OK"), ("GET /ships", "ERROR")]
    assert found("?operation=tide") == [("GET /tide", "OK")]
    assert found("?status=error") == [("GET /ships", "ERROR")]


def test_a_tool_call_is_traced(server: Running, upstream: Upstream) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ships", "arguments": {}}}
    headers = {**JSON, "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    assert request("POST", server.url("mcp"), json.dumps(call).encode(), headers).status == 200
    [trace] = get(server, "/traces").json["traces"]

    assert (trace["face"], trace["operation"], trace["spanCount"]) == ("mcp", "ships", 3)


@pytest.mark.parametrize(
    ("sent", "passed"),
    [
        ({"b3": f"{TRACE}-{SPAN}-1"}, ("b3",)),
        ({"X-B3-TraceId": TRACE, "X-B3-SpanId": SPAN, "X-B3-Sampled": "1"}, ("x-b3-traceid", "x-b3-spanid")),
    ],
)
def test_b3_is_passed_on_in_the_form_it_came_in(
    tmp_path: Path, upstream: Upstream, sent: dict[str, str], passed: tuple[str, ...]
) -> None:
    control, rest = free_ports(2)
    more = "observability: {traces: {propagation: b3}}"
    (tmp_path / "harbour.yaml").write_text(harbour(upstream.url, control=control, rest=rest, more=more))
    with running("run", str(tmp_path), env=ENV) as server:
        request("GET", server.url("rest") + "/ships", headers=sent)
        client = get(server, f"/traces/{TRACE}").json["spans"][2]

    values = "-".join(upstream.last.header(name) or "" for name in passed)
    assert values.removesuffix("-1") == f"{TRACE}-{client['spanId']}"
    assert upstream.last.header("traceparent") is None


# --- logs


def test_the_last_lines_are_told_and_the_level_can_be_changed(server: Running) -> None:
    request("GET", server.url("rest") + "/tide")
    logs = get(server, "/logs").json
    assert logs["level"] == "info"
    assert [line["event"] for line in logs["lines"]] == ["ready", "request"]

    assert change(server, "PUT", "/logs", {"level": "warning"}).json == {"level": "warning"}
    request("GET", server.url("rest") + "/tide")
    logs = get(server, "/logs").json
    assert logs["level"] == "warning"
    assert [line["event"] for line in logs["lines"]] == ["ready", "request"]
    assert sum(event.get("event") == "request" for event in server.events) <= 1

    refused = change(server, "PUT", "/logs", {"level": "loud"})
    assert (refused.status, refused.json["code"]) == (400, "NK8001")


def test_the_log_is_followed_as_it_comes(server: Running) -> None:
    with streaming(server) as lines:
        for path in ("/tide", "/ships"):
            request("GET", server.url("rest") + path)
        assert [next(lines)["operation"] for _ in range(2)] == ["GET /tide", "GET /ships"]


def test_only_so_many_may_follow_the_log(file: Path) -> None:
    file.write_text(file.read_text().replace("logs: true", "logs: {stream: true, max-subscribers: 1}"))
    with running("run", str(file), env=ENV) as server:
        with streaming(server):
            refused = get(server, "/logs/stream")
            assert (refused.status, refused.json["code"]) == (429, "NK8025")
        wait_until(lambda: _may_follow(server))


def test_whoever_follows_does_not_hold_up_the_end(server: Running) -> None:
    with streaming(server) as lines:
        server.process.terminate()
        assert [line["event"] for line in lines] == ["stopping"]
        assert server.wait(5) == 0


# --- what is done


def test_a_reload_is_done_when_it_is_answered(file: Path) -> None:
    with running("run", str(file), "--no-watch", env=ENV) as server:
        assert change(server, "POST", "/config/reload").json == {"changed": False, "refused": 0, "diagnostics": []}

        file.write_text(file.read_text().replace("value: high", "value: low"))
        report = change(server, "POST", "/config/reload").json
        assert request("GET", server.url("rest") + "/tide").json == "low"
        assert (report["changed"], report["files"]["changed"]) == (True, [str(file)])
        assert report["routes"]["altered"] == [{"namespace": "quay", "name": "GET /tide"}]

        file.write_text(file.read_text().replace("call: registry.list", "call: registry.lost"))
        report = change(server, "POST", "/config/reload").json
        assert (report["refused"], {item["code"] for item in report["diagnostics"]}) == (1, {"NK3001"})


@pytest.mark.parametrize("kind", ["application/json", "application/yaml"])
def test_a_text_is_judged_without_being_served(server: Running, kind: str) -> None:
    text = harbour().replace("call: registry.list", "call: registry.lost")
    body = json.dumps({"text": text}) if kind == "application/json" else text
    reply = request("POST", server.url("control") + "/config/validate", body.encode(), {"Content-Type": kind})

    assert reply.status == 200
    assert reply.json["valid"] is False
    assert {(item["code"], item["severity"]) for item in reply.json["diagnostics"]} == {("NK3001", "error")}


def test_a_text_reaches_no_file(server: Running, file: Path) -> None:
    (file.parent / "more.yaml").write_text("naftiko: 1.0.0-alpha2\nconsumes: []\n")
    text = harbour().replace("  consumes:\n", "  consumes:\n  - {import: more, location: ./more.yaml}\n")
    report = change(server, "POST", "/config/validate", {"text": text}).json

    assert report["valid"] is False
    assert "NK2014" in {item["code"] for item in report["diagnostics"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/config/reload", b"{}", {}, 415),
        ("POST", "/config/reload", b"{}", {"Content-Type": "text/plain"}, 415),
        ("POST", "/config/reload", b"[]", JSON, 400),
        ("POST", "/config/reload", b"{", JSON, 400),
        ("GET", "/config/reload", None, {}, 405),
        ("POST", "/config/validate", b"{}", JSON, 400),
        ("POST", "/config/validate", b"\xff", {"Content-Type": "application/yaml"}, 400),
        ("POST", "/config/validate", b"{}", {**JSON, "Content-Length": "9999999"}, 413),
        ("PUT", "/logs", b"level=off", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("GET", "/traces/none", None, {}, 404),
        ("GET", "/config/nothing", None, {}, 404),
    ],
)
def test_what_is_not_meant_is_refused(
    server: Running, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    reply = request(method, server.url("control") + path, body, headers)

    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert reply.json["requestId"] == reply.headers["x-request-id"]


# --- who may ask


@pytest.mark.parametrize("headers", [{"Host": "harbour.test"}, {"Origin": "https://harbour.test"}])
def test_a_page_of_another_site_is_refused(server: Running, headers: dict[str, str]) -> None:
    reply = request("GET", server.url("control") + "/status", headers=headers)

    assert (reply.status, reply.json["code"]) == (403, "NK8012")


def test_other_machines_learn_no_more_than_health_and_metrics(file: Path) -> None:
    address = _own_address()
    with running("run", str(file), "--host", "0.0.0.0", env=ENV) as server:
        port = urlsplit(server.url("control")).port
        codes = {
            path: request("GET", f"http://{address}:{port}{path}").status
            for path in ("/health/live", "/health/ready", "/metrics", "/status", "/config", "/traces", "/logs")
        }
        reload = request("POST", f"http://{address}:{port}/config/reload", b"{}", JSON)
        assert get(server, "/status").status == 200

    assert [path for path, code in codes.items() if code == 200] == ["/health/live", "/health/ready", "/metrics"]
    assert (reload.status, reload.json["code"]) == (403, "NK8012")


def test_authentication_opens_it_to_other_machines(file: Path) -> None:
    address = _own_address()
    asked = "  - type: control\n    authentication: {type: bearer, token: t0}\n"
    file.write_text(file.read_text().replace("  - type: control\n", asked))
    with running("run", str(file), "--host", "0.0.0.0", env=ENV) as server:
        url = f"http://{address}:{urlsplit(server.url('control')).port}/status"
        assert request("GET", url).status == 401
        assert request("GET", url, headers={"Authorization": "Bearer t0"}).status == 200
        assert get(server, "/health/ready").status == 401


# --- which endpoints there are


def test_only_what_is_switched_on_is_there(file: Path) -> None:
    more = "observability: {metrics: {local: {enabled: false}}, traces: {local: {enabled: false}}}"
    control, rest = free_ports(2)
    file.write_text(harbour(control=control, rest=rest, management="{health: false}", more=more))
    with running("run", str(file), env=ENV) as server:
        paths = ("/health/live", "/health/ready", "/metrics", "/traces", "/status", "/config", "/logs", "/logs/stream")
        assert {get(server, path).status for path in paths} == {404}
        assert {change(server, "POST", path).status for path in ("/config/reload", "/config/validate")} == {404}


def test_the_level_is_changed_only_where_that_is_allowed(file: Path) -> None:
    file.write_text(file.read_text().replace("logs: true", "logs: {level-control: false}"))
    with running("run", str(file), env=ENV) as server:
        assert get(server, "/logs").status == 200
        assert change(server, "PUT", "/logs", {"level": "off"}).status == 405
        assert get(server, "/logs/stream").status == 404


def test_observing_nothing_passes_no_trace_on(file: Path, upstream: Upstream) -> None:
    file.write_text(file.read_text().replace("management:", "observability: {enabled: false}\n    management:"))
    with running("run", str(file), env=ENV) as server:
        request("GET", server.url("rest") + "/ships", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
        assert get(server, "/traces").status == 404

    assert upstream.last.header("traceparent") is None


def test_control_shares_a_port_and_leaves_paths_to_those_who_claim_them(tmp_path: Path) -> None:
    [port] = free_ports(1)
    operation = "{name: s, method: GET, outputParameters: [{type: string, value: mine}]}"
    text = harbour(control=port, rest=port).replace(
        "resources:\n    - path: /ships",
        f"resources:\n    - {{path: /status, operations: [{operation}]}}\n    - path: /ships",
    )
    (tmp_path / "harbour.yaml").write_text(text)
    with running("run", str(tmp_path), env=ENV) as server:
        url = f"http://127.0.0.1:{port}"
        assert server.url("control") == f"{url}/control"
        assert request("GET", f"{url}/status").json == "mine"
        assert request("GET", f"{url}/control/status").json["status"] == "UP"
        assert request("GET", f"{url}/health/live").json == {"status": "UP"}
        assert request("GET", f"{url}/control/traces/none").status == 404
        names = [item["kind"] for item in request("GET", url).json["adapters"]]
        assert names == ["rest", "mcp", "control"]


def test_control_can_be_asked_for_at_the_start(tmp_path: Path) -> None:
    [port] = free_ports(1)
    (tmp_path / "harbour.yaml").write_text(capability(rest_adapter("quay", 8080)))
    with running("run", str(tmp_path), "--port", "0", "--control", str(port)) as server:
        assert server.url("control") == f"http://127.0.0.1:{port}"
        assert change(server, "POST", "/config/reload").json["changed"] is False


def test_a_control_port_in_use_is_told(tmp_path: Path, file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = command("run", str(file), "--control", str(taken.getsockname()[1]), env=ENV)

    assert ended.code == 1
    assert "NK7001" in ended.err


def test_several_files_share_one_control_adapter(file: Path) -> None:
    control = int(file.read_text().split("type: control\n    port: ")[1].split()[0])
    other = harbour(control=control, rest=free_ports(1)[0], management="{}").replace("Harbour}", "Other}")
    (file.parent / "other.yaml").write_text(other)
    with running("run", str(file.parent), env=ENV) as server:
        assert [item["label"] for item in get(server, "/status").json["capabilities"]] == ["Harbour", "Other"]


def _samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(text)
    return {(row.name, tuple(row.labels.values())): row.value for family in families for row in family.samples}


def _may_follow(server: Running) -> bool:
    try:
        with streaming(server):
            return True
    except AssertionError:
        return False


def _own_address() -> str:
    """An address of this machine that is not loopback; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(probe.getsockname()[0])
