"""Is each mistake in steps, imports, scripts, formats, guards, … told once, where it is, with what to write instead?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.breakages import MARK
from tests.acceptance.breakages_language import AT_START, CAPABILITY, CHANGES, QUAY, WARNED, Change
from tests.acceptance.validating import validated
from tests.runner import Ended, command

CANARY = "canary-quay"
ENVIRONMENT = {"QUAY_KEY": f"{CANARY}-key"}


def each(changes: Sequence[Change]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("change", [pytest.param(change, id=change.name) for change in changes])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("quays")
    return {change.name: change.write(folder) for change in (*CHANGES, *AT_START, *WARNED)}


@pytest.fixture(scope="module")
def judged(written: dict[str, Path]) -> dict[str, Ended]:
    return validated({change.name: written[change.name] for change in (*CHANGES, *WARNED)})


def assert_tells(told: dict[str, Any], change: Change) -> None:
    text = f"{told['message']} {told['help']}"

    assert [word for word in change.words if word not in text] == [], text
    assert told["help"]
    if MARK in change.marked:
        assert told["file"].endswith(change.file)
        assert (told["line"], told["column"]) == change.place, told


def test_the_folder_that_is_broken_was_right() -> None:
    ended = validated({"right": QUAY / CAPABILITY})["right"]

    assert ended.code == 0, ended.text
    assert {item["code"] for item in json.loads(ended.out)} == {"NK2011"}


@each(CHANGES)
def test_a_mistake_is_told_once_where_it_is(judged: dict[str, Ended], change: Change) -> None:
    ended = judged[change.name]

    assert ended.code == 1, ended.text
    assert "Traceback" not in ended.text
    told = [item for item in json.loads(ended.out) if item["severity"] == "error"]
    assert [item["code"] for item in told] == [change.code], told
    assert_tells(told[0], change)


@each(WARNED)
def test_what_is_served_all_the_same_is_warned_of_once(judged: dict[str, Ended], change: Change) -> None:
    ended = judged[change.name]

    assert ended.code == 0, ended.text
    told = [item for item in json.loads(ended.out) if item["code"] != "NK2011"]
    assert [(item["code"], item["severity"]) for item in told] == [(change.code, "warning")], told
    assert_tells(told[0], change)


@each(AT_START)
def test_what_only_a_start_can_see_keeps_it_from_starting(written: dict[str, Path], change: Change) -> None:
    ended = command("run", str(written[change.name]), "--allow-scripts", env=ENVIRONMENT)

    assert ended.code == 1, ended.text
    assert "Traceback" not in ended.text
    assert CANARY not in ended.text
    events = [json.loads(line) for line in ended.err.splitlines()]
    told = [event for event in events if event.get("severity") == "error"]
    assert [event["code"] for event in told] == [change.code], told
    assert_tells(told[0], change)
    assert "ready" not in {event["event"] for event in events}


def test_run_refuses_them_all(written: dict[str, Path]) -> None:
    files = [str(written[change.name]) for change in CHANGES]
    ended = command("run", *files, "--allow-scripts", env=ENVIRONMENT, seconds=60)

    assert ended.code == 1
    assert [change.name for change in CHANGES if f"/{change.name}/" not in ended.err] == []
    assert [change.code for change in CHANGES if f"error[{change.code}]" not in ended.err] == []
    assert "Traceback" not in ended.text
    assert CANARY not in ended.text
