from __future__ import annotations

import os
from pathlib import Path

import pytest

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.material import Material, MaterialError
from naftiko_runtime.spec.text.source import MAX_BYTES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    (own / "shared").mkdir(parents=True)
    (own / "shared" / "a b.txt").write_bytes(b"\xef\xbb\xbfhello")
    (tmp_path / "secret.txt").write_text("secret")
    return own


@pytest.mark.parametrize(
    "location",
    [
        "shared/a b.txt",
        "./shared/a b.txt",
        "shared/../shared/a b.txt",
        "file://./shared/a%20b.txt",
        "file:///./shared/a%20b.txt",
        "file://localhost/./shared/a b.txt",
    ],
)
def test_each_spelling_of_a_location_below_the_folder_is_found(folder: Path, location: str) -> None:
    assert Material(folder).text(location) == "hello"


def test_an_absolute_location_below_the_folder_is_found(folder: Path) -> None:
    assert Material(folder).text(f"file://{folder}/shared/a%20b.txt") == "hello"


@pytest.mark.parametrize("location", ["../secret.txt", "file:///../secret.txt", "/etc/hosts", "file:///etc/hosts"])
def test_a_location_outside_of_the_folder_is_refused(folder: Path, location: str) -> None:
    with pytest.raises(MaterialError, match="out of the capability's folder"):
        Material(folder).read(location)


def test_a_link_that_leads_outside_is_refused(folder: Path) -> None:
    (folder / "link.txt").symlink_to("../secret.txt")
    with pytest.raises(MaterialError, match="out of the capability's folder"):
        Material(folder).read("link.txt")


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    (folder / "link.txt").symlink_to("shared/a b.txt")
    assert Material(folder).text("link.txt") == "hello"


@pytest.mark.parametrize("location", ["loop", "loop/page.md"])
def test_a_link_that_leads_to_itself_is_refused(folder: Path, location: str) -> None:
    (folder / "loop").symlink_to("loop")
    with pytest.raises(MaterialError, match="links that lead back to themselves"):
        Material(folder).read(location)


@pytest.mark.parametrize(
    ("location", "reason"),
    [("", "empty"), ("a\0b", "NUL"), ("none.txt", "no such file"), ("shared", "is a directory")],
)
def test_what_is_no_file_is_told(folder: Path, location: str, reason: str) -> None:
    with pytest.raises(MaterialError, match=reason):
        Material(folder).read(location)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(MaterialError, match="no regular file"):
        Material(folder).read("pipe")


def test_a_file_beyond_the_limit_is_refused(folder: Path) -> None:
    (folder / "long.txt").write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(MaterialError, match="larger than 4 MiB"):
        Material(folder).read("long.txt")


def test_a_text_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(MaterialError, match="not UTF-8"):
        Material(folder).text("latin.txt")


def test_a_text_without_a_file_has_no_folder() -> None:
    with pytest.raises(MaterialError, match="no folder"):
        Material(None).read("a.txt")


def test_every_path_that_was_asked_for_is_kept(folder: Path) -> None:
    material = Material(folder)
    material.read("shared/a b.txt")
    with pytest.raises(MaterialError):
        material.read("none.txt")
    assert material.paths == (folder / "shared/a b.txt", folder / "none.txt")


def test_a_field_that_names_a_file_reads_it(folder: Path) -> None:
    fields = Fields({"location": "shared/a b.txt"}, ("p",), Relaxations(), Material(folder))
    assert fields.content_text("location") == "hello"
    assert fields.content("location") == b"\xef\xbb\xbfhello"


def test_a_field_that_names_no_file_notes_a_problem_at_its_place(folder: Path) -> None:
    fields = Fields({"inner": {"location": "none.txt"}}, ("p",), Relaxations(), Material(folder)).mapping("inner")
    assert fields.content_text("location") is None
    assert [item.at for item in fields.material.problems] == [("p", "inner", "location")]
