"""Files that others have published, brought to the other version and looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from naftiko_runtime.migration.migrate import migrate
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.spec.generations import ALPHA2, GENERATIONS, Generation
from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.schema import check_official
from tests.migration.test_migrate import faces
from tests.spec.published import SHARED

BETA5 = GENERATIONS[-1]
OFFICIAL = SHARED / "reference" / "official"
UNSAYABLE = {
    # binary answers, a tunnel, named outputs of a REST operation that calls nothing, binds for others to import
    "capability-binary-content.yml",
    "reverse-tunnel-ziti.yml",
    "serve-rest-mock.ikanos.yaml",
    "shared.binds.yml",
}

needs_published = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="needs published files, not part of the project")
both = pytest.mark.parametrize("target", [ALPHA2, BETA5], ids=str)


def files(*folders: str) -> list[tuple[Path, str]]:
    found = [file for folder in folders for file in sorted((SHARED / folder).rglob("*.y*ml"))]
    return [(file, file.read_text("utf-8")) for file in found if file.is_file()]


def is_ours(text: str) -> bool:
    return any(line.startswith(("naftiko:", "ikanos:")) for line in text.splitlines())


def official_verdict(text: str) -> bool:
    value = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    key = "ikanos" if "ikanos" in value else "naftiko"
    return check_official(value, generation=f"{key}-{value[key]}") == []


@needs_published
@both
def test_official_files_become_valid_files(target: Generation) -> None:
    refused = set()
    for file, text in files("reference/official"):
        if not is_ours(text) or not official_verdict(text):
            continue
        migration = migrate(text, file.name, target)
        if migration.text is None:
            refused.add(file.name)
            assert {item.code for item in migration.diagnostics} == {"NK2013"}
        else:
            assert official_verdict(migration.text), file

    assert refused == (UNSAYABLE if target == ALPHA2 else set())


@needs_published
@both
def test_public_files_serve_the_same_afterwards(target: Generation) -> None:
    compared = refused = 0
    for file, text in files("corpus", "seeds", "reference/official"):
        if not is_ours(text):
            continue
        migration = migrate(text, file.name, target)
        if migration.text is None:
            refused += 1
            assert {item.code for item in migration.diagnostics} == {"NK2013"}, file
        elif migration.text != text:
            before, after = (compile_plan(read_text(one, file.name), None) for one in (text, migration.text))
            if before.plan is None:
                assert codes(before.diagnostics) == codes(after.diagnostics), file
            else:
                assert after.plan is not None, file
                assert faces(after.plan) == faces(before.plan), file
            compared += 1

    # Of those that are not there already, 7 say what alpha2 can't, and 11 have two things of one name.
    assert compared >= (100 if target == ALPHA2 else 640)
    assert refused <= 12


def codes(diagnostics: object) -> set[str]:
    return {item.code for item in diagnostics if item.is_error}  # type: ignore[attr-defined]
