from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path

import pytest

from naftiko_runtime.asgi.folder import MOST_PAGES, UnsafePathError, open_page, pages
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
    assert pages(folder, folder) == [
        ("a.md", 3, "text/markdown; charset=utf-8"),
        ("in.md", 3, "text/markdown; charset=utf-8"),
        ("more/b b.json", 2, "application/json"),
    ]


def test_a_folder_with_too_many_pages_is_listed_in_part(tmp_path: Path) -> None:
    for number in range(MOST_PAGES + 1):
        (tmp_path / str(number)).touch()
    assert len(pages(tmp_path, tmp_path)) == MOST_PAGES


def content(folder: Path, path: str, root: Path | None = None) -> bytes | None:
    file = open_page(folder, path, root or folder)
    if file is None:
        return None
    with file:
        return file.read()


@pytest.mark.parametrize("path", ["a.md", "in.md", "more/b b.json"])
def test_a_page_is_found(folder: Path, path: str) -> None:
    assert content(folder, path) == (folder / path).read_bytes()


@pytest.mark.parametrize("path", ["none.md", "more", "out.txt", ".env", "more/.hidden/c.md", "a.md/x", "x" * 300])
def test_what_is_no_page_is_not_found(folder: Path, path: str) -> None:
    assert content(folder, path) is None


@pytest.mark.parametrize(
    "path", ["", "../secret.txt", "more/../../secret.txt", "more//a", "/etc/hosts", "..\\a", "a\0b"]
)
def test_an_unsafe_path_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(UnsafePathError):
        content(folder, path)


def test_an_archive_holds_every_page_and_nothing_else(folder: Path) -> None:
    (folder / "long.bin").write_bytes(bytes(range(256)) * 1024)
    with zipfile.ZipFile(io.BytesIO(b"".join(archive(folder, folder)))) as zipped:
        assert zipped.namelist() == ["a.md", "in.md", "long.bin", "more/b b.json"]
        assert zipped.read("long.bin") == bytes(range(256)) * 1024


def test_a_page_that_goes_away_meanwhile_is_left_out(folder: Path) -> None:
    (folder / "b.bin").write_bytes(b"b")
    pieces = archive(folder, folder)
    first = next(pieces)
    (folder / "b.bin").unlink()
    with zipfile.ZipFile(io.BytesIO(first + b"".join(pieces))) as zipped:
        assert zipped.namelist() == ["a.md", "in.md", "more/b b.json"]


def test_an_archive_comes_in_pieces(folder: Path) -> None:
    (folder / "long.bin").write_bytes(bytes(range(256)) * 1024)
    assert len(list(archive(folder, folder))) > 4


def test_a_folder_that_leads_elsewhere_by_now_has_no_pages(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.txt").write_text("secret")
    (root / "own").symlink_to(tmp_path / "elsewhere")

    assert pages(root / "own", root) == []
    assert content(root / "own", "secret.txt", root) is None
    assert content(tmp_path / "elsewhere", "secret.txt", tmp_path) == b"secret"


def test_links_within_the_root_are_followed(tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "a.md").write_text("a")
    (tmp_path / "own").symlink_to("..data")

    assert content(tmp_path / "own", "a.md", tmp_path) == b"a"


def test_a_pipe_is_no_page(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")

    assert content(tmp_path, "pipe.md") is None


def test_nothing_outside_is_read_while_a_folder_is_swapped_for_a_link(tmp_path: Path) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    for place, text in ((root / "real", "page"), (out, "secret")):
        place.mkdir(parents=True)
        (place / "a.md").write_text(text)
    stopped = threading.Event()

    def swap() -> None:
        while not stopped.is_set():
            for target in (root / "real", out):
                (root / "next").symlink_to(target)
                os.replace(root / "next", root / "more")

    swapping = threading.Thread(target=swap)
    (root / "more").symlink_to(root / "real")
    swapping.start()
    try:
        found = {content(root, "more/a.md") for _ in range(3000)}
    finally:
        stopped.set()
        swapping.join()

    assert found == {b"page", None}
