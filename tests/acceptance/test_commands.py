"""Do the commands that serve nothing answer on stdout, complain on stderr, exit as promised, and keep secrets?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.capabilities import EVERY_CAPABILITY, needs_seeds
from tests.acceptance.exchange import DOCUMENT, ODD, ODD_SEGMENT, Capability
from tests.acceptance.founding import TOGETHER
from tests.acceptance.own import LIBRARY, OWN, SHIPYARD
from tests.runner import Ended, command
from tests.upstream import Answer, Upstream

BROKEN = (
    LIBRARY.file.read_text()
    .replace("call: library-loans.delete", "call: library-loans.delet", 1)
    .replace("shelf_id: rest.shelf_id", "shelf_id: rest.shelfd_id")
)
BROKEN_LINE = next(number for number, line in enumerate(BROKEN.splitlines(), 1) if line.endswith(".delet"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN)
    return path


def call(capability: Capability, upstream: Upstream, *arguments: str) -> Ended:
    base = f"{capability.name}={upstream.url}{capability.base_path}"
    ended = command("call", str(capability.file), *arguments, "--upstream", base, env=capability.environment)
    assert capability.canary not in ended.text
    assert "Traceback" not in ended.text
    return ended


@pytest.mark.parametrize("capability", EVERY_CAPABILITY)
def test_a_right_file_is_valid_without_its_secret(capability: Capability) -> None:
    ended = command("validate", str(capability.file))

    assert ended.code == 0, ended.text


def test_a_broken_file_is_told_with_its_places(broken: Path) -> None:
    ended = command("validate", str(broken))

    assert ended.code == 1
    assert "error[NK3001]" in ended.text
    assert f"broken.yaml:{BROKEN_LINE}:" in ended.text
    assert "error[NK4007]" in ended.text
    assert "did you mean `library-loans.delete`" in ended.text
    assert "Traceback" not in ended.text


def test_diagnostics_as_json(broken: Path) -> None:
    ended = command("validate", str(broken), "--format", "json")
    errors = [item for item in json.loads(ended.out) if item["severity"] == "error"]

    assert ended.code == 1
    assert [item["code"] for item in errors] == ["NK3001", "NK4007"]
    assert errors[0]["line"] == BROKEN_LINE
    keys = {"code", "severity", "message", "file", "line", "column", "endLine", "endColumn", "pointer", "help"}
    assert all(keys <= set(item) for item in errors)


def test_diagnostics_as_sarif(broken: Path) -> None:
    ended = command("validate", str(broken), "--format", "sarif")
    document = json.loads(ended.out)
    results = [item for item in document["runs"][0]["results"] if item["level"] == "error"]

    assert ended.code == 1
    assert document["version"] == "2.1.0"
    assert [item["ruleId"] for item in results] == ["NK3001", "NK4007"]
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == BROKEN_LINE


def test_diagnostics_as_workflow_commands(broken: Path) -> None:
    ended = command("validate", str(broken), "--format", "github")
    errors = [line for line in ended.out.splitlines() if line.startswith("::error ")]

    assert ended.code == 1
    assert len(errors) == 2
    assert f"line={BROKEN_LINE}," in errors[0]
    assert "NK3001" in errors[0]


@pytest.mark.parametrize(
    "arguments", [["validate"], ["validate", "--format", "xml", "x"], ["frobnicate"], ["run", "-z"]]
)
def test_a_wrong_usage_exits_2(arguments: list[str]) -> None:
    ended = command(*arguments)

    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("verb", ["validate", "run", "call", "explain", "mcp"])
def test_a_file_that_is_not_there_exits_1(tmp_path: Path, verb: str) -> None:
    ended = command(verb, str(tmp_path / "nowhere.yaml"), *(["name"] if verb == "call" else []))

    assert ended.code == 1
    assert "nowhere.yaml" in ended.err + ended.out
    assert "Traceback" not in ended.text


@pytest.mark.parametrize(
    "name", ["find-dry-docks", "finddrydocks", "shipyard-docks.finddrydocks", "shipyard-docks-mcp.find-dry-docks"]
)
def test_call_takes_a_tool_an_operation_or_a_qualified_name(upstream: Upstream, name: str) -> None:
    ended = call(SHIPYARD, upstream, name, "page_size=5", "cursor=x&y", "flooded=true")

    assert ended.code == 0, ended.err
    assert upstream.only.path == "/v2/dry_docks"
    assert sorted(upstream.only.arguments) == [("cursor", "x&y"), ("flooded", "true"), ("page_size", "5")]
    assert upstream.only.header("Authorization") == f"Bearer {SHIPYARD.canary}"
    assert json.loads(ended.out) == upstream.only.echo()


def test_call_takes_its_arguments_as_json(upstream: Upstream) -> None:
    ended = call(LIBRARY, upstream, "lend-book", "--json", json.dumps({"body": DOCUMENT}))

    assert ended.code == 0, ended.err
    assert upstream.only.method == "POST"
    assert upstream.only.json == DOCUMENT


def test_a_refused_call_exits_1_and_sends_nothing(upstream: Upstream) -> None:
    ended = call(LIBRARY, upstream, "export-shelf", "page_number=x")

    assert (ended.code, ended.out) == (1, "")
    assert "shelf_id" in ended.err
    assert "page_number" in ended.err
    assert upstream.requests == []


def test_a_failed_call_exits_1_and_tells_the_upstreams_words(upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer.json({"message": "no such loan"}, 404))
    ended = call(LIBRARY, upstream, "show-loan", "id=5")

    assert (ended.code, ended.out) == (1, "")
    assert "404" in ended.err
    assert "no such loan" in ended.err


def test_an_unknown_name_lists_what_there_is(upstream: Upstream) -> None:
    ended = call(LIBRARY, upstream, "show-lone")

    assert ended.code in (1, 2)
    assert "show-loan" in ended.err
    assert upstream.requests == []


def test_a_call_without_its_secret_is_refused(upstream: Upstream) -> None:
    base = f"library-loans={upstream.url}"
    ended = command("call", str(LIBRARY.file), "show-loan", "id=5", "--upstream", base)

    assert ended.code == 1
    assert LIBRARY.secret in ended.err
    assert upstream.requests == []


def test_a_dry_run_prints_the_request_as_curl(upstream: Upstream) -> None:
    ended = call(LIBRARY, upstream, "forget-loan", f"id={ODD}", "waive=true", "--dry-run")

    assert ended.code == 0, ended.err
    assert ended.out.startswith("curl ")
    assert "DELETE" in ended.out
    assert f"{upstream.url}/v1/loans/{ODD_SEGMENT}?waive=true" in ended.out
    assert "authorization: bearer" in ended.out.lower()
    assert upstream.requests == []


def test_a_dry_run_shows_the_body(upstream: Upstream) -> None:
    ended = call(LIBRARY, upstream, "quote-fee", "--json", json.dumps({"body": {"title": "it's"}}), "--dry-run")

    assert ended.code == 0, ended.err
    assert "title" in ended.out
    assert upstream.requests == []


@pytest.mark.parametrize(
    "capability",
    [pytest.param(LIBRARY, id="library-loans"), pytest.param(TOGETHER, id="together-ai", marks=needs_seeds)],
)
def test_explain_shows_the_evidence_of_every_ambiguous_call(capability: Capability) -> None:
    ended = command("explain", str(capability.file))
    blocks = [block for block in ended.out.split("\n\n") if f"({capability.name}." in block]
    targets = [next(line for line in block.splitlines() if f"({capability.name}." in line) for block in blocks]
    ambiguous = [block for block, target in zip(blocks, targets, strict=True) if ".delete)" not in target]

    assert ended.code == 0, ended.err
    assert len(set(targets)) == 12
    assert [targets.count(target) for target in set(targets)] == [2] * 12
    assert len(ambiguous) == 22
    assert [block for block in ambiguous[:11] if "path shape" not in block] == []
    assert [block for block in ambiguous[11:] if "sibling operation" not in block] == []


def test_explain_tells_where_each_parameter_comes_from() -> None:
    ended = command("explain", str(SHIPYARD.file), "inspect-dry-dock")

    assert ended.code == 0, ended.err
    assert "/dry_docks/{dry_dock_id}" in ended.out
    assert "dry_dock_id" in ended.out
    assert "bookings" not in ended.out


def test_explain_needs_no_secret_and_shows_none() -> None:
    for environment in ({}, LIBRARY.environment):
        ended = command("explain", str(LIBRARY.file), env=environment)
        assert ended.code == 0, ended.err
        assert LIBRARY.canary not in ended.text


def test_explain_of_a_code_prints_its_page() -> None:
    ended = command("explain", "NK3001")

    assert ended.code == 0, ended.err
    assert "NK3001" in ended.out
    assert len(ended.out.splitlines()) > 5


def test_explain_of_an_unknown_code_says_so() -> None:
    ended = command("explain", "NK3999")

    assert ended.code in (1, 2)
    assert "NK3999" in ended.err


@pytest.mark.parametrize("capability", [pytest.param(capability, id=capability.name) for capability in OWN])
def test_validate_never_shows_a_secret(capability: Capability) -> None:
    for output in ("text", "json", "sarif", "github"):
        ended = command("validate", str(capability.file), "--format", output, env=capability.environment)
        assert capability.canary not in ended.text
