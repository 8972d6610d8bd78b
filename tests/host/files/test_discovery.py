"""Which files of a folder are served?"""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.discovery import default_paths, discover

CAPABILITY = "naftiko: 1.0.0-alpha2\ncapability: {}\n"


def lay(folder: Path, *names: str, text: str = CAPABILITY) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(folder: Path, *paths: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in discover(paths or [folder]).files]


def test_a_folder_gives_every_capability_below_it_in_a_stable_order(tmp_path: Path) -> None:
    lay(tmp_path, "b.yaml", "a.yml", "deep/down/c.yaml", "d.txt", "e.yaml.bak")

    assert names(tmp_path) == ["a.yml", "b.yaml", "deep/down/c.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        CAPABILITY,
        "ikanos: 1.0.0-beta1\ncapability:\n",
        'capability: {}\n"naftiko": 0.5\n',
        "# a comment\n---\nnaftiko: 1\ncapability:\n",
        '{"naftiko": "1.0.0-alpha2", "capability": {}}',
        "\ufeff" + CAPABILITY,
        "naftiko: 1\ncapability: [broken\n",
    ],
)
def test_a_capability_is_known_by_its_root_keys(tmp_path: Path, text: str) -> None:
    lay(tmp_path, "a.yaml", text=text)

    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize(
    "text",
    ["", "jobs: []\n", "x:\n  naftiko: 1\n  capability: {}\n"],
)
def test_other_yaml_is_left_alone_with_a_note(tmp_path: Path, text: str) -> None:
    lay(tmp_path, "a.yaml", text=text)
    lay(tmp_path, "b.yaml")
    discovery = discover([tmp_path])

    assert ([path.name for path in discovery.files], discovery.material) == (["b.yaml"], ())
    assert [(item.code, item.severity.value) for item in discovery.diagnostics] == [("NK2010", "note")]


@pytest.mark.parametrize(
    "text", ["naftiko: 1.0.0-alpha2\ncapabilty: {}\n", "naftiko: [\n", "ikanos: 1.0.0-beta5\ninfo: {label: A}\n"]
)
def test_a_version_with_neither_a_capability_nor_material_is_left_to_the_reader(tmp_path: Path, text: str) -> None:
    lay(tmp_path, "a.yaml", text=text)

    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize("text", ["capability: {}\n", "# naftiko: 1\ncapability: 1\n"])
def test_a_capability_without_its_version_is_left_alone_with_a_warning(tmp_path: Path, text: str) -> None:
    lay(tmp_path, "a.yaml", text=text)
    lay(tmp_path, "b.yaml")
    discovery = discover([tmp_path])

    assert [path.name for path in discovery.files] == ["b.yaml"]
    assert [(item.code, item.is_error) for item in discovery.diagnostics] == [("NK2005", False)]


def test_import_material_is_left_alone_with_a_note(tmp_path: Path) -> None:
    lay(tmp_path, "a.yaml")
    lay(tmp_path, "shared.yaml", text="naftiko: 1.0.0-alpha2\nconsumes: []\n")
    discovery = discover([tmp_path])

    assert [path.name for path in discovery.files] == ["a.yaml"]
    assert [path.name for path in discovery.material] == ["shared.yaml"]
    assert [(item.code, item.severity.value) for item in discovery.diagnostics] == [("NK2010", "note")]


def test_hidden_files_and_folders_are_not_ours(tmp_path: Path) -> None:
    lay(tmp_path, "a.yaml", ".b.yaml", ".git/c.yaml")

    assert names(tmp_path) == ["a.yaml"]


def test_a_linked_file_counts_as_config_maps_need(tmp_path: Path) -> None:
    lay(tmp_path, "..data/real.yaml")
    (tmp_path / "linked.yaml").symlink_to(tmp_path / "..data/real.yaml")

    assert names(tmp_path) == ["linked.yaml"]


def test_a_file_that_is_named_counts_whatever_it_holds(tmp_path: Path) -> None:
    lay(tmp_path, "notes.txt", text="nothing")

    assert names(tmp_path, tmp_path / "notes.txt") == ["notes.txt"]


def test_a_file_found_twice_counts_once(tmp_path: Path) -> None:
    lay(tmp_path, "a.yaml", "b.yaml")

    assert names(tmp_path, tmp_path / "b.yaml", tmp_path) == ["b.yaml", "a.yaml"]


def test_a_file_that_is_not_text_is_left_to_its_reader(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"naftiko: \xff\n")

    assert names(tmp_path) == ["a.yaml"]


def test_a_folder_without_capabilities_is_an_error(tmp_path: Path) -> None:
    [problem] = discover([tmp_path]).diagnostics

    assert problem.code == "NK7006"
    assert str(tmp_path) in problem.message


def test_a_linked_folder_counts_and_a_circle_is_walked_once(tmp_path: Path) -> None:
    lay(tmp_path, "..data/deep/a.yaml")
    (tmp_path / "deep").symlink_to(tmp_path / "..data/deep")
    (tmp_path / "..data/deep/again").symlink_to(tmp_path)

    assert names(tmp_path) == ["deep/a.yaml"]


def test_without_a_path_the_folder_specs_counts(tmp_path: Path) -> None:
    lay(tmp_path, "specs/a.yaml", "b.naftiko.yaml")

    assert default_paths(tmp_path) == (tmp_path / "specs",)


def test_without_a_path_and_specs_the_only_named_capability_counts(tmp_path: Path) -> None:
    lay(tmp_path, "b.naftiko.yaml", "c.yaml")

    assert default_paths(tmp_path) == (tmp_path / "b.naftiko.yaml",)


def test_without_a_path_several_candidates_are_listed(tmp_path: Path) -> None:
    lay(tmp_path, "b.naftiko.yaml", "a.naftiko.yaml")
    problem = default_paths(tmp_path)

    assert isinstance(problem, Diagnostic)
    assert "a.naftiko.yaml, b.naftiko.yaml" in problem.message


def test_without_anything_the_way_to_the_demo_is_told(tmp_path: Path) -> None:
    problem = default_paths(tmp_path)

    assert isinstance(problem, Diagnostic)
    assert problem.code == "NK7006"
    assert "naftiko run --demo" in problem.help
