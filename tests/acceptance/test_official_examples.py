"""Every published example and test input compiles, or is refused as it should be. Skipped where none lies here."""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime import Runtime
from naftiko_runtime.host.files.capability import inspect_capability
from tests.runner import command
from tests.spec.published import SHARED
from tests.upstream import Answer, Upstream

OFFICIAL = SHARED / "reference" / "official"

REFUSED = {
    # Refused as their names say.
    "aggregates/aggregate-invalid-ref.yaml": {"NK3018"},
    # Its scripts lie on the machine it was written for; below, it has some.
    "schemas/examples/script-step.yml": {"NK2014"},
}

needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="needs published files, not part of the project")


def is_capability(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(line.startswith("capability:") for line in text.splitlines())


MATERIAL = ("imports/*/*.yml", "tutorial/shared/*consumes.y*ml")
"""Files that are there to be imported."""

CAPABILITIES = [path for path in sorted(OFFICIAL.rglob("*.y*ml")) if is_capability(path)]


def name_of(path: Path) -> str:
    return path.relative_to(OFFICIAL).as_posix()


@needs_official
def test_there_are_examples_of_both_generations() -> None:
    assert {name_of(path).partition("/")[0] for path in CAPABILITIES} == {"alpha2", "ikanos-beta5"}
    assert len(CAPABILITIES) > 80


@needs_official
@pytest.mark.parametrize("path", CAPABILITIES, ids=name_of)
def test_an_official_example_compiles_or_is_refused_for_its_reason(path: Path) -> None:
    found = inspect_capability(path).diagnostics
    expected = REFUSED.get(name_of(path).partition("/")[2], set())
    assert {item.code for item in found if item.is_error} == expected, [str(item) for item in found if item.is_error]


@needs_official
@pytest.mark.parametrize("path", sorted(path for pattern in MATERIAL for path in OFFICIAL.rglob(pattern)), ids=name_of)
def test_official_import_material_is_right_unless_it_is_called_invalid(path: Path) -> None:
    ended = command("validate", str(path))
    assert ended.code == (1 if path.parent.name == "invalid" else 0), ended.text


SCRIPTS = {
    "lib/array-utils.js": "const pick = (list, keep) => list.filter(keep)",
    "filter-active.js": "result = pick(context['list-members'], member => member.id > 1)",
    "analyze-readings.py": (
        "values = context['fetch-readings']\n"
        "result = {'average': sum(values) / len(values), 'min': min(values), 'max': max(values)}\n"
        "result['count'] = len(values)\n"
    ),
}


@needs_official
async def test_the_example_of_scripts_runs_where_its_scripts_are(tmp_path: Path, upstream: Upstream) -> None:
    (example,) = (path for path in CAPABILITIES if name_of(path).endswith("script-step.yml"))
    for name, text in SCRIPTS.items():
        path = tmp_path / "scripts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    own = tmp_path / example.name
    own.write_text(example.read_text().replace("file:///app/capabilities/scripts", "file:///./scripts"))
    upstream.answer("GET", "/orgs/acme/members", Answer.json([{"login": "a", "id": 1}, {"login": "b", "id": 2}]))
    upstream.answer("GET", "/devices/d7/readings", Answer.json([2, 4, 9]))

    async with Runtime(own, upstreams={"github": upstream.url, "sensors": upstream.url}) as runtime:
        members = await runtime.call("active-members", {"org": "acme"})
        readings = await runtime.call("readings-summary", {"device-id": "d7"})

    assert members == {"active-members": [{"login": "b", "id": 2}]}
    assert readings == {"average": 5, "min": 2, "max": 9, "count": 3}
