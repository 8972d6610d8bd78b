"""Do the programs in our documents run, print what is printed there, and satisfy a type checker?"""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from tests.library.documents import block_of, blocks_of
from tests.library.plugged import pytest_in
from tests.library.quays import ROOT
from tests.mcp.conftest import listening

SCRIPTS = ("A script", "Look before you run", "Secrets and upstreams", "Tools for a language model")
APPLICATIONS = ("FastAPI", "Starlette")


@pytest.fixture
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(folder: Path, heading: str) -> dict[str, Any]:
    script = folder / "program.py"
    script.write_text(block_of("embed.md", heading), encoding="utf-8")
    return runpy.run_path(str(script), run_name="__main__")


def test_every_program_is_known_here() -> None:
    shown = [block.heading for block in blocks_of("embed.md") if block.language == "python"]
    assert sorted(shown) == sorted([*SCRIPTS, *APPLICATIONS])


@pytest.mark.usefixtures("at_the_root")
@pytest.mark.parametrize("heading", SCRIPTS)
def test_a_script_prints_what_is_printed_below_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], heading: str
) -> None:
    run(tmp_path, heading)
    assert capsys.readouterr().out == block_of("embed.md", heading, "text")


@pytest.mark.usefixtures("at_the_root")
async def test_the_fastapi_application_serves_rest_mcp_and_its_own_route(tmp_path: Path) -> None:
    app = run(tmp_path, "FastAPI")["app"]
    async with (
        app.router.lifespan_context(app),
        listening(app) as url,
        httpx.AsyncClient(trust_env=False, base_url=url) as client,
    ):
        assert (await client.get("/capabilities/hello/Ada")).json()["greeting"] == "Hello Ada"
        assert (await client.get("/greeting/Ada")).json() == "Hello Ada"
        async with Client(f"{url}/capabilities/mcp") as mcp:
            assert len((await mcp.list_tools()).tools) == 4


@pytest.mark.usefixtures("at_the_root")
async def test_the_starlette_application_serves_both_runtimes(tmp_path: Path) -> None:
    app = run(tmp_path, "Starlette")["app"]
    async with listening(app) as url, httpx.AsyncClient(trust_env=False, base_url=url) as client:
        for prefix in ("/harbour", "/staging"):
            assert (await client.get(f"{prefix}/hello/Ada")).json()["greeting"] == "Hello Ada"


def test_the_tests_of_the_testing_page_pass(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text(block_of("testing.md", "A capability", "yaml"), encoding="utf-8")
    programs = [block.text for block in blocks_of("testing.md") if block.language == "python"]
    assert len(programs) == 2
    for number, program in enumerate(programs):
        (tmp_path / f"test_{number}.py").write_text(program, encoding="utf-8")
    verdict = pytest_in(tmp_path)
    assert verdict.counts == {"passed": 5}, verdict.text


def test_a_type_checker_accepts_the_programs(tmp_path: Path) -> None:
    programs = [block for name in ("embed.md", "testing.md") for block in blocks_of(name) if block.language == "python"]
    for number, block in enumerate(programs):
        (tmp_path / f"program_{number}.py").write_text(block.text, encoding="utf-8")
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--follow-imports=silent",
            "--cache-dir",
            str(tmp_path / "cache"),
            *sorted(map(str, tmp_path.glob("program_*.py"))),
        ],
        env={"MYPYPATH": str(ROOT), "PATH": "", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
