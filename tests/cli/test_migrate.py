"""`naftiko migrate` as whoever types it sees it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.migration import texts
from tests.runner import COMMAND, environment


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, "migrate", *words]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, timeout=60, check=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_bytes(texts.BETA5.encode())
    return tmp_path


def test_the_new_text_is_printed_and_the_file_stays(desk: Path) -> None:
    ended = run("desk.yaml", cwd=desk)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.decode() == texts.ALPHA2
    assert (desk / "desk.yaml").read_bytes().decode() == texts.BETA5


def test_the_file_is_changed_in_place(desk: Path) -> None:
    ended = run("desk.yaml", "--write", cwd=desk)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    assert (desk / "desk.yaml").read_bytes().decode() == texts.ALPHA2


def test_a_file_that_is_changed_keeps_its_mode_its_links_and_no_company(desk: Path) -> None:
    (desk / "desk.yaml").chmod(0o640)
    (desk / "link.yaml").symlink_to("desk.yaml")
    ended = run("link.yaml", "--write", cwd=desk)

    assert (ended.returncode, (desk / "desk.yaml").read_bytes().decode()) == (0, texts.ALPHA2)
    assert ((desk / "link.yaml").is_symlink(), (desk / "desk.yaml").stat().st_mode & 0o777) == (True, 0o640)
    assert sorted(path.name for path in desk.iterdir()) == ["desk.yaml", "link.yaml"]


def test_the_new_text_goes_to_another_file(desk: Path) -> None:
    (desk / "old.yaml").write_bytes(b"\xef\xbb\xbf" + texts.ALPHA2.replace("\n", "\r\n").encode())
    ended = run("old.yaml", "--to", "ikanos-1.0.0-beta5", "--output", "new.yaml", cwd=desk)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    assert (desk / "new.yaml").read_bytes() == b"\xef\xbb\xbf" + texts.BETA5.replace("\n", "\r\n").encode()


def test_a_diff_can_be_applied(desk: Path) -> None:
    ended = run("desk.yaml", "--diff", cwd=desk)
    applied = subprocess.run(["patch", "-p0"], cwd=desk, input=ended.stdout, capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert applied.returncode == 0, applied.stdout
    assert (desk / "desk.yaml").read_bytes().decode() == texts.ALPHA2


def test_a_diff_says_where_a_line_break_is_missing(desk: Path) -> None:
    (desk / "short.yaml").write_text("ikanos: 1.0.0-beta5\nbinds: []", encoding="utf-8")
    ended = run("short.yaml", "--diff", "--to", "ikanos-1.0.0-beta5", cwd=desk)
    (desk / "short.yaml").write_text("naftiko: 1.0.0-alpha1\ncapability: {exposes: []}", encoding="utf-8")
    changed = run("short.yaml", "--diff", cwd=desk)

    assert (ended.returncode, ended.stdout) == (0, b"")
    assert changed.stdout.decode().endswith(" capability: {exposes: []}\n\\ No newline at end of file\n")


def test_what_can_not_be_said_is_told_and_nothing_is_written(desk: Path) -> None:
    old = "      baseUri: https://harbour.example/v1\n"
    tunnelled = texts.BETA5.replace(old, f"{old}      tunnel: {{type: ziti, service: s, identity: i}}\n")
    (desk / "desk.yaml").write_text(tunnelled, encoding="utf-8")
    ended = run("desk.yaml", "--write", cwd=desk)

    assert (ended.returncode, ended.stdout) == (1, b"")
    assert b"error[NK2013]: naftiko: 1.0.0-alpha2 can't say this: `tunnel`" in ended.stderr
    assert b"desk.yaml:18:7" in ended.stderr
    assert (desk / "desk.yaml").read_text("utf-8") == tunnelled


def test_what_is_left_out_is_told_beside_the_result(desk: Path) -> None:
    tagged = texts.BETA5.replace("          display: Berth\n", "          display: Berth\n          tags: [x]\n", 1)
    (desk / "desk.yaml").write_text(tagged, encoding="utf-8")
    ended = run("desk.yaml", cwd=desk)

    assert ended.returncode == 0
    assert ended.stdout.decode() == texts.ALPHA2
    assert b"warning[NK2013]: `tags` is left out" in ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.yaml",), 1, b"NK1001"),
        (("desk.yaml", "--to", "2.0"), 2, b"`2.0` is none of 1.0.0-alpha2"),
        (("desk.yaml", "--diff", "--write"), 2, b"exclude each other"),
        (("desk.yaml", "--output", "nowhere/new.yaml"), 2, b"can't be written"),
    ],
)
def test_a_wrong_command_ends_with_its_code(desk: Path, words: tuple[str, ...], code: int, said: bytes) -> None:
    ended = run(*words, cwd=desk)

    assert (ended.returncode, ended.stdout) == (code, b"")
    assert said in ended.stderr
