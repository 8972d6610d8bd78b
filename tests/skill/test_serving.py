"""Skills as an agent reads them: over HTTP, from the command."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner import Running, request, running

CAPABILITY = """
naftiko: 1.0.0-alpha2
info: {label: Harbour}
capability:
  exposes:
  - type: mcp
    port: 9090
    namespace: tools
    tools:
    - {name: depth, description: How deep., outputParameters: [{type: number, value: 4}]}
  - type: skill
    port: 3000
    namespace: pilots
    description: For pilots.
    skills:
    - name: berthing
      description: How to bring a ship in.
      license: MIT
      argument-hint: the ship
      location: file:///./pages
      tools:
      - {name: depth, description: How deep it is., from: {sourceNamespace: tools, action: depth}}
      - {name: guide, description: Step by step., instruction: guide.md}
    - {name: greeting, description: Say hello.}
"""

SECOND = """
naftiko: 1.0.0-alpha2
info: {label: Second}
capability:
  exposes:
  - {type: skill, port: 3000, namespace: tugs, skills: [{name: pull, description: Pull.}]}
  - type: rest
    port: 3000
    namespace: claims
    resources:
    - {path: "/{any}", operations: [{name: any, method: GET, outputParameters: [{type: string, value: claimed}]}]}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "pages" / "more").mkdir(parents=True)
    (folder / "pages" / "guide.md").write_text("# Guide")
    (folder / "pages" / "more" / "x.html").write_text("<script>1</script>")
    (folder / "harbour.yaml").write_text(CAPABILITY)
    with running("run", str(folder / "harbour.yaml"), "--port", "0") as server:
        yield server


@pytest.fixture(scope="module")
def url(served: Running) -> str:
    return served.url("skill")


def test_the_catalogue_lists_every_skill_in_short(url: str) -> None:
    assert request("GET", url).json == {
        "count": 2,
        "skills": [
            {
                "name": "berthing",
                "description": "How to bring a ship in.",
                "license": "MIT",
                "tools": ["depth", "guide"],
            },
            {"name": "greeting", "description": "Say hello.", "tools": []},
        ],
    }


def test_a_skill_is_told_in_full(url: str) -> None:
    reference = {"targetNamespace": "tools", "action": "depth", "mode": "mcp"}
    assert request("GET", f"{url}/berthing").json == {
        "name": "berthing",
        "description": "How to bring a ship in.",
        "license": "MIT",
        "argument-hint": "the ship",
        "tools": [
            {"name": "depth", "description": "How deep it is.", "type": "derived", "invocationRef": reference},
            {"name": "guide", "description": "Step by step.", "type": "instruction", "instruction": "guide.md"},
        ],
    }


def test_the_pages_of_a_skill_are_listed(url: str) -> None:
    assert request("GET", f"{url}/berthing/contents").json == {
        "name": "berthing",
        "files": [
            {"path": "guide.md", "size": 7, "type": "text/markdown; charset=utf-8"},
            {"path": "more/x.html", "size": 18, "type": "text/html; charset=utf-8"},
        ],
    }


def test_a_page_comes_with_its_type_and_does_not_run_here(url: str) -> None:
    reply = request("GET", f"{url}/berthing/contents/more/x.html")
    assert (reply.status, reply.media_type, reply.body) == (200, "text/html", b"<script>1</script>")
    assert reply.headers["content-security-policy"].startswith("sandbox")
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_pages_are_downloaded_as_one_archive(url: str) -> None:
    reply = request("GET", f"{url}/berthing/download")
    assert reply.media_type == "application/zip"
    assert "berthing.zip" in reply.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.body)) as zipped:
        assert zipped.namelist() == ["guide.md", "more/x.html"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/none", 404, "NK8007"),
        ("GET", "/greeting/contents", 404, "NK8007"),
        ("GET", "/greeting/download", 404, "NK8007"),
        ("GET", "/berthing/contents/none.md", 404, "NK8007"),
        ("GET", "/berthing/contents/..%2f..%2fharbour.yaml", 400, "NK8001"),
        ("GET", "/berthing/contents/", 400, "NK8001"),
        ("GET", "/berthing/other", 404, "NK8007"),
        ("POST", "/berthing", 405, "NK8008"),
    ],
)
def test_what_can_not_be_read_is_a_problem_document(url: str, method: str, path: str, status: int, code: str) -> None:
    reply = request(method, url + path)
    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert (reply.json["code"], reply.json["requestId"]) == (code, reply.headers["x-request-id"])


def test_a_callers_request_id_is_kept_and_the_request_recorded(served: Running, url: str) -> None:
    reply = request("GET", f"{url}/berthing", headers={"x-request-id": "mine-1"})
    assert reply.headers["x-request-id"] == "mine-1"
    event = served.wait_for(lambda item: item.get("requestId") == "mine-1")
    assert (event["face"], event["operation"], event["status"]) == ("skill", "GET /skills", 200)


def test_a_method_that_is_not_of_http_itself_is_recorded_as_other(served: Running, url: str) -> None:
    reply = request("PROPFIND", url, headers={"x-request-id": "odd-1"})
    event = served.wait_for(lambda item: item.get("requestId") == "odd-1")
    assert (reply.status, event["operation"]) == (405, "OTHER /skills")


def test_the_index_shows_the_skills(url: str) -> None:
    root = url.removesuffix("/skills")
    [adapter] = [item for item in request("GET", f"{root}/").json["adapters"] if item["kind"] == "skill"]
    assert (adapter["path"], [item["name"] for item in adapter["skills"]]) == ("/skills", ["berthing", "greeting"])


def test_skills_are_below_their_namespace_too(url: str) -> None:
    root = url.removesuffix("/skills")
    assert request("GET", f"{root}/pilots/skills").json["count"] == 2
    assert request("GET", f"{root}/pilots/skills/berthing/contents/guide.md").body == b"# Guide"


def test_a_path_that_a_spec_claims_stays_the_specs(tmp_path: Path) -> None:
    (tmp_path / "second.yaml").write_text(SECOND)
    with running("run", str(tmp_path / "second.yaml"), "--port", "0") as server:
        url = server.url("skill")
        assert url.endswith("/tugs/skills")
        assert request("GET", url).json["count"] == 1
        assert request("GET", url.replace("/tugs/skills", "/skills")).json == "claimed"


def test_a_skill_follows_its_file(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text(CAPABILITY)
    with running("run", str(tmp_path), "--port", "0") as server:
        url = server.url("skill").removesuffix("/skills") + "/pilots/skills"
        (tmp_path / "second.yaml").write_text(SECOND.replace("namespace: claims", "namespace: more"))
        server.wait_for(lambda item: item.get("event") == "reloaded")
        assert request("GET", url).json["count"] == 2
        assert request("GET", url.replace("/pilots/", "/tugs/")).json["count"] == 1
