"""Which files are there?"""

from __future__ import annotations

from pathlib import Path

from naftiko_runtime.host.files.scan import MOST_FILES, scan, stamp_of


def names(files: object) -> list[str]:
    assert isinstance(files, dict)
    return [path.name for path in files]


def test_a_vanished_folder_is_not_an_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    known = {folder / "a.yaml": None}
    found = scan([folder], known)

    assert found.unread == (folder,)
    assert [(item.code, item.file) for item in found.diagnostics] == [("NK7009", str(folder))]


def test_a_vanished_file_is_gone_and_a_missing_one_is_told_by_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"

    assert names(scan([path], {path: None}).files) == []
    assert names(scan([path]).files) == ["a.yaml"]


def test_a_folder_that_fills_up_is_told_and_what_was_there_keeps_its_place(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 2):
        (tmp_path / f"{number:05}.yaml").touch()
    old = tmp_path / f"{MOST_FILES + 1:05}.yaml"
    found = scan([tmp_path], {old: None})

    assert len(found.files) == MOST_FILES
    assert old in found.files
    [problem] = found.diagnostics
    assert (problem.code, "2 are left out" in problem.message) == ("NK7009", True)


def test_a_stamp_tells_another_file_behind_the_same_name(tmp_path: Path) -> None:
    one, two, link = tmp_path / "one", tmp_path / "two", tmp_path / "link"
    one.write_text("a")
    two.write_text("b")
    link.symlink_to(one)
    before = stamp_of(link)
    link.unlink()
    link.symlink_to(two)

    assert before == stamp_of(one)
    assert stamp_of(link) not in (None, before)
    assert stamp_of(tmp_path / "nowhere") is None
