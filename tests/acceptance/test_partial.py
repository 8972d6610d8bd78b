"""`--partial`, from outside: what is right serves, what is not says so, and everything is told (C6b)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import mcp_types as types
import pytest

from tests.acceptance.clients import ERAS, over_http
from tests.plan.fleet import broken
from tests.runner import Running, command, request, running
from tests.upstream import Answer, Upstream

SET = {"SHIP_TOKEN": "t0ken-7d1", "CREW_TOKEN": "cr3w-7d1"}
LOST = "call: ships.dok"


@pytest.fixture(scope="module")
def file(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("partial") / "fleet.yaml"
    text = broken(
        "call: ships.dock", LOST,
        "https://ships.invalid", f"{upstream_server.url}/ships-api",
        "https://crew.invalid", f"{upstream_server.url}/crew-api",
        "{type: bearer, token: '{{CREW_TOKEN}}'}", "{type: hmac}",
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def process(file: Path) -> Iterator[Running]:
    with running("run", str(file), "--partial", "--port", "0", env=SET) as run:
        yield run


def test_without_the_flag_the_file_is_refused_whole(file: Path) -> None:
    ended = command("run", str(file), "--port", "0", env=SET)
    assert ended.code == 1
    assert ("error[NK3001]" in ended.err, "error[NK6007]" in ended.err) == (True, True)


def test_what_is_right_serves(process: Running, upstream: Upstream) -> None:
    assert request("GET", f"{process.url('rest')}/ships/7").status == 200
    assert upstream.only.path == "/ships-api/ships/7"
    assert upstream.only.header("authorization") == f"Bearer {SET['SHIP_TOKEN']}"


@pytest.mark.parametrize("headers", [{}, {"accept": "text/html"}, {"content-type": "text/plain"}])
def test_an_operation_that_is_left_out_answers_501_with_the_code_and_the_place(
    process: Running, upstream: Upstream, headers: dict[str, str]
) -> None:
    reply = request("GET", f"{process.url('rest')}/sailors?any=thing", headers=headers)
    assert (reply.status, reply.media_type, upstream.requests) == (501, "application/problem+json", [])
    document = reply.json
    assert (document["title"], document["status"], document["code"]) == ("Not Implemented", 501, "NK6007")
    assert document["detail"] == "left out: authentication of type `hmac` is not served (fleet.yaml:24:28)"
    assert document["requestId"] == reply.headers["x-request-id"]


def test_another_method_of_its_path_is_told_of_it(process: Running) -> None:
    reply = request("POST", f"{process.url('rest')}/sailors")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("revision", ERAS)
async def test_a_tool_that_is_left_out_is_not_listed_and_its_call_fails_with_the_code(
    process: Running, upstream: Upstream, revision: str
) -> None:
    async with over_http(process.url("mcp"), revision) as client:
        listed = await client.list_tools()
        lost = await client.call_tool("dock", {"ship": "Ada"})
        crew = await client.call_tool("list-crew", {})
    assert [tool.name for tool in listed.tools] == ["find-ship", "scrap-ship"]
    assert (lost.is_error, crew.is_error) == (True, True)
    assert isinstance(lost.content[0], types.TextContent)
    assert lost.content[0].text.startswith("NK3001: left out: no operation `dok` in consumes `ships` (")
    assert upstream.requests == []


def test_each_error_is_a_warning_that_names_what_it_left_out(process: Running) -> None:
    found = {item["code"]: item for item in process.events if item.get("event") == "diagnostic"}
    assert {code: item["level"] for code, item in found.items() if code in ("NK3001", "NK6007")} == {
        "NK3001": "warning", "NK6007": "warning",
    }  # fmt: skip
    assert found["NK3001"]["message"].endswith("; left out: tool `dock`")
    assert found["NK6007"]["message"].endswith("; left out: GET /sailors, tool `list-crew`")


def test_the_log_counts_it_under_a_code_of_its_own(process: Running) -> None:
    request("GET", f"{process.url('rest')}/sailors", headers={"x-request-id": "left-out-1"})
    record = process.wait_for(lambda event: event.get("requestId") == "left-out-1")
    assert (record["status"], record["code"]) == (501, "NK8017")


def test_the_twin_of_the_flag_is_the_flag(file: Path) -> None:
    with running("run", str(file), "--port", "0", env=SET | {"NAFTIKO_PARTIAL": "true"}) as process:
        assert request("GET", f"{process.url('rest')}/sailors").status == 501


def test_call_says_why_too(file: Path) -> None:
    ended = command("call", str(file), "list-crew", "--partial", env=SET)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error[NK6007]: left out: authentication of type `hmac` is not served (")


def test_a_file_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(broken("naftiko: 1.0.0-alpha2", "naftiko: 1.0.0-alpha99"), encoding="utf-8")
    ended = command("run", str(path), "--partial", "--port", "0", env=SET)
    assert (ended.code, "error[NK2006]" in ended.err) == (1, True)


def test_a_variable_that_no_bind_declares_comes_from_the_dotenv_beside_the_file_too(
    upstream: Upstream, tmp_path: Path
) -> None:
    text = broken(
        "binds:\n- {namespace: env, keys: {SHIP_TOKEN: SHIP_TOKEN, CREW_TOKEN: CREW_TOKEN}}\n", "",
        "https://crew.invalid", upstream.url,
    )  # fmt: skip
    (tmp_path / "fleet.yaml").write_text(text, encoding="utf-8")
    (tmp_path / ".env").write_text("CREW_TOKEN=from-the-file\n", encoding="utf-8")
    ended = command("call", str(tmp_path / "fleet.yaml"), "list-crew", "--partial")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["path"] == "/sailors"
    assert upstream.only.header("authorization") == "Bearer from-the-file"


TIDES = """
naftiko: 1.0.0-alpha2
info: {label: Tides, description: Tides of a harbour}
capability:
  consumes:
    - type: http
      namespace: tides
      baseUri: http://tides.example
      resources:
        - name: tide
          path: /tide
          operations: [{name: get, method: GET, outputRawFormat: protobuf}]
        - {name: moon, path: /moon, operations: [{name: get-moon, method: GET}]}
  exposes:
    - type: rest
      namespace: harbour
      port: 8080
      resources:
        - path: /tide
          operations:
            - {name: tide, method: GET, call: tides.get, outputParameters: [{type: number, mapping: $.height}]}
        - {path: /raw, operations: [{name: raw, method: GET, call: tides.get}]}
        - {path: /moon, operations: [{name: moon, method: GET, call: tides.get-moon}]}
"""


def test_without_the_flag_too_what_nobody_can_decode_is_left_out_alone(tmp_path: Path, upstream: Upstream) -> None:
    path = tmp_path / "tides.yaml"
    path.write_text(TIDES)
    upstream.answer("GET", "*", Answer.json({"height": 3}))
    with running("run", str(path), "--port", "0", "--upstream", f"tides={upstream.url}") as run:
        replies = [request("GET", f"{run.url('rest')}{name}") for name in ("/tide", "/raw", "/moon")]

    assert [reply.status for reply in replies] == [501, 200, 200]
    assert replies[0].json["code"] == "NK5010"
    assert [received.path for received in upstream.requests] == ["/tide", "/moon"]
