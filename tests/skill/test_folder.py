from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from naftiko_runtime.asgi.folder import MOST_PAGES, UnsafePathError, find_page, pages
from naftiko_runtime.skill.archive import archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    (own / "more" / ".hidden").mkdir(parents=True)
    (own / "more" / ".hidden" / "c.md").write_text("c")
    (own / "a.md").write_text("# A")
    (own / "more" / "b b.json").write_text("{}")
    (own / ".env").write_text("TOKEN=1")
    (tmp_path / "secret.txt").write_text("secret")
    (own / "out.txt").symlink_to("../secret.txt")
    (own / "in.md").symlink_to("a.md")
    return own


def test_pages_are_listed_by_path_with_size_and_type(folder: Path) -> None:
    assert pages(folder) == [
        ("a.md", 3, "text/markdown; charset=utf-8"),
        ("in.md", 3, "text/markdown; charset=utf-8"),
        ("more/b b.json", 2, "application/json"),
    ]


def test_a_folder_with_too_many_pages_is_listed_in_part(tmp_path: Path) -> None:
    for number in range(MOST_PAGES + 1):
        (tmp_path / str(number)).touch()
    assert len(pages(tmp_path)) == MOST_PAGES


@pytest.mark.parametrize("path", ["a.md", "in.md", "more/b b.json"])
def test_a_page_is_found(folder: Path, path: str) -> None:
    assert find_page(folder, path) == folder / path


@pytest.mark.parametrize("path", ["none.md", "more", "out.txt", ".env", "more/.hidden/c.md", "a.md/x", "x" * 300])
def test_what_is_no_page_is_not_found(folder: Path, path: str) -> None:
    assert find_page(folder, path) is None


@pytest.mark.parametrize(
    "path", ["", "../secret.txt", "more/../../secret.txt", "more//a", "/etc/hosts", "..\\a", "a\0b"]
)
def test_an_unsafe_path_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(UnsafePathError):
        find_page(folder, path)


def test_an_archive_holds_every_page_and_nothing_else(folder: Path) -> None:
    (folder / "long.bin").write_bytes(bytes(range(256)) * 1024)
    with zipfile.ZipFile(io.BytesIO(b"".join(archive(folder)))) as zipped:
        assert zipped.namelist() == ["a.md", "in.md", "long.bin", "more/b b.json"]
        assert zipped.read("long.bin") == bytes(range(256)) * 1024


def test_a_page_that_goes_away_meanwhile_is_left_out(folder: Path) -> None:
    (folder / "b.bin").write_bytes(b"b")
    pieces = archive(folder)
    first = next(pieces)
    (folder / "b.bin").unlink()
    with zipfile.ZipFile(io.BytesIO(first + b"".join(pieces))) as zipped:
        assert zipped.namelist() == ["a.md", "in.md", "more/b b.json"]


def test_an_archive_comes_in_pieces(folder: Path) -> None:
    (folder / "long.bin").write_bytes(bytes(range(256)) * 1024)
    assert len(list(archive(folder))) > 4
