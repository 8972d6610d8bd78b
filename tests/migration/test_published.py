"""Files that others have published, brought to the other version and looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from naftiko_runtime.migration.migrate import migrate
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.spec.generations.version import ALPHA2, GENERATIONS, Generation
from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.schema.check import check_official
from tests.migration.test_migrate import faces
from tests.spec.published import SHARED

BETA5 = GENERATIONS[-1]
OFFICIAL = SHARED / "reference" / "official"
UNSAYABLE = {
    "capability-binary-content.yml": ["stay with a version that has it", "stay with a version that has it"],
    "reverse-tunnel-ziti.yml": ["write a `baseUri` that is reached without it"],
    "shared.binds.yml": ["write this into each capability that uses it"],
}
"""What is valid in its own version and can't be said in alpha2: binary answers, a tunnel, binds for others to import;
and what there is to do, error by error.
"""

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


def official_files() -> list[tuple[Path, str]]:
    """Those that are valid in the version that they are written in."""
    return [(file, text) for file, text in files("reference/official") if is_ours(text) and official_verdict(text)]


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


@needs_published
@both
@pytest.mark.parametrize(
    ("file", "text"), [pytest.param(file, text, id=str(file.relative_to(OFFICIAL))) for file, text in official_files()]
)
def test_a_valid_official_file_becomes_a_valid_file(file: Path, text: str, target: Generation) -> None:
    migration = migrate(text, file.name, target)

    errors = [item for item in migration.diagnostics if item.is_error]
    assert {item.code for item in migration.diagnostics} <= {"NK2013"}
    if target == ALPHA2 and file.name in UNSAYABLE:
        ways_out = UNSAYABLE[file.name]
        assert [way for item, way in zip(errors, ways_out, strict=True) if way not in (item.help or "")] == []
        return
    assert errors == []
    assert migration.text is not None
    assert official_verdict(migration.text)
    assert comments(migration.text) == comments(text)
    assert migrate(migration.text, file.name, target).text == migration.text


@needs_published
def test_official_files_of_both_versions_are_looked_at() -> None:
    found = [text for _, text in official_files()]

    assert len([text for text in found if text.startswith("ikanos")]) > 30
    assert len([text for text in found if not text.startswith("ikanos")]) > 30


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
                # A fixed answer in one object describes no schema of its own.
                if "become properties of one object" not in str(migration.diagnostics):
                    assert faces(after.plan) == faces(before.plan), file
            compared += 1

    # Of those that are not there already, 6 say what alpha2 can't.
    assert compared >= (100 if target == ALPHA2 else 650)
    assert refused == (6 if target == ALPHA2 else 0)


def codes(diagnostics: object) -> set[str]:
    return {item.code for item in diagnostics if item.is_error}  # type: ignore[attr-defined]
