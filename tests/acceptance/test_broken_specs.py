"""Is every mistake told once, with the right code, at the right line and column, by `validate` and by `run`?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.breakages import BREAKAGES, MARK, RIGHT, Breakage
from tests.acceptance.validating import validated
from tests.runner import Ended, command

EVERY_BREAKAGE = [pytest.param(breakage, id=breakage.name) for breakage in BREAKAGES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("broken")
    for breakage in BREAKAGES:
        (made / f"{breakage.name}.yaml").write_bytes(breakage.content)
    return made


@pytest.fixture(scope="module")
def judged(folder: Path) -> dict[str, Ended]:
    return validated({breakage.name: folder / f"{breakage.name}.yaml" for breakage in BREAKAGES})


def test_the_file_that_is_broken_was_right(tmp_path: Path) -> None:
    path = tmp_path / "tides.yaml"
    path.write_text(RIGHT)
    ended = command("validate", str(path))

    assert ended.code == 0, ended.text


@pytest.mark.parametrize("breakage", EVERY_BREAKAGE)
def test_a_mistake_is_told_once_where_it_is(judged: dict[str, Ended], breakage: Breakage) -> None:
    ended = judged[breakage.name]

    assert ended.code == 1, ended.text
    assert "Traceback" not in ended.text
    told = [item for item in json.loads(ended.out) if item["severity"] == "error"]
    assert [item["code"] for item in told] == [breakage.code], told
    assert breakage.word in told[0]["message"] + " " + told[0]["help"]
    if MARK in breakage.marked:
        assert (told[0]["line"], told[0]["column"]) == breakage.place, told


def test_run_refuses_them_all(folder: Path) -> None:
    files = [str(folder / f"{breakage.name}.yaml") for breakage in BREAKAGES]
    ended = command("run", *files, env={"TIDE_KEY": "canary-tides"})

    assert ended.code == 1
    assert [breakage.name for breakage in BREAKAGES if f"{breakage.name}.yaml" not in ended.err] == []
    assert [breakage.code for breakage in BREAKAGES if f"error[{breakage.code}]" not in ended.err] == []
    assert "Traceback" not in ended.text
    assert "canary-tides" not in ended.text


@pytest.mark.parametrize("name", ["duplicate-key", "key-typo", "no-such-operation", "undeclared-variable"])
def test_run_tells_a_mistake_as_validate_does(folder: Path, name: str) -> None:
    [breakage] = [breakage for breakage in BREAKAGES if breakage.name == name]
    line, column = breakage.place
    ended = command("run", str(folder / f"{name}.yaml"), env={"TIDE_KEY": "canary-tides"})

    assert ended.code == 1
    assert f"error[{breakage.code}]" in ended.err
    assert f"{name}.yaml:{line}:{column}" in ended.err
    assert ended.out == ""
