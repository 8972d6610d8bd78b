"""The files of script steps, and who allows them, at load."""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.capability import Capability, Settings, inspect_capability, load_capability
from tests.scripts.shop import STEP, capability, control, fill, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path)


def errors(capability: Capability) -> list[Diagnostic]:
    """What is wrong with its scripts."""
    return [item for item in capability.diagnostics if item.code in ("NK2014", "NK2015", "NK2016")]


@pytest.mark.parametrize(
    ("settings", "allowed", "message"),
    [
        ("", False, "scripts are off"),
        ("{timeout: 5}", False, "scripts are off"),
        ("{enabled: false}", True, "the control adapter turns scripts off"),
        ("{enabled: false}", False, "the control adapter turns scripts off"),
    ],
)
def test_scripts_that_nobody_allows_keep_a_file_from_being_served(
    folder: Path, settings: str, allowed: bool, message: str
) -> None:
    path = written(folder, capability(control=control(settings) if settings else ""))

    [error] = errors(load_capability(path, Settings(allow_scripts=allowed)))
    assert (error.code, message in error.message) == ("NK2016", True)


@pytest.mark.parametrize(
    ("step", "settings", "code", "message"),
    [
        (STEP.replace("total.js", "wrong.js"), "", "NK2015", "`wrong.js` is no javascript in line 3"),
        (
            STEP.replace("total.js", "wrong.py").replace("javascript", "python"),
            "",
            "NK2015",
            "`wrong.py` is no python in line 2",
        ),
        (STEP.replace("}", ", dependencies: [twice.js, wrong.js]}"), "", "NK2015", "`wrong.js` is no javascript"),
        (STEP.replace("javascript", "groovy"), "", "NK2015", "Groovy needs a Java virtual machine"),
        (STEP.replace("language: javascript, ", ""), "", "NK2015", "nobody says in which language"),
        (STEP, "{allowedLanguages: [python]}", "NK2015", "does not allow scripts in `javascript`"),
        (STEP.replace("total.js", "missing.js"), "", "NK2014", "no such file"),
        (STEP.replace("}", ", dependencies: [missing.js]}"), "", "NK2014", "no such file"),
        (STEP.replace("location: 'file:///./scripts', ", ""), "", "NK2014", "say its `location`"),
        (STEP.replace("total.js", "../shop.yaml"), "", "NK2014", "a script is named by"),
        (STEP.replace("total.js", "a//b.js"), "", "NK2014", "a script is named by"),
        (STEP.replace("file:///./scripts", "file:///etc").replace("total.js", "passwd"), "", "NK2014", "leads out"),
        (STEP.replace("file:///./scripts", "file:///../").replace("total.js", "x"), "", "NK2014", "leads out"),
    ],
)
def test_a_script_that_can_not_be_run_is_told_at_load(
    folder: Path, step: str, settings: str, code: str, message: str
) -> None:
    path = written(folder, capability(step, control(settings) if settings else ""))

    found = errors(inspect_capability(path))
    assert [(item.code, message in item.message) for item in found] == [(code, True)], found


def test_a_script_is_followed_like_the_file_that_names_it(folder: Path) -> None:
    path = written(folder, capability(STEP.replace("}", ", dependencies: [twice.js]}")))

    assert {item.name for item in inspect_capability(path).inputs} >= {"total.js", "twice.js"}


@pytest.mark.parametrize(("name", "count"), [("total.js", 0), ("missing.js", 4)])
def test_scripts_are_looked_at_wherever_steps_are(folder: Path, name: str, count: int) -> None:
    steps = f"steps: [{STEP.replace('total.js', name)}, {STEP.replace('total.js', name).replace('total,', 'again,')}]"
    text = f"""\
naftiko: 1.0.0-alpha2
capability:
  aggregates:
  - {{label: Sums, namespace: sums, functions: [{{name: total, description: All., {steps}}}]}}
  exposes:
  - type: rest
    namespace: desk
    port: 8080
    resources: [{{path: /total, operations: [{{name: total, method: GET, {steps}}}]}}]
"""
    assert len(errors(inspect_capability(written(folder, text)))) == count


def test_a_wrong_script_is_told_for_each_step_that_runs_it(folder: Path) -> None:
    wrong = STEP.replace("total.js", "wrong.js")
    path = written(folder, capability(f"{wrong}\n      - {wrong.replace('total,', 'again,')}"))

    assert [item.code for item in errors(inspect_capability(path))] == ["NK2015", "NK2015"]
