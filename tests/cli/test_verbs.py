"""What do the verbs do for whoever types them? Each as a process of its own."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.harbours import capability, mcp_adapter, rest_adapter
from tests.runner import COMMAND, ROOT, command, environment, request, running
from tests.upstream import Upstream

DEMO = ROOT / "specs" / "demo.naftiko.yaml"
CANARY = "canary-5b1f"
DEEP = "[" * 20_000 + "]" * 20_000

BERTHS = """
naftiko: 1.0.0-alpha2
capability:
  consumes:
    - namespace: berths
      type: http
      baseUri: https://berths.example
      authentication: AUTHENTICATION
      resources:
        - {name: berth, path: "/berths/{id}", operations: [{name: get, method: GET}]}
  exposes:
    - type: mcp
      namespace: tools
      port: 9090
      tools:
        - {name: get-berth, description: One berth., call: berths.get, with: {id: tools.id}}
"""

DOCKS = """
naftiko: 1.0.0-alpha2
binds:
  - {namespace: env, keys: {DOCK_KEY: DOCK_KEY}}
capability:
  consumes:
    - namespace: docks
      type: http
      baseUri: https://docks.example/v1
      authentication: {type: bearer, token: "{{DOCK_KEY}}"}
      resources:
        - name: docks
          path: /docks
          operations:
            - {name: get, method: GET, inputParameters: [{name: after, in: query}]}
            - {name: post, method: POST, body: {type: json, data: {name: "{{name}}", length: "{{length}}"}}}
        - name: dock
          path: /docks/{id}
          operations:
            - {name: get, method: GET, inputParameters: [{name: id, in: path}]}
  exposes:
    - type: rest
      namespace: docks-rest
      port: 8080
      resources:
        - path: /docks
          operations:
            - {method: GET, name: get, call: docks.get, with: {after: rest.after}}
            - method: POST
              name: build
              call: docks.post
              inputParameters:
                - {name: name, in: body, type: string, description: Its name.}
                - {name: length, in: body, type: number, description: Metres.}
              with: {name: rest.name, length: rest.length}
        - path: /docks/{id}
          operations:
            - {method: GET, name: get, call: docks.get, with: {id: rest.id}}
