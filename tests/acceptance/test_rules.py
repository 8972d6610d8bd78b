"""`naftiko validate --rules`: advice in every form, and what it does to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runner import command

TEXT = """naftiko: 1.0.0-alpha2
info: {label: Ships, description: "Ships.", tags: [fleet]}
capability:
  consumes:
  - type: http
    namespace: ships
    baseUri: https://ships.dev
    resources: []
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ships.yaml"
    path.write_text(TEXT)
    return path


def test_advice_is_given_only_when_asked_for(file: Path) -> None:
    assert "NK0" not in command("validate", str(file)).out
    asked = command("validate", str(file), "--rules")

    assert (asked.code, "warning[NK0012]: the consumed API `ships` has no description" in asked.out) == (0, True)
    assert f"--> {file}:5:5\n" in asked.out
    assert "= help: say in a sentence what it is for" in asked.out


def test_a_rule_that_is_an_error_fails_the_check(file: Path) -> None:
    file.write_text(TEXT.replace('"Ships."', '"<script>"'))

    assert command("validate", str(file)).code == 0
    assert command("validate", str(file), "--rules").code == 1


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_every_format_carries_the_code_and_the_place(file: Path, form: str) -> None:
    out = command("validate", str(file), "--rules", "--format", form).out

    assert ("NK0012" in out, str(file) in out) == (True, True)
    if form == "json":
        [item] = json.loads(out)
        assert (item["line"], item["pointer"], item["severity"]) == (5, "/capability/consumes/0", "warning")


def test_a_file_of_no_known_version_is_given_no_advice(file: Path) -> None:
    file.write_text("consumes: [{namespace: a}]\n")
    ended = command("validate", str(file), "--rules")

    assert (ended.code, "NK2005" in ended.out, "NK0" in ended.out) == (1, True, False)


def test_a_rule_can_be_explained() -> None:
    assert command("explain", "NK0012").out.startswith("# NK0012")
