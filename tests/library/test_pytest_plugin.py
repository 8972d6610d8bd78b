"""Does the fixture `capability` help to test a capability, and fail where it must?"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tests.library.plugged import Verdict, pytest_in
from tests.library.quays import ROOT, quays

HEAD = """
import asyncio
from pathlib import Path
import httpx
import pytest
from naftiko_runtime import DeadlineError, NaftikoError, SpecError, load

ENV = {"QUAY_KEY": "k"}
"""


def judged(folder: Path, cases: Mapping[str, str]) -> Verdict:
    """The verdict on test modules beside `quays.yaml`, one a case, run together: starting costs more."""
    (folder / "quays.yaml").write_text(quays(), encoding="utf-8")
    for name, body in cases.items():
        (folder / f"test_{name.replace(' ', '_')}.py").write_text(HEAD + body, encoding="utf-8")
    return pytest_in(folder)


PASSING = {
    "a scripted answer comes, and the request is remembered": """
async def test(capability):
    quays = capability("quays.yaml", env=ENV)
    capability.upstream.on("GET", "/v1/quays/a%20b").answers(json={"id": 7}, headers={"etag": "1"})
    assert await quays.call("show", {"quay-id": "a b", "$top": 3}) == {"id": 7}
    (request,) = capability.upstream.requests
    assert (request.method, request.path) == ("GET", "/v1/quays/a%20b")
    assert request.query == {"$top": "3", "api_key": "k"}
    assert request.headers["Accept"]
    assert (request.content, request.text) == (b"", "")
""",
    "tests need not be asynchronous": """
def test(capability):
    quays = capability("quays.yaml", env=ENV)
    capability.upstream.on("get", "/v1/quays").answers(json=[1])
    assert asyncio.run(quays.call("list")) == [1]
    assert asyncio.run(quays.call("list")) == [1]
""",
    "a repeated key is a list": """
async def test(capability):
    stub = capability.upstream
    stub.on("GET", "/a", query={"k": ["1", "2"]}).answers(text="yes")
    async with httpx.AsyncClient(transport=stub, base_url="http://up") as client:
        assert (await client.get("/a?k=1&k=2&j=")).text == "yes"
    assert stub.requests[0].query == {"k": ["1", "2"], "j": ""}
""",
    "the later script answers, and a query tells requests apart": """
async def test(capability):
    quays = capability("quays.yaml", env=ENV)
    stub = capability.upstream
    stub.on("GET", "/v1/quays/7").answers(json={"is": "any"})
    stub.on("GET", "/v1/quays/7", query={"$top": "1"}).answers(json={"is": "one"})
    assert await quays.call("show", quay_id="7", _top=1) == {"is": "one"}
    assert await quays.call("show", quay_id="7", _top=2) == {"is": "any"}
    stub.on("GET", "/v1/quays/7").answers(json={"is": "later"})
    assert await quays.call("show", quay_id="7", _top=1) == {"is": "later"}
""",
    "a whole URL tells upstreams apart": """
async def test(capability):
    here = capability("quays.yaml", env=ENV)
    there = capability("quays.yaml", env=ENV, upstreams={"quays": "https://there.invalid/v1"})
    capability.upstream.on("GET", "https://quays.invalid/v1/quays").answers(json=["here"])
    capability.upstream.on("GET", "https://there.invalid/v1/quays").answers(json=["there"])
    assert (await here.call("list"), await there.call("list")) == (["here"], ["there"])
""",
    "an upstream that breaks": """
async def test(capability):
    quays = capability("quays.yaml", env=ENV)
    capability.upstream.on("GET", "/v1/quays").raises(httpx.ReadTimeout("slow")).answers(json=[])
    with pytest.raises(DeadlineError):
        await quays.call("list")
    assert await quays.call("list") == []
""",
    "a text and a loaded spec": """
def test(capability):
    text = Path("quays.yaml").read_text()
    assert capability(text, env=ENV).functions() == capability(load(text), env=ENV).functions()
""",
    "the environment of the machine is not seen": """
def test(capability):
    with pytest.raises(SpecError, match="QUAY_KEY"):
        capability("quays.yaml")
""",
    "each test has an upstream of its own": """
async def test_one(capability):
    capability.upstream.on("GET", "/v1/quays").answers(json=[])
    await capability("quays.yaml", env=ENV).call("list")

def test_two(capability):
    assert capability.upstream.requests == []
""",
    "a fixture of the project may be called alike": """
@pytest.fixture
def capability():
    return 1

def test(capability):
    assert capability == 1
""",
}

FAILING = {
    "a request that nobody scripted": """
async def test(capability):
    capability.upstream.on("GET", "/v1/quays/8").answers(json={})
    capability.upstream.on("POST", "/v1/quays/7")
    await capability("quays.yaml", env=ENV).call("show", quay_id="7")
""",
    "one whose failure the code under test swallows": """
async def test(capability):
    capability.upstream.on("GET", "/v1/quays/8").answers(json={})
    capability.upstream.on("POST", "/v1/quays/7")
    try:
        await capability("quays.yaml", env=ENV).call("show", quay_id="7")
    except BaseException:
        pass
""",
    "one that is expected to fail in another way": """
async def test(capability):
    capability.upstream.on("GET", "/v1/quays/8").answers(json={})
    capability.upstream.on("POST", "/v1/quays/7")
    with pytest.raises(NaftikoError):
        await capability("quays.yaml", env=ENV).call("show", quay_id="7")
""",
    "one that arrives through a face": """
async def test(capability):
    capability.upstream.on("GET", "/v1/quays/8").answers(json={})
    capability.upstream.on("POST", "/v1/quays/7")
    application = capability("quays.yaml", env=ENV).asgi()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://here") as client:
        await client.get("/quays/7")
""",
}


def test_these_pass(tmp_path: Path) -> None:
    verdict = judged(tmp_path, PASSING)
    assert verdict.counts == {"passed": sum(body.count("def test") for body in PASSING.values())}, verdict.text


def test_these_fail_and_say_what_arrived_and_what_is_scripted(tmp_path: Path) -> None:
    verdict = judged(tmp_path, FAILING)
    assert verdict.counts == {"failed": len(FAILING)}, verdict.text
    told = "The upstream got a request that no script is for:\n  GET /v1/quays/7?api_key=…\n"
    scripted = "Scripted are:\n  GET /v1/quays/8\n  POST /v1/quays/7 (without an answer)\n"
    assert verdict.text.count(told + scripted) == len(FAILING), verdict.text


def test_a_path_is_looked_for_in_the_root_folder_too(tmp_path: Path) -> None:
    (tmp_path / "quays.yaml").write_text(quays(), encoding="utf-8")
    (tmp_path / "deep").mkdir()
    test = "def test(capability):\n    capability('quays.yaml', env={'QUAY_KEY': 'k'})\n"
    (tmp_path / "deep" / "test_deep.py").write_text(test, encoding="utf-8")
    assert pytest_in(tmp_path).counts == {"passed": 1}


def test_the_package_names_the_plugin_to_pytest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"naftiko": "naftiko_runtime.pytest_plugin"}


def test_a_project_that_does_not_use_the_plugin_pays_nothing_for_it() -> None:
    script = "import sys, naftiko_runtime.pytest_plugin; print([n for n in sys.modules if n.startswith('naftiko')])"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, timeout=30
    )
    assert told.stdout.strip() == "['naftiko_runtime', 'naftiko_runtime.pytest_plugin']"
