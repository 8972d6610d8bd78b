"""Can the MCP inspector's command line list and call our tools, over HTTP and stdio, in both eras?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.conftest import Servers
from tests.acceptance.own import SHIPYARD
from tests.runner import COMMAND, ROOT, environment
from tests.upstream import Upstream

PACKAGE = "@modelcontextprotocol/inspector@2.12.0"
SWITCH = "NAFTIKO_TEST_INSPECTOR"
ERAS = ("legacy", "modern")
OFFERINGS = ROOT / "specs" / "offerings.naftiko.yaml"
CALL = ("--method", "tools/call", "--tool-name", "find-dry-docks", "--tool-arg", "page_size=5", "cursor=x&y")
TOOL_ERROR = 5

pytestmark = [
    pytest.mark.skipif(os.environ.get(SWITCH) != "1", reason=f"downloads {PACKAGE}; set {SWITCH}=1 to run"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]

Inspect = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def inspect(tmp_path_factory: pytest.TempPathFactory) -> Inspect:
    folder = tmp_path_factory.mktemp("inspector")
    # npm needs the machine's own settings (a mirror, a proxy); the inspector gets a home of its own, where it writes.
    flags = ("--no-audit", "--no-fund", "--loglevel", "error", "--cache", str(folder / "cache"))
    subprocess.run(["npm", "install", "--prefix", str(folder), *flags, PACKAGE], check=True, timeout=180)
    node = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    program = str(folder / "node_modules" / ".bin" / "mcp-inspector")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "--cli", "--format", "json", *arguments],
            env=node,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def over_stdio(upstream: Upstream) -> list[str]:
    variables = environment(SHIPYARD.environment)
    flags = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
    base = f"{SHIPYARD.name}={upstream.url}{SHIPYARD.base_path}"
    return [*flags, "--", *COMMAND, "mcp", str(SHIPYARD.file), "--upstream", base]


def document(ended: subprocess.CompletedProcess[str]) -> Any:
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(ended.stdout)
    return found.get("result", found)


@pytest.mark.parametrize("era", ERAS)
def test_the_inspector_lists_over_http(servers: Servers, inspect: Inspect, era: str) -> None:
    url = servers[SHIPYARD].url("mcp")
    listed = document(inspect(url, "--protocol-era", era, "--method", "tools/list"))

    assert [tool["name"] for tool in listed["tools"]] == SHIPYARD.tools


@pytest.mark.parametrize("era", ERAS)
def test_the_inspector_calls_over_http(servers: Servers, upstream: Upstream, inspect: Inspect, era: str) -> None:
    called = document(inspect(servers[SHIPYARD].url("mcp"), "--protocol-era", era, *CALL))

    assert sorted(upstream.only.arguments) == [("cursor", "x&y"), ("page_size", "5")]
    assert called["structuredContent"] == upstream.only.echo()


def test_the_inspector_finds_every_schema_portable(servers: Servers, inspect: Inspect) -> None:
    ended = inspect(servers[SHIPYARD].url("mcp"), "--method", "tools/list", "--strict")

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_inspector_sees_a_tool_error(servers: Servers, upstream: Upstream, inspect: Inspect) -> None:
    call = ("--method", "tools/call", "--tool-name", "inspect-dry-dock", "--tool-arg", "dry_dock_id=..")
    ended = inspect(servers[SHIPYARD].url("mcp"), *call)

    assert ended.returncode == TOOL_ERROR, ended.stdout + ended.stderr
    assert upstream.requests == []


@pytest.mark.parametrize("era", ERAS)
def test_the_inspector_lists_over_stdio(upstream: Upstream, inspect: Inspect, era: str) -> None:
    listed = document(inspect("--protocol-era", era, "--method", "tools/list", *over_stdio(upstream)))

    assert [tool["name"] for tool in listed["tools"]] == SHIPYARD.tools


@pytest.mark.parametrize("era", ERAS)
def test_the_inspector_calls_over_stdio(upstream: Upstream, inspect: Inspect, era: str) -> None:
    called = document(inspect("--protocol-era", era, *CALL, *over_stdio(upstream)))

    assert sorted(upstream.only.arguments) == [("cursor", "x&y"), ("page_size", "5")]
    assert called["structuredContent"] == upstream.only.echo()


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("method", "flags", "told"),
    [
        ("resources/list", (), "moorings://manual/mooring.md"),
        ("resources/templates/list", (), "moorings://berths/{number}"),
        ("resources/read", ("--uri", "moorings://manual/mooring.md"), "Bow line first"),
        ("resources/read", ("--uri", "moorings://berths/7"), "Berth 7 is free."),
        ("prompts/list", (), "ask-for-mooring"),
        ("prompts/get", ("--prompt-name", "ask-for-mooring", "--prompt-args", "ship=Ada"), "Find a berth for Ada"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_inspector_finds_resources_and_prompts(
    inspect: Inspect, era: str, method: str, flags: tuple[str, ...], told: str
) -> None:
    variables = [part for name, value in environment().items() for part in ("-e", f"{name}={value}")]
    command = [*variables, "--", *COMMAND, "mcp", str(OFFERINGS)]
    ended = inspect("--protocol-era", era, "--method", method, *flags, *command)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert told in ended.stdout
