from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import specimens
from naftiko_runtime import Runtime, load
from tests.runner import ROOT, environment

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the benchmarks read /proc")

BRIEF = ("--seconds", "0.2", "--rounds", "1", "--calls", "20", "--starts", "1")
"""As little of everything as can be measured."""


def run_benchmarks(*arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        env=environment({"PATH": path}),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_help_is_printed(tmp_path):
    ended = run_benchmarks("--help", path=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert "--peer-python" in ended.stdout


def test_what_is_not_installed_is_skipped_and_said(tmp_path):
    ended = run_benchmarks(*BRIEF, "--json", str(tmp_path / "results.json"), path=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert "skipped: requests/s, for want of nginx and wrk" in ended.stdout
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["loads"] == []
    assert len(results["overheads"]) == 9
    assert len(results["coldStart"]["starts"]) == 1


def test_a_folder_without_the_founding_files_is_refused_by_name(tmp_path):
    ended = run_benchmarks("--seeds", str(tmp_path), path=str(tmp_path))
    assert ended.returncode == 1
    assert str(tmp_path) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("wrk")), reason="needs nginx and wrk")
def test_every_load_is_answered_by_its_server(tmp_path):
    path = ":".join({str(Path(str(shutil.which(tool))).parent) for tool in ("nginx", "wrk")})
    no_peer = str(tmp_path / "no-python")
    ended = run_benchmarks(*BRIEF, "--json", str(tmp_path / "results.json"), "--peer-python", no_peer, path=path)
    assert ended.returncode == 0, ended.stderr
    assert "skipped: FastMCP" in ended.stdout
    loads = json.loads((tmp_path / "results.json").read_text())["loads"]
    assert len(loads) == 7
    assert all(load["rate"] > 0 for load in loads)


def test_every_specimen_of_a_folder_is_servable(tmp_path):
    written = specimens.write_folder(tmp_path, 10, "http://127.0.0.1:9")
    revised = specimens.specimen(0, "http://127.0.0.1:9", revision="revision1")
    loaded = [load(item.text) for item in (*written, revised)]
    assert all(item.is_servable for item in loaded)
    with_errors = [item for spec in loaded for item in spec.diagnostics if item.code != "NK2011"]
    assert with_errors == []
    runtime = Runtime(tmp_path, env={specimens.VARIABLE: "not-a-secret"})
    assert len(runtime.tools()) == 10 * specimens.OPERATIONS


def test_a_folder_is_measured_while_its_first_file_changes(tmp_path):
    ended = run_benchmarks("folder", "--specs", "3", "--json", str(tmp_path / "results.json"), path=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert len(results["loadings"]) == 2
    assert len(results["following"]["seconds"]) == 5
    assert results["following"]["failed"] == 0
    assert "Traceback" not in ended.stderr