"""


@pytest.fixture
def docks(tmp_path: Path) -> str:
    path = tmp_path / "docks.yaml"
    path.write_text(DOCKS)
    return str(path)


def test_the_version_is_told_at_once() -> None:
    ended = command("--version")

    assert ended.code == 0
    assert ended.out.startswith("naftiko ")


def test_the_version_loads_nothing_of_what_runs() -> None:
    heavy = "('asyncio', 'orjson', 'uvicorn', 'yaml')"
    code = f"import sys, naftiko_runtime.cli.main; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)

    assert ended.stdout == "[]\n"


def test_the_demo_serves_what_the_file_says(tmp_path: Path) -> None:
    with running("run", "--demo", "--port", "0") as server:
        base = server.url("rest")

        assert request("GET", f"{base}/hello/Ada").json == {"greeting": "Hello Ada", "harbour": "Lindholm"}
        body = json.dumps({"ship": "Aurora", "nights": 2}).encode()
        booked = request("POST", f"{base}/bookings", body, {"content-type": "application/json"})
        assert booked.json == {"ship": "Aurora", "nights": 2, "status": "requested"}


def test_the_demo_keeps_the_official_schema() -> None:
    ended = command("validate", str(DEMO), "--strict")

    assert (ended.code, ended.out) == (0, f"{DEMO}: no problems\n")


@pytest.mark.parametrize("name", ["harbour-tools.say-hello", "harbour.say-hello", "GET /hello/{name}"])
def test_a_mock_is_called_without_a_server(name: str) -> None:
    ended = command("call", str(DEMO), name, "name=Ada")

    assert ended.code == 0, ended.err
    assert json.loads(ended.out) == {"greeting": "Hello Ada", "harbour": "Lindholm"}


def test_a_name_that_two_faces_share_is_answered_with_both() -> None:
    ended = command("call", str(DEMO), "say-hello", "name=Ada")

    assert (ended.code, ended.out) == (2, "")
    assert "harbour.say-hello, harbour-tools.say-hello" in ended.err


def test_run_without_a_path_takes_what_lies_here(tmp_path: Path) -> None:
    (tmp_path / "only.naftiko.yaml").write_text(
        capability(rest_adapter("ships", 8080)).replace("method: GET", "methd: GET")
    )
    ended = command("run", cwd=tmp_path)

    assert ended.code == 1
    assert "only.naftiko.yaml" in ended.err


def test_run_without_anything_tells_the_way_to_the_demo(tmp_path: Path) -> None:
    ended = command("run", cwd=tmp_path)

    assert ended.code == 1
    assert "NK7006" in ended.err
    assert "naftiko run --demo" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "x.yaml", "--port", "x"],
        ["run", "x.yaml", "--listen", "x"],
        ["run", "x.yaml", "--upstream", "x"],
        ["run", "x.yaml", "--env-file", "nowhere.env"],
        ["call", "x.yaml", "name", "no-equals-sign"],
        ["call", "x.yaml", "name", "--json", "[]"],
        ["call", "x.yaml", "name", "--json", "{"],
        ["explain", "NK1999"],
        [],
    ],
)
def test_a_command_line_that_means_nothing_exits_2(docks: str, arguments: list[str]) -> None:
    ended = command(*[docks if word == "x.yaml" else word for word in arguments])

    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    assert ended.err


def test_a_number_is_read_as_json_and_a_string_is_not(upstream: Upstream, docks: str) -> None:
    base = f"docks={upstream.url}"
    ended = command("call", docks, "build", "name=5", "length=12.5", "--upstream", base, env={"DOCK_KEY": CANARY})

    assert ended.code == 0, ended.err
    assert upstream.only.json == {"name": "5", "length": 12.5}
    assert CANARY not in ended.text


def test_a_pair_adds_to_the_json_object(upstream: Upstream, docks: str) -> None:
    arguments = ("--json", '{"name": "North", "length": 1}', "length=2")
    ended = command("call", docks, "build", *arguments, "--upstream", f"docks={upstream.url}", env={"DOCK_KEY": CANARY})

    assert ended.code == 0, ended.err
    assert upstream.only.json == {"name": "North", "length": 2}


def test_a_name_that_means_different_calls_is_answered_with_names_that_do_not(docks: str) -> None:
    ended = command("call", docks, "get", "--dry-run")

    assert ended.code == 2
    assert '"GET /docks", "GET /docks/{id}"' in ended.err


@pytest.mark.parametrize("name", ["GET /docks/{id}", "docks.dock.get"])
def test_a_route_or_a_full_name_means_one_call(docks: str, name: str) -> None:
    ended = command("call", docks, name, "id=a/b", "--dry-run", env={"DOCK_KEY": CANARY})

    assert ended.code == 0, ended.err
    assert "https://docks.example/v1/docks/a%2Fb" in ended.out
    assert "Bearer ***" in ended.out
    assert CANARY not in ended.text


def test_a_dry_run_refuses_what_the_call_would_refuse(docks: str) -> None:
    ended = command("call", docks, "GET /docks/{id}", "--dry-run")

    assert (ended.code, ended.out) == (1, "")
    assert "id" in ended.err


@pytest.mark.parametrize("verb", [("call", "get-berth", "id=1", "--dry-run"), ("explain",)], ids=lambda verb: verb[0])
@pytest.mark.parametrize(
    "authentication",
    [
        f"{{type: bearer, token: {CANARY}}}",
        f"{{type: apikey, key: k, value: {CANARY}, placement: query}}",
        f"{{type: apikey, key: k, value: {CANARY}, placement: header}}",
        f"{{type: basic, username: me, password: {CANARY}}}",
        f"{{type: digest, username: me, password: {CANARY}}}",
    ],
)
def test_a_secret_that_a_file_writes_out_is_not_shown(
    tmp_path: Path, verb: tuple[str, ...], authentication: str
) -> None:
    path = tmp_path / "berths.yaml"
    path.write_text(BERTHS.replace("AUTHENTICATION", authentication))
    ended = command(verb[0], str(path), *verb[1:])

    assert (ended.code, "/berths/" in ended.out) == (0, True), ended.err
    assert CANARY not in ended.text
    assert base64.b64encode(f"me:{CANARY}".encode()).decode() not in ended.text


@pytest.mark.parametrize("arguments", [("--json", DEEP), (f"id={DEEP}",)], ids=["document", "value"])
def test_arguments_without_measure_are_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = tmp_path / "berths.yaml"
    path.write_text(BERTHS.replace("AUTHENTICATION", "{type: bearer, token: t0}"))
    ended = command("call", str(path), "get-berth", *arguments, "--dry-run")

    assert "internal error" not in ended.err


def test_a_dry_run_of_a_mock_says_that_nothing_is_sent() -> None:
    ended = command("call", str(DEMO), "harbour.say-hello", "name=Ada", "--dry-run")

    assert ended.code == 0
    assert ended.out.startswith("# ")


def test_an_upstream_that_is_not_there_is_told_on_stderr(docks: str) -> None:
    ended = command("call", docks, "GET /docks", "--upstream", "docks=http://127.0.0.1:1", env={"DOCK_KEY": CANARY})

    assert (ended.code, ended.out) == (1, "")
    assert "NK8003" in ended.err
    assert CANARY not in ended.err


def test_explain_draws_each_function(docks: str) -> None:
    ended = command("explain", "docks.yaml", "build", env={"DOCK_KEY": CANARY}, cwd=Path(docks).parent)

    assert ended.code == 0, ended.err
    for line in (
        "rest docks-rest on 127.0.0.1:8080",
        "  build: POST /docks (docks.yaml:29:15)",
        "    inputs    name (string, optional)",
        "    calls     POST /docks (docks.docks.post) at docks.yaml:16:16",
        "    sends     POST https://docks.example/v1/docks",
        "              authorization: Bearer ***",
        '              {"name":{name},"length":{length}}',
    ):
        assert line in ended.out.splitlines()
    assert CANARY not in ended.text


NEGOTIATED = [
    (
        "type: digest, username: ada, password: '{{DOCK_KEY}}'",
        "authorization: Digest … (the answer to the upstream's challenge)",
        "--digest --user 'ada:***'",
    ),
    (
        "type: oauth2, tokenEndpoint: 'https://login.example/t', clientId: docks, clientSecret: '{{DOCK_KEY}}'",
        "authorization: Bearer … (a token of login.example)",
        "--header 'authorization: Bearer ***'",
    ),
]


@pytest.mark.parametrize(("authentication", "explained", "option"), NEGOTIATED)
def test_a_credential_that_has_to_be_asked_for_is_explained_and_not_shown(
    tmp_path: Path, authentication: str, explained: str, option: str
) -> None:
    path = tmp_path / "docks.yaml"
    path.write_text(DOCKS.replace('type: bearer, token: "{{DOCK_KEY}}"', authentication))
    env = {"DOCK_KEY": CANARY}
    shown = command("explain", str(path), env=env)
    dry = command("call", str(path), "build", "name=x", "length=1", "--dry-run", env=env)

    assert explained in shown.out
    assert option in dry.out
    assert CANARY not in shown.text + dry.text


def test_a_file_that_binds_a_vault_is_judged_without_one(tmp_path: Path) -> None:
    path = tmp_path / "docks.yaml"
    text = DOCKS.replace("namespace: env,", "namespace: env, location: 'vault://secret/docks',")
    path.write_text(text)
    known = command("validate", str(path))
    path.write_text(text.replace("vault://", "github-secrets://"))
    unknown = command("validate", str(path))

    assert (known.code, unknown.code) == (0, 1)
    assert "NK6005" in unknown.text


def test_explain_of_a_namespace_shows_its_functions_and_no_others() -> None:
    ended = command("explain", str(DEMO), "harbour-tools")

    assert ended.code == 0
    assert "mcp harbour-tools on 127.0.0.1:9090" in ended.out
    assert "rest harbour" not in ended.out


def test_explain_shows_what_no_function_stands_behind() -> None:
    ended = command("explain", str(ROOT / "specs" / "offerings.naftiko.yaml"))

    assert ended.out.splitlines()[-4:-1] == [
        "  moorings also offers",
        "    files     moorings://manual from manual",
        "    prompts   ask-for-mooring (ship, [night])",
    ]


def test_explain_of_a_broken_file_shows_why_it_has_nothing_to_show(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(DOCKS.replace("call: docks.post", "call: docks.pst"))
    ended = command("explain", str(path))

    assert (ended.code, ended.out) == (1, "")
    assert "NK3001" in ended.err


def test_validate_counts_over_several_files(tmp_path: Path, docks: str) -> None:
    (tmp_path / "broken.yaml").write_text(DOCKS.replace("call: docks.post", "call: docks.pst"))
    ended = command("validate", str(tmp_path))

    assert ended.code == 1
    assert ended.out.splitlines()[-1].startswith("2 files: 1 error")


@pytest.mark.parametrize(
    ("stream", "words", "code"),
    [
        ("stdout", ["explain", "docks.yaml"], 0),
        ("stdout", ["validate", "nowhere.yaml"], 1),
        ("stdout", ["validate", *["nowhere.yaml"] * 200], 1),
        ("stderr", ["call", "nowhere.yaml", "build"], 1),
        ("stderr", ["run", "nowhere.yaml"], 1),
    ],
)
def test_a_reader_that_has_seen_enough_changes_nothing_of_how_a_command_ends(
    docks: str, stream: str, words: list[str], code: int
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writes}
    ended = subprocess.run(
        [*COMMAND, *words], cwd=Path(docks).parent, env=environment(), **streams, text=True, check=False
    )
    os.close(writes)

    assert ended.returncode == code
    assert "Error" not in (ended.stderr or "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_are_no_failure(closed: str) -> None:
    line = f"exec {sys.executable} -m naftiko_runtime validate {DEMO} {closed}"
    ended = subprocess.run(["/bin/sh", "-c", line], env=environment(), capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")


def speak(*messages: dict[str, object]) -> str:
    return "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages)


HELLO = speak(
    {
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/call", "params": {"name": "say-hello", "arguments": {"name": "Ada"}}},
)


def piped(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_mcp_speaks_json_rpc_alone_on_stdout_and_ends_with_its_input() -> None:
    with piped("mcp", str(DEMO)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(HELLO)
        process.stdin.flush()
        replies = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, errors = process.communicate(timeout=15)

    assert process.returncode == 0
    assert rest == ""
    assert replies[1]["result"]["structuredContent"]["greeting"] == "Hello Ada"
    assert '"event":"ready"' in errors
    assert "Traceback" not in errors


def test_mcp_stops_on_a_signal_while_its_input_is_open() -> None:
    with piped("mcp", str(DEMO)) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(HELLO)
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("adapters", "flags", "code", "word"),
    [
        ([rest_adapter("ships", 8080)], [], 1, "no MCP adapter"),
        ([mcp_adapter("one", 1), mcp_adapter("two", 2)], [], 1, "one, two"),
        ([mcp_adapter("one", 1), mcp_adapter("two", 2)], ["--adapter", "tow"], 2, "did you mean `two`"),
        ([mcp_adapter("one", 1), mcp_adapter("two", 2)], ["--adapter", "two"], 0, "ready"),
        ([mcp_adapter("one", 1)], ["--upstream", "x=http://127.0.0.1"], 2, "NK7005"),
        ([mcp_adapter("one", 1)], ["--env-file", "nowhere.env"], 2, "nowhere.env"),
    ],
)
def test_mcp_serves_the_one_adapter_that_is_meant(
    tmp_path: Path, adapters: list[str], flags: list[str], code: int, word: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(capability(*adapters))
    ended = command("mcp", str(path), *flags)

    assert (ended.code, ended.out) == (code, "")
    assert word in ended.err
