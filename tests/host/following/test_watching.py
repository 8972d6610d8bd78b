"""Is somebody woken when something changed, and left alone otherwise?"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from naftiko_runtime.host.following.watching import Shelf, Tree, Watcher, targets_of
from tests.runner import ROOT


class Alarm:
    """Counts wakings."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def ring(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait_beyond(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count > count, 10), f"only {self.count} wakings came"


@pytest.fixture
def alarm() -> Alarm:
    return Alarm()


@pytest.fixture
def watcher(alarm: Alarm) -> Iterator[Watcher]:
    watcher = Watcher(alarm.ring, lambda reason: pytest.fail(reason))
    yield watcher
    watcher.stop()


def watching(watcher: Watcher, alarm: Alarm, *paths: Path, beside: tuple[Path, ...] = ()) -> int:
    """Watch, and wait until the system does: that is when the first waking comes. How many came."""
    targets = targets_of(paths, beside)
    watcher.watch(targets)
    for expected in range(bool(targets.folders) + bool(targets.files)):
        alarm.wait_beyond(expected)
    return alarm.count


@pytest.mark.parametrize("name", ["a.yaml", "deep/down/a.yml", "..data/a.yaml"])
def test_a_file_that_comes_wakes(watcher: Watcher, alarm: Alarm, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    count = watching(watcher, alarm, tmp_path)
    (tmp_path / name).write_text("x")

    alarm.wait_beyond(count)


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("a.yaml", True),
        ("deep/a.yml", True),
        ("..data", True),
        ("..version/a.yaml", True),
        ("keys.env", True),
        ("gone.txt", True),
        ("folder", True),
        ("notes.txt", False),
        (".git/a.yaml", False),
        ("deep/.cache/a.yaml", False),
    ],
)
def test_below_a_folder_only_what_can_not_concern_a_capability_is_ignored(
    tmp_path: Path, name: str, matters: bool
) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / "keys.env").touch()
    (tmp_path / "folder").mkdir()

    assert Tree([tmp_path], frozenset({tmp_path / "keys.env"})).matters(str(tmp_path / name)) is matters


@pytest.mark.parametrize(("name", "matters"), [("a.yaml", True), ("..data", True), ("b.yaml", False)])
def test_beside_a_named_file_nothing_matters(tmp_path: Path, name: str, matters: bool) -> None:
    assert Shelf(frozenset({tmp_path / "a.yaml"})).matters(str(tmp_path / name)) is matters


def test_a_folder_that_comes_back_is_watched_again(watcher: Watcher, alarm: Alarm, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    count = watching(watcher, alarm, folder)
    folder.rename(tmp_path / "aside")
    alarm.wait_beyond(count)
    count = alarm.count
    folder.mkdir()
    alarm.wait_beyond(count)
    count = alarm.count
    (folder / "a.yaml").write_text("x")

    alarm.wait_beyond(count)


def test_a_file_beside_is_watched_where_its_link_leads(watcher: Watcher, alarm: Alarm, tmp_path: Path) -> None:
    real, link = tmp_path / "real/keys.env", tmp_path / "links/keys.env"
    for path in (real, link):
        path.parent.mkdir()
    real.write_text("A=1")
    link.symlink_to(real)
    count = watching(watcher, alarm, beside=(link,))
    real.write_text("A=2")

    alarm.wait_beyond(count)


WITHOUT_NOTICES = """
import os, resource, sys, threading
from pathlib import Path
import watchfiles
from naftiko_runtime.host.following.watching import Watcher, targets_of

woken = threading.Event()
watcher = Watcher(woken.set, lambda reason: print(reason, flush=True))
used = len(os.listdir("/proc/self/fd")) - 1
resource.setrlimit(resource.RLIMIT_NOFILE, (used, used))
watcher.watch(targets_of([Path(sys.argv[1])], []))
print(woken.wait(10))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="notices are counted as open files on Linux only")
def test_where_the_system_can_not_watch_it_is_told_and_files_are_looked_at(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_NOTICES, str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)

    reason, woken = ended.stdout.splitlines()
    assert "Too many open files" in reason
    assert woken == "True"
